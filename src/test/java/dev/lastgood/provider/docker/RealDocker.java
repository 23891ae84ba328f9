package dev.lastgood.provider.docker;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.Until;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A real Docker Engine of its own, with its own socket and its own data, and tiny images made of
/// busybox.
final class RealDocker implements AutoCloseable {
  private static final Path BUSYBOX = Path.of("/bin/busybox");

  private final Path dir;
  private final Process engine;

  RealDocker(Path dir) throws Exception {
    Path program =
        List.of("/usr/sbin/dockerd", "/usr/bin/dockerd").stream()
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst()
            .orElse(null);
    assumeTrue(
        program != null && Files.isExecutable(BUSYBOX),
        "no Docker Engine here (Debian: docker.io busybox-static)");
    assumeTrue("root".equals(System.getProperty("user.name")), "an engine of its own needs root");
    this.dir = dir;
    engine =
        new ProcessBuilder(
                String.valueOf(program),
                // Else it shuts the forwarding of the whole machine, and leaves it so.
                "--iptables=false",
                "--data-root",
                dir.resolve("data").toString(),
                "--exec-root",
                dir.resolve("exec").toString(),
                "-H",
                socket(),
                "-p",
                dir.resolve("docker.pid").toString())
            .redirectErrorStream(true)
            .redirectOutput(Files.createDirectories(dir).resolve("log").toFile())
            .start();
    Until.holds(
        "the engine answers; see " + dir.resolve("log"),
        () ->
            Docker.ended(new Docker("test", program()).change(Duration.ofSeconds(10), "version")));
    image("base", "VOLUME /nothing");
  }

  private String socket() {
    return "unix://" + dir.resolve("docker.sock");
  }

  /// `bin/test --peers` puts the Compose plugin there where the system has none.
  List<String> program() {
    List<String> words = new ArrayList<>(List.of("env"));
    String peers = System.getenv("LASTGOOD_PEERS");
    if (peers != null && Files.isDirectory(Path.of(peers, "docker", "cli-plugins"))) {
      words.add("DOCKER_CONFIG=" + Path.of(peers, "docker"));
    }
    words.addAll(List.of("docker", "--host", socket()));
    return words;
  }

  void assumeCompose() {
    assumeTrue(
        Docker.ended(
            new Docker("test", program()).change(Duration.ofSeconds(20), "compose", "version")),
        "no docker compose here (Debian 13: docker-compose)");
  }

  /// Runs it to its end, which must be a good one.
  String run(String... words) {
    List<String> all = new ArrayList<>(program());
    all.addAll(List.of(words));
    Argv.End end = new Argv(all, Optional.empty(), Map.of(), Duration.ofMinutes(2)).run();
    if (!Docker.ended(end)) {
      throw new AssertionError(String.join(" ", words) + ": " + end.output());
    }
    return end.output().strip();
  }

  /// An image of busybox alone.
  ///
  /// @param lines of the Dockerfile
  /// @return its id
  String image(String name, String... lines) throws IOException {
    Path context = Files.createDirectories(dir.resolve("context"));
    Path root = Files.createDirectories(context.resolve("root/bin"));
    if (Files.notExists(root.resolve("busybox"))) {
      Files.copy(BUSYBOX, root.resolve("busybox"));
      for (String word :
          List.of(
              "sh",
              "cp",
              "rm",
              "find",
              "sort",
              "xargs",
              "sha256sum",
              "stat",
              "echo",
              "cat",
              "readlink",
              "test",
              "sleep",
              "httpd",
              "wget",
              "mkdir",
              "chown",
              "chmod",
              "ln",
              "wc")) {
        Files.createSymbolicLink(root.resolve(word), Path.of("busybox"));
      }
    }
    Files.writeString(
        context.resolve("Dockerfile"),
        (name.equals("base") ? "FROM scratch\nCOPY root/ /\n" : "FROM base\n")
            + String.join("\n", lines)
            + "\n");
    run("build", "--quiet", "--tag", name, context.toString());
    return run("image", "inspect", "--format", "{{.Id}}", name);
  }

  @Override
  public void close() {
    engine.destroy();
    try {
      if (!engine.waitFor(30, TimeUnit.SECONDS)) {
        engine.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
