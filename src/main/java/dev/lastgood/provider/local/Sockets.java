package dev.lastgood.provider.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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
  private static final String HALF_OPEN = "03";

  private Sockets() {}

  /// Is anybody listening on the port, on whatever address?
  public static boolean listening(int port) {
    // A row can be passed over while the table changes under the reader: no is said after two
    // looks.
    for (int look = 0; look < 2; look++) {
      if (!listeners(port).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /// Connections to the port that are open and belong to one of the processes, or that nobody has
  /// accepted yet. Others may use the same number for their own end of a connection elsewhere.
  static int connections(int port, Collection<Long> pids) {
    List<String> open = inodes(port, ESTABLISHED);
    if (open.isEmpty()) {
      return 0;
    }
    Set<String> mine = new HashSet<>();
    for (long pid : pids) {
      Optional<Set<String>> held = held(pid);
      if (held.isEmpty()) {
        return open.size();
      }
      mine.addAll(held.get());
    }
    return (int) open.stream().filter(inode -> inode.equals("0") || mine.contains(inode)).count();
  }

  /// The listening sockets of a port, by inode.
  static Set<String> listeners(int port) {
    return new HashSet<>(inodes(port, LISTEN));
  }

  /// Who listens, for people: `pid 4242 (nginx)`. Only the short name: arguments may hold secrets.
  public static String holder(int port) {
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
    return held(pid).map(held -> sockets.stream().anyMatch(held::contains));
  }

  /// The sockets of a process, by inode; empty when it may not be looked into.
  private static Optional<Set<String>> held(long pid) {
    Set<String> held = new HashSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
      files.forEach(file -> held.add(target(file)));
      return Optional.of(held);
    } catch (NoSuchFileException gone) {
      return Optional.of(Set.of());
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

  /// One inode for each row; those of connections nobody has accepted yet are all 0. The kernel
  /// writes listeners first, so a search for those ends where the connections begin, of which there
  /// can be a hundred thousand.
  private static List<String> inodes(int port, String state) {
    List<String> found = new ArrayList<>();
    String suffix = ":" + String.format(Locale.ROOT, "%04X", port);
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      try (BufferedReader lines =
          Files.newBufferedReader(Path.of(table), StandardCharsets.ISO_8859_1)) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          if (state.equals(LISTEN) && connection(line)) {
            break;
          }
          if (!line.contains(suffix)) {
            continue;
          }
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

  /// Is it a row, and not of a listener? Half open connections may stand between those.
  private static boolean connection(String line) {
    String[] columns = line.strip().split("\\s+", 5);
    return columns.length == 5
        && columns[0].endsWith(":")
        && !columns[3].equals(LISTEN)
        && !columns[3].equals(HALF_OPEN);
  }
}
