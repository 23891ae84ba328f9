package dev.lastgood.provider.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// What `/proc/net/tcp` says about the TCP ports of this machine.
public final class Sockets {
  private static final String ESTABLISHED = "01";
  private static final String LISTEN = "0A";

  private Sockets() {}

  /// Is anybody listening on the port, on whatever address?
  public static boolean listening(int port) {
    return !listeners(port).isEmpty();
  }

  /// Connections that were made to the port and are still open.
  public static int connections(int port) {
    return inodes(port, ESTABLISHED).size();
  }

  /// The listening sockets of a port, by inode.
  static Set<String> listeners(int port) {
    return new HashSet<>(inodes(port, LISTEN));
  }

  /// Who listens, for people: `pid 4242 (nginx)`. Only the short name: arguments may hold secrets.
  static String holder(int port) {
    Set<String> sockets = listeners(port);
    return Processes.all().stream()
        .filter(pid -> holds(pid, sockets).orElse(false))
        .findFirst()
        .map(pid -> "pid " + pid + Processes.stat(pid).map(s -> " (" + s.name() + ")").orElse(""))
        .orElse("a process of another user");
  }

  /// Does one of the processes hold one of the sockets? Empty when none does and not all could be
  /// looked into.
  static Optional<Boolean> heldBy(Collection<Long> pids, Set<String> sockets) {
    boolean all = true;
    for (long pid : pids) {
      Optional<Boolean> holds = holds(pid, sockets);
      if (holds.orElse(false)) {
        return holds;
      }
      all &= holds.isPresent();
    }
    return all ? Optional.of(false) : Optional.empty();
  }

  private static Optional<Boolean> holds(long pid, Set<String> sockets) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
      for (Path file : files) {
        if (sockets.contains(target(file))) {
          return Optional.of(true);
        }
      }
      return Optional.of(false);
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      return Optional.empty();
    }
  }

  /// The inode of `socket:[12345]`; an empty text for anything else, or when it was just closed.
  private static String target(Path file) {
    try {
      String target = Files.readSymbolicLink(file).toString();
      return target.startsWith("socket:[") ? target.substring(8, target.length() - 1) : "";
    } catch (IOException closed) {
      return "";
    }
  }

  /// One inode for each row; those of connections nobody has accepted yet are all 0.
  private static List<String> inodes(int port, String state) {
    List<String> found = new ArrayList<>();
    String suffix = ":" + String.format(Locale.ROOT, "%04X", port);
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      try (BufferedReader lines =
          Files.newBufferedReader(Path.of(table), StandardCharsets.ISO_8859_1)) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          String[] columns = line.strip().split("\\s+", 11);
          if (columns.length > 9 && columns[1].endsWith(suffix) && columns[3].equals(state)) {
            found.add(columns[9]);
          }
        }
      } catch (IOException e) {
        // A machine without IPv6 has no second table; without /proc nothing can be said at all,
        // and the caller's own connection attempt decides.
      }
    }
    return found;
  }
}
