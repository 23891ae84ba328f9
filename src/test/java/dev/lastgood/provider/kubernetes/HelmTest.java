package dev.lastgood.provider.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Capturable;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformContract;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// A release of Helm, with a program that does to the played cluster what helm would, or less.
@DisplayNameGeneration(ReplaceUnderscores.class)
class HelmTest implements PlatformContract {
  private static final Instant LONG_AGO = Instant.parse("2026-11-05T07:00:00Z");
  private static final Instant JUST_NOW = Instant.parse("2026-11-05T07:59:00Z");
  @TempDir Path dir;
  private HelmWorld own;

  @BeforeEach
  void open() throws IOException {
    own = world();
  }

  @AfterEach
  void close() {
    own.close();
  }

  @Override
  public HelmWorld world() throws IOException {
    return new HelmWorld(dir);
  }

  // ---- which revisions

  @Test
  void releases_are_contents_newest_first_and_named_by_them() throws Exception {
    Inventory inventory = own.platform().inventory();

    assertThat(inventory.releases())
        .extracting(Release::id)
        .allMatch(id -> id.matches("shop-0[.]3[.]0-[0-9a-f]{12}"))
        .containsExactly(own.of(3), own.of(2), own.of(1));
    assertThat(inventory.releases())
        .extracting(Release::origin)
        .containsExactly(
            Origin.ofVersion("1.4.2"), Origin.ofVersion("1.4.1"), Origin.ofVersion("1.4.0"));
    assertThat(inventory.notes())
        .contains(
            "revision 3 (shop-0.3.0) is deployed since 2026-11-04T08:02:00Z: Upgrade complete")
        .anySatisfy(n -> assertThat(n).contains("3 of 3 pods updated"));
  }

  @Test
  void a_rollback_makes_a_new_revision_that_is_the_old_release() throws Exception {
    own.act(own.rollback());

    assertThat(own.of(4)).isEqualTo(own.older());
    assertThat(own.platform().inventory().releases())
        .extracting(Release::id)
        .containsExactly(own.older(), own.live(), own.of(1));
  }

  @Test
  void a_revision_that_failed_is_live_and_never_a_target() throws Exception {
    own.helm.status(3, "failed", "Upgrade \"shop\" failed: timed out");

    assertThat(own.platform().inventory().live()).map(Release::id).contains(own.of(3));
    assertThat(own.of(3)).endsWith("-r3");
    assertThat(ways(own.older(), own.of(3))).isEmpty();
    walk(own.way(own.of(3), own.older()));
    assertThat(own.platform().inventory().excluded())
        .extracting(Inventory.Excluded::reason)
        .containsExactly(
            "revision 3 (shop-0.3.0) is failed since 2026-11-04T08:02:00Z: Upgrade \"shop\" failed:"
                + " timed out");
  }

  @Test
  void one_that_failed_and_was_called_superseded_by_a_rollback_that_failed_is_no_target_either()
      throws Exception {
    own.helm.status(2, "superseded", "Upgrade \"shop\" failed: timed out");

    assertThat(own.platform().inventory().excluded())
        .extracting(Inventory.Excluded::id)
        .containsExactly(own.of(2));
    assertThatThrownBy(() -> ways(own.live(), own.of(2).replace("-r2", "")))
        .hasMessageContaining("that was deployed whole");
  }

  @Test
  void what_is_no_release_is_excluded_in_words() throws Exception {
    own.cluster.change(
        PlayedHelm.path(1), s -> ((ObjectNode) s.path("data")).put("release", "bm90IGl0"));

    assertThat(own.platform().inventory().excluded())
        .contains(
            new Inventory.Excluded(
                "sh.helm.release.v1.shop.v1", "its Secret is no release of helm 3"));
  }

  @Test
  void a_release_that_is_not_there_is_said_with_what_to_correct() {
    for (int n : List.of(1, 2, 3)) {
      own.helm.remove(n);
    }

    assertThatThrownBy(() -> own.platform().inventory())
        .isInstanceOf(PlatformUnreachable.class)
        .hasMessageContaining("there is no release shop in namespace shop")
        .hasMessageContaining("correct `release`");
  }

  @Test
  void looking_again_reads_no_values_that_are_known() throws Exception {
    Platform platform = own.platform();
    platform.inventory();
    long before = wholeSecrets();

    platform.inventory();

    assertThat(before).isEqualTo(3);
    assertThat(wholeSecrets()).isEqualTo(3);
  }

  private long wholeSecrets() {
    return own.cluster.asked().stream().filter(a -> a.path().contains("/sh.helm.release")).count();
  }

  // ---- the way

