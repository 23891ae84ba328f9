package dev.lastgood.provider.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformContract;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/// A Deployment that is written out of git: its owner is suspended, or nothing is done.
@DisplayNameGeneration(ReplaceUnderscores.class)
class OwnedTest implements PlatformContract {
  private static final String APP =
      "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/shop";
  private static final String FLUX =
      "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/shop";
  private KubernetesWorld own;

  @BeforeEach
  void open() throws IOException {
    own = world();
  }

  @AfterEach
  void close() {
    own.close();
  }

  /// Owned by an Argo CD application that syncs by itself.
  @Override
  public KubernetesWorld world() throws IOException {
    var world = new KubernetesWorld(WorkloadKind.DEPLOYMENT);
    world.cluster.change(
        world.cluster.workload(),
        w ->
            ((ObjectNode) w.path("metadata").path("annotations"))
                .put("argocd.argoproj.io/tracking-id", "shop:apps/Deployment:shop/shop"));
    world.cluster.put(
        APP,
        PlayedCluster.json(
            """
            {'apiVersion': 'argoproj.io/v1alpha1', 'kind': 'Application',
             'metadata': {'name': 'shop', 'namespace': 'argocd', 'uid': 'app', 'generation': 1,
               'creationTimestamp': '2026-11-01T08:00:00Z', 'annotations': {'team': 'checkout'}},
             'spec': {'syncPolicy': {'automated': {'prune': true, 'selfHeal': true}, 'retry': {'limit': 2}}}}
            """));
    return world;
  }

  private static KubernetesWorld flux() throws IOException {
    var world = new KubernetesWorld(WorkloadKind.DEPLOYMENT);
    world.cluster.change(
        world.cluster.workload(),
        w ->
            ((ObjectNode) w.path("metadata").path("labels"))
                .put("kustomize.toolkit.fluxcd.io/name", "shop")
                .put("kustomize.toolkit.fluxcd.io/namespace", "flux-system"));
    world.cluster.put(
        FLUX,
        PlayedCluster.json(
            """
            {'apiVersion': 'kustomize.toolkit.fluxcd.io/v1', 'kind': 'Kustomization',
             'metadata': {'name': 'shop', 'namespace': 'flux-system', 'uid': 'flux', 'generation': 1,
               'creationTimestamp': '2026-11-01T08:00:00Z'},
             'spec': {'interval': '1m'}}
            """));
    return world;
  }

  @Test
  void argo_cd_is_suspended_before_the_template_is_written_and_gets_its_policy_back_at_the_undo()
      throws Exception {
    List<Act> way = own.acts();
    var back = own.way(own.live(), own.live());

    assertThat(way).extracting(Act::verb).containsExactly("owner-sync", "write-template");
    assertThat(way.getFirst().byHand()).isEqualTo("argocd app set shop --sync-policy none");
    assertThat(own.act(way.getFirst())).isEqualTo(new Outcome.Done("suspended"));
    assertThat(own.cluster.get(APP).path("spec").path("syncPolicy").path("automated").isObject())
        .isFalse();
    assertThat(own.cluster.get(APP).path("spec").path("syncPolicy").path("retry").isObject())
        .isTrue();
    assertThat(own.act(way.getLast())).isEqualTo(new Outcome.Done("accepted"));
    assertThat(back).isNotNull();

    for (var leg : own.way(own.older(), own.live()).legs()) {
      own.act((Act) leg);
    }

    assertThat(own.cluster.get(APP).path("spec").path("syncPolicy"))
        .isEqualTo(
            PlayedCluster.json(
                "{'automated': {'prune': true, 'selfHeal': true}, 'retry': {'limit': 2}}"));
    assertThat(
            own.cluster.get(APP).path("metadata").path("annotations").path(Owner.NOTE).asString(""))
        .isEmpty();
  }

  @Test
  void a_sync_that_began_before_is_waited_for() throws Exception {
    Act suspend = own.acts().getFirst();
    own.act(suspend);
    own.cluster.change(
        APP, a -> a.set("status", PlayedCluster.json("{'operationState': {'phase': 'Running'}}")));

    assertThat(own.platform().look(suspend)).isInstanceOf(Sight.UnderWay.class);
  }

  @Test
  void an_owner_that_syncs_by_itself_is_never_fought() throws Exception {
    Act change = own.change();
    String before = own.snapshot();

    Outcome outcome = own.act(change);

    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    assertThat(((Outcome.Refused) outcome).reason())
        .contains("syncs by itself and would put the newer revision back");
    assertThat(own.snapshot()).isEqualTo(before);
  }

