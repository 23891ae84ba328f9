package dev.lastgood.database.salvage;

import dev.lastgood.database.Catalog;
import dev.lastgood.database.Catalog.Column;
import dev.lastgood.database.Catalog.Table;
import dev.lastgood.database.TableName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The moment at which a good state was taken from the live database, noted there and then. With it
/// the rows that were written since are known by their transaction, and columns by their number;
/// without it both sides have to be read and compared whole.
///
/// @param tables what stood under each quoted name then
public record Departure(Mark mark, Map<String, Then> tables) {
  public Departure {
    tables = Map.copyOf(tables);
  }

  /// @param identity oid of the table
  /// @param columns number by name
  public record Then(long identity, Map<String, Integer> columns) {
    public Then {
      columns = Map.copyOf(columns);
    }
  }

  /// @param live in the transaction whose view the good state is
  /// @throws SQLException when it may not be asked
  public static Departure now(Connection live) throws SQLException {
    var columns = new TreeMap<String, Map<String, Integer>>();
    var identities = new HashMap<String, Long>();
    try (Statement statement = live.createStatement()) {
      try (ResultSet rows =
          statement.executeQuery(
              """
              select n.nspname, c.relname, c.oid::bigint, a.attname, a.attnum
              from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
              where c.relkind in ('r', 'p') and not c.relispartition and n.nspname !~ '^pg_'
                and n.nspname <> 'information_schema'\
              """)) {
        while (rows.next()) {
          String table = new TableName(rows.getString(1), rows.getString(2)).quoted();
          identities.put(table, rows.getLong(3));
          columns
              .computeIfAbsent(table, _ -> new HashMap<>())
              .put(rows.getString(4), rows.getInt(5));
        }
      }
      var tables = new HashMap<String, Then>();
      identities.forEach((table, identity) ->
          tables.put(table, new Then(identity, columns.getOrDefault(table, Map.of()))));
      return new Departure(mark(statement), tables);
    }
  }

  private static Mark mark(Statement statement) throws SQLException {
    try (ResultSet row =
        statement.executeQuery(
            """
            select (select system_identifier::text from pg_catalog.pg_control_system()),
              (select oid::bigint from pg_catalog.pg_database where datname = pg_catalog.current_database()),
              pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())::text::bigint\
            """)) {
      row.next();
      return new Mark(row.getString(1), row.getLong(2), row.getLong(3), "");
    }
  }

  /// Whether each row of the table that differs from the good state was written by a transaction
  /// since: it and its columns are the same ones, and nothing can come into it but by writing.
  boolean tells(TablePlan plan) {
    Then then = tables.get(plan.name().quoted());
    return then != null
        && !plan.table(Side.LIVE).partitioned()
        && then.identity() == plan.table(Side.LIVE).identity()
        && plan.carried().stream()
            .allMatch(m ->
                Optional.ofNullable(then.columns().get(m.good().name()))
                    .filter(number -> number == m.live().number())
                    .isPresent());
  }

  /// Columns that are called otherwise now, as [Policy#renamed] has them.
  ///
  /// @return nothing when it is another database
  Map<String, String> renamed(Catalog live) {
    var renamed = new HashMap<String, String>();
    if (mark.database() != live.server().database()
        || !mark.system().equals(live.server().system())) {
      return renamed;
    }
    for (Table table : live.tables().values()) {
      Then then = tables.get(table.name().quoted());
      if (then != null && then.identity() == table.identity()) {
        then.columns()
            .forEach((name, number) -> {
              Optional<Column> now = table.column(number);
              if (now.isPresent() && !now.get().name().equals(name)) {
                renamed.put(
                    table.name().schema() + "." + table.name().name() + "." + name,
                    now.get().name());
              }
            });
      }
    }
    return renamed;
  }
}