  @Test
  void helm_gets_an_explicit_revision_and_removes_nothing_of_its_history() throws Exception {
    assertThat(own.rollback().byHand())
        .startsWith("HELM_KUBETOKEN=… HELM_KUBEAPISERVER=" + own.cluster.url())
        .endsWith(
            " rollback shop 2 --namespace shop --history-max 0 --timeout 300s --kubeconfig"
                + " /dev/null");
  }

  @Test
  void what_helm_will_remove_and_run_is_said_and_data_needs_its_approval() throws Exception {
    own.helm.revision(4, "deployed", "Upgrade complete", THIRD_WITH_DATA);

    Method way = own.way(own.of(4), own.older());

    assertThat(way.costs())
        .contains(
            "helm removes what only the revision before has: ConfigMap shop-config-b,"
                + " PersistentVolumeClaim uploads",
            "hooks of the target run: Job shop-check (pre-rollback)",
            "what is in them stays as it is now: ConfigMap shop-config-a, Secret shop-secret");
    assertThat(way.losses()).containsExactly("PersistentVolumeClaim uploads, with what is in it");
  }

  private static final String THIRD_WITH_DATA =
      HelmWorld.THIRD
          + "---\nkind: PersistentVolumeClaim\napiVersion: v1\nmetadata: {name: uploads}\n"
          + "---\nkind: PersistentVolumeClaim\napiVersion: v1\nmetadata: {name: kept, annotations:"
          + " {helm.sh/resource-policy: keep}}\n";

  @Test
  void a_config_map_that_the_chart_does_not_bring_and_is_gone_hinders_it() {
    own.cluster.delete(PlayedCluster.configMap("shop-config-a"));

    assertThatThrownBy(own::way).hasMessageContaining("needs ConfigMap shop-config-a");
  }

  @Test
  void one_that_the_chart_brings_itself_does_not() throws Exception {
    Act there = own.rollback();
    own.act(there);
    own.cluster.delete(PlayedCluster.configMap("shop-config-b"));

    assertThat(own.way(own.older(), own.live()).legs()).hasSize(2);
  }

  @Test
  void without_helm_nothing_is_planned() {
    Platform none = own.platform(List.of("/no/such/helm"));

    assertThatThrownBy(() ->
            none.methods(Release.of("backend", own.live()), Release.of("backend", own.older())))
        .isInstanceOf(PlatformUnreachable.class)
        .hasMessageContaining("install Helm 3 or 4");
  }

  @Test
  void a_paused_workload_that_would_have_to_change_is_said() {
    own.cluster.change(
        own.cluster.workload(), w -> ((ObjectNode) w.path("spec")).put("paused", true));

    assertThatThrownBy(own::way).hasMessageContaining("kubectl rollout resume");
  }

  @Test
  void a_release_that_flux_writes_is_suspended_first_and_never_fought() throws Exception {
    own.cluster.change(
        own.cluster.workload(),
        w ->
            ((ObjectNode) w.path("metadata").path("labels"))
                .put("helm.toolkit.fluxcd.io/name", "shop")
                .put("helm.toolkit.fluxcd.io/namespace", "shop"));
    String flux = "/apis/helm.toolkit.fluxcd.io/v2/namespaces/shop/helmreleases/shop";
    own.cluster.put(
        flux,
        PlayedCluster.json(
            """
            {'apiVersion': 'helm.toolkit.fluxcd.io/v2', 'kind': 'HelmRelease',
             'metadata': {'name': 'shop', 'namespace': 'shop', 'uid': 'flux', 'generation': 1,
               'creationTimestamp': '2026-11-01T08:00:00Z'}, 'spec': {'interval': '1m'}}
            """));

    Method way = own.way();
    assertThat(way.legs())
        .extracting(l -> ((Act) l).verb())
        .containsExactly("owner-sync", "helm-rollback", "follow-release");
    refusedWithout(own.rollback(), "syncs by itself and would put the newer revision back");
    walk(way);
    assertThat(own.cluster.get(flux).path("spec").path("suspend").asBoolean()).isTrue();

    walk(own.way(own.older(), own.live()));
    assertThat(own.cluster.get(flux).path("spec").path("suspend").asBoolean()).isFalse();
  }

  // ---- a helm that is at it, or was

  @Test
  void while_a_helm_is_at_it_nothing_is_planned_and_nothing_done() throws Exception {
    Act planned = own.rollback();
    own.helm.revision(4, "pending-upgrade", "Preparing upgrade", HelmWorld.THIRD);
    own.helm.at(4, JUST_NOW);

    assertThatThrownBy(own::way)
        .hasMessageContaining("a helm is at it, or was killed: revision 4 (shop-0.3.0) is")
        .hasMessageContaining("pending-upgrade since 2026-11-05T07:59:00Z");
    assertThat(own.platform().look(planned)).isInstanceOf(Sight.UnderWay.class);
    refusedWithout(planned, "a helm is at it, or was killed");
    assertThat(own.helm.calls()).isZero();
  }

