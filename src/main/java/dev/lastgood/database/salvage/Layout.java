package dev.lastgood.database.salvage;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// The tables of a database by their numbers in the catalog, which survive a rename. Noted when a
/// slot is opened: a dump does not keep the numbers.
public record Layout(List<Laid> tables) {
  private static final String COLUMNS =
      """
      select c.oid::bigint, n.nspname, c.relname, a.attnum, a.attname, a.atttypid::bigint, a.atttypmod,
        a.attgenerated <> ''
      from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
      where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence <> 't'
        and n.nspname not like 'pg\\_%' and n.nspname not in ('information_schema', '_lastgood', '_lastgood_noting')
        and a.attnum > 0 and not a.attisdropped order by c.oid, a.attnum\
      """;

  /// What the rows of each table are stored in. It is another place when they were all written
  /// anew, which the stream does not tell; and what enums call their values may change under them.
  private static final String FILES =
      """
      select c.oid::bigint, coalesce((select string_agg(pg_relation_filenode(p.relid)::text, ' ' order by p.relid)
          from pg_partition_tree(c.oid) p where p.isleaf), pg_relation_filenode(c.oid)::text, '')
        || coalesce((select ' ' || md5(string_agg(e.enumlabel, ',' order by e.enumtypid, e.enumsortorder)) from pg_enum e
          where e.enumtypid in (select a.atttypid from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)), '')
      from pg_class c where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence <> 't'\
      """;

  public Layout {
    tables = List.copyOf(tables);
  }

  /// One table.
  ///
  /// @param files what its rows are stored in
  public record Laid(long oid, String schema, String name, String files, List<Place> columns) {
    public Laid {
      columns = List.copyOf(columns);
      // not noted by older versions: then it is taken for another place
      files = Objects.requireNonNullElse(files, "");
    }

    Optional<Place> named(String column) {
      return columns.stream().filter(c -> c.name().equals(column)).findFirst();
    }

    Optional<Place> numbered(int number) {
      return columns.stream().filter(c -> c.number() == number).findFirst();
    }

    /// Whether no row was written since without the stream telling it.
    boolean untouched(Laid later) {
      return files.equals(later.files());
    }

    String inWords() {
      return files + " " + columns.stream().map(c -> c.number() + " " + c.name()).toList();
    }

    /// As the stream tells them.
    List<Place> stored() {
      return columns.stream().filter(c -> !c.generated()).toList();
    }
  }

  /// One column.
  ///
  /// @param type oid
  public record Place(int number, String name, long type, int modifier, boolean generated) {}

  /// @throws SQLException when the server does not answer
  public static Layout read(Connection connection) throws SQLException {
    var tables = new ArrayList<Laid>();
    var columns = new ArrayList<Place>();
    Map<Long, String> files = files(connection);
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(COLUMNS)) {
      while (rows.next()) {
        long oid = rows.getLong(1);
        if (tables.isEmpty() || tables.getLast().oid() != oid) {
          complete(tables, columns);
          tables.add(
              new Laid(
                  oid,
                  rows.getString(2),
                  rows.getString(3),
                  files.getOrDefault(oid, ""),
                  List.of()));
        }
        columns.add(
            new Place(
                rows.getInt(4),
                rows.getString(5),
                rows.getLong(6),
                rows.getInt(7),
                rows.getBoolean(8)));
      }
    }
    complete(tables, columns);
    return new Layout(tables);
  }

  private static Map<Long, String> files(Connection connection) throws SQLException {
    var files = new HashMap<Long, String>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(FILES)) {
      while (rows.next()) {
        files.put(rows.getLong(1), rows.getString(2));
      }
    }
    return files;
  }

  private static void complete(List<Laid> tables, List<Place> columns) {
    if (!columns.isEmpty()) {
      Laid last = tables.removeLast();
      tables.add(new Laid(last.oid(), last.schema(), last.name(), last.files(), columns));
      columns.clear();
    }
  }

  /// Columns by `schema.table.column`, and what they are called later.
  Map<String, String> renamed(Layout later) {
    var renamed = new HashMap<String, String>();
    for (Laid then : tables) {
      Optional<Laid> now = later.table(then.oid());
      for (Place place : then.columns()) {
        now.flatMap(n -> n.numbered(place.number()))
            .filter(n -> !n.name().equals(place.name()))
            .ifPresent(
                n -> renamed.put(then.schema() + "." + then.name() + "." + place.name(), n.name()));
      }
    }
    return renamed;
  }

  Optional<Laid> named(String schema, String name) {
    return tables.stream()
        .filter(t -> t.schema().equals(schema) && t.name().equals(name))
        .findFirst();
  }

  Optional<Laid> table(long oid) {
    return tables.stream().filter(t -> t.oid() == oid).findFirst();
  }
}
