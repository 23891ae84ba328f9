package dev.lastgood.provider.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What `/proc` says about the processes of this machine.
final class Processes {
  private static final Path PROC = Path.of("/proc");

  private Processes() {}

  /// One line of `/proc/PID/stat`.
  ///
  /// @param state `Z` is dead and not yet collected
  /// @param startTicks clock ticks since boot at its start: with the pid it names a process for
  ///   ever
  record Stat(long pid, String name, char state, long parent, long session, long startTicks) {
    boolean alive() {
      return state != 'Z' && state != 'X';
    }
  }

  static Optional<Stat> stat(long pid) {
    try {
      return parse(Files.readString(PROC.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1));
    } catch (IOException gone) {
      return Optional.empty();
    }
  }

  /// The name is in parentheses and may itself hold spaces and parentheses; the last one closes it.
  static Optional<Stat> parse(String line) {
    int open = line.indexOf('(');
    int close = line.lastIndexOf(')');
    if (open < 1 || close < open) {
      return Optional.empty();
    }
    String[] rest = line.substring(close + 1).strip().split(" ", -1);
    if (rest.length < 20) {
      return Optional.empty();
    }
    return Optional.of(
        new Stat(
            Long.parseLong(line.substring(0, open).strip()),
            line.substring(open + 1, close),
            rest[0].charAt(0),
            Long.parseLong(rest[1]),
            Long.parseLong(rest[3]),
            Long.parseLong(rest[19])));
  }

  /// How long the machine has been up; zero when it does not say.
  static Duration uptime() {
    try {
      String text = Files.readString(PROC.resolve("uptime"), StandardCharsets.ISO_8859_1);
      return Duration.ofMillis(
          (long) (Double.parseDouble(text.substring(0, text.indexOf(' '))) * 1000));
    } catch (IOException | NumberFormatException e) {
      return Duration.ZERO;
    }
  }

  /// Every live process of a session, newest last.
  static List<Stat> inSession(long session) {
    List<Stat> found = new ArrayList<>();
    for (long pid : all()) {
      stat(pid).filter(s -> s.session() == session && s.alive()).ifPresent(found::add);
    }
    return found;
  }

  static List<Long> all() {
    List<Long> pids = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, Processes::isPid)) {
      entries.forEach(e -> pids.add(Long.valueOf(e.getFileName().toString())));
    } catch (IOException e) {
      throw new IllegalStateException("/proc cannot be listed: " + e.getMessage(), e);
    }
    return pids;
  }

  private static boolean isPid(Path entry) {
    return entry.getFileName().toString().chars().allMatch(Character::isDigit);
  }

  /// The handle first and then another look: a handle never signals one that came later, a pid may.
  private static void kill(Stat member) {
    ProcessHandle.of(member.pid())
        .filter(
            _ -> stat(member.pid()).filter(s -> s.startTicks() == member.startTicks()).isPresent())
        .ifPresent(ProcessHandle::destroyForcibly);
  }

  /// Ends a session at once, and again until nothing of it is left: a fork may slip past one look.
  static void killSession(long session) {
    for (int round = 0; round < 20; round++) {
      List<Stat> members = inSession(session);
      if (members.isEmpty()) {
        return;
      }
      members.forEach(Processes::kill);
      Thread.onSpinWait();
    }
  }
}
