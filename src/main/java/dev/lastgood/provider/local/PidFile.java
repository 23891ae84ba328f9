package dev.lastgood.provider.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What Lastgood wrote down about a process it started. A pid alone names nobody: it is given to
/// another process later, so the start ticks and the boot go with it.
///
/// @param ticks clock ticks from boot to its start
/// @param boot id of the boot it was started in
/// @param logFrom where its own lines begin in the log file
record PidFile(long pid, long ticks, String boot, String release, long logFrom) {
  static Optional<PidFile> read(Path file) {
    try {
      Map<String, String> parts = new TreeMap<>();
      AtomicFiles.read(file, 16 * 1024)
          .lines()
          .forEach(line -> {
            int equals = line.indexOf('=');
            if (equals > 0) {
              parts.put(line.substring(0, equals), line.substring(equals + 1));
            }
          });
      return Optional.of(
          new PidFile(
              Long.parseLong(parts.getOrDefault("pid", "")),
              Long.parseLong(parts.getOrDefault("ticks", "")),
              parts.getOrDefault("boot", ""),
              parts.getOrDefault("release", ""),
              Long.parseLong(parts.getOrDefault("log-from", "0"))));
    } catch (IOException | NumberFormatException e) {
      // Not there, or not ours to read: the marks in the processes themselves decide then.
      return Optional.empty();
    }
  }

  void write(Path file) throws IOException {
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put("pid", Long.toString(pid));
    parts.put("ticks", Long.toString(ticks));
    parts.put("boot", boot);
    parts.put("release", release);
    parts.put("log-from", Long.toString(logFrom));
    var text = new StringBuilder();
    parts.forEach((name, value) -> text.append(name).append('=').append(value).append('\n'));
    AtomicFiles.write(file, text.toString());
  }

  /// Is the very process it names alive?
  boolean alive() {
    return boot.equals(bootId())
        && Processes.stat(pid).filter(s -> s.alive() && s.startTicks() == ticks).isPresent();
  }

  static String bootId() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    } catch (IOException e) {
      return "unknown";
    }
  }
}
