package dev.lastgood.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/// SQLite's native library, unpacked once into the state folder: its driver would unpack one
/// megabyte at every start of every command.
final class NativeLibrary {
  private static final String PATH = "org.sqlite.lib.path";

  private NativeLibrary() {}

  /// Makes the driver load it from there. Whatever goes wrong costs time only: the driver then
  /// unpacks its own.
  static void keepIn(Path folder) {
    if (System.getProperty(PATH) != null) {
      return;
    }
    Path home = folder.resolve("native").resolve(SQLiteJDBCLoader.getVersion() + "-" + platform());
    Path library = home.resolve(LibraryLoaderUtil.getNativeLibName());
    try {
      if (trusted(folder)) {
        if (!trusted(library)) {
          unpack(home, library);
        }
        if (trusted(home) && trusted(library)) {
          System.setProperty(PATH, home.toString());
        }
      }
    } catch (IOException | UnsupportedOperationException e) {
      // no POSIX permissions, no space, no right to write: the driver's own way works there
      return;
    }
  }

  /// Code is loaded from it, so it must be there, ours, and nobody else's to change.
  private static boolean trusted(Path path) throws IOException {
    if (!Files.exists(path)) {
      return false;
    }
    PosixFileAttributes file =
        Files.readAttributes(
            path, PosixFileAttributes.class, java.nio.file.LinkOption.NOFOLLOW_LINKS);
    return !file.isSymbolicLink()
        && file.owner().getName().equals(System.getProperty("user.name", ""))
        && !file.permissions().contains(PosixFilePermission.GROUP_WRITE)
        && !file.permissions().contains(PosixFilePermission.OTHERS_WRITE);
  }

  private static void unpack(Path home, Path library) throws IOException {
    // the driver starts a process to find this out, so it is asked only once
    String resource =
        LibraryLoaderUtil.getNativeLibResourcePath() + "/" + LibraryLoaderUtil.getNativeLibName();
    Files.createDirectories(
        home, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path half =
        Files.createTempFile(
            home,
            "half-",
            ".so",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    try (InputStream in = SQLiteJDBCLoader.class.getResourceAsStream(resource)) {
      if (in == null) {
        return;
      }
      Files.copy(in, half, StandardCopyOption.REPLACE_EXISTING);
      Files.move(half, library, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      throw new IOException(e);
    } finally {
      Files.deleteIfExists(half);
    }
  }

  /// `linux-amd64`. A library that does not fit after all is passed over by the driver, which then
  /// unpacks its own.
  private static String platform() {
    return (System.getProperty("os.name", "") + "-" + System.getProperty("os.arch", ""))
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^a-z0-9-]", "");
  }
}
