package dev.lastgood.database.salvage;

import dev.lastgood.database.Catalog;
import dev.lastgood.database.DatabaseTrouble;
import dev.lastgood.database.DatabaseUrl;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// The notes of [Parting] as they are read in the database that became live.
public final class Parted {
  private final Connection live;
  private final Mark mark;
  private final Map<Long, String> compared = new HashMap<>();
  private final Map<Long, Long> differing = new HashMap<>();

  private Parted(Connection live, Mark mark) {
    this.live = live;
    this.mark = mark;
  }

  /// The database that was left when these notes were made.
  ///
  /// @param id of the notes
  /// @return its oid; empty when there are no such notes
  /// @throws DatabaseTrouble when the live database cannot be asked
  public static Optional<Long> other(DatabaseUrl live, String id) throws DatabaseTrouble {
    try (Connection connection = live.reader()) {
      return header(connection, id, "other");
    } catch (SQLException e) {
      throw DatabaseTrouble.of("the notes of the exchange in " + live, e);
    }
  }

  private static Optional<Long> header(Connection live, String id, String what)
      throws SQLException {
    if (!Parting.there(live, Parting.SCHEMA)) {
      return Optional.empty();
    }
    try (PreparedStatement ask =
        live.prepareStatement(
            "select "
                + what
                + " from "
                + Parting.SCHEMA
                + ".parting where id = ? and self = (select oid from pg_catalog.pg_database where"
                + " datname = current_database())")) {
      ask.setString(1, id);
      try (ResultSet row = ask.executeQuery()) {
        return row.next() ? Optional.of(row.getLong(1)) : Optional.empty();
      }
    }
  }

  /// @param live in the transaction of the round
  /// @param alone whether nobody else was in the database before the exchange. Else a transaction
  ///   of a user may be older than that of the exchange and write after it
  /// @throws DatabaseTrouble when there are no such notes
  static Parted of(Connection live, Catalog.Server server, String id, boolean alone)
      throws SQLException, DatabaseTrouble {
    Optional<Long> seen = header(live, id, "seen");
    Optional<Long> written = header(live, id, "xmin::text::bigint");
    if (seen.isEmpty() || written.isEmpty()) {
      throw new DatabaseTrouble(
          "the notes of the exchange (schema "
              + Parting.SCHEMA
              + ") are gone: what users wrote since cannot be told");
    }
    long first =
        alone ? after(seen.get(), written.get()) : header(live, id, "since_transaction").orElse(0L);
    var parted = new Parted(live, new Mark(server.system(), server.database(), first, ""));
    parted.read();
    return parted;
  }

  /// @param seen 64 bits, not later than the transaction
  /// @param transaction its last 32 bits
  private static long after(long seen, long transaction) {
    long whole = (seen & ~0xffff_ffffL) | transaction;
    return (whole < seen ? whole + (1L << 32) : whole) + 1;
  }

  private void read() throws SQLException {
    try (Statement statement = live.createStatement()) {
      try (ResultSet rows =
          statement.executeQuery("select tab, key from " + Parting.SCHEMA + ".compared")) {
        while (rows.next()) {
          compared.put(rows.getLong(1), rows.getString(2));
        }
      }
      try (ResultSet rows =
          statement.executeQuery(
              "select tab, count(*) from " + Parting.SCHEMA + ".differs group by tab")) {
        while (rows.next()) {
          differing.put(rows.getLong(1), rows.getLong(2));
        }
      }
    }
  }

