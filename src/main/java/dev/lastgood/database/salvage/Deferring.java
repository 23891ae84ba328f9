package dev.lastgood.database.salvage;

import dev.lastgood.database.Catalog;
import dev.lastgood.database.Quote;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.LinkedHashSet;
import java.util.Set;

/// The foreign keys of some tables that may wait for the end of the transaction. Those of others
/// are left as they are: their schemas may be closed to the role, and sessions have tables of their
/// own.
final class Deferring {
  // by name a rule is found with all of its namesakes in the schema
  private static final String DEFERRABLE =
      "select n.nspname, c.conname, exists (select from pg_catalog.pg_constraint o where"
          + " o.connamespace = c.connamespace and o.conname = c.conname and not o.condeferrable)"
          + " from pg_catalog.pg_constraint c join pg_catalog.pg_namespace n on n.oid ="
          + " c.connamespace where c.contype = 'f' and c.condeferrable and c.conparentid = 0 and"
          + " coalesce(pg_catalog.pg_partition_root(c.conrelid)::oid, c.conrelid) = any"
          + " (?::bigint[]::oid[]) and pg_catalog.has_schema_privilege(n.oid, 'usage')";

  private final Connection connection;
  private final Set<String> all = new LinkedHashSet<>();

  /// Without those that have a namesake which cannot wait: the server refuses to have them wait.
  private final Set<String> waiting = new LinkedHashSet<>();

  /// @param catalog the tables, of the database that the connection is to
  Deferring(Connection connection, Catalog catalog) throws SQLException {
    this.connection = connection;
    try (PreparedStatement ask = connection.prepareStatement(DEFERRABLE)) {
      Object[] tables = catalog.tables().values().stream().map(Catalog.Table::identity).toArray();
      ask.setArray(1, connection.createArrayOf("bigint", tables));
      try (ResultSet rows = ask.executeQuery()) {
        while (rows.next()) {
          String name = Quote.name(rows.getString(1)) + "." + Quote.name(rows.getString(2));
          all.add(name);
          if (!rows.getBoolean(3)) {
            waiting.add(name);
          }
        }
      }
    }
  }

  void defer() throws SQLException {
    set(waiting, "deferred");
  }

  /// Foreign keys are checked with each row, where it can still be told which one it is.
  ///
  /// @throws SQLException also when a row that was written before refers to nothing
  void atOnce() throws SQLException {
    set(all, "immediate");
  }

  /// As [#atOnce], if nothing that was written before is against it; else they stay deferred.
  boolean holds() throws SQLException {
    Savepoint before = connection.setSavepoint();
    try {
      atOnce();
      connection.releaseSavepoint(before);
      return true;
    } catch (SQLException e) {
      if (!"23503".equals(e.getSQLState())) {
        throw e;
      }
      connection.rollback(before);
      connection.releaseSavepoint(before);
      return false;
    }
  }

  private void set(Set<String> names, String when) throws SQLException {
    if (!names.isEmpty()) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("set constraints " + String.join(", ", names) + " " + when);
      }
    }
  }
}
