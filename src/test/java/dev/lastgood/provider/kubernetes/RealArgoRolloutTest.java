package dev.lastgood.provider.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
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

/// Rollouts in a real API server: what is written is accepted, and refused when somebody was
/// faster. There is no controller of Argo Rollouts: what it says is written by the tests.
@Tag("peers")
@DisplayNameGeneration(ReplaceUnderscores.class)
class RealArgoRolloutTest {
  private static final String PATH = "/apis/argoproj.io/v1alpha1/namespaces/default/rollouts/shop";
  private static final String KIND =
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: { name: rollouts.argoproj.io }
      spec:
        group: argoproj.io
        scope: Namespaced
        names: { kind: Rollout, plural: rollouts, singular: rollout }
        versions:
          - name: v1alpha1
            served: true
            storage: true
            subresources: { status: {} }
            schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } }
      """;

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
    cluster.apply(KIND);
    RealCluster.holds("rollouts are known", () -> cluster.kubectl("get", "rollouts").ok());
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  private static String template(String tag, String hash) {
    return "{metadata: {labels: {app: shop"
        + (hash.isEmpty() ? "" : ", rollouts-pod-template-hash: " + hash)
        + "}}, spec: {containers: [{name: web, image: 'registry.example/shop:"
        + tag
        + "'}]}}";
  }

  private static void revision(String uid, String hash, int number, String tag) {
    cluster.apply(
        """
        apiVersion: apps/v1
        kind: ReplicaSet
        metadata:
          name: shop-%s
          labels: { app: shop, rollouts-pod-template-hash: %s }
          annotations: { rollout.argoproj.io/revision: "%d" }
          ownerReferences: [{ apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: shop, uid: %s, controller: true }]
        spec:
          replicas: 0
          selector: { matchLabels: { app: shop, rollouts-pod-template-hash: %s } }
          template: %s
        """
            .formatted(hash, hash, number, uid, hash, template(tag, hash)));
  }

  /// What the controller would say.
  private static void status(String json) {
    assertThat(
            cluster
                .kubectl(
                    "patch",
                    "rollout",
                    "shop",
                    "--subresource=status",
                    "--type=merge",
                    "-p",
                    "{\"status\":" + json.replace('\'', '"') + "}")
                .ok())
        .isTrue();
  }

  private static void observed(String more) throws Exception {
    long generation = cluster.get(PATH).path("metadata").path("generation").asLong();
    status("{'observedGeneration': '" + generation + "', " + more + "}");
  }

  @Test
  void an_update_is_aborted_and_an_older_revision_written_and_promoted() throws Exception {
    cluster.apply(
        """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: { name: shop }
        spec:
          replicas: 2
          selector: { matchLabels: { app: shop } }
          strategy: { canary: { steps: [{ setWeight: 20 }, { pause: {} }] } }
          template: %s
        """
            .formatted(template("v3", "")));
    String uid = cluster.get(PATH).path("metadata").path("uid").asString();
    revision(uid, "aaa", 1, "v1");
    revision(uid, "bbb", 2, "v2");
    revision(uid, "ccc", 3, "v3");
    observed(
        "'phase': 'Paused', 'message': 'CanaryPauseStep', 'currentPodHash': 'ccc', 'stableRS':"
            + " 'bbb', 'updatedReplicas': 1, 'availableReplicas': 2");
    Platform platform = cluster.platform("rollout/shop", "lab");

    Inventory inventory = platform.inventory();
    assertThat(inventory.live()).map(Release::expectedVersion).contains("v3");
    assertThat(inventory.releases()).hasSize(3);
    List<Method> ways = ways(platform, "shop-ccc", "shop-bbb");
    assertThat(ways).extracting(Method::name).containsExactly("abort", "revision");

    Act abort = (Act) ways.getFirst().legs().getFirst();
    assertThat(platform.act(abort, "key")).isEqualTo(new Outcome.Done("accepted"));
    assertThat(cluster.get(PATH).path("status").path("abort").asBoolean()).isTrue();
    assertThat(platform.look(abort)).isInstanceOf(Sight.UnderWay.class);
    observed("'phase': 'Degraded', 'message': 'RolloutAborted: by hand'");
    assertThat(platform.look(abort)).isInstanceOf(Sight.Holds.class);

    Act write = (Act) ways.getFirst().legs().getLast();
    assertThat(platform.act(write, "key")).isEqualTo(new Outcome.Done("accepted"));
    assertThat(image()).isEqualTo("registry.example/shop:v2");
    assertThat(cluster.get(PATH).toString()).doesNotContain("rollouts-pod-template-hash");
    observed(
        "'phase': 'Healthy', 'message': '', 'abort': null, 'currentPodHash': 'bbb',"
            + " 'updatedReplicas': 2");
    assertThat(platform.look(write)).isInstanceOf(Sight.Holds.class);

    Method older = ways(platform, "shop-bbb", "shop-aaa").getFirst();
    assertThat(platform.act((Act) older.legs().getFirst(), "key"))
        .isEqualTo(new Outcome.Done("accepted"));
    observed("'phase': 'Paused', 'message': 'CanaryPauseStep', 'currentPodHash': 'aaa'");
    Act promote = (Act) older.legs().getLast();
    assertThat(platform.look(promote)).isInstanceOf(Sight.NotYet.class);
    assertThat(platform.act(promote, "key")).isEqualTo(new Outcome.Done("accepted"));
    assertThat(cluster.get(PATH).path("status").path("promoteFull").asBoolean()).isTrue();
    assertThat(image()).isEqualTo("registry.example/shop:v1");
  }

  private static String image() throws Exception {
    JsonNode spec = cluster.get(PATH).path("spec").path("template").path("spec");
    return spec.path("containers").path(0).path("image").asString();
  }

  private static List<Method> ways(Platform platform, String from, String to) throws Exception {
    return platform.methods(Release.of("backend", from), Release.of("backend", to));
  }

  @Test
  void a_status_of_an_older_look_is_refused_by_the_server() throws Exception {
    cluster.apply(
        "{apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: {name: raced}, spec: {}}");
    String path = PATH.replaceFirst("shop$", "raced");
    String seen = cluster.get(path).path("metadata").path("resourceVersion").asString();
    cluster.merge(path, "{'metadata': {'labels': {'touched': 'yes'}}}");
    var direct =
        new Cluster(
            new Access.File(cluster.kubeconfig, java.util.Optional.of("lab")),
            java.time.Duration.ofSeconds(20));

    Cluster.Sent sent =
        direct.change(
            "PATCH",
            path + "/status",
            Cluster.Body.merge(
                PlayedCluster.json(
                    "{'metadata': {'resourceVersion': '"
                        + seen
                        + "'}, 'status': {'abort': true}}")));

    assertThat(sent).isInstanceOf(Cluster.Sent.Overtaken.class);
    assertThat(cluster.get(path).path("status").isMissingNode()).isTrue();
  }
}
