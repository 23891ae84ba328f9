package dev.lastgood.provider.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformContract;
import dev.lastgood.provider.Sight;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The real helm and a real API server with its controllers.
@Tag("peers")
@DisplayNameGeneration(ReplaceUnderscores.class)
class RealHelmTest implements PlatformContract {
  /// Nobody runs Jobs in this cluster, so this hook never ends.
  private static final String ENDLESS =
      """
      apiVersion: batch/v1
      kind: Job
      metadata: { name: check, annotations: { "helm.sh/hook": "%s" } }
      spec:
        template:
          spec: { restartPolicy: Never, containers: [{ name: check, image: "registry.example/check:v1" }] }
      """;

  @TempDir static Path dir;
  private static RealCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    boolean there = Files.isExecutable(RealCluster.program()) && RealHelm.program().isPresent();
    if (!there && System.getenv("CI") == null) {
      Assumptions.abort(
          "no " + RealCluster.program() + " or no helm: bin/test --peers builds both with Go");
    }
    assertThat(there).isTrue();
    cluster = new RealCluster(Files.createDirectories(dir.resolve("cluster")));
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Override
  public RealHelm world() throws Exception {
    return new RealHelm(cluster, dir);
  }

  private static Method way(Platform platform, String from, String to) throws Exception {
    return platform.methods(Release.of("backend", from), Release.of("backend", to)).getFirst();
  }

  private static void walk(Platform platform, Method way) throws Exception {
    for (var leg : way.legs()) {
      Act act = (Act) leg;
      if (!(platform.look(act) instanceof Sight.Holds)) {
        assertThat(platform.act(act, "key")).as(act.says()).isInstanceOf(Outcome.Done.class);
      }
      RealCluster.holds(act.says(), () -> platform.look(act) instanceof Sight.Holds);
    }
  }

  @Test
  void from_a_release_that_crashes_helm_and_kubectl_agree_that_it_is_back() throws Exception {
    try (RealHelm world = world()) {
      world.deploy("crashes");
      Platform platform = world.platform();
      String bad = platform.inventory().live().orElseThrow().id();

      Method way = way(platform, bad, world.older());
      assertThat(way.costs())
          .contains("helm removes what only the revision before has: ConfigMap shop-crashes");
      walk(platform, way);

      assertThat(world.helm("history", "shop"))
          .containsPattern("3\\s.*superseded.*Upgrade complete")
          .containsPattern("4\\s.*deployed.*Rollback to 1");
      assertThat(
              cluster
                  .kubectl(
                      "rollout", "status", "deployment/shop", "-n", world.namespace, "--timeout=9s")
                  .ok())
          .isTrue();
      assertThat(world.deployment().path("spec").toString()).contains("registry.example/shop:v1");
      // The team goes on as before.
      world.deploy("v3");
      assertThat(world.version()).isEqualTo("v3");
    }
  }

  @Test
  void a_target_that_crashes_is_deployed_for_helm_and_failed_for_us() throws Exception {
    try (RealHelm world = world()) {
      world.deploy("crashes");
      String bad = world.platform().inventory().live().orElseThrow().id();
      world.deploy("v4");
      String now = world.platform().inventory().live().orElseThrow().id();
      Platform platform = world.platform();
      Method way = way(platform, now, bad);

      platform.act((Act) way.legs().getFirst(), "key");

      RealCluster.holds(
          "it has failed",
          () ->
              platform.look((Act) way.legs().getLast()) instanceof Sight.Failed failed
                  && failed.seen().contains("CrashLoopBackOff"));
      assertThat(world.helm("status", "shop")).contains("STATUS: deployed");
    }
  }

  @Test
  void a_helm_that_was_killed_is_seen_and_after_a_while_rolled_back() throws Exception {
    try (RealHelm world = world()) {
      world.chart(ENDLESS.formatted("pre-upgrade"));
      Process helm = new ProcessBuilder(world.upgrade("v3")).start();
      RealCluster.holds(
          "helm is at it", () -> world.helm("history", "shop").contains("pending-upgrade"));
      helm.destroyForcibly().waitFor();

      Platform now = world.platform();
      String attempt = now.inventory().live().orElseThrow().id();
      assertThat(attempt).endsWith("-r3");
      assertThatThrownBy(() -> way(now, attempt, world.older()))
          .hasMessageContaining("a helm is at it, or was killed: revision 3")
          .hasMessageContaining("pending-upgrade");

      Platform later =
          world.platform(Instant.now().plus(Duration.ofMinutes(20)), Duration.ofMinutes(1), false);
      walk(later, way(later, attempt, world.older()));

      assertThat(world.version()).isEqualTo("v1");
      assertThat(world.helm("status", "shop")).contains("STATUS: deployed", "REVISION: 4");
    }
  }

  @Test
  void a_hook_that_does_not_end_is_said_and_its_revision_stays_pending() throws Exception {
    try (RealHelm world = world()) {
      world.chart(ENDLESS.formatted("pre-rollback"));
      world.deploy("v3");
      String third = world.platform().inventory().live().orElseThrow().id();
      world.deploy("v4");
      String fourth = world.platform().inventory().live().orElseThrow().id();
      Platform platform = world.platform(Instant.now(), Duration.ofSeconds(1), false);
      Method way = way(platform, fourth, third);
      assertThat(way.costs()).contains("hooks of the target run: Job check (pre-rollback)");
      Act rollback = (Act) way.legs().getFirst();

      Outcome outcome = platform.act(rollback, "key");

      assertThat(outcome).isInstanceOf(Outcome.Unknown.class);
      assertThat(platform.look(rollback)).isInstanceOf(Sight.Failed.class);
      assertThat(platform.look(rollback).seen()).contains("pending-rollback");
      assertThat(world.deployment().path("spec").toString()).contains("registry.example/shop:v4");
    }
  }

  @Test
  void a_target_that_helm_does_not_have_any_more_is_refused_by_helm_and_nothing_is_changed()
      throws Exception {
    try (RealHelm world = world()) {
      var program =
          new HelmProgram(
              new Access.File(cluster.kubeconfig, java.util.Optional.of("lab")),
              new HelmRelease(world.namespace, "shop"),
              java.util.List.of(RealHelm.program().orElseThrow().toString()),
              Duration.ofSeconds(5),
              Duration.ofMinutes(1));
      String before = world.snapshot();

      assertThat(program.rollback(77).output()).contains("release has no 77 version");
      assertThat(world.snapshot()).isEqualTo(before);
    }
  }

  @Test
  void by_address_and_token_it_is_the_same_and_the_token_is_no_word_of_a_command()
      throws Exception {
    try (RealHelm world = world()) {
      Platform platform = world.platform(Instant.now(), Duration.ofMinutes(1), true);
      Method way = way(platform, world.live(), world.older());
      assertThat(((Act) way.legs().getFirst()).byHand()).doesNotContain(RealCluster.MASTER);

      walk(platform, way);

      assertThat(world.version()).isEqualTo("v1");
    }
  }
}
