package dev.lastgood.provider.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The error log of a running nginx from one moment on: where alone the master says that it keeps
/// its old configuration.
final class NginxLog {
  private static final int MAX_BYTES = 64 * 1024;

  private final Optional<Path> file;
  private final long from;

  private NginxLog(Optional<Path> file, long from) {
    this.file = file;
    this.from = from;
  }

  /// From now on. The master's standard error is its main error log.
  ///
  /// @param proc of the machine it runs on
  static NginxLog of(Path proc, NginxProcesses.Master master) {
    try {
      Path log = proc.resolve(master.pid() + "/fd/2").toRealPath();
      return Files.isRegularFile(log)
          ? new NginxLog(Optional.of(log), Files.size(log))
          : new NginxLog(Optional.empty(), 0);
    } catch (IOException e) {
      // A pipe, a terminal, or another user's process: then only the workers tell.
      return new NginxLog(Optional.empty(), 0);
    }
  }

  Optional<Path> file() {
    return file;
  }

  /// Why the master did not take the new configuration; empty while it says nothing of the kind. A
  /// port that is taken is tried again five times, so only its last word on that counts.
  Optional<String> refusal(long master) {
    String mark = "[emerg] " + master + "#";
    List<String> lines = fresh().lines().filter(l -> l.contains(mark)).toList();
    boolean trying =
        !lines.isEmpty()
            && lines.stream().allMatch(l -> l.contains(" bind() to "))
            && lines.stream().noneMatch(l -> l.contains("still could not bind"));
    return trying || lines.isEmpty() ? Optional.empty() : Optional.of(message(lines.getFirst()));
  }

  /// What a line says, without when and by whom.
  static String message(String line) {
    return line.substring(line.indexOf("[emerg]") + 7).replaceFirst("^ \\d+#\\d+:", "").strip();
  }

  private String fresh() {
    if (file.isEmpty()) {
      return "";
    }
    try (SeekableByteChannel channel = Files.newByteChannel(file.get())) {
      long size = channel.size();
      // Smaller than before: it was rotated away, so all of it is new.
      long start = Math.max(size < from ? 0 : from, size - MAX_BYTES);
      ByteBuffer part = ByteBuffer.allocate((int) (size - start));
      channel.position(start);
      while (part.hasRemaining() && channel.read(part) >= 0) {
        // reads on
      }
      return new String(part.array(), 0, part.position(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }
}
