package dev.lastgood.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/// The vacuums that the server runs by itself. One of a large table takes many minutes, holds the
/// table against every lock that writers would notice, and nobody but a superuser may end it. But
/// it gives way to whoever waits for the table longer than `deadlock_timeout`, unless it prevents a
/// wraparound. So one waits with a lock that no reader and no writer is in the way of.
public final class Vacuums {
  /// One worker may go from table to table.
  private static final int ROUNDS = 10;

  private static final String HELD =
      """
      select distinct pg_catalog.format('%I.%I', n.nspname, c.relname)
      from pg_catalog.pg_locks l join pg_catalog.pg_stat_activity a on a.pid = l.pid
        join pg_catalog.pg_class c on c.oid = l.relation
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where l.locktype = 'relation' and l.granted and l.mode = 'ShareUpdateExclusiveLock'
        and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
        and a.usesysid is null and c.relkind = 'r' and n.nspname not like 'pg\\_%'\
      """;

  private Vacuums() {}

  /// Interrupts those of the tables of this database; the server begins them again by itself.
  ///
  /// @param owner of the tables, without a transaction
  public static void interrupt(Connection owner) throws SQLException {
    for (int n = 0; n < ROUNDS; n++) {
      List<String> held = ask(owner, HELD);
      if (held.isEmpty()) {
        return;
      }
      for (String table : held) {
        waitFor(owner, table);
      }
    }
  }

  private static void waitFor(Connection owner, String table) throws SQLException {
    try {
      run(
          owner,
          "begin; select pg_catalog.set_config('lock_timeout', (extract(epoch from"
              + " pg_catalog.current_setting('deadlock_timeout')::interval) * 1000 + 500)::int::text,"
              + " true); lock table "
              + table
              + " in share update exclusive mode; commit");
    } catch (SQLException e) {
      if (owner.isClosed()) {
        throw e;
      }
      // It goes on, or the role has no right to the table: whoever locks it next says so.
      run(owner, "rollback");
    }
  }

  private static List<String> ask(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> all = new ArrayList<>();
      while (rows.next()) {
        all.add(rows.getString(1));
      }
      return all;
    }
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
