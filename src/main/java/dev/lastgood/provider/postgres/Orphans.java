package dev.lastgood.provider.postgres;

import dev.lastgood.provider.local.Argv;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// Processes of this machine that work in a folder of ours: its path, which nobody else uses, is
/// one of their words.
final class Orphans {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private Orphans() {}

  static List<Long> of(Path folder) {
    String within = folder + "/";
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      return processes
          .map(p -> String.valueOf(p.getFileName()))
          .filter(n -> n.chars().allMatch(c -> c >= '0' && c <= '9'))
          .map(Long::parseLong)
          .filter(pid -> pid != ProcessHandle.current().pid())
          .filter(pid -> words(pid).contains(within))
          .toList();
    } catch (IOException | UncheckedIOException e) {
      return List.of(); // a process ended while it was looked at
    }
  }

  private static String words(long pid) {
    try {
      return new String(
          Files.readAllBytes(Path.of("/proc", Long.toString(pid), "cmdline")),
          StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  /// Ends them: a server is told to stop at once, and then whoever is left is killed.
  static void end(Path folder) throws InterruptedException {
    signal("-QUIT", of(folder));
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!of(folder).isEmpty()) {
      if (System.nanoTime() > deadline) {
        signal("-KILL", of(folder));
        return;
      }
      Thread.sleep(20);
    }
  }

  private static void signal(String signal, List<Long> pids) {
    for (long pid : pids) {
      Argv.of(PATIENCE, "kill", signal, Long.toString(pid)).run();
    }
  }
}
