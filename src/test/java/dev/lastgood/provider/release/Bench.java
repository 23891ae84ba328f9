package dev.lastgood.provider.release;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformContract;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.AtomicFiles;
import dev.lastgood.provider.local.Proxy;
import dev.lastgood.provider.local.ServiceSettings;
import dev.lastgood.provider.local.Supervisor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A release directory to try things on: v1 and v2, the latter live, in a folder of its own.
final class Bench implements PlatformContract.World {
  static final String COMPONENT = "backend";

  final Path base;
  final Optional<Supervisor> service;
  final Optional<Proxy> proxy;
  private ReleaseDirectorySettings settings;

  /// @param dir a fresh folder is made in it
  Bench(Path dir, Optional<ServiceSettings> service, boolean proxied) throws Exception {
    base = Files.createTempDirectory(dir, "bench");
    Path state = Files.createDirectory(base.resolve("state"));
    Surroundings surroundings = new Surroundings(base, state, InstantSource.fixed(Instant.EPOCH));
    this.service = service.map(s -> s.open(COMPONENT, surroundings));
    this.proxy = proxied ? Optional.of(new ProxyInFile(base.resolve("route"))) : Optional.empty();
    this.settings = settings(false, Optional.empty(), List.of());
    release("v1");
    release("v2");
    Files.createSymbolicLink(base.resolve("current"), Path.of("releases/v2"));
    if (this.service.isPresent()) {
      bringUp();
    }
  }

  static Bench ofFiles(Path dir) throws Exception {
    return new Bench(dir, Optional.empty(), false);
  }

  static ReleaseDirectorySettings settings(
      boolean adopt, Optional<Integer> keep, List<String> logs) {
    return new ReleaseDirectorySettings(
        Path.of("."),
        Optional.empty(),
        Optional.empty(),
        Optional.of(adopt),
        keep,
        Optional.of(Path.of("VERSION")),
        logs,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  Bench with(ReleaseDirectorySettings other) {
    settings = other;
    return this;
  }

  private void bringUp() throws PlatformUnreachable {
    Release live = named("v2");
    Doing.walk(platform(), platform().methods(live, live).getFirst());
  }

  Path release(String id) throws IOException {
    Path folder = Files.createDirectories(base.resolve("releases").resolve(id));
    Files.writeString(folder.resolve("app.txt"), "app of " + id);
    Files.writeString(folder.resolve(".hidden"), "dot file of " + id);
    theClockOfTheDiskTicks(folder);
    return folder;
  }

  /// So that what is made next is also seen to be newer.
  private void theClockOfTheDiskTicks(Path folder) throws IOException {
    Path probe = base.resolve("state/probe");
    do {
      Files.deleteIfExists(probe);
      Files.createFile(probe);
    } while (created(probe).compareTo(created(folder)) <= 0);
  }

  private static FileTime created(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class).creationTime();
  }

  Release named(String id) {
    return Release.of(COMPONENT, id);
  }

  Path current() {
    return base.resolve("current");
  }

  Layout layout() {
    return Layout.of(COMPONENT, settings, base);
  }

  @Override
  public ReleaseDirectory platform() {
    return new ReleaseDirectory(layout(), settings, service, proxy, Duration.ofSeconds(2));
  }

  @Override
  public String live() {
    return "v2";
  }

  @Override
  public String older() {
    return "v1";
  }

  /// Every file with its mode, size and target, and every process; not what processes print.
  @Override
  public String snapshot() throws IOException {
    try (Stream<Path> all = Files.walk(base)) {
      return all.filter(p -> !p.startsWith(base.resolve("state")))
              .sorted()
              .map(Bench::line)
              .collect(Collectors.joining("\n"))
          + service.map(s -> s.running().toString()).orElse("");
    }
  }

  private static String line(Path path) {
    try {
      return path
          + " "
          + Files.getAttribute(path, "unix:mode", java.nio.file.LinkOption.NOFOLLOW_LINKS)
          + " "
          + Files.getAttribute(path, "unix:ino", java.nio.file.LinkOption.NOFOLLOW_LINKS)
          + (Files.isSymbolicLink(path) ? " -> " + Files.readSymbolicLink(path) : "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void remove(String id) throws IOException {
    try (Stream<Path> all = Files.walk(base.resolve("releases").resolve(id))) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  @Override
  public void close() {
    service.ifPresent(s ->
        s.running()
            .forEach(
                r -> s.stop(new Supervisor.Wanted(r.release(), base, r.port()), Duration.ZERO)));
  }

  /// A proxy that consists of the file with its target.
  record ProxyInFile(Path file) implements Proxy {
    @Override
    public Optional<String> target() throws PlatformUnreachable {
      try {
        return Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
      } catch (IOException e) {
        throw new PlatformUnreachable("the proxy does not answer: " + e.getMessage(), e);
      }
    }

    @Override
    public Outcome route(String hostPort) {
      try {
        AtomicFiles.write(file, hostPort);
        return new Outcome.Done("routed");
      } catch (IOException e) {
        return new Outcome.Refused(String.valueOf(e.getMessage()));
      }
    }

    @Override
    public String byHand(String hostPort) {
      return "echo " + hostPort + " > " + file;
    }
  }
}