  @Test
  void what_a_killed_helm_left_long_ago_is_said_and_can_be_rolled_back() throws Exception {
    own.helm.revision(4, "pending-upgrade", "Preparing upgrade", HelmWorld.THIRD);
    own.helm.at(4, LONG_AGO);

    assertThat(own.platform().inventory().notes())
        .anySatisfy(
            n -> assertThat(n).contains("the helm that was at it ended before it was done"));
    walk(own.way(own.of(4), own.older()));

    assertThat(own.platform().inventory().live()).map(Release::id).contains(own.older());
  }

  @Test
  void our_own_helm_that_was_killed_is_seen_and_not_asked_again_blindly() throws Exception {
    Platform platform = own.platform();
    Act planned = own.rollback();
    own.helm.mode(PlayedHelm.Mode.KILLED);

    assertThat(platform.act(planned, "key")).isInstanceOf(Outcome.Unknown.class);
    assertThat(platform.look(planned)).isInstanceOf(Sight.Failed.class);
    assertThat(platform.look(planned).seen()).contains("pending-rollback", "exit 137");

    // Another process knows nothing of that helm: it waits until it must be dead.
    own.helm.at(4, JUST_NOW);
    assertThat(own.platform().look(planned)).isInstanceOf(Sight.UnderWay.class);
    assertThat(own.act(planned)).isInstanceOf(Outcome.Refused.class);
    assertThat(own.helm.calls()).isEqualTo(1);

    own.helm.at(4, LONG_AGO);
    own.helm.mode(PlayedHelm.Mode.WORKS);
    assertThat(own.platform().look(planned)).isInstanceOf(Sight.NotYet.class);
    assertThat(own.act(planned)).isInstanceOf(Outcome.Done.class);
    assertThat(own.platform().look(planned)).isInstanceOf(Sight.Holds.class);
  }

  @Test
  void a_hook_that_fails_leaves_it_pending_and_a_person_may_try_again() throws Exception {
    Platform platform = own.platform();
    Act planned = own.rollback();
    own.helm.mode(PlayedHelm.Mode.HOOK_FAILS);

    assertThat(platform.act(planned, "key"))
        .isEqualTo(
            new Outcome.Unknown(
                "backend: helm rollback ended with exit 1: Error: job failed:"
                    + " BackoffLimitExceeded"));
    assertThat(platform.look(planned)).isInstanceOf(Sight.Failed.class);

    own.helm.mode(PlayedHelm.Mode.WORKS);
    assertThat(platform.act(planned, "key")).isInstanceOf(Outcome.Done.class);
    assertThat(platform.look(planned)).isInstanceOf(Sight.Holds.class);
  }

  @Test
  void objects_that_are_refused_make_it_fail_in_helms_words_and_a_retry_is_possible()
      throws Exception {
    Act planned = own.rollback();
    own.helm.mode(PlayedHelm.Mode.FAILS);

    assertThat(own.act(planned)).isInstanceOf(Outcome.Unknown.class);
    assertThat(own.platform().look(planned)).isInstanceOf(Sight.Failed.class);
    assertThat(own.platform().look(planned).seen())
        .contains("revision 4 (shop-0.3.0) is failed", "admission webhook says no");

    own.helm.mode(PlayedHelm.Mode.WORKS);
    assertThat(own.act(planned)).isInstanceOf(Outcome.Done.class);
    assertThat(own.platform().inventory().live()).map(Release::id).contains(own.older());
  }

  @Test
  void a_helm_that_says_no_before_it_begins_has_changed_nothing() throws Exception {
    own.helm.mode(PlayedHelm.Mode.REFUSES);

    refusedWithout(own.rollback(), "release has no 2 version; nothing was changed");
  }

  @Test
  void a_helm_that_says_yes_and_does_nothing_is_seen() throws Exception {
    Act planned = own.rollback();
    own.helm.mode(PlayedHelm.Mode.LIES);

    assertThat(own.act(planned)).isInstanceOf(Outcome.Done.class);
    assertThat(own.platform().look(planned)).isInstanceOf(Sight.NotYet.class);
  }

  @Test
  void somebody_who_upgraded_after_the_plan_was_made_is_not_rolled_back() throws Exception {
    Act planned = own.rollback();
    own.helm.status(3, "superseded", "Upgrade complete");
    own.helm.revision(
        4, "deployed", "Upgrade complete", PlayedHelm.manifest("1.4.3", "shop-config-b", ""));

    refusedWithout(planned, "somebody else has deployed: revision 4");
  }

