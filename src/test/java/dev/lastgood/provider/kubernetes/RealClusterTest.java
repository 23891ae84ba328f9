package dev.lastgood.provider.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A real API server with its controllers: what kubectl sees and does is the measure.
@Tag("peers")
@DisplayNameGeneration(ReplaceUnderscores.class)
class RealClusterTest {
  @TempDir static Path dir;
  private static RealCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    if (!Files.isExecutable(RealCluster.program()) && System.getenv("CI") == null) {
      Assumptions.abort(
          "no " + RealCluster.program() + ": bin/test --peers builds it with Go 1.24 or newer");
    }
    assertThat(RealCluster.program()).isExecutable();
    cluster = new RealCluster(dir);
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  private static String manifest(String kind, String name, String tag) {
    return """
    apiVersion: apps/v1
    kind: %s
    metadata: { name: %s, annotations: { kubernetes.io/change-cause: "deploy %s" } }
    spec:
      %s
      selector: { matchLabels: { app: %s } }
      template:
        metadata: { labels: { app: %s } }
        spec:
          terminationGracePeriodSeconds: 0
          containers: [{ name: web, image: "registry.example/shop:%s", env: [{ name: TAG, value: "%s" }] }]
    """
        .formatted(
            kind,
            name,
            tag,
            switch (kind) {
              case "Deployment" -> "replicas: 3";
              case "StatefulSet" -> "replicas: 3\n  serviceName: " + name;
              default -> "minReadySeconds: 0";
            },
            name,
            name,
            tag,
            tag);
  }

  private static void deploy(String kind, String name, String... tags) {
    for (String tag : tags) {
      cluster.apply(manifest(kind, name, tag));
      String workload = kind.toLowerCase(java.util.Locale.ROOT) + "/" + name;
      if (tag.startsWith("v")) {
        RealCluster.Said said = cluster.kubectl("rollout", "status", workload, "--timeout=50s");
        assertThat(said.code()).as(said.text()).isZero();
      }
    }
  }

  private static String find(Platform platform, String tag) throws PlatformUnreachable {
    return platform.inventory().releases().stream()
        .filter(r -> r.expectedVersion().equals(tag))
        .map(Release::id)
        .findFirst()
        .orElseThrow();
  }

  private static void walk(Platform platform, String from, String to) throws Exception {
    for (var leg :
        platform
            .methods(Release.of("backend", from), Release.of("backend", to))
            .getFirst()
            .legs()) {
      Act act = (Act) leg;
      if (platform.look(act) instanceof Sight.Holds) {
        continue;
      }
      assertThat(platform.act(act, "key")).as(act.says()).isInstanceOf(Outcome.Done.class);
      RealCluster.holds(act.says(), () -> platform.look(act) instanceof Sight.Holds);
    }
  }

  /// "1 deploy v1, 3 deploy v3": what kubectl lists.
  private static List<String> history(String workload) {
    return cluster
        .kubectl("rollout", "history", workload)
        .text()
        .lines()
        .filter(l -> !l.isEmpty() && Character.isDigit(l.charAt(0)))
        .map(l -> l.strip().replaceAll("\\s+", " "))
        .toList();
  }

  @Test
  void a_deployment_is_afterwards_what_kubectl_would_have_made_of_it() throws Exception {
    deploy("Deployment", "ours", "v1", "v2", "crashes");
    deploy("Deployment", "theirs", "v1", "v2", "crashes");
    Platform platform = cluster.platform("deployment/ours", "lab");
    Inventory before = platform.inventory();
    assertThat(before.live().orElseThrow().expectedVersion()).isEqualTo("crashes");
    assertThat(history("deployment/ours"))
        .containsExactly("1 deploy v1", "2 deploy v2", "3 deploy crashes");

    walk(platform, before.live().get().id(), find(platform, "v1"));
    assertThat(cluster.kubectl("rollout", "undo", "deployment/theirs", "--to-revision=1").code())
        .isZero();
    assertThat(cluster.kubectl("rollout", "status", "deployment/theirs", "--timeout=50s").code())
        .isZero();

    assertThat(cluster.kubectl("rollout", "status", "deployment/ours", "--timeout=50s").code())
        .isZero();
    assertThat(history("deployment/ours"))
        .isEqualTo(history("deployment/theirs"))
        .containsExactly("2 deploy v2", "3 deploy crashes", "4 deploy v1");
    assertThat(comparable("ours")).isEqualTo(comparable("theirs"));
    assertThat(platform.inventory().live().orElseThrow().expectedVersion()).isEqualTo("v1");
  }

  /// Template and annotations, without the name.
  private static String comparable(String name) throws PlatformUnreachable {
    JsonNode it = cluster.get("/apis/apps/v1/namespaces/default/deployments/" + name);
    return (it.path("spec").path("template") + " " + it.path("metadata").path("annotations"))
        .replace(name, "NAME");
  }

  @Test
  void the_undo_comes_back_to_the_revision_by_its_name_though_its_number_has_moved()
      throws Exception {
    deploy("Deployment", "undone", "v1", "v2");
    Platform platform = cluster.platform("deployment/undone", "lab");
    String one = find(platform, "v1");
    String two = find(platform, "v2");

    walk(platform, two, one);
    walk(platform, one, two);

    assertThat(platform.inventory().live()).map(Release::id).contains(two);
    assertThat(history("deployment/undone")).containsExactly("3 deploy v1", "4 deploy v2");
  }

