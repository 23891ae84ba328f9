package dev.lastgood.database;

import static java.util.stream.Collectors.joining;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Locks on tables that the server's own cleaning does not keep from us.
///
/// Autovacuum holds the table it is at for as long as it takes, and the server ends it only for
/// somebody who has waited longer than `deadlock_timeout`. No lock for which users must wait may be
/// waited for that long; one that readers and writers do not notice may.
public final class TableLocks {
  /// What belongs to an extension is its own business, and so is ours.
  private static final String TABLES =
      """
      select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and c.relpersistence <> 't'
        and n.nspname not in ('pg_catalog', 'information_schema', '_lastgood_noting')
        and n.nspname !~ '^_lastgood_(tables_|kept_|parting)'
        and n.nspname not like 'pg\\_toast%%'
        and not exists (select from pg_depend e where e.classid = 'pg_class'::regclass
          and e.objid = c.oid and e.deptype = 'e')
        and (%s)
      order by 1, 2\
      """;

  private static final String TRIGGERED =
      "exists (select from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal)";

  /// What a session is, is hidden from most roles, but not that it is nobody's.
  private static final String CLEANED =
      """
      select distinct n.nspname, c.relname from pg_locks l
        join pg_class c on c.oid = l.relation join pg_namespace n on n.oid = c.relnamespace
        join pg_stat_activity a on a.pid = l.pid and a.usesysid is null
      where l.locktype = 'relation' and l.granted and l.mode = 'ShareUpdateExclusiveLock'
        and l.database = (select oid from pg_database where datname = current_database())
        and c.relkind in ('r', 'p') and c.relpersistence <> 't'
        and has_table_privilege(c.oid, 'update, delete, truncate')
        and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\\_toast%'
      order by 1, 2\
      """;

  private static final String HOLDERS =
      """
      select distinct coalesce(a.usename, 'the server itself') || ', process ' || l.pid || ', at '
        || l.relation::regclass
      from pg_locks l join pg_class c on c.oid = l.relation join pg_stat_activity a on a.pid = l.pid
      where l.locktype = 'relation' and l.granted and l.pid <> pg_backend_pid() and c.relkind in ('r', 'p', 'm')
        and l.database = (select oid from pg_database where datname = current_database())
        and l.mode not in ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')
        and c.relnamespace <> 'pg_catalog'::regnamespace and a.application_name not like 'lastgood%'
      order by 1 limit 3\
      """;

  private static final String TIMES =
      "select current_setting('lock_timeout'), current_setting('statement_timeout')";

  private static final String LONGER_THAN_CLEANING =
      "select set_config('lock_timeout', least(setting::bigint, 20000) + 1000 || 'ms', true),"
          + " set_config('statement_timeout', least(setting::bigint, 20000) + 10000 || 'ms', true)"
          + " from pg_settings where name = 'deadlock_timeout'";

  /// For the server to answer; it ends the statement before.
  private static final int ANSWER_MILLIS = 40_000;

  /// A lock was not had in time, or somebody waits for us in turn.
  private static final Set<String> HELD = Set.of("55P03", "40P01");

  private static final String LATE = "57014";

  private static final String WAITED_FOR =
      "select exists (select from pg_locks where not granted and pg_backend_pid() = any (pg_blocking_pids(pid)))";
  private static final String NO_ROOM = "53200";

  private TableLocks() {}

  /// Whether it is no more than that somebody holds a table.
  public static boolean held(SQLException e) {
    return HELD.contains(String.valueOf(e.getSQLState()));
  }

  /// The same of several tables together: also that all of them were not had in time.
  public static boolean inUse(SQLException e) {
    return held(e) || LATE.equals(e.getSQLState());
  }

  /// Whether somebody waits for a lock of this session.
  public static boolean waitedFor(Connection connection) throws SQLException {
    return read(connection, WAITED_FOR, r -> r.getBoolean(1)).getFirst();
  }

  /// Whether the server has no room for so many locks.
  public static boolean noRoom(SQLException e) {
    return NO_ROOM.equals(e.getSQLState());
  }

