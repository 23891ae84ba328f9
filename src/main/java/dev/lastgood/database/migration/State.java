package dev.lastgood.database.migration;

import dev.lastgood.database.Quote;
import dev.lastgood.database.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What the tool says is applied.
public final class State {
  private static final int MOST = 100_000;

  private final Tool tool;
  private final String schema;
  private final String table;

  /// @param table the name of the state table, where it is not the usual one
  public State(Tool tool, Optional<String> schema, Optional<String> table) {
    this.tool = tool;
    this.schema = schema.orElse(tool.schema());
    this.table = table.orElse(tool.table());
  }

  /// For SQL.
  public String quoted() {
    return Quote.name(schema) + "." + Quote.name(table);
  }

  /// Without its schema.
  public String name() {
    return table;
  }

  /// All tables the tool keeps its state in.
  public Set<TableName> tables() {
    var own = new TableName(schema, table);
    return tool == Tool.KNEX ? Set.of(own, new TableName(schema, table + "_lock")) : Set.of(own);
  }

  /// SQL over a row `t` of the state table that gives [Migration#id()].
  public String key() {
    return table.equals("goose_db_version") ? "version_id::text" : tool.key();
  }

  /// @return oldest first; empty when there is no state table
  /// @param known the migrations of the newest folder, for tools that keep only where they are
  public Optional<List<Applied>> read(Connection connection, List<Migration> known)
      throws SQLException {
    List<String> columns = columns(connection);
    if (columns.isEmpty()) {
      return Optional.empty();
    }
    boolean dirty = columns.contains("dirty") && tool == Tool.SQL;
    List<Applied> rows =
        switch (tool) {
          case PRISMA ->
              rows(
                  connection,
                  "migration_name, finished_at is null, checksum, null",
                  "where rolled_back_at is null order by started_at, migration_name");
          case FLYWAY ->
              rows(
                  connection,
                  "coalesce(version, script), not success, checksum::text, null",
                  "h where type not in ('SCHEMA', 'BASELINE', 'DELETE') and type not like 'UNDO%'"
                      + " and not exists (select from "
                      + quoted()
                      + " u where u.version = h.version and u.installed_rank > h.installed_rank"
                      + " and (u.type like 'UNDO%' or u.type = 'DELETE')) order by installed_rank");
          case LIQUIBASE ->
              rows(
                  connection,
                  tool.key()
                      + " || case when count(*) over (partition by "
                      + tool.key()
                      + ") > 1 then ' in ' || filename else '' end,"
                      + " exectype = 'FAILED', null, null",
                  "order by orderexecuted");
          case SUPABASE ->
              rows(
                  connection,
                  "version, false, null, "
                      + (columns.contains("statements")
                          ? "array_to_string(statements, E';\\n')"
                          : "null"),
                  "order by version");
          case KNEX -> rows(connection, "name, false, null, null", "order by id");
          case TYPEORM -> rows(connection, "name, false, null, null", "order by timestamp, id");
          case ALEMBIC -> rows(connection, "version_num, false, null, null", "");
          case RAILS -> rows(connection, "version, false, null, null", "order by version");
          case DJANGO ->
              rows(
                  connection,
                  "app || '.' || name, false, null, null, applied",
                  "order by applied, id");
          case SQL ->
              columns.contains("version_id")
                  ? rows(
                      connection,
                      "version_id::text, false, null, null",
                      "where version_id > 0 and is_applied order by version_id")
                  : rows(
                      connection,
                      "version::text, " + (dirty ? "dirty" : "false") + ", null, null",
                      "order by version");
        };
    return Optional.of(
        tool == Tool.ALEMBIC
            ? Revisions.upTo(rows, known)
            : dirty ? upTo(rows, known) : tool == Tool.SQL ? plain(rows) : rows);
  }

  private static List<Applied> plain(List<Applied> rows) {
    return rows.stream()
        .map(r ->
            new Applied(
                Numbers.leading(r.id()).equals(r.id()) ? Numbers.plain(r.id()) : r.id(),
                r.failed(),
                r.checksum(),
                r.sql(),
                r.at()))
        .toList();
  }

  /// The tool keeps only the newest one: everything before it in the folder is applied.
  private static List<Applied> upTo(List<Applied> newest, List<Migration> known) {
    if (newest.size() != 1) {
      return newest;
    }
    String head = newest.getFirst().id();
    List<Applied> all = new ArrayList<>();
    for (Migration migration : known) {
      if (migration.id().equals(head)) {
        all.add(newest.getFirst());
        return all;
      }
      all.add(Applied.done(migration.id()));
    }
    return newest;
  }

  private List<String> columns(Connection connection) throws SQLException {
    try (PreparedStatement ask =
        connection.prepareStatement(
            "select attname from pg_catalog.pg_attribute a"
                + " join pg_catalog.pg_class c on c.oid = attrelid"
                + " join pg_catalog.pg_namespace n on n.oid = relnamespace"
                + " where nspname = ? and relname = ? and attnum > 0 and not attisdropped")) {
      ask.setString(1, schema);
      ask.setString(2, table);
      List<String> columns = new ArrayList<>();
      try (ResultSet row = ask.executeQuery()) {
        while (row.next()) {
          columns.add(row.getString(1));
        }
      }
      return columns;
    }
  }

  private List<Applied> rows(Connection connection, String columns, String rest)
      throws SQLException {
    try (PreparedStatement ask =
            connection.prepareStatement(
                "select " + columns + " from " + quoted() + " " + rest + " limit " + MOST);
        ResultSet row = ask.executeQuery()) {
      List<Applied> all = new ArrayList<>();
      while (row.next()) {
        all.add(
            new Applied(
                String.valueOf(row.getString(1)),
                row.getBoolean(2),
                Optional.ofNullable(row.getString(3)),
                Optional.ofNullable(row.getString(4)),
                at(row)));
      }
      return List.copyOf(all);
    }
  }

  private static Optional<Instant> at(ResultSet row) throws SQLException {
    return row.getMetaData().getColumnCount() > 4
        ? Optional.ofNullable(row.getTimestamp(5)).map(Timestamp::toInstant)
        : Optional.empty();
  }

  /// Rows by migration in their order, the last attempt of each.
  static Map<String, Applied> byId(List<Applied> rows) {
    Map<String, Applied> all = new LinkedHashMap<>();
    rows.forEach(r -> all.put(r.id(), r));
    return all;
  }
}
