package dev.lastgood.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Processes of Linux, and whatever they start from now on, whose processor time is told together
/// and exactly, those that have ended included: a control group (version 2). As root.
final class ProcessorGroup implements AutoCloseable {
  private final Path folder;

  /// @throws IOException if this machine has no control groups of version 2, or they may not be
  ///   made
  ProcessorGroup(String name) throws IOException {
    this.folder =
        Files.createDirectory(
            mount().resolve("lastgood-bench-" + name + "-" + ProcessHandle.current().pid()));
  }

  private static Path mount() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/mounts")).stream()
        .map(line -> List.of(line.split(" ", -1)))
        .filter(words -> words.get(2).equals("cgroup2"))
        .map(words -> Path.of(words.get(1)))
        .findFirst()
        .orElseThrow(
            () -> new IOException("processor time cannot be told here: no cgroup2 is mounted"));
  }

  void add(ProcessHandle process) throws IOException {
    Files.writeString(folder.resolve("cgroup.procs"), Long.toString(process.pid()));
  }

  /// Processes that live.
  int size() throws IOException {
    return Files.readAllLines(folder.resolve("cgroup.procs")).size();
  }

  /// Milliseconds since it was made.
  double time() throws IOException {
    return Files.readAllLines(folder.resolve("cpu.stat")).stream()
        .filter(line -> line.startsWith("usage_usec "))
        .mapToDouble(line -> Long.parseLong(line.substring(line.indexOf(' ') + 1)) / 1e3)
        .sum();
  }

  /// When its processes have ended.
  @Override
  public void close() throws IOException {
    Files.delete(folder);
  }
}
