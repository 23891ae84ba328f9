package dev.lastgood.bench;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.release.ReleaseDirectoryKind;
import dev.lastgood.provider.release.ReleaseDirectorySettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;

/// The switch of a release directory against the paper runbook's way, `cp -r previous/* live/`.
/// Prints medians and their ratio, all of one run. See `bench/README.md`.
public final class SwitchBench {
  private static final int SWITCHES = 41;
  private static final int COPIES = 3;

  private SwitchBench() {}

  public static void main(String[] args) throws Exception {
    System.out.printf(
        "%-10s %10s %14s %14s %14s %10s %10s%n",
        "files", "MB", "seen after ms", "on disk ms", "cp -r ms", "seen x", "on disk x");
    for (Size size : List.of(new Size(1_000, 25), new Size(20_000, 500), new Size(100_000, 500))) {
      if (args.length > 0 && size.files() > Integer.parseInt(args[0])) {
        continue;
      }
      measure(size);
    }
  }

  private record Size(int files, int megabytes) {}

  private static void measure(Size size) throws Exception {
    Path base =
        Files.createTempDirectory(Path.of(System.getProperty("bench.dir", "/tmp")), "switch");
    try {
      for (String release : List.of("v1", "v2")) {
        tree(base.resolve("releases").resolve(release), size);
      }
      Files.createSymbolicLink(base.resolve("current"), Path.of("releases/v2"));
      Path live = Files.createDirectory(base.resolve("live"));
      Switched switched = switches(base);
      double copied = copies(base.resolve("releases/v1"), live);
      System.out.printf(
          "%-10d %10d %14.3f %14.3f %14.1f %10.0f %10.0f%n",
          size.files(),
          size.megabytes(),
          switched.seen(),
          switched.onDisk(),
          copied,
          copied / switched.seen(),
          copied / switched.onDisk());
    } finally {
      new ProcessBuilder("rm", "-rf", base.toString()).start().waitFor();
    }
  }

  private static void tree(Path folder, Size size) throws IOException {
    byte[] content = new byte[(int) ((long) size.megabytes() * 1024 * 1024 / size.files())];
    new Random(7).nextBytes(content);
    for (int i = 0; i < size.files(); i++) {
      Path file = folder.resolve("d" + i % 200).resolve("f" + i);
      Files.createDirectories(file.getParent());
      Files.write(file, content);
    }
  }

  /// @param seen milliseconds until somebody who reads the link sees the other release
  /// @param onDisk milliseconds until the act is over: the folder is synced as well, which `cp`
  ///   never does
  private record Switched(double seen, double onDisk) {}

  private static Switched switches(Path base) throws Exception {
    var settings =
        new ReleaseDirectorySettings(
            base,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    Path state = Files.createDirectory(base.resolve("state"));
    Platform platform =
        new ReleaseDirectoryKind()
            .open("bench", settings, new Surroundings(base, state, InstantSource.system()));
    Release v1 = Release.of("bench", "v1");
    Release v2 = Release.of("bench", "v2");
    Act there = act(platform, v2, v1);
    Act back = act(platform, v1, v2);
    List<Double> seen = new ArrayList<>();
    List<Double> onDisk = new ArrayList<>();
    for (int i = 0; i < SWITCHES; i++) {
      Act act = i % 2 == 0 ? there : back;
      FutureTask<Long> reader = reader(base.resolve("current"));
      long start = System.nanoTime();
      Outcome outcome = platform.act(act, "bench");
      onDisk.add((System.nanoTime() - start) / 1e6);
      seen.add((reader.get() - start) / 1e6);
      if (!(outcome instanceof Outcome.Done)) {
        throw new IllegalStateException("the switch did not work: " + outcome);
      }
    }
    return new Switched(
        median(seen.subList(5, seen.size())), median(onDisk.subList(5, onDisk.size())));
  }

  /// Reads the link all the time, and tells when it first was another one.
  private static FutureTask<Long> reader(Path link) throws Exception {
    Path before = Files.readSymbolicLink(link);
    var reading = new CountDownLatch(1);
    var reader =
        new FutureTask<>(() -> {
          while (Files.readSymbolicLink(link).equals(before)) {
            reading.countDown();
          }
          return System.nanoTime();
        });
    Thread.ofPlatform().daemon().start(reader);
    reading.await();
    return reader;
  }

  private static Act act(Platform platform, Release from, Release to) throws Exception {
    return platform.methods(from, to).getFirst().legs().stream()
        .filter(Act.class::isInstance)
        .map(Act.class::cast)
        .filter(a -> a.verb().contains("link"))
        .findFirst()
        .orElseThrow();
  }

  private static double copies(Path previous, Path live) throws Exception {
    List<Double> millis = new ArrayList<>();
    List<String> argv = new ArrayList<>(List.of("cp", "-r"));
    try (Stream<Path> content = Files.list(previous)) {
      content.map(Path::toString).forEach(argv::add);
    }
    argv.add(live + "/");
    for (int i = 0; i < COPIES; i++) {
      long start = System.nanoTime();
      int exit = new ProcessBuilder(argv).inheritIO().start().waitFor();
      millis.add((System.nanoTime() - start) / 1e6);
      if (exit != 0) {
        throw new IllegalStateException("cp ended with " + exit);
      }
    }
    return median(millis);
  }

  private static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }
}
