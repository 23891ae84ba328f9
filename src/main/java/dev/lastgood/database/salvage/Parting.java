package dev.lastgood.database.salvage;

import dev.lastgood.database.Beside;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// Notes, in the database that will become live, which rows of the other one it does not have as
/// they are there. All of it is written in the transaction of the round that leaves them so, and
/// stands in a schema of its own.
///
/// Who comes back later can tell by it what users deleted from what was never there, and what users
/// changed from what differed all the time.
final class Parting {
  static final String SCHEMA = Beside.PARTING;

  /// In one database the notes that hold still are read while those of the next exchange are
  /// written; with the exchange they take their place.
  static final String NEXT = SCHEMA + "_next";

  private static final int MANY = 2_000;

  private final Connection target;
  private final String schema;
  private final Exchange exchange;
  private final long other;
  private final Map<Place, Optional<Note>> waiting = new LinkedHashMap<>();
  private final Set<Long> noted = new HashSet<>();
  private boolean empty;

  /// @param target in the transaction of the round
  /// @param other oid of the database that is live until the exchange
  /// @param schema where the notes stand
  Parting(Connection target, Exchange exchange, long other, String schema) {
    this.target = target;
    this.schema = schema;
    this.exchange = exchange;
    this.other = other;
  }

  private record Place(long table, String key) {}

  /// @param base hashes of the live row that was carried over, by column; empty: it was not
  private record Note(Left left, Map<Integer, @Nullable Long> base) {}

  /// Where the last round ended that wrote these notes; empty: they are of something else, or there
  /// are none.
  Optional<Mark> reached() throws SQLException {
    if (!there(target, schema)) {
      return Optional.empty();
    }
    try (PreparedStatement ask =
        target.prepareStatement(
            "select since_system, since_database, since_transaction, since_noting from "
                + schema
                + ".parting where self = (select oid from pg_catalog.pg_database where datname ="
                + " current_database()) and other = ? and before = ?")) {
      ask.setLong(1, other);
      ask.setString(2, exchange.before());
      try (ResultSet row = ask.executeQuery()) {
        return row.next()
            ? Optional.of(
                new Mark(row.getString(1), row.getLong(2), row.getLong(3), row.getString(4)))
            : Optional.empty();
      }
    }
  }

