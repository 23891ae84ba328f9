package dev.lastgood.provider.local;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/// The file a process prints to. It is turned over when a process starts and it has grown large;
/// never under a running process, which would go on writing to the old one.
public record LogFile(Path file) {
  private static final long LARGE = 8L * 1024 * 1024;
  private static final int KEPT = 3;

  void turnOver() throws IOException {
    if (!Files.exists(file) || Files.size(file) < LARGE) {
      return;
    }
    for (int n = KEPT; n > 1; n--) {
      if (Files.exists(older(n - 1))) {
        Files.move(older(n - 1), older(n), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    Files.move(file, older(1), StandardCopyOption.REPLACE_EXISTING);
  }

  long size() {
    try {
      return Files.exists(file) ? Files.size(file) : 0;
    } catch (IOException e) {
      return 0;
    }
  }

  /// This one and the older ones that are there, newest first.
  List<Path> all() {
    List<Path> files = new ArrayList<>();
    if (Files.exists(file)) {
      files.add(file);
    }
    for (int n = 1; n <= KEPT; n++) {
      if (Files.exists(older(n))) {
        files.add(older(n));
      }
    }
    return files;
  }

  /// The last words since a place, in one line, for a message.
  String lastWords(long from) {
    try {
      List<String> lines =
          tail(file, from, 4096).lines().map(String::strip).filter(l -> !l.isEmpty()).toList();
      return lines.isEmpty()
          ? "it printed nothing"
          : "last printed: "
              + String.join(" | ", lines.subList(Math.max(0, lines.size() - 3), lines.size()));
    } catch (IOException e) {
      return "its log " + file + " cannot be read: " + e.getMessage();
    }
  }

  /// The newest `max` bytes after `from`, or why they cannot be read.
  String since(long from, int max) {
    try {
      return tail(file, from, max);
    } catch (IOException e) {
      return "its log " + file + " cannot be read: " + e.getMessage();
    }
  }

  /// The newest `max` bytes after `from`, as text.
  public static String tail(Path file, long from, int max) throws IOException {
    try (SeekableByteChannel in = Files.newByteChannel(file)) {
      long start = Math.max(Math.min(from, in.size()), in.size() - max);
      in.position(start);
      byte[] bytes = Channels.newInputStream(in).readNBytes((int) (in.size() - start));
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  private Path older(int n) {
    return file.resolveSibling(file.getFileName() + "." + n);
  }
}
