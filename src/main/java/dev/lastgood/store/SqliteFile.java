package dev.lastgood.store;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/// The file `lastgood.db`: made private, opened durably.
final class SqliteFile {
  static final String NAME = "lastgood.db";

  private final Path folder;
  private final Path file;

  SqliteFile(Path folder) {
    this.folder = folder.toAbsolutePath();
    this.file = this.folder.resolve(NAME);
  }

  String place() {
    return file.toString();
  }

  /// The file is made before SQLite makes it, because SQLite would ask the umask who may read it;
  /// what SQLite puts beside it gets the same permissions.
  void prepare() {
    try {
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      if (!Files.exists(file)) {
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      }
    } catch (FileAlreadyExistsException e) {
      // another process was faster; SQLite will say if it is no file
    } catch (IOException e) {
      throw new StoreUnavailable(
          "the state folder cannot be written (" + e.getClass().getSimpleName() + ")",
          folder.toString(),
          "make it writable for this user, or name another one: `state:` in the configuration, or LASTGOOD_STATE",
          e);
    }
    NativeLibrary.keepIn(folder);
  }

  /// Copies what is committed at this moment; nothing at all where there is no file.
  ///
  /// @throws StoreUnavailable if it cannot be read, or is written all the time
  void copyTo(SqliteFile copy) {
    copy.prepare();
    try {
      for (int attempt = 0; attempt < 20; attempt++) {
        // a folder that this user may not enter is not one without a state
        if (Files.notExists(file)) {
          return;
        }
        if (besides()) {
          copyInUse(copy);
          return;
        }
        // nobody has it open: SQLite itself would leave files beside it that were not there
        FileTime before = Files.getLastModifiedTime(file);
        Files.copy(file, copy.file, StandardCopyOption.REPLACE_EXISTING);
        if (!besides() && Files.getLastModifiedTime(file).equals(before)) {
          return;
        }
        Files.write(copy.file, new byte[0]);
      }
    } catch (IOException e) {
      throw new StoreUnavailable(
          "the state cannot be read (" + e.getClass().getSimpleName() + ")",
          place(),
          "check that this user may read it",
          e);
    } catch (SQLException e) {
      throw Trouble.explain(e, place());
    }
    throw new StoreUnavailable(
        "the state cannot be read, others write it all the time", place(), "try again");
  }

  /// Whether somebody has it open, or was killed and left there what is not in the file yet.
  private boolean besides() {
    return Files.exists(folder.resolve(NAME + "-wal"))
        || Files.exists(folder.resolve(NAME + "-journal"));
  }

  private void copyInUse(SqliteFile copy) throws SQLException {
    var config = new SQLiteConfig();
    config.setReadOnly(true);
    config.setBusyTimeout(15_000);
    try (Connection connection = source(config).getConnection();
        PreparedStatement into = connection.prepareStatement("vacuum into ?")) {
      into.setString(1, copy.file.toString());
      into.execute();
    }
  }

  /// Every connection waits for other processes instead of failing, and a commit is on disk when it
  /// returns. The journal mode is a property of the file, set by the migrations.
  DataSource dataSource() {
    var config = new SQLiteConfig();
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setBusyTimeout(15_000);
    config.enforceForeignKeys(true);
    return source(config);
  }

  private SQLiteDataSource source(SQLiteConfig config) {
    var source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file);
    return source;
  }
}
