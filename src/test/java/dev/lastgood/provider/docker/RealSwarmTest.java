package dev.lastgood.provider.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.Until;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real swarm of one node, and a real registry. The whole contract is held by
/// `SwarmPlatformTest`; here is what a played manager could get wrong.
@Tag("peers")
@DisplayNameGeneration(ReplaceUnderscores.class)
class RealSwarmTest {
  private static final Path REGISTRY = Path.of("/usr/bin/docker-registry");

  @TempDir static Path engineDir;
  private static RealDocker docker;
  private static Process registry;
  private static String repository;

  @TempDir Path dir;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(Files.isExecutable(REGISTRY), "no registry here (Debian: docker-registry)");
    int port = freePort();
    Path config = engineDir.resolve("registry.yml");
    Files.writeString(
        config,
        "version: 0.1\nstorage: {filesystem: {rootdirectory: "
            + engineDir.resolve("registry")
            + "}}\nhttp: {addr: '127.0.0.1:"
            + port
            + "'}\n");
    registry =
        new ProcessBuilder(REGISTRY.toString(), "serve", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(engineDir.resolve("registry.log").toFile())
            .start();
    repository = "localhost:" + port + "/shop";
    docker = new RealDocker(engineDir.resolve("engine"));
    docker.run(
        "swarm",
        "init",
        "--advertise-addr",
        "127.0.0.1",
        "--listen-addr",
        "127.0.0.1:" + freePort());
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @AfterAll
  static void stop() {
    if (docker != null) {
      docker.close();
    }
    if (registry != null) {
      registry.destroy();
    }
  }

  /// @return the name by its digest, as the registry knows it
  private static String pushed(String version, String... lines) throws IOException {
    docker.image(repository + ":" + version, lines);
    docker.run("push", "--quiet", repository + ":" + version);
    return docker.run(
        "image", "inspect", "--format", "{{index .RepoDigests 0}}", repository + ":" + version);
  }

  private Platform service(String name, String onFailure, String image) throws IOException {
    docker.run(
        "service",
        "create",
        "--quiet",
        "--name",
        name,
        "--replicas",
        "2",
        "--init",
        "--stop-grace-period",
        "1s",
        "--update-monitor",
        "3s",
        "--restart-delay",
        "100ms",
        "--update-failure-action",
        onFailure,
        image);
    return new SwarmKind()
        .open(
            name,
            new SwarmSettings(
                name,
                docker.program(),
                Optional.of(Duration.ofSeconds(1)),
                Optional.of(Duration.ofMinutes(1))),
            new Surroundings(
                dir, Files.createDirectories(dir.resolve(name)), InstantSource.system()));
  }

  private static List<Act> acts(Platform platform, String name, String from, String to)
      throws Exception {
    return platform.methods(Release.of(name, from), Release.of(name, to)).getFirst().legs().stream()
        .map(Act.class::cast)
        .toList();
  }

  private static Sight ends(Platform platform, Act act) {
    assertThat(platform.act(act, "key")).as(act.says()).isInstanceOf(Outcome.Done.class);
    for (int patience = 0; patience < 4; patience++) {
      try {
        Until.holds(act.says(), () -> !(platform.look(act) instanceof Sight.UnderWay));
        break;
      } catch (AssertionError e) {
        // A swarm takes its time, the more so on a busy machine.
      }
    }
    return platform.look(act);
  }

  @Test
  void a_service_goes_to_a_digest_and_back() throws Exception {
    String older = pushed("v1", "LABEL v=1", "CMD [\"/bin/sleep\", \"1000\"]");
    String newer = pushed("v2", "LABEL v=2", "CMD [\"/bin/sleep\", \"1000\"]");
    Platform platform = service("shop", "pause", repository + ":v2");
    assertThat(platform.inventory().live().map(Release::id)).contains(newer);
    List<Act> back = acts(platform, "shop", older, newer);

    for (Act act : acts(platform, "shop", newer, older)) {
      assertThat(ends(platform, act)).as(act.says()).isInstanceOf(Sight.Holds.class);
    }
    assertThat(platform.inventory().live().map(Release::id)).contains(older);

    for (Act act : back) {
      assertThat(ends(platform, act)).as(act.says()).isInstanceOf(Sight.Holds.class);
    }
    assertThat(platform.inventory().live().map(Release::id)).contains(newer);
  }

  @Test
  void a_release_whose_tasks_die_is_a_failure_whether_the_swarm_pauses_or_goes_back()
      throws Exception {
    String good = pushed("good", "LABEL v=3", "CMD [\"/bin/sleep\", \"1000\"]");
    String dies = pushed("dies", "LABEL v=4", "CMD [\"/bin/sh\", \"-c\", \"exit 3\"]");

    Platform pauses = service("pauses", "pause", repository + ":good");
    List<Act> acts = acts(pauses, "pauses", good, dies);
    assertThat(ends(pauses, acts.get(0))).isInstanceOf(Sight.Holds.class);
    Sight paused = ends(pauses, acts.get(1));
    assertThat(paused).isInstanceOf(Sight.Failed.class);
    assertThat(paused.seen()).contains("paused it");

    Platform undoes = service("undoes", "rollback", repository + ":good");
    acts = acts(undoes, "undoes", good, dies);
    ends(undoes, acts.get(0));
    Sight undone = ends(undoes, acts.get(1));
    assertThat(undone).isInstanceOf(Sight.Failed.class);
    assertThat(undone.seen()).contains("went back by itself");
  }
}
