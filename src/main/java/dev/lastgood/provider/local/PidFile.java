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
/// It is written twice: as an intent before the process is started, without a pid, and with it
/// right after. So a start that was cut off in between is known, and nothing has to be searched for
/// where nothing was ever started.
///
/// @param pid 0: it was about to be started
/// @param ticks clock ticks from boot to its start; of an intent, to the moment before it
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

  static PidFile intent(String release, long logFrom) {
    return new PidFile(0, ticksNow(), bootId(), release, logFrom);
  }

  boolean isIntent() {
    return pid == 0;
  }

  boolean ofThisBoot() {
    return boot.equals(bootId());
  }

  /// The kernel shows ticks to programs as hundredths of a second, whatever it counts in. One less,
  /// for a process that starts within the same.
  private static long ticksNow() {
    return Math.max(0, Processes.uptime().toMillis() / 10 - 1);
  }

  /// Is the very process it names alive?
  boolean alive() {
    return !isIntent()
        && boot.equals(bootId())
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
