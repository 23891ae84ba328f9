package dev.lastgood.database.salvage;

import dev.lastgood.database.Quote;
import dev.lastgood.database.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Carries over the large objects that were made or written since, under their numbers, which rows
/// refer to. Those that are gone from the live database stay: nothing refers to them, and a
/// migration may have removed them.
final class LargeObjects {
  static final TableName NAME = new TableName("pg_catalog", "pg_largeobject");
  private static final int CHUNK = 1 << 20;

  /// In one piece, which its owner may do.
  private static final String BY_FUNCTION =
      "select m.oid, md5(lo_get(m.oid)) from pg_largeobject_metadata m where"
          + " pg_has_role(m.lomowner, 'usage')";

  private final Connection live;
  private final Connection good;
  private final Optional<Mark> since;

  LargeObjects(Connection live, Connection good, Optional<Mark> since) {
    this.live = live;
    this.good = good;
    this.since = since;
  }

  /// Empty where neither side has any.
  Optional<TableRound> carry() throws SQLException {
    Set<Long> there = numbers(live);
    Set<Long> here = numbers(good);
    if (there.isEmpty() && here.isEmpty()) {
      return Optional.empty();
    }
    var tally = new Tally(NAME);
    SortedMap<Long, String> written = written();
    SortedMap<Long, String> known = known(written.keySet());
    for (long number : there) {
      boolean made = !here.contains(number);
      if (!written.containsKey(number)) {
        // of those that nobody wrote since the mark nothing was asked
        if (made && (since.isEmpty() || !mayReadPages(live))) {
          tally.inserted++;
          tally.leftOut("the role may not read it");
        }
      } else if (made || !written.get(number).equals(known.getOrDefault(number, "unreadable"))) {
        tally.found(made ? Change.Kind.INSERT : Change.Kind.UPDATE);
        copy(number, made);
        tally.applied++;
      }
    }
    long gone = here.stream().filter(number -> !there.contains(number)).count();
    if (gone > 0) {
      tally.note = gone + " that the live database does not have any more stay";
    }
    return Optional.of(tally.round());
  }

  /// Of the live database: those that may have been written since, or all.
  private SortedMap<Long, String> written() throws SQLException {
    if (since.isEmpty() || !mayReadPages(live)) {
      return content(live, "", "");
    }
    String touched =
        " in (select t.loid from pg_largeobject t where "
            + since.get().since()
            + " union select t.oid from pg_largeobject_metadata t where "
            + since.get().since()
            + ")";
    return content(live, " where t.loid" + touched, " where m.oid" + touched);
  }

  /// The same objects in the good state.
  private SortedMap<Long, String> known(Set<Long> written) throws SQLException {
    if (written.isEmpty()) {
      return new TreeMap<>();
    }
    String same =
        written.stream().map(String::valueOf).collect(Collectors.joining(", ", " in (", ")"));
    return content(good, " where t.loid" + same, " where m.oid" + same);
  }

  private static SortedMap<Long, String> content(Connection side, String pages, String objects)
      throws SQLException {
    var content = new TreeMap<Long, String>();
    String sql = mayReadPages(side) ? ofPages(pages, objects) : BY_FUNCTION;
    try (Statement statement = side.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        content.put(rows.getLong(1), rows.getString(2));
      }
    }
    return content;
  }

  private static String ofPages(String pages, String objects) {
    return "select m.oid, coalesce(l.content, '') from pg_largeobject_metadata m left join (select"
        + " t.loid, md5(string_agg(t.pageno || ':' || md5(t.data), ',' order by t.pageno)) as"
        + " content from pg_largeobject t"
        + pages
        + " group by t.loid) l on l.loid = m.oid"
        + objects;
  }

  /// The server's own table of their pages is for superusers.
  private static boolean mayReadPages(Connection side) throws SQLException {
    try (Statement statement = side.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select has_table_privilege('pg_catalog.pg_largeobject', 'select')")) {
      row.next();
      return row.getBoolean(1);
    }
  }

  private static Set<Long> numbers(Connection side) throws SQLException {
    var numbers = new TreeSet<Long>();
    try (Statement statement = side.createStatement();
        ResultSet rows =
            statement.executeQuery("select oid from pg_largeobject_metadata order by oid")) {
      while (rows.next()) {
        numbers.add(rows.getLong(1));
      }
    }
    return numbers;
  }

  private void copy(long number, boolean made) throws SQLException {
    if (!made) {
      run("select lo_unlink(?::oid)", number);
    }
    run("select lo_create(?::oid)", number);
    try (PreparedStatement read = live.prepareStatement("select lo_get(?::oid, ?, ?)");
        PreparedStatement write = good.prepareStatement("select lo_put(?::oid, ?, ?)")) {
      long at = 0;
      byte[] piece;
      do {
        piece = piece(read, number, at);
        write.setLong(1, number);
        write.setLong(2, at);
        write.setBytes(3, piece);
        write.execute();
        at += piece.length;
      } while (piece.length == CHUNK);
    }
    dress(number);
  }

  private static byte[] piece(PreparedStatement read, long number, long at) throws SQLException {
    read.setLong(1, number);
    read.setLong(2, at);
    read.setInt(3, CHUNK);
    try (ResultSet row = read.executeQuery()) {
      row.next();
      return row.getBytes(1);
    }
  }

  /// Rights first: who gives an object away may not speak for it any more.
  private void dress(long number) throws SQLException {
    String object = "large object " + number;
    try (PreparedStatement rights =
            live.prepareStatement(
                "select a.privilege_type, a.grantee, pg_get_userbyid(a.grantee),"
                    + " pg_get_userbyid(m.lomowner) from pg_largeobject_metadata m"
                    + " left join lateral aclexplode(m.lomacl) a on true where m.oid = ?::oid");
        Statement statement = good.createStatement()) {
      rights.setLong(1, number);
      String owner = "";
      try (ResultSet row = rights.executeQuery()) {
        while (row.next()) {
          owner = row.getString(4);
          if (row.getString(1) != null && !row.getString(3).equals(owner)) {
            String to = row.getLong(2) == 0 ? "public" : Quote.name(row.getString(3));
            statement.execute("grant " + row.getString(1) + " on " + object + " to " + to);
          }
        }
      }
      statement.execute("alter " + object + " owner to " + Quote.name(owner));
    }
  }

  private void run(String sql, long number) throws SQLException {
    try (PreparedStatement statement = good.prepareStatement(sql)) {
      statement.setLong(1, number);
      statement.execute();
    }
  }
}