  static boolean there(Connection connection, String schema) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select pg_catalog.to_regclass('" + schema + ".parting') is not null")) {
      row.next();
      return row.getBoolean(1);
    }
  }

  /// Nothing is known yet.
  ///
  /// @param stay tables, by their identity, whose notes a replay keeps
  void anew(Set<Long> stay) throws SQLException {
    if (stay.isEmpty()) {
      make(target, schema);
    } else {
      try (PreparedStatement delete =
          target.prepareStatement("delete from " + schema + ".differs where tab <> all (?)")) {
        delete.setArray(1, target.createArrayOf("int8", stay.toArray()));
        delete.executeUpdate();
      }
    }
    // on the way there each row is noted once at most
    empty = !exchange.back();
  }

  /// Makes room for notes. Those of before, should there be any, are no longer believed.
  ///
  /// @param schema where they stand
  static void make(Connection target, String schema) throws SQLException {
    try (Statement statement = target.createStatement()) {
      statement.execute(
          """
          drop schema if exists %1$s cascade;
          create schema %1$s;
          create table %1$s.parting (id text, self bigint, other bigint, before text, seen bigint,
            since_system text, since_database bigint, since_transaction bigint, since_noting text,
            renamed text[], names text[]);
          create table %1$s.compared (tab bigint primary key, key text);
          create table %1$s.differs (tab bigint, digest bigint, key text, kind text, columns int[], was bigint[],
            base_columns int[], base bigint[]);
          create index on %1$s.differs (tab, digest);
          create table %1$s.whole (tab bigint primary key, shape text);
          """
              .formatted(schema));
    }
  }

  /// Asks for the tables that have notes, without reading all of them.
  static String noted(String schema) {
    return "with recursive t as ((select tab from %1$s.differs order by tab limit 1) union all select"
            .formatted(schema)
        + " (select d.tab from %1$s.differs d where d.tab > t.tab order by d.tab limit 1) from t where t.tab is not null)"
            .formatted(schema)
        + " select tab from t where tab is not null";
  }

  /// @param whole tables that this round compares whole, so that what was noted of them is old
  void begin(List<TablePlan> compared, List<TablePlan> whole) throws SQLException {
    run("delete from " + schema + ".compared");
    try (PreparedStatement insert =
        target.prepareStatement("insert into " + schema + ".compared values (?, ?)")) {
      for (TablePlan plan : compared) {
        insert.setLong(1, plan.table(Side.GOOD).identity());
        insert.setString(2, key(plan, Side.GOOD));
        insert.addBatch();
      }
      insert.executeBatch();
    }
    try (PreparedStatement delete =
        target.prepareStatement("delete from " + schema + ".differs where tab = ?")) {
      for (TablePlan plan : whole) {
        delete.setLong(1, plan.table(Side.GOOD).identity());
        delete.addBatch();
      }
      delete.executeBatch();
    }
    try (Statement statement = target.createStatement();
        ResultSet rows = statement.executeQuery(noted(schema))) {
      while (rows.next()) {
        noted.add(rows.getLong(1));
      }
    }
  }

  /// What rows of a table are recognised by; empty: by nothing.
  static String key(TablePlan plan, Side side) {
    var names = new ArrayList<String>();
    plan.key().forEach(k -> names.add(TablePlan.column(k.match(), side).quoted()));
    return String.join(", ", names);
  }

  /// The row stays different.
  void left(TablePlan plan, Change change) {
    Left left =
        switch (change.kind()) {
          case INSERT -> new Left(Left.Kind.MISSING, Map.of());
          case UPDATE -> different(plan, java.util.Objects.requireNonNull(change.good()));
          case DELETE -> new Left(Left.Kind.SURPLUS, Map.of());
        };
    note(plan, change.key(), left);
  }

  /// The row got what users wrote, and stays different in the rest.
  void merged(TablePlan plan, Change change) {
    Row merged = change.liveRow();
    long table = plan.table(Side.GOOD).identity();
    noted.add(table);
    waiting.put(
        new Place(table, Left.text(change.key())),
        Optional.of(
            new Note(different(plan, merged), Left.hashes(plan, Side.LIVE, merged.origin()))));
  }

  static Left different(TablePlan plan, Row good) {
    return new Left(Left.Kind.DIFFERENT, Left.hashes(plan, Side.GOOD, good));
  }

  void note(TablePlan plan, List<String> key, Left left) {
    long table = plan.table(Side.GOOD).identity();
    noted.add(table);
    waiting.put(new Place(table, Left.text(key)), Optional.of(new Note(left, Map.of())));
  }

  /// The row is alike now.
  void fits(TablePlan plan, List<String> key) {
    long table = plan.table(Side.GOOD).identity();
    if (noted.contains(table)) {
      waiting.put(new Place(table, Left.text(key)), Optional.empty());
    }
  }

  /// What the rows of the live database were like when they were carried over last, by key: users'
  /// next change is one against that.
  Map<List<String>, Map<Integer, @Nullable Long>> bases(TablePlan plan, List<List<String>> keys)
      throws SQLException {
    String sql =
        "select key, base_columns, base from "
            + schema
            + ".differs where tab = ? and base is not null and (digest, key) in"
            + " (select * from unnest(?::bigint[], ?::text[]))";
    try (PreparedStatement ask = target.prepareStatement(sql)) {
      List<String> texts = keys.stream().map(Left::text).toList();
      ask.setLong(1, plan.table(Side.GOOD).identity());
      ask.setArray(2, target.createArrayOf("int8", texts.stream().map(Left::hash).toArray()));
      ask.setArray(3, target.createArrayOf("text", texts.toArray()));
      var all = new HashMap<List<String>, Map<Integer, @Nullable Long>>();
      try (ResultSet rows = ask.executeQuery()) {
        while (rows.next()) {
          all.put(Left.key(rows.getString(1)), Left.hashes(rows.getArray(2), rows.getArray(3)));
        }
      }
      return all;
    }
  }

  /// Writes what is waiting, when it is much.
  void flushMany() throws SQLException {
    if (waiting.size() >= MANY) {
      flush();
    }
  }

  private void flush() throws SQLException {
    try (PreparedStatement delete =
            target.prepareStatement(
                "delete from " + schema + ".differs where tab = ? and digest = ? and key = ?");
        PreparedStatement insert =
            target.prepareStatement(
                "insert into " + schema + ".differs values (?, ?, ?, ?, ?, ?, ?, ?)")) {
      for (var one : waiting.entrySet()) {
        if (!empty) {
          identify(delete, one.getKey());
          delete.addBatch();
        }
        if (one.getValue().isPresent()) {
          identify(insert, one.getKey());
          values(insert, one.getValue().get());
          insert.addBatch();
        }
      }
      delete.executeBatch();
      insert.executeBatch();
    }
    waiting.clear();
  }

  private static void identify(PreparedStatement statement, Place row) throws SQLException {
    statement.setLong(1, row.table());
    statement.setLong(2, java.util.Objects.requireNonNull(Left.hash(row.key())));
    statement.setString(3, row.key());
  }

  private void values(PreparedStatement insert, Note note) throws SQLException {
    insert.setString(4, note.left().kind().name());
    hashes(insert, 5, note.left().was());
    hashes(insert, 7, note.base());
  }

  private void hashes(PreparedStatement insert, int at, Map<Integer, @Nullable Long> hashes)
      throws SQLException {
    var columns = new ArrayList<Integer>();
    var values = new ArrayList<@Nullable Long>();
    hashes.forEach((column, hash) -> {
      columns.add(column);
      values.add(hash);
    });
    insert.setArray(at, columns.isEmpty() ? null : target.createArrayOf("int4", columns.toArray()));
    insert.setArray(
        at + 1, columns.isEmpty() ? null : target.createArrayOf("int8", values.toArray()));
  }

  /// The last thing the round writes: whoever writes into this database after the exchange has a
  /// later transaction than the row that says so.
  ///
  /// @param reached from where the next round goes on
  /// @param renamed columns of this database by `schema.table.column`, and what they are called in
  ///   the other one
  void end(Mark reached, SortedMap<String, String> renamed) throws SQLException {
    flush();
    Savepoint own = target.setSavepoint();
    run("delete from " + schema + ".parting");
    try (PreparedStatement insert =
        target.prepareStatement(
            "insert into "
                + schema
                + ".parting select ?, d.oid, ?, ?,"
                + " pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text::bigint, ?, ?, ?, ?, ?, ?"
                + " from pg_catalog.pg_database d where datname = current_database()")) {
      insert.setString(1, exchange.next());
      insert.setLong(2, other);
      insert.setString(3, exchange.before());
      insert.setString(4, reached.system());
      insert.setLong(5, reached.database());
      insert.setLong(6, reached.transaction());
      insert.setString(7, reached.noting());
      insert.setArray(8, target.createArrayOf("text", renamed.keySet().toArray()));
      insert.setArray(9, target.createArrayOf("text", renamed.values().toArray()));
      insert.executeUpdate();
    }
    target.releaseSavepoint(own);
  }

  private void run(String sql) throws SQLException {
    try (Statement statement = target.createStatement()) {
      statement.execute(sql);
    }
  }
}
