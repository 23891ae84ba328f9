package dev.lastgood.store;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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

  /// Every connection waits for other processes instead of failing, and a commit is on disk when it
  /// returns. The journal mode is a property of the file, set by the migrations.
  DataSource dataSource() {
    var config = new SQLiteConfig();
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setBusyTimeout(15_000);
    config.enforceForeignKeys(true);
    var source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file);
    return source;
  }
}
