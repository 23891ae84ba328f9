package dev.lastgood.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import dev.lastgood.model.Constellation;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;

/// The database all state is in: an SQLite file in a folder, or a PostgreSQL server. Opening makes
/// or migrates the tables; a database of a newer version is refused and not touched.
///
/// Several processes may have the same SQLite file open: each takes it for one short statement or
/// transaction at a time.
public final class Database implements AutoCloseable {
  private final Dialect dialect;
  private final String place;
  private final Optional<Path> folder;
  private final HikariDataSource pool;

  private Database(Dialect dialect, String place, Optional<Path> folder, HikariDataSource pool) {
    this.dialect = dialect;
    this.place = place;
    this.folder = folder;
    this.pool = pool;
  }

  /// The SQLite file `lastgood.db` in this folder; both are made, private to the user, if missing.
  ///
  /// @throws StoreUnavailable if it cannot be used, in words
  public static Database open(Path stateFolder) {
    var file = new SqliteFile(stateFolder);
    file.prepare();
    DataSource single = file.dataSource();
    Optional<Path> folder = Optional.of(stateFolder.toAbsolutePath());
    new Migrations(Dialect.SQLITE, single, file.place(), folder).bringUp();
    // connects when it is first asked; made out of a HikariConfig it would copy that by reflection
    var pool = new HikariDataSource();
    pool.setDataSource(single);
    pool.setMaximumPoolSize(1);
    settle(pool);
    return new Database(Dialect.SQLITE, file.place(), folder, pool);
  }

  /// A copy in a folder of its own of what is in a state folder at this moment, brought up to date
  /// there. Where it comes from nothing is made, written or brought up to date; where there is no
  /// state yet, the copy is an empty one.
  ///
  /// @param into empty, or not there yet
  /// @throws StoreUnavailable if it cannot be used, in words
  public static Database copied(Path stateFolder, Path into) {
    new SqliteFile(stateFolder).copyTo(new SqliteFile(into));
    return open(into);
  }

  /// Loads the classes that opening and reading need, which takes longer than either. Touches no
  /// file.
  public static void warmUp() {
    // the pool names each connection by one, and the first takes the random source along
    UUID.randomUUID();
    new SqliteFile(Path.of("/")).dataSource();
    new HikariDataSource().close();
    ConstellationJson.read(ConstellationJson.write(Constellation.EMPTY));
  }

  /// @param jdbcUrl `jdbc:postgresql://host/database?user=…`; credentials in it are never shown
  /// @throws StoreUnavailable if it cannot be used, in words
  public static Database open(String jdbcUrl) {
    var server = new PostgresServer(jdbcUrl);
    HikariDataSource pool;
    try {
      pool = pool(server.pool());
    } catch (HikariPool.PoolInitializationException e) {
      throw Trouble.explain(new SQLException(e), server.place());
    }
    try {
      server.check(pool);
      new Migrations(Dialect.POSTGRES, pool, server.place(), Optional.empty()).bringUp();
      return new Database(Dialect.POSTGRES, server.place(), Optional.empty(), pool);
    } catch (StoreUnavailable e) {
      pool.close();
      throw e;
    }
  }

  /// A server that is only read: nothing is written, made or brought up to date.
  ///
  /// @param jdbcUrl as of [#open(String)]
  /// @throws StoreUnavailable if it cannot be used, or its tables are not those of this version
  public static Database readOnly(String jdbcUrl) {
    var server = new PostgresServer(jdbcUrl);
    HikariConfig config = server.pool();
    config.setReadOnly(true);
    // else only what is between "begin" and "commit" would be held to it
    config.addDataSourceProperty("readOnlyMode", "always");
    HikariDataSource pool;
    try {
      pool = pool(config);
    } catch (HikariPool.PoolInitializationException e) {
      throw Trouble.explain(new SQLException(e), server.place());
    }
    try {
      new Migrations(Dialect.POSTGRES, pool, server.place(), Optional.empty()).mustBeUp();
      return new Database(Dialect.POSTGRES, server.place(), Optional.empty(), pool);
    } catch (StoreUnavailable e) {
      pool.close();
      throw e;
    }
  }