  @Test
  void replicas_that_somebody_else_set_stay() throws Exception {
    deploy("Deployment", "scaled", "v1", "v2");
    Platform platform = cluster.platform("deployment/scaled", "lab");
    cluster.kubectl("scale", "deployment/scaled", "--replicas=5");

    walk(platform, find(platform, "v2"), find(platform, "v1"));

    assertThat(
            cluster
                .get("/apis/apps/v1/namespaces/default/deployments/scaled")
                .path("spec")
                .path("replicas")
                .asInt())
        .isEqualTo(5);
  }

  @Test
  void a_target_that_cannot_be_pulled_has_failed_and_says_why() throws Exception {
    deploy("Deployment", "sick", "missing", "v2");
    Platform platform = cluster.platform("deployment/sick", "lab");
    Act act =
        (Act)
            platform
                .methods(
                    Release.of("backend", find(platform, "v2")),
                    Release.of("backend", find(platform, "missing")))
                .getFirst()
                .legs()
                .getFirst();

    platform.act(act, "key");

    RealCluster.holds(
        "it has failed",
        () ->
            platform.look(act) instanceof Sight.Failed failed
                && failed.seen().contains("ImagePullBackOff \"no such image\""));
  }

  @Test
  void a_deploy_between_look_and_change_is_refused_by_the_server() throws Exception {
    deploy("Deployment", "raced", "v1", "v2");
    String path = "/apis/apps/v1/namespaces/default/deployments/raced";
    var direct =
        new Cluster(
            new Access.File(cluster.kubeconfig, java.util.Optional.of("lab")),
            java.time.Duration.ofSeconds(20));
    String seen = cluster.get(path).path("metadata").path("resourceVersion").asString();
    cluster.merge(path, "{'metadata': {'labels': {'touched': 'yes'}}}");

    Cluster.Sent sent =
        direct.change(
            "PATCH",
            path,
            Cluster.Body.patch(
                PlayedCluster.json(
                        "{'a': [{'op': 'add', 'path': '/metadata/resourceVersion', 'value': '"
                            + seen
                            + "'}, {'op': 'add', 'path': '/spec/minReadySeconds', 'value': 7}]}")
                    .path("a")));

    assertThat(sent).isInstanceOf(Cluster.Sent.Overtaken.class);
    assertThat(cluster.get(path).path("spec").path("minReadySeconds").asInt(0)).isZero();
  }

  @Test
  void a_stateful_set_with_a_broken_pod_comes_back_and_kubectl_agrees() throws Exception {
    deploy("StatefulSet", "queue", "v1", "v2", "crashes");
    Platform platform = cluster.platform("statefulset/queue", "lab");
    RealCluster.holds("the last pod crashes", () -> notes(platform).contains("CrashLoopBackOff"));

    walk(platform, find(platform, "crashes"), find(platform, "v1"));

    assertThat(cluster.kubectl("rollout", "status", "statefulset/queue", "--timeout=50s").code())
        .isZero();
    assertThat(history("statefulset/queue")).hasSize(3).last().asString().startsWith("4 ");
    assertThat(platform.inventory().live().orElseThrow().expectedVersion()).isEqualTo("v1");
  }

  private static String notes(Platform platform) {
    try {
      return platform.inventory().notes().toString();
    } catch (PlatformUnreachable e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void a_daemon_set_comes_back_and_kubectl_agrees() throws Exception {
    cluster.apply("{apiVersion: v1, kind: Node, metadata: {name: one}}");
    // The taint of a node that nobody has heard of yet; no daemon would be started there.
    cluster.merge("/api/v1/nodes/one", "{'spec': {'taints': null}}");
    deploy("DaemonSet", "agent", "v1", "v2");
    Platform platform = cluster.platform("daemonset/agent", "lab");

    walk(platform, find(platform, "v2"), find(platform, "v1"));

    assertThat(cluster.kubectl("rollout", "status", "daemonset/agent", "--timeout=50s").code())
        .isZero();
    assertThat(history("daemonset/agent")).hasSize(2).last().asString().startsWith("3 ");
    assertThat(platform.inventory().live().orElseThrow().expectedVersion()).isEqualTo("v1");
  }

  @Test
  void one_without_rights_is_told_which_ones_in_the_words_of_the_server() {
    assertThatThrownBy(() -> cluster.platform("deployment/ours", "nobody").inventory())
        .isInstanceOf(PlatformUnreachable.class)
        .hasMessageContaining("User \"nobody\" cannot get resource \"deployments\"");
  }

  @Test
  void a_context_that_is_not_in_the_file_is_never_another_cluster() {
    assertThatThrownBy(() -> cluster.platform("deployment/ours", "staging").inventory())
        .isInstanceOf(PlatformUnreachable.class)
        .hasMessageContaining("has no context staging; known are [lab, nobody]");
  }

  @Test
  void a_workload_that_is_not_there_is_said() {
    assertThatThrownBy(() -> cluster.platform("deployment/none", "lab").inventory())
        .hasMessageContaining("there is no deployment/none in namespace default");
  }
}
