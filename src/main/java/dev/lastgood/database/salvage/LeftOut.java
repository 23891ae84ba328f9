package dev.lastgood.database.salvage;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Files of what was not carried over, readable by their owner alone. They are written beside their
/// folder and appear there at once, when the round is over: a round that failed leaves no folder.
final class LeftOut implements AutoCloseable {
  private static final String PLAIN =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

  private final Optional<Path> folder;
  private final Optional<Path> beside;
  private final Map<String, BufferedWriter> open = new HashMap<>();
  private final Map<String, String> headers = new HashMap<>();

  private LeftOut(Optional<Path> folder, Optional<Path> beside) {
    this.folder = folder;
    this.beside = beside;
  }

  /// @param folder must not exist; empty: nothing is written
  static LeftOut into(Optional<Path> folder) throws IOException {
    if (folder.isEmpty()) {
      return new LeftOut(folder, folder);
    }
    Path wanted = folder.get().toAbsolutePath();
    if (Files.exists(wanted)) {
      throw new FileAlreadyExistsException(wanted.toString());
    }
    Path parent = wanted.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Path beside =
        Files.createTempDirectory(
            parent == null ? Path.of("/") : parent,
            wanted.getFileName() + ".part-",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    return new LeftOut(Optional.of(wanted), Optional.of(beside));
  }

  boolean writes() {
    return beside.isPresent();
  }

  /// @param wanted name of the file; one with another first line has a number before its ending
  /// @param header the first line, written once
  void line(String wanted, String header, String line) throws IOException {
    if (beside.isEmpty()) {
      return;
    }
    int ending = wanted.lastIndexOf('.');
    String file = wanted;
    for (int n = 2; !headers.computeIfAbsent(file, _ -> header).equals(header); n++) {
      file = wanted.substring(0, ending) + "." + n + wanted.substring(ending);
    }
    BufferedWriter writer = open.get(file);
    if (writer == null) {
      Path path = beside.get().resolve(file);
      Files.createFile(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      writer = Files.newBufferedWriter(path, StandardCharsets.UTF_8, StandardOpenOption.WRITE);
      open.put(file, writer);
      writer.write(header);
      writer.write('\n');
    }
    writer.write(line);
    writer.write('\n');
  }

  /// Puts the files where they belong.
  ///
  /// @return the folder; empty when there was nothing to write
  Optional<Path> finish() throws IOException {
    boolean any = !open.isEmpty();
    closeFiles();
    if (beside.isEmpty() || folder.isEmpty() || !any) {
      return Optional.empty();
    }
    try {
      Files.move(beside.get(), folder.get(), StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(beside.get(), folder.get());
    }
    return folder;
  }

  private void closeFiles() throws IOException {
    for (BufferedWriter writer : open.values()) {
      writer.close();
    }
    open.clear();
  }

  /// Takes away what was not finished.
  @Override
  public void close() throws IOException {
    closeFiles();
    if (beside.isEmpty() || !Files.isDirectory(beside.get())) {
      return;
    }
    try (Stream<Path> files = Files.list(beside.get())) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(beside.get());
  }

  /// A name of a table as the name of a file: what is special in either is written as %XX.
  static String fileName(String schema, String table) {
    return safe(schema) + "." + safe(table);
  }

  private static String safe(String name) {
    StringBuilder safe = new StringBuilder();
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if (PLAIN.indexOf(c) >= 0) {
        safe.append(c);
      } else {
        safe.append(String.format("%%%02X", (int) c));
      }
    }
    return safe.toString();
  }

  /// One field as PostgreSQL's own CSV: nothing is null, two quotes are an empty text.
  static String field(@Nullable String value) {
    return value == null ? "" : '"' + value.replace("\"", "\"\"") + '"';
  }
}
