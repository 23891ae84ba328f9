package dev.lastgood.database.salvage;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How far a slot was replayed into the good state, and what a migration left in its rows. It
/// stands in the good state itself and is written in the same transaction as the rows, so that a
/// repetition neither loses one nor does it twice.
final class Book {
  private static final String MADE =
      """
      create schema if not exists _lastgood;
      create table if not exists _lastgood.replayed (slot text primary key, upto pg_lsn not null,
        transactions bigint not null, changes bigint not null, applied bigint not null, left_out bigint not null);
      create table if not exists _lastgood.migrated (slot text, tab text, key text, made boolean not null,
        image text not null, primary key (slot, tab, key));
      create table if not exists _lastgood.skipped (slot text, xid bigint, at timestamptz not null,
        why text not null, wrote text not null, primary key (slot, xid))\
      """;

  private final Connection good;
  private final String slot;

  Book(Connection good, String slot) {
    this.good = good;
    this.slot = slot;
  }

  void open() throws SQLException {
    try (Statement statement = good.createStatement()) {
      statement.execute(MADE);
    }
  }

  /// Takes it away.
  static void close(Connection good) throws SQLException {
    try (Statement statement = good.createStatement()) {
      statement.execute(
          "drop table if exists _lastgood.replayed, _lastgood.migrated, _lastgood.skipped");
    }
  }

  /// @param upto the end of the last transaction that is in the good state
  /// @param changes of rows, each one counted
  record Progress(String upto, long transactions, long changes, long applied, long leftOut) {
    Progress and(String further, long more, long rows, long written, long out) {
      return new Progress(
          further, transactions + more, changes + rows, applied + written, leftOut + out);
    }
  }

  Optional<Progress> progress() throws SQLException {
    try (PreparedStatement ask =
        good.prepareStatement(
            "select upto::text, transactions, changes, applied, left_out from _lastgood.replayed"
                + " where slot = ?")) {
      ask.setString(1, slot);
      try (ResultSet row = ask.executeQuery()) {
        return row.next()
            ? Optional.of(
                new Progress(
                    row.getString(1),
                    row.getLong(2),
                    row.getLong(3),
                    row.getLong(4),
                    row.getLong(5)))
            : Optional.empty();
      }
    }
  }

  void write(Progress progress) throws SQLException {
    try (PreparedStatement insert =
        good.prepareStatement(
            "insert into _lastgood.replayed values (?, ?::pg_lsn, ?, ?, ?, ?) on conflict (slot) do"
                + " update set upto = excluded.upto, transactions = excluded.transactions, changes ="
                + " excluded.changes, applied = excluded.applied, left_out = excluded.left_out")) {
      insert.setString(1, slot);
      insert.setString(2, progress.upto());
      insert.setLong(3, progress.transactions());
      insert.setLong(4, progress.changes());
      insert.setLong(5, progress.applied());
      insert.setLong(6, progress.leftOut());
      insert.executeUpdate();
    }
  }

  void write(Skipped skipped) throws SQLException {
    try (PreparedStatement insert =
        good.prepareStatement(
            "insert into _lastgood.skipped values (?, ?, ?, ?, ?) on conflict do nothing")) {
      insert.setString(1, slot);
      insert.setLong(2, skipped.xid());
      insert.setTimestamp(3, Timestamp.from(skipped.at()));
      insert.setString(4, skipped.why());
      insert.setString(5, skipped.rows());
      insert.executeUpdate();
    }
  }

  List<Skipped> skipped() throws SQLException {
    try (PreparedStatement ask =
        good.prepareStatement(
            "select xid, at, why, wrote from _lastgood.skipped where slot = ? order by at, xid")) {
      ask.setString(1, slot);
      var all = new ArrayList<Skipped>();
      try (ResultSet row = ask.executeQuery()) {
        while (row.next()) {
          all.add(
              new Skipped(
                  row.getLong(1),
                  row.getTimestamp(2).toInstant(),
                  row.getString(3),
                  row.getString(4)));
        }
      }
      return all;
    }
  }

  // -- images -----------------------------------------------------------------------------------

  /// Whether a migration wrote rows of the table at all.
  boolean any(TablePlan plan) throws SQLException {
    try (PreparedStatement ask =
        good.prepareStatement(
            "select exists (select from _lastgood.migrated where slot = ? and tab = ?)")) {
      ask.setString(1, slot);
      ask.setString(2, plan.name().quoted());
      try (ResultSet row = ask.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    }
  }

  Map<List<String>, Image> images(TablePlan plan, Collection<List<String>> keys)
      throws SQLException {
    Map<String, List<String>> short_ = new HashMap<>();
    keys.forEach(k -> short_.put(brief(k), k));
    var images = new HashMap<List<String>, Image>();
    try (PreparedStatement ask =
        good.prepareStatement(
            "select m.key, m.made, m.image from unnest(?::text[]) k join _lastgood.migrated m on"
                + " m.slot = ? and m.tab = ? and m.key = k")) {
      ask.setArray(1, good.createArrayOf("text", short_.keySet().toArray()));
      ask.setString(2, slot);
      ask.setString(3, plan.name().quoted());
      try (ResultSet row = ask.executeQuery()) {
        while (row.next()) {
          List<String> key = short_.get(row.getString(1));
          if (key != null) {
            images.put(key, Image.read(row.getBoolean(2), row.getString(3)));
          }
        }
      }
    }
    return images;
  }

  void write(TablePlan plan, Map<List<String>, Image> images) throws SQLException {
    if (images.isEmpty()) {
      return;
    }
    var rows = new LinkedHashMap<>(images);
    try (PreparedStatement insert =
        good.prepareStatement(
            "insert into _lastgood.migrated select ?, ?, k, m::boolean, i from unnest(?::text[],"
                + " ?::text[], ?::text[]) u(k, m, i) on conflict (slot, tab, key) do update set image"
                + " = excluded.image, made = _lastgood.migrated.made or excluded.made")) {
      insert.setString(1, slot);
      insert.setString(2, plan.name().quoted());
      insert.setArray(
          3, good.createArrayOf("text", rows.keySet().stream().map(Book::brief).toArray()));
      insert.setArray(
          4,
          good.createArrayOf(
              "text", rows.values().stream().map(i -> Boolean.toString(i.made())).toArray()));
      insert.setArray(
          5, good.createArrayOf("text", rows.values().stream().map(Image::written).toArray()));
      insert.executeUpdate();
    }
  }

  void forget(TablePlan plan, Collection<List<String>> keys) throws SQLException {
    if (keys.isEmpty()) {
      return;
    }
    try (PreparedStatement delete =
        good.prepareStatement(
            "delete from _lastgood.migrated where slot = ? and tab = ? and key = any (?)")) {
      delete.setString(1, slot);
      delete.setString(2, plan.name().quoted());
      delete.setArray(3, good.createArrayOf("text", keys.stream().map(Book::brief).toArray()));
      delete.executeUpdate();
    }
  }

  /// Keys may be longer than an index takes.
  private static String brief(List<String> key) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String part : key) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
        digest.update(bytes);
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