  private static HikariDataSource pool(HikariConfig config) {
    settle(config);
    return new HikariDataSource(config);
  }

  private static void settle(HikariConfig config) {
    // else it asks the strong random source for a name
    config.setPoolName("state");
    config.setMinimumIdle(1);
    // how long a server may be away without ending the process that journals on it
    config.setConnectionTimeout(30_000);
  }

  public Dialect dialect() {
    return dialect;
  }

  /// Where it is, for people: a file, or host and database; never credentials.
  public String place() {
    return place;
  }

  /// The state folder; empty for a server.
  public Optional<Path> folder() {
    return folder;
  }

  /// For libraries that bring their own SQL.
  public DataSource dataSource() {
    return pool;
  }

  /// Each statement is a transaction of its own.
  ///
  /// @throws StoreUnavailable if the database cannot do it
  public <T> T plainly(Work<T> work) {
    try (Connection connection = pool.getConnection()) {
      return work.on(new Sql(connection, dialect));
    } catch (SQLException e) {
      throw Trouble.explain(e, place);
    }
  }

  /// All or nothing. On return it is on disk.
  ///
  /// @throws StoreUnavailable if the database cannot do it; then nothing of it was done
  public <T> T together(Work<T> work) {
    try (Connection connection = pool.getConnection()) {
      return switch (dialect) {
        case SQLITE -> sqliteTransaction(connection, work);
        case POSTGRES -> postgresTransaction(connection, work);
      };
    } catch (SQLException e) {
      throw Trouble.explain(e, place);
    }
  }

  /// All or nothing, as [#together], but without waiting for the disk: a power cut may undo it. For
  /// what can be seen again.
  ///
  /// @throws StoreUnavailable if the database cannot do it; then nothing of it was done
  public <T> T lightly(Work<T> work) {
    try (Connection connection = pool.getConnection()) {
      return switch (dialect) {
        case SQLITE -> {
          try (Statement statement = connection.createStatement()) {
            statement.execute("pragma synchronous = normal");
            try {
              yield sqliteTransaction(connection, work);
            } finally {
              statement.execute("pragma synchronous = full");
            }
          }
        }
        case POSTGRES ->
            postgresTransaction(
                connection,
                sql -> {
                  sql.update("set local synchronous_commit = off");
                  return work.on(sql);
                });
      };
    } catch (SQLException e) {
      throw Trouble.explain(e, place);
    }
  }

  /// Takes the write lock at the start: a transaction that reads first and writes later could find
  /// the file changed in between and fail.
  private <T> T sqliteTransaction(Connection connection, Work<T> work) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("begin immediate");
      boolean done = false;
      try {
        T result = work.on(new Sql(connection, dialect));
        statement.execute("commit");
        done = true;
        return result;
      } finally {
        if (!done) {
          abandon(statement);
        }
      }
    }
  }

  private static void abandon(Statement statement) {
    try {
      statement.execute("rollback");
    } catch (SQLException e) {
      // A full disk or a failed write has rolled back already; the first error is the one to tell.
      return;
    }
  }

  private <T> T postgresTransaction(Connection connection, Work<T> work) throws SQLException {
    connection.setAutoCommit(false);
    boolean done = false;
    try {
      T result = work.on(new Sql(connection, dialect));
      connection.commit();
      done = true;
      return result;
    } finally {
      if (!done) {
        connection.rollback();
      }
      connection.setAutoCommit(true);
    }
  }

  @Override
  public void close() {
    pool.close();
  }

  /// What to do on a connection.
  @FunctionalInterface
  public interface Work<T> {
    T on(Sql sql) throws SQLException;
  }
}
