package dev.lastgood.provider.redis;

import dev.lastgood.provider.local.AtomicFiles;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// The file of values that a rollback did not take: one line of JSON each, with the reason and the
/// value as `RESTORE` takes it. A line is written before its value is replaced or taken away; what
/// a process that died wrote stays.
final class LeftOutKeys implements AutoCloseable {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final int MOST_FILES = 1000;

  private final Path folder;
  private final String name;
  private final int database;
  private Optional<Path> file = Optional.empty();
  private @Nullable FileOutputStream out;

  /// The file appears with its first line.
  LeftOutKeys(Path folder, String name, int database) {
    this.folder = folder;
    this.name = name;
    this.database = database;
  }

  /// @param what `written`, `changed` or `removed`
  /// @param side whose value it is, `live` or `kept`
  void add(String what, String why, byte[] key, String side, long expires, byte[] payload)
      throws IOException {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("what", what);
    line.put("why", why);
    line.put("database", database);
    line.put("key", shown(key));
    line.put("key-base64", Base64.getEncoder().encodeToString(key));
    line.put("kind", RdbKind.of(payload));
    line.put("expires", expires);
    line.put("value-of", side);
    line.put("dump-base64", Base64.getEncoder().encodeToString(payload));
    FileOutputStream to = opened();
    to.write(MAPPER.writeValueAsBytes(line));
    to.write('\n');
  }

  private FileOutputStream opened() throws IOException {
    FileOutputStream open = out;
    if (open == null) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Path created = free();
      Files.createFile(
          created,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      file = Optional.of(created);
      open = new FileOutputStream(created.toFile(), true);
      out = open;
      AtomicFiles.sync(folder);
    }
    return open;
  }

  /// An attempt before this one may have left a file: it is evidence.
  private Path free() throws IOException {
    for (int n = 0; n < MOST_FILES; n++) {
      Path path = folder.resolve(name + (n == 0 ? "" : "-" + n) + ".jsonl");
      if (!Files.exists(path)) {
        return path;
      }
    }
    throw new IOException(folder + " has too many files of " + name);
  }

  /// Empty when nothing was left out.
  Optional<Path> file() {
    return file;
  }

  /// Once it returns, the lines survive a power cut.
  void sync() throws IOException {
    if (out != null) {
      out.getFD().sync();
    }
  }

  @Override
  public void close() throws IOException {
    if (out != null) {
      out.close();
    }
  }

  /// For eyes; the bytes are beside it.
  static String shown(byte[] key) {
    var text = new StringBuilder();
    for (byte b : key) {
      if (b >= ' ' && b <= '~' && b != '\\') {
        text.append((char) b);
      } else {
        text.append(String.format(java.util.Locale.ROOT, "\\x%02x", b & 0xff));
      }
    }
    return text.toString();
  }
}
