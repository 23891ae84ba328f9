package dev.lastgood.provider.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Capturable;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformContract;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.Until;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
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

/// The contract against a real Docker Engine and a real Compose.
@Tag("peers")
@DisplayNameGeneration(ReplaceUnderscores.class)
class RealComposeTest implements PlatformContract {
  private static final String HEALTHY =
      "HEALTHCHECK --interval=500ms --timeout=2s --retries=2 CMD [\"/bin/test\", \"-e\","
          + " \"/bin/sh\"]";
  private static final String RUNS = "CMD [\"/bin/sleep\", \"1000\"]";

  @TempDir static Path engineDir;
  private static RealDocker docker;

  @TempDir Path dir;
  private static final AtomicInteger WORLDS = new AtomicInteger();

  @BeforeAll
  static void start() throws Exception {
    docker = new RealDocker(engineDir);
    docker.assumeCompose();
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

  /// A project of two services, the one of ours deployed under a tag that moves.
  static final class Host implements PlatformContract.World {
    final Path dir;
    final String project;
    final String component;
    final String older;
    final String newer;
    final Platform platform;

    Host(Path dir, int number) throws Exception {
      this.dir = dir;
      project = "shop" + number;
      component = "backend" + number;
      Files.createDirectories(dir.resolve("state"));
      older = image("v1", HEALTHY, RUNS);
      newer = image("v2", HEALTHY, RUNS);
      docker.run("tag", newer, project + ":latest");
      Files.writeString(
          dir.resolve("compose.yml"),
          """
          services:
            backend:
              image: @image@:latest
              init: true
              restart: always
              stop_grace_period: 1s
              environment: { PASSWORD: hunter2 }
            other:
              image: @image@:latest
              init: true
              stop_grace_period: 1s
          """
              .replace("@image@", project));
      docker.run(
          "compose",
          "-p",
          project,
          "-f",
          dir.resolve("compose.yml").toString(),
          "up",
          "-d",
          "--wait");
      platform =
          new ComposeKind()
              .open(
                  component,
                  new ComposeSettings(
                      project,
                      "backend",
                      List.of(dir.resolve("compose.yml")),
                      Optional.empty(),
                      Optional.empty(),
                      Optional.of(project),
                      docker.program(),
                      Optional.of(Duration.ofMillis(500)),
                      Optional.of(Duration.ofSeconds(30))),
                  new Surroundings(dir, dir.resolve("state"), InstantSource.system()));
    }

    String image(String version, String... lines) throws IOException {
      List<String> all = new java.util.ArrayList<>(List.of(lines));
      all.add("LABEL project=" + project + " org.opencontainers.image.version=" + version);
      return docker.image(project + ":" + version, all.toArray(String[]::new));
    }

    List<Act> acts(String to) throws PlatformUnreachable {
      return platform
          .methods(Release.of(component, newer), Release.of(component, to))
          .getFirst()
          .legs()
          .stream()
          .map(Act.class::cast)
          .toList();
    }

    String containers(String service) {
      return docker.run(
          "ps",
          "-a",
          "--no-trunc",
          "--filter",
          "label=com.docker.compose.project=" + project,
          "--filter",
          "label=com.docker.compose.service=" + service,
          "--format",
          "{{.ID}} {{.State}}");
    }

    @Override
    public Platform platform() {
      return platform;
    }

    @Override
    public String live() {
      return newer;
    }

    @Override
    public String older() {
      return older;
    }

    @Override
    public String snapshot() throws IOException {
      var all = new StringBuilder(containers("backend") + containers("other"));
      docker
          .run("image", "ls", "--no-trunc", "--format", "{{.Repository}}:{{.Tag}} {{.ID}}")
          .lines()
          .filter(l -> l.contains(project + ":") || l.contains(component + ":"))
          .sorted()
          .forEach(l -> all.append('\n').append(l));
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
      docker.run("image", "rm", "--force", id);
    }

    @Override
    public List<String> secrets() {
      return List.of("hunter");
    }

    @Override
    public void close() {
      docker.run("compose", "-p", project, "down", "--timeout", "1");
    }
  }

  private static void perform(Host host, Act act) {
    assertThat(host.platform().act(act, "key")).as(act.says()).isInstanceOf(Outcome.Done.class);
    Until.holds(act.says(), () -> host.platform().look(act) instanceof Sight.Holds);
  }

  @Test
  void only_the_one_service_is_replaced_and_it_runs_the_digest() throws Exception {
    try (Host host = world()) {
      String other = host.containers("other");

      host.acts(host.older).forEach(act -> perform(host, act));

      assertThat(host.containers("other")).isEqualTo(other);
      String id = host.containers("backend").split(" ", -1)[0];
      assertThat(docker.run("inspect", "--format", "{{.Image}} {{.State.Health.Status}}", id))
          .isEqualTo(host.older + " healthy");
    }
  }

  @Test
  void the_failed_image_survives_a_new_tag_and_a_prune() throws Exception {
    try (Host host = world()) {
      host.acts(host.older).forEach(act -> perform(host, act));
      docker.run("tag", host.older, host.project + ":latest");
      docker.run("image", "rm", host.project + ":v2");
      docker.run("image", "prune", "--force");

      assertThat(host.platform().inventory().find(host.newer)).isPresent();
    }
  }

  @Test
  void an_unhealthy_release_is_a_failure_and_the_way_back_works() throws Exception {
    try (Host host = world()) {
      String sick =
          host.image(
              "sick",
              "HEALTHCHECK --interval=200ms --timeout=2s --retries=1 CMD [\"/bin/test\", \"-e\","
                  + " \"/no\"]",
              RUNS);
      List<Act> acts = host.acts(sick);
      perform(host, acts.get(0));
      perform(host, acts.get(1));

      assertThat(host.platform().act(acts.get(2), "key").toString()).contains("unhealthy");
      assertThat(host.platform().look(acts.get(2))).isInstanceOf(Sight.Failed.class);

      for (var leg :
          host.platform()
              .methods(Release.of(host.component, sick), Release.of(host.component, host.newer))
              .getFirst()
              .legs()) {
        perform(host, (Act) leg);
      }
      assertThat(host.platform().inventory().live().map(Release::id)).contains(host.newer);
    }
  }

  @Test
  void a_crash_loop_that_docker_calls_running_in_between_is_a_failure() throws Exception {
    try (Host host = world()) {
      String loops = host.image("loops", "CMD [\"/bin/sh\", \"-c\", \"echo so long; exit 3\"]");
      List<Act> acts = host.acts(loops);
      perform(host, acts.get(0));
      perform(host, acts.get(1));

      // Compose itself calls it healthy and ends with 0.
      host.platform().act(acts.get(2), "key");

      Until.holds(
          "the loop is seen", () -> host.platform().look(acts.get(2)) instanceof Sight.Failed);
      assertThat(
              ((Capturable) host.platform()).capture(Release.of(host.component, loops)).toString())
          .contains("so long");
    }
  }
}