  /// Columns of the other database by `schema.table.column`, and what they are called in this one.
  ///
  /// @param id of the notes
  /// @param here this one's
  static SortedMap<String, String> renamed(Connection live, String id, Catalog here)
      throws SQLException {
    var renamed = new TreeMap<String, String>();
    if (header(live, id, "1").isEmpty()) {
      return renamed;
    }
    var names = new HashMap<String, String>();
    try (Statement statement = live.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select u.a, u.b from "
                    + Parting.SCHEMA
                    + ".parting, unnest(renamed, names) as u(a, b)")) {
      while (rows.next()) {
        names.put(rows.getString(1), rows.getString(2));
      }
    }
    for (Catalog.Table table : here.tables().values()) {
      String prefix = table.name().schema() + "." + table.name().name() + ".";
      for (Catalog.Column column : table.columns()) {
        String other = names.get(prefix + column.name());
        if (other != null) {
          renamed.put(prefix + other, column.name());
        }
      }
    }
    return renamed;
  }

  /// Users' first transaction after the exchange is this one or a later one.
  Mark mark() {
    return mark;
  }

  /// Why what users did to a table since cannot be told; empty when it can.
  Optional<String> trouble(TablePlan plan) {
    long table = plan.table(Side.LIVE).identity();
    String key = compared.get(table);
    if (key == null) {
      return Optional.of("it was not compared before the exchange, so what was deleted is unknown");
    }
    if (!key.equals(Parting.key(plan, Side.LIVE))) {
      return Optional.of("its key is another one than before the exchange");
    }
    return plan.keyed() || differing.getOrDefault(table, 0L) == 0
        ? Optional.empty()
        : Optional.of("it has no key, and rows of it differed when the databases were exchanged");
  }

  /// @return what was noted of these rows, by key
  Map<List<String>, Left> of(TablePlan plan, List<List<String>> keys) throws SQLException {
    long table = plan.table(Side.LIVE).identity();
    if (differing.getOrDefault(table, 0L) == 0) {
      return Map.of();
    }
    String sql =
        select("tab = " + table)
            + " and (digest, key) in (select * from unnest(?::bigint[], ?::text[]))";
    try (PreparedStatement ask = live.prepareStatement(sql)) {
      List<String> texts = keys.stream().map(Left::text).toList();
      ask.setArray(1, live.createArrayOf("int8", texts.stream().map(Left::hash).toArray()));
      ask.setArray(2, live.createArrayOf("text", texts.toArray()));
      var all = new HashMap<List<String>, Left>();
      try (ResultSet rows = ask.executeQuery()) {
        while (rows.next()) {
          all.put(Left.key(rows.getString(1)), left(rows));
        }
      }
      return all;
    }
  }

  private static String select(String where) {
    return "select key, kind, columns, was from " + Parting.SCHEMA + ".differs where " + where;
  }

  private static Left left(ResultSet row) throws SQLException {
    return new Left(
        Left.Kind.valueOf(row.getString(2)), Left.hashes(row.getArray(3), row.getArray(4)));
  }

  /// Writes all of it into the other database, as it is seen from there.
  ///
  /// @param target the other database
  void flip(Parting into, Connection target, List<TablePlan> plans) throws SQLException {
    for (TablePlan plan : plans) {
      long table = plan.table(Side.LIVE).identity();
      if (!plan.keyed() || differing.getOrDefault(table, 0L) == 0) {
        continue;
      }
      try (Statement statement = live.createStatement()) {
        statement.setFetchSize(1_000);
        try (ResultSet rows = statement.executeQuery(select("tab = " + table))) {
          var batch = new HashMap<List<String>, Left>();
          while (rows.next()) {
            batch.put(Left.key(rows.getString(1)), left(rows));
            if (batch.size() == 1_000) {
              flip(into, target, plan, batch);
              into.flushMany();
              batch.clear();
            }
          }
          flip(into, target, plan, batch);
        }
      }
    }
  }

  private static void flip(
      Parting into, Connection target, TablePlan plan, Map<List<String>, Left> batch)
      throws SQLException {
    if (batch.isEmpty()) {
      return;
    }
    var rows = Rows.fetch(target, plan, Side.GOOD, List.copyOf(batch.keySet()));
    for (var one : batch.entrySet()) {
      Row row = rows.get(one.getKey());
      Left.Kind kind = one.getValue().kind().flipped();
      if (kind != Left.Kind.DIFFERENT) {
        into.note(plan, one.getKey(), new Left(kind, Map.of()));
      } else if (row != null) {
        into.note(plan, one.getKey(), Parting.different(plan, row));
      }
    }
  }
}
