package dev.lastgood.provider.postgres;

import dev.lastgood.database.Beside;
import dev.lastgood.database.TableName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// A schema of the live database in which tables stand beside those that are live: as they are
/// being made ready, or as they were when others took their place.
///
/// @param marker what they are, and of those that are kept what came instead; empty when an attempt
///   died before it was over
record TableSide(long oid, String schema, Optional<Marker> marker, long bytes) {
  /// In the schema: which tables it has, and the foreign keys they have when they are live.
  static final String BOOK = "_lastgood_keys";

  private static final String ALL =
      """
      select n.oid::bigint, n.nspname, coalesce(obj_description(n.oid, 'pg_namespace'), ''),
        coalesce((select sum(pg_total_relation_size(c.oid)) from pg_class c where c.relnamespace = n.oid
          and c.relkind = 'r'), 0)::bigint
      from pg_namespace n where n.nspname ~ '^_lastgood_(tables_|kept_)' order by n.nspname desc\
      """;

  /// Newest first.
  static List<TableSide> all(Session inside) throws SQLException {
    return inside.list(
        ALL,
        r -> new TableSide(r.getLong(1), r.getString(2), Marker.in(r.getString(3)), r.getLong(4)));
  }

  boolean kept() {
    return schema.startsWith(Beside.KEPT);
  }

  /// Those that are being made ready to be live as this release, the furthest first.
  static Optional<TableSide> coming(Session inside, String release) throws SQLException {
    return all(inside).stream().filter(s -> !s.kept() && s.is(release)).findFirst();
  }

  /// Those that were left when the tables came that are live now. A snapshot ends it: from then on
  /// other tables may be others, too.
  static Optional<TableSide> left(Session inside, Standing live) throws SQLException {
    return live.parting().isEmpty()
        ? Optional.empty()
        : all(inside).stream()
            .filter(s -> s.kept() && s.marker().filter(m -> before(m, live)).isPresent())
            .findFirst();
  }

  private static boolean before(Marker kept, Standing live) {
    return kept.parting().equals(live.parting()) && kept.remark().equals(live.release());
  }

  boolean is(String release) {
    return marker.map(Marker::release).equals(Optional.of(release));
  }

  boolean carried() {
    return marker.filter(m -> m.state() == Marker.State.CARRIED).isPresent();
  }

  /// The same as a place that a round writes into.
  Standing standing() {
    return new Standing(oid, schema, "", true, bytes);
  }

  static String place(String schema, TableName table) {
    return Quoted.name(schema) + "." + Quoted.name(table.name());
  }

  String place(TableName table) {
    return place(schema, table);
  }

  static String marking(String schema, Marker marker) {
    return "comment on schema " + Quoted.name(schema) + " is " + Quoted.text(marker.comment());
  }

  // -- the book ---------------------------------------------------------------------------------

  /// What makes the book of a schema.
  static List<String> book(String schema, Set<TableName> tables, List<Ties.Key> keys) {
    String book = Quoted.name(schema) + "." + BOOK;
    var all = new java.util.ArrayList<String>();
    all.add(
        "create table "
            + book
            + " (kind text, sch text, tab text, name text, definition text, to_sch text, to_tab text,"
            + " columns text[], to_columns text[], partitioned boolean, valid boolean)");
    for (TableName table : tables) {
      all.add(
          "insert into "
              + book
              + " (kind, sch, tab) values ('table', "
              + Quoted.text(table.schema())
              + ", "
              + Quoted.text(table.name())
              + ")");
    }
    keys.forEach(k -> all.add(entry(schema, "key", k)));
    return all;
  }

  /// @param kind `key`: to be made when the tables are live; `check`: to be validated
  static String entry(String schema, String kind, Ties.Key key) {
    return "insert into "
        + Quoted.name(schema)
        + "."
        + BOOK
        + " values ("
        + Quoted.text(kind)
        + ", "
        + String.join(
            ", ",
            List.of(
                Quoted.text(key.of().schema()),
                Quoted.text(key.of().name()),
                Quoted.text(key.name()),
                Quoted.text(key.definition()),
                Quoted.text(key.to().schema()),
                Quoted.text(key.to().name()),
                array(key.columns()),
                array(key.toColumns()),
                Boolean.toString(key.partitioned()),
                Boolean.toString(key.valid())))
        + ")";
  }

  private static String array(List<String> names) {
    return "array[" + String.join(", ", names.stream().map(Quoted::text).toList()) + "]::text[]";
  }

  Set<TableName> tables(Session inside) throws SQLException {
    return new TreeSet<>(
        inside.list(
            "select sch, tab from " + Quoted.name(schema) + "." + BOOK + " where kind = 'table'",
            r -> new TableName(r.getString(1), r.getString(2))));
  }

  List<Ties.Key> keys(Session inside, String kind) throws SQLException {
    return inside.list(
        "select sch, tab, name, definition, to_sch, to_tab, columns, to_columns, partitioned, valid from "
            + Quoted.name(schema)
            + "."
            + BOOK
            + " where kind = ? order by 1, 2, 3",
        r ->
            new Ties.Key(
                new TableName(r.getString(1), r.getString(2)),
                r.getString(3),
                r.getString(4),
                new TableName(r.getString(5), r.getString(6)),
                names(r, 7),
                names(r, 8),
                r.getBoolean(9),
                r.getBoolean(10)),
        kind);
  }

  private static List<String> names(ResultSet row, int at) throws SQLException {
    return List.of((String[]) row.getArray(at).getArray());
  }

  /// Foreign keys of what is live whose rows were not looked at yet, although they were before.
  List<Ties.Key> unproven(Session inside) throws SQLException {
    List<Ties.Key> all = new java.util.ArrayList<>();
    for (Ties.Key key : keys(inside, "check")) {
      boolean open =
          inside.yes(
              "select exists (select from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n"
                  + " on n.oid = c.relnamespace where n.nspname = ? and c.relname = ? and k.conname = ? and"
                  + " k.contype = 'f' and not k.convalidated)",
              key.of().schema(),
              key.of().name(),
              key.name());
      if (open) {
        all.add(key);
      }
    }
    return all;
  }
}