  // ---- how it goes on

  @Test
  void deployed_says_nothing_of_pods_and_those_that_crash_say_why() throws Exception {
    Method way = own.way();
    own.cluster.mode(PlayedCluster.Mode.CRASHES);
    own.act((Act) way.legs().getFirst());

    assertThat(own.platform().look((Act) way.legs().getFirst())).isInstanceOf(Sight.Holds.class);
    Sight sight = own.platform().look((Act) way.legs().getLast());
    assertThat(sight).isInstanceOf(Sight.Failed.class);
    assertThat(sight.seen()).contains("deployment/shop in namespace shop", "CrashLoopBackOff");
  }

  @Test
  void a_stateful_set_of_the_release_is_freed_of_pods_that_hold_it_up() throws Exception {
    try (var world = new HelmWorld(dir, WorkloadKind.STATEFUL_SET)) {
      Method way = world.way();
      Act follow = (Act) way.legs().getLast();
      world.cluster.mode(PlayedCluster.Mode.HALF_WAY);
      world.act((Act) way.legs().getFirst());
      world.cluster.pod("shop-0", "bbb", PlayedCluster.READY);
      world.cluster.pod("shop-2", "bbb", PlayedCluster.CRASHING);

      assertThat(world.platform().look(follow)).isInstanceOf(Sight.NotYet.class);
      assertThat(world.act(follow))
          .isEqualTo(new Outcome.Done("statefulset/shop in namespace shop: replaced [shop-2]"));
      assertThat(world.cluster.find(PlayedCluster.pod("shop-2"))).isEmpty();
      assertThat(world.cluster.find(PlayedCluster.pod("shop-0"))).isPresent();
    }
  }

  @Test
  void what_somebody_changed_besides_helm_is_seen_and_taken_back() throws Exception {
    Act back = (Act) own.way(own.older(), own.live()).legs().getFirst();
    own.cluster.change(
        own.cluster.workload(),
        w ->
            ((ObjectNode) w.path("spec"))
                .set("template", PlayedCluster.template("1.4.1", "shop-config-a")));
    own.cluster.control();

    assertThat(own.platform().inventory().notes())
        .anySatisfy(n ->
            assertThat(n)
                .contains("shop:1.4.1 where the chart says registry.example:5000/shop:1.4.2"));
    assertThat(own.platform().look(back)).isInstanceOf(Sight.NotYet.class);
    assertThat(own.act(back)).isInstanceOf(Outcome.Done.class);
    assertThat(own.platform().look(back)).isInstanceOf(Sight.Holds.class);
  }

  // ---- what goes wrong on the way

  @Test
  void one_who_may_not_read_secrets_is_told_so() {
    own.cluster.hide("/api/v1/namespaces/shop/secrets");

    assertThatThrownBy(() -> own.platform().inventory())
        .hasMessageContaining("User \"lastgood\" cannot do that");
  }

  @Test
  void a_cluster_that_is_not_there_changed_nothing() throws Exception {
    Act planned = own.rollback();
    own.cluster.close();
    own.patience(Duration.ofSeconds(2));

    assertThat(own.act(planned)).isInstanceOf(Outcome.Refused.class);
    assertThat(own.platform().look(planned)).isInstanceOf(Sight.Unclear.class);
  }

  @Test
  void the_evidence_is_the_history_and_what_pods_said() {
    List<Capturable.Exhibit> exhibits =
        ((Capturable) own.platform()).capture(Release.of("backend", own.live()));

    assertThat(exhibits.getFirst().text())
        .contains("revision 3 (shop-0.3.0) is deployed", "revision 1 (shop-0.3.0) is superseded");
    assertThat(exhibits)
        .extracting(Capturable.Exhibit::name)
        .contains(
            "backend-history.txt", "backend-shop-bbb.txt", "backend-shop-bbb-shop-bbb-1-web.log");
  }

  private List<Method> ways(String from, String to) throws PlatformUnreachable {
    return own.platform().methods(Release.of("backend", from), Release.of("backend", to));
  }

  private void walk(Method way) {
    for (var leg : way.legs()) {
      Act act = (Act) leg;
      if (!(own.platform().look(act) instanceof Sight.Holds)) {
        assertThat(own.act(act)).as(act.says()).isInstanceOf(Outcome.Done.class);
      }
      assertThat(own.platform().look(act)).as(act.says()).isInstanceOf(Sight.Holds.class);
    }
  }

  private void refusedWithout(Act planned, String why) {
    String before = own.snapshot();
    Outcome outcome = own.act(planned);
    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    assertThat(((Outcome.Refused) outcome).reason()).contains(why);
    assertThat(own.snapshot()).isEqualTo(before);
  }
}