  /// The tables of users of this database.
  public static List<TableName> tables(Connection connection) throws SQLException {
    return names(connection, TABLES.formatted("true"));
  }

  /// Those of them that have triggers.
  public static List<TableName> triggered(Connection connection) throws SQLException {
    return names(connection, TABLES.formatted(TRIGGERED));
  }

  /// The tables that the server cleans at this moment, as far as this role may lock them.
  public static List<TableName> cleaned(Connection connection) throws SQLException {
    return names(connection, CLEANED);
  }

  /// Who holds which tables so that they cannot be cleaned, in words; empty: nobody any more.
  private static String holders(Connection connection) throws SQLException {
    return read(connection, HOLDERS, r -> r.getString(1)).stream().collect(joining("; "));
  }

  /// Until the end of the transaction nobody cleans these tables, builds an index on one or alters
  /// it; autovacuum that is at one is ended by the server. Readers and writers go on meanwhile.
  ///
  /// @param transaction in one, which is lost when this fails
  /// @throws SQLException [#inUse] when somebody has one for longer than autovacuum may
  public static void keepCleaningOff(Connection transaction, Collection<TableName> tables)
      throws SQLException {
    if (tables.isEmpty()) {
      return;
    }
    int answer = transaction.getNetworkTimeout();
    transaction.setNetworkTimeout(Runnable::run, ANSWER_MILLIS);
    try (Statement statement = transaction.createStatement();
        PreparedStatement back =
            transaction.prepareStatement(
                "select set_config('lock_timeout', ?, true), set_config('statement_timeout', ?, true)")) {
      try (ResultSet times = statement.executeQuery(TIMES)) {
        times.next();
        back.setString(1, times.getString(1));
        back.setString(2, times.getString(2));
      }
      statement.execute(LONGER_THAN_CLEANING);
      statement.execute(
          tables.stream()
              .map(TableName::quoted)
              .collect(joining(", only ", "lock table only ", " in share update exclusive mode")));
      back.execute();
    } finally {
      if (!transaction.isClosed()) {
        transaction.setNetworkTimeout(Runnable::run, answer);
      }
    }
  }

  /// The same, for whoever asks people about it.
  ///
  /// @param transaction in one; it is rolled back when this is not had
  /// @return who holds a table instead, in words; empty when nobody does
  public static Optional<String> alone(Connection transaction, Collection<TableName> tables)
      throws SQLException {
    try {
      keepCleaningOff(transaction, tables);
      return Optional.empty();
    } catch (SQLException e) {
      if (!inUse(e)) {
        throw e;
      }
      try (Statement statement = transaction.createStatement()) {
        statement.execute("rollback");
      }
      return Optional.of(holders(transaction));
    }
  }

  /// Does what needs locks for which users wait: for a moment only, again and again, and not behind
  /// the server's own cleaning.
  ///
  /// @param connection each of whose statements is a transaction of its own
  /// @param moment that users may wait
  /// @param deadline of [System#nanoTime]; there is one try after all
  /// @throws SQLException [#inUse] when somebody held a table all the time
  public static void briefly(Connection connection, String sql, Duration moment, long deadline)
      throws SQLException, InterruptedException {
    while (true) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        keepCleaningOff(connection, cleaned(connection));
        statement.execute("set local lock_timeout = " + moment.toMillis() + "; " + sql);
        connection.commit();
        return;
      } catch (SQLException e) {
        if (connection.isClosed()) {
          throw e;
        }
        connection.rollback();
        if (!inUse(e) || System.nanoTime() > deadline) {
          throw e;
        }
      } finally {
        if (!connection.isClosed()) {
          connection.setAutoCommit(true);
        }
      }
      Thread.sleep(moment);
    }
  }

  private static List<TableName> names(Connection connection, String sql) throws SQLException {
    return read(connection, sql, r -> new TableName(r.getString(1), r.getString(2)));
  }

  private interface Row<T> {
    T of(ResultSet row) throws SQLException;
  }

  private static <T> List<T> read(Connection connection, String sql, Row<T> row)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<T> all = new ArrayList<>();
      while (rows.next()) {
        all.add(row.of(rows));
      }
      return all;
    }
  }
}