  @Test
  void an_owner_that_may_not_be_read_cannot_be_suspended_and_nothing_is_planned() {
    own.cluster.hide("/apis/argoproj.io");

    assertThatThrownBy(own::way)
        .isInstanceOf(PlatformUnreachable.class)
        .hasMessageContaining(
            "the Argo CD application shop in namespace argocd writes this workload")
        .hasMessageContaining("cannot be suspended");
  }

  @Test
  void an_owner_that_may_not_be_changed_ends_in_a_refusal() throws Exception {
    Act suspend = own.acts().getFirst();
    own.cluster.forbidChanges();

    assertThat(own.act(suspend)).isInstanceOf(Outcome.Refused.class);
  }

  @Test
  void an_owner_that_is_not_there_is_said() {
    own.cluster.delete(APP);

    assertThatThrownBy(own::way).hasMessageContaining("there is none that could be suspended");
  }

  @Test
  void an_application_that_an_application_set_makes_is_left_to_people() {
    own.cluster.change(
        APP,
        a ->
            ((ObjectNode) a.path("metadata"))
                .set(
                    "ownerReferences",
                    PlayedCluster.json("{'a': [{'kind': 'ApplicationSet', 'name': 'all'}]}")
                        .path("a")));

    assertThatThrownBy(own::way).hasMessageContaining("generated by the ApplicationSet all");
  }

  @Test
  void an_application_of_an_application_that_syncs_by_itself_is_left_to_people() {
    own.cluster.change(
        APP,
        a ->
            ((ObjectNode) a.path("metadata").path("annotations"))
                .put("argocd.argoproj.io/tracking-id", "apps:argoproj.io/Application:argocd/shop"));
    ObjectNode parent = own.cluster.get(APP);
    ((ObjectNode) parent.path("metadata")).put("name", "apps");
    own.cluster.put(APP.replaceFirst("shop$", "apps"), parent);

    assertThatThrownBy(own::way)
        .hasMessageContaining("is itself written by the Argo CD application apps");
  }

  @Test
  void one_that_a_person_suspended_stays_suspended_after_the_undo() throws Exception {
    own.cluster.change(APP, a -> ((ObjectNode) a.path("spec")).remove("syncPolicy"));

    assertThat(own.way().legs()).hasSize(1);
    assertThat(own.way(own.older(), own.live()).legs()).hasSize(1);
  }

  @Test
  void a_label_of_a_helm_chart_is_no_owner() throws Exception {
    try (var world = new KubernetesWorld(WorkloadKind.DEPLOYMENT)) {
      world.cluster.change(
          world.cluster.workload(),
          w ->
              ((ObjectNode) w.path("metadata").path("labels"))
                  .put("app.kubernetes.io/instance", "shop"));

      assertThat(world.way().legs()).hasSize(1);
    }
  }

  @Test
  void flux_is_suspended_and_released() throws Exception {
    try (var world = flux()) {
      List<Act> way = world.acts();
      way.forEach(a -> assertThat(world.act(a)).isInstanceOf(Outcome.Done.class));

      assertThat(world.cluster.get(FLUX).path("spec").path("suspend").asBoolean()).isTrue();
      assertThat(way.getFirst().byHand())
          .contains("patch kustomizations shop -n flux-system --type merge")
          .contains("{\"spec\":{\"suspend\":true}}");

      for (var leg : world.way(world.older(), world.live()).legs()) {
        assertThat(world.act((Act) leg)).isInstanceOf(Outcome.Done.class);
      }

      assertThat(world.cluster.get(FLUX).path("spec").path("suspend").asBoolean()).isFalse();
    }
  }

  @Test
  void what_flux_began_before_it_was_suspended_is_waited_for_and_a_retry_is_not() throws Exception {
    try (var world = flux()) {
      Act suspend = world.acts().getFirst();
      world.act(suspend);

      reconciling(world, "Progressing");
      assertThat(world.platform().look(suspend)).isInstanceOf(Sight.UnderWay.class);

      reconciling(world, "ProgressingWithRetry");
      assertThat(world.platform().look(suspend)).isInstanceOf(Sight.Holds.class);
    }
  }

  private static void reconciling(KubernetesWorld world, String reason) {
    world.cluster.change(
        FLUX,
        f ->
            f.set(
                "status",
                PlayedCluster.json(
                    "{'conditions': [{'type': 'Reconciling', 'status': 'True', 'reason': '"
                        + reason
                        + "'}]}")));
  }

  @Test
  void a_name_in_a_mark_that_is_no_name_is_never_part_of_an_address() {
    own.cluster.change(
        own.cluster.workload(),
        w ->
            ((ObjectNode) w.path("metadata").path("annotations"))
                .put("argocd.argoproj.io/tracking-id", "../../secrets:x"));

    assertThatThrownBy(own::way).isInstanceOf(PlatformUnreachable.class);
    assertThat(own.cluster.asked()).noneMatch(a -> a.path().contains(".."));
  }
}
