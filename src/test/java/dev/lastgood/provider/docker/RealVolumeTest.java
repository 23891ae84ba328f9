package dev.lastgood.provider.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformContract;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Snapshotting;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.Until;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The contract against a real Docker Engine, with real volumes and a real helper container.
@Tag("peers")
@DisplayNameGeneration(ReplaceUnderscores.class)
class RealVolumeTest implements PlatformContract {
  @TempDir static Path engineDir;
  private static RealDocker docker;

  @TempDir Path dir;
  private static final AtomicInteger WORLDS = new AtomicInteger();

  @BeforeAll
  static void start() throws Exception {
    docker = new RealDocker(engineDir);
  }

  @AfterAll
  static void stop() {
    docker.close();
  }

  @Override
  public Host world() throws Exception {
    int number = WORLDS.incrementAndGet();
    return new Host(Files.createDirectories(dir.resolve("w" + number)), number);
  }

  /// A volume with owners, modes, links and odd names, kept, and broken since.
  static final class Host implements PlatformContract.World {
    private static final String GOOD =
        "mkdir -p /data/.hidden /data/empty; echo good > /data/orders; echo hunter1 >"
            + " '/data/.hidden/a key'; chown 1000:1000 /data/orders; chmod 640 /data/orders; ln -s"
            + " orders /data/link";
    private static final String BROKEN =
        "echo broken > /data/orders; chmod 666 /data/orders; echo x > /data/rubbish; rm /data/link";

    final Path dir;
    final String volume;
    final String user;
    final Platform platform;

    Host(Path dir, int number) throws Exception {
      this.dir = dir;
      volume = "shop-data-" + number;
      user = "shop-" + number;
      Files.createDirectories(dir.resolve("state"));
      docker.run("volume", "create", volume);
      inside(GOOD);
      docker.run(
          "run",
          "-d",
          "--init",
          "--stop-timeout",
          "1",
          "--name",
          user,
          "-v",
          volume + ":/data",
          "base",
          "sleep",
          "1000");
      platform =
          new VolumeKind()
              .open(
                  "data" + number,
                  new VolumeSettings(
                      volume,
                      Optional.of("base"),
                      docker.program(),
                      Optional.of(Duration.ofMinutes(1))),
                  new Surroundings(dir, dir.resolve("state"), InstantSource.system()));
      ((Snapshotting) platform).snapshot();
      inside(BROKEN);
    }

    String inside(String script) {
      return docker.run(
          "run", "--rm", "--network", "none", "-v", volume + ":/data", "base", "sh", "-c", script);
    }

    @Override
    public Platform platform() {
      return platform;
    }

    @Override
    public String live() {
      return "g2";
    }

    @Override
    public String older() {
      return "g1";
    }

    @Override
    public String snapshot() throws IOException {
      var all = new StringBuilder();
      all.append(
          docker.run(
              "ps", "-a", "--filter", "name=" + user + "$", "--format", "{{.ID}} {{.State}}"));
      all.append(docker.run("inspect", "--format", "{{.State.StartedAt}}", user));
      docker
          .run("volume", "ls", "--format", "{{.Name}}")
          .lines()
          .filter(v -> v.equals(volume) || v.startsWith(volume + "."))
          .sorted()
          .forEach(v -> all.append('\n').append(v));
      all.append(inside("cd /data; find . -exec stat -c '%a %u %Y %N' {} + | sort; cat orders"));
      try (var files = Files.walk(dir)) {
        for (Path file : files.sorted().toList()) {
          if (Files.isRegularFile(file) && !file.toString().endsWith(".lock")) {
            all.append('\n').append(file).append(Files.readString(file));
          }
        }
      }
      return all.toString();
    }

    @Override
    public void remove(String id) {
      docker
          .run("volume", "ls", "--format", "{{.Name}}")
          .lines()
          .filter(v -> v.startsWith(volume + ".lastgood." + id + "."))
          .forEach(v -> docker.run("volume", "rm", v));
    }

    @Override
    public List<String> secrets() {
      return List.of("hunter");
    }

    @Override
    public void close() {
      docker.run("rm", "--force", user);
    }
  }

  private static void perform(Host host, Act act) {
    assertThat(host.platform().act(act, "key")).as(act.says()).isInstanceOf(Outcome.Done.class);
    Until.holds(act.says(), () -> host.platform().look(act) instanceof Sight.Holds);
  }

  @Test
  void owners_modes_links_and_hidden_files_come_back_and_rubbish_goes() throws Exception {
    try (Host host = world()) {
      List<Act> acts = new ArrayList<>();
      host.platform()
          .methods(
              Release.of(host.platform().inventory().releases().getFirst().component(), "g2"),
              Release.of(host.platform().inventory().releases().getFirst().component(), "g1"))
          .getFirst()
          .legs()
          .forEach(leg -> acts.add((Act) leg));

      acts.forEach(act -> perform(host, act));

      assertThat(
              host.inside(
                  "cd /data; stat -c '%a %u %N' orders link; cat orders '.hidden/a key'; find ."))
          .contains("640 1000", "'link' -> 'orders'", "good", "hunter1", "./empty")
          .doesNotContain("rubbish", "broken");
      assertThat(docker.run("inspect", "--format", "{{.State.Status}}", host.user))
          .isEqualTo("running");
    }
  }
}
