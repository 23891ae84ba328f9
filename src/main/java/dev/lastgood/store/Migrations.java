package dev.lastgood.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.OptionalInt;
import java.util.Set;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/// Brings the tables to this version. One query says whether there is anything to do; Flyway, which
/// takes long to start, is only asked when there is.
final class Migrations {
  /// The newest file in `db/migration`; a test compares them.
  static final int NEWEST = 2;

  private static final String HISTORY = "lastgood_schema";

  private final Dialect dialect;
  private final DataSource source;
  private final String place;
  private final java.util.Optional<Path> folder;

  Migrations(Dialect dialect, DataSource source, String place, java.util.Optional<Path> folder) {
    this.dialect = dialect;
    this.source = source;
    this.place = place;
    this.folder = folder;
  }

  /// @throws StoreUnavailable if a newer version made this database; nothing is touched then
  void bringUp() {
    if (!current()) {
      if (folder.isPresent()) {
        alone(folder.get());
      } else {
        migrate();
      }
    }
  }

  /// @throws StoreUnavailable if the tables are not there, or of another version; nothing is
  ///   touched
  void mustBeUp() {
    if (!current()) {
      OptionalInt version = version();
      throw new StoreUnavailable(
          version.isEmpty()
              ? "there is no state of Lastgood yet"
              : "the state was written by an older version of Lastgood (tables "
                  + version.getAsInt()
                  + ", this one knows "
                  + NEWEST
                  + ")",
          place,
          "nothing was touched; lastgood status "
              + (version.isEmpty() ? "makes one" : "brings it up to date"));
    }
  }

  private boolean current() {
    OptionalInt version = version();
    if (version.isPresent() && version.getAsInt() > NEWEST) {
      throw new StoreUnavailable(
          "the state was written by a newer version of Lastgood (tables "
              + version.getAsInt()
              + ", this one knows "
              + NEWEST
              + ")",
          place,
          "nothing was touched; use that version");
    }
    return version.isPresent() && version.getAsInt() == NEWEST;
  }

  private OptionalInt version() {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      if (!hasHistory(statement)) {
        return OptionalInt.empty();
      }
      try (ResultSet row =
          statement.executeQuery(
              "select max(cast(version as integer)) from "
                  + HISTORY
                  + " where version is not null")) {
        return row.next() ? OptionalInt.of(row.getInt(1)) : OptionalInt.empty();
      }
    } catch (SQLException e) {
      throw Trouble.explain(e, place);
    }
  }

  private boolean hasHistory(Statement statement) throws SQLException {
    String query =
        switch (dialect) {
          case SQLITE -> "select 1 from sqlite_master where name = '" + HISTORY + "'";
          case POSTGRES -> "select 1 where to_regclass('" + HISTORY + "') is not null";
        };
    try (ResultSet row = statement.executeQuery(query)) {
      return row.next();
    }
  }

  /// SQLite has no lock that lasts over several transactions, so two first commands at once take
  /// turns with a lock on a file.
  private void alone(Path stateFolder) {
    Path lock = stateFolder.resolve("migrating.lock");
    try (FileChannel channel =
            FileChannel.open(
                lock,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString("rw-------")));
        FileLock _ = channel.lock()) {
      if (!current()) {
        writeAhead();
        migrate();
      }
    } catch (IOException e) {
      throw new StoreUnavailable(
          "the lock file cannot be written (" + e.getClass().getSimpleName() + ")",
          lock.toString(),
          "make the folder writable and try again",
          e);
    }
  }

  /// Kept in the file from then on: readers and one writer side by side.
  private void writeAhead() {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("pragma journal_mode = wal");
    } catch (SQLException e) {
      throw Trouble.explain(e, place);
    }
  }

  private void migrate() {
    try {
      Flyway.configure()
          .dataSource(source)
          .table(HISTORY)
          .locations("classpath:db/migration")
          .placeholders(dialect.placeholders())
          .loggers("slf4j")
          .validateMigrationNaming(true)
          .load()
          .migrate();
    } catch (FlywayException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof SQLException sql) {
          throw Trouble.explain(sql, place);
        }
      }
      throw new StoreUnavailable(
          "the tables could not be made or brought up to date: " + e.getMessage(),
          place,
          "nothing of the last migration was kept; is this a database of its own?",
          e);
    }
  }
}
