package dev.lastgood.provider.kubernetes;

import static dev.lastgood.provider.http.Trouble.CHANGES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformContract;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.rehearsal.Asked;
import dev.lastgood.rehearsal.Trap;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A Rollout of Argo Rollouts: what users get is what its controller made stable or active.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ArgoRolloutTest implements PlatformContract {
  private KubernetesWorld own;

  @BeforeEach
  void open() throws IOException {
    own = world();
  }

  @AfterEach
  void close() {
    own.close();
  }

  @Override
  public KubernetesWorld world() throws IOException {
    return new KubernetesWorld(WorkloadKind.ROLLOUT);
  }

  private JsonNode status() {
    return own.cluster.get(own.cluster.workload()).path("status");
  }

  private void said(String json) {
    own.cluster.change(
        own.cluster.workload(),
        w -> ((ObjectNode) w.path("status")).setAll(PlayedCluster.json(json)));
  }

  /// The newest revision waits in the middle of its canary; the one before is stable.
  private void inTheMiddle() {
    said(
        "{'stableRS': 'aaa', 'phase': 'Paused', 'message': 'CanaryPauseStep', 'updatedReplicas':"
            + " 1, 'canary': {'weights': {'canary': {'weight': 20}}}}");
  }

  private List<Method> ways(String from, String to) throws PlatformUnreachable {
    return own.platform().methods(Release.of("backend", from), Release.of("backend", to));
  }

  private Act leg(Method way, int index) {
    return (Act) way.legs().get(index);
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

  // ---- what users get

  @Test
  void in_the_middle_of_a_canary_the_new_revision_is_live_and_its_weight_is_said()
      throws Exception {
    inTheMiddle();

    assertThat(own.platform().inventory().live()).map(Release::id).contains("shop-bbb");
    assertThat(own.platform().inventory().notes())
        .anySatisfy(
            n -> assertThat(n).contains("Paused \"CanaryPauseStep\"", "20 % go to the new one"));
  }

  @Test
  void after_an_abort_the_stable_revision_is_live_and_the_other_one_is_still_asked_for()
      throws Exception {
    said("{'stableRS': 'aaa', 'abort': true, 'phase': 'Degraded', 'message': 'RolloutAborted'}");

    assertThat(own.platform().inventory().live()).map(Release::id).contains("shop-aaa");
    assertThat(own.platform().inventory().notes())
        .anySatisfy(n ->
            assertThat(n).contains("it asks for revision 3, shop-bbb", "its update was aborted"));
  }

  @Test
  void of_blue_and_green_the_active_one_is_live() throws Exception {
    blueGreen("aaa", "aaa");

    assertThat(own.platform().inventory().live()).map(Release::id).contains("shop-aaa");
    assertThat(own.platform().inventory().notes())
        .anySatisfy(n -> assertThat(n).contains("shop-bbb, which users do not get yet"));
  }

  private void blueGreen(String stable, String active) {
    own.cluster.change(
        own.cluster.workload(),
        w ->
            ((ObjectNode) w.path("spec"))
                .set("strategy", PlayedCluster.json("{'blueGreen': {'activeService': 'shop'}}")));
    said(
        "{'stableRS': '%s', 'blueGreen': {'activeSelector': '%s'}, 'phase': 'Progressing'}"
            .formatted(stable, active));
  }

  // ---- an abort, or an undo

  @Test
  void an_update_under_way_is_aborted_to_the_stable_revision_and_its_template_written_back()
      throws Exception {
    inTheMiddle();

    List<Method> ways = ways("shop-bbb", "shop-aaa");
    assertThat(ways).extracting(Method::name).containsExactly("abort", "revision");
    assertThat(leg(ways.getFirst(), 0).byHand())
        .isEqualTo("kubectl argo rollouts abort shop -n shop --server " + own.cluster.url());
    walk(ways.getFirst());

    assertThat(own.cluster.asked().stream().filter(Asked::changes))
        .extracting(Asked::path)
        .containsExactly(own.cluster.workload() + "/status", own.cluster.workload());
    assertThat(status().path("phase").asString()).isEqualTo("Healthy");
    assertThat(status().path("abort").asBoolean(false)).isFalse();
    assertThat(own.platform().inventory().live()).map(Release::id).contains("shop-aaa");
  }

  @Test
  void a_revision_that_is_not_stable_is_not_aborted_to_but_promoted_to() throws Exception {
    inTheMiddle();

    List<Method> ways = ways("shop-bbb", "shop-zzz");
    assertThat(ways).extracting(Method::name).containsExactly("revision");
    assertThat(ways.getFirst().costs())
        .contains("steps, pauses and analysis of its strategy are skipped");
    walk(ways.getFirst());

    assertThat(status().path("stableRS").asString()).isEqualTo("zzz");
  }

  @Test
  void the_undo_of_an_abort_begins_the_update_again_and_promotes_nothing() throws Exception {
    inTheMiddle();
    Method back = ways("shop-aaa", "shop-bbb").getFirst();
    walk(ways("shop-bbb", "shop-aaa").getFirst());

    walk(back);

    assertThat(status().path("currentPodHash").asString()).isEqualTo("bbb");
    assertThat(status().path("stableRS").asString()).isEqualTo("aaa");
    assertThat(status().path("phase").asString()).isEqualTo("Paused");
  }

  @Test
  void an_update_that_became_complete_in_between_is_not_aborted() throws Exception {
    inTheMiddle();
    Act abort = leg(ways("shop-bbb", "shop-aaa").getFirst(), 0);
    said("{'stableRS': 'bbb', 'phase': 'Healthy'}");
    String before = own.snapshot();

    assertThat(own.platform().look(abort)).isInstanceOf(Sight.Failed.class);
    assertThat(own.act(abort)).isInstanceOf(Outcome.Refused.class);
    assertThat(((Outcome.Refused) own.act(abort)).reason())
        .contains("cannot be aborted to shop-aaa any more", "take the way `revision`");
    assertThat(own.snapshot()).isEqualTo(before);
  }

  @Test
  void an_abort_that_the_controller_has_not_seen_is_under_way_and_not_sent_again()
      throws Exception {
    inTheMiddle();
    Act abort = leg(ways("shop-bbb", "shop-aaa").getFirst(), 0);
    own.cluster.mode(PlayedCluster.Mode.LAGS);

    assertThat(own.act(abort)).isInstanceOf(Outcome.Done.class);
    assertThat(own.platform().look(abort)).isInstanceOf(Sight.UnderWay.class);
    assertThat(own.act(abort)).isInstanceOf(Outcome.Done.class);
    assertThat(own.cluster.changes()).isEqualTo(1);
  }

  @Test
  void an_abort_is_done_when_no_request_goes_to_the_new_revision_any_more() throws Exception {
    inTheMiddle();
    Act abort = leg(ways("shop-bbb", "shop-aaa").getFirst(), 0);
    own.act(abort);
    said("{'canary': {'weights': {'canary': {'weight': 20}}}}");
    assertThat(own.platform().look(abort)).isInstanceOf(Sight.UnderWay.class);

    said("{'canary': {'weights': {'canary': {'weight': 0}}}}");
    assertThat(own.platform().look(abort)).isInstanceOf(Sight.Holds.class);
  }

  @Test
  void an_abort_whose_answer_was_lost_is_unknown_and_seen_by_looking() throws Exception {
    inTheMiddle();
    Act abort = leg(ways("shop-bbb", "shop-aaa").getFirst(), 0);
    own.cluster.trap(1, CHANGES, new Trap.DoesAndCuts());

    assertThat(own.act(abort)).isInstanceOf(Outcome.Unknown.class);
    assertThat(own.platform().look(abort)).isInstanceOf(Sight.Holds.class);
    assertThat(own.cluster.changes()).isEqualTo(1);
  }

  @Test
  void a_status_that_moves_in_between_is_looked_at_anew() throws Exception {
    inTheMiddle();
    Act abort = leg(ways("shop-bbb", "shop-aaa").getFirst(), 0);
    own.cluster.meanwhile(() -> said("{'stableRS': 'bbb', 'phase': 'Healthy'}"));

    assertThat(own.act(abort)).isInstanceOf(Outcome.Refused.class);
    assertThat(status().path("abort").asBoolean(false)).isFalse();
  }

  @Test
  void from_an_aborted_update_the_stable_template_can_be_replaced_by_an_older_one()
      throws Exception {
    said("{'stableRS': 'aaa', 'abort': true, 'phase': 'Degraded', 'message': 'RolloutAborted'}");

    walk(ways("shop-aaa", "shop-zzz").getFirst());

    assertThat(status().path("stableRS").asString()).isEqualTo("zzz");
  }

  @Test
  void an_aborted_update_is_not_begun_again_by_a_rollback() {
    said("{'stableRS': 'aaa', 'abort': true, 'phase': 'Degraded', 'message': 'RolloutAborted'}");

    assertThatThrownBy(() -> ways("shop-aaa", "shop-bbb"))
        .hasMessageContaining("kubectl argo rollouts retry rollout shop -n shop");
  }

  @Test
  void a_preview_that_waits_is_promoted() throws Exception {
    blueGreen("aaa", "aaa");

    walk(ways("shop-aaa", "shop-bbb").getFirst());

    assertThat(own.platform().inventory().live()).map(Release::id).contains("shop-bbb");
  }

  @Test
  void blue_and_green_are_exchanged_and_the_active_one_is_the_proof() throws Exception {
    blueGreen("bbb", "bbb");
    said("{'phase': 'Healthy'}");
    Method way = ways("shop-bbb", "shop-aaa").getFirst();
    own.act(leg(way, 0));
    own.act(leg(way, 1));
    assertThat(own.platform().look(leg(way, 1))).isInstanceOf(Sight.Holds.class);

    said("{'blueGreen': {'activeSelector': 'bbb'}}");

    assertThat(own.platform().look(leg(way, 1))).isNotInstanceOf(Sight.Holds.class);
  }

  // ---- how it goes on

  @Test
  void a_rollout_that_waits_at_a_step_is_not_there_yet_and_is_promoted_once() throws Exception {
    Method way = ways("shop-bbb", "shop-aaa").getFirst();
    own.act(leg(way, 0));
    Act promote = leg(way, 1);

    assertThat(own.platform().look(promote)).isInstanceOf(Sight.NotYet.class);
    own.cluster.mode(PlayedCluster.Mode.HALF_WAY);
    assertThat(own.act(promote)).isEqualTo(new Outcome.Done("accepted"));
    assertThat(own.platform().look(promote)).isInstanceOf(Sight.UnderWay.class);
    own.act(promote);

    assertThat(own.cluster.changes()).isEqualTo(2);
  }

  @Test
  void a_promotion_waits_until_the_controller_has_seen_the_template() throws Exception {
    Method way = ways("shop-bbb", "shop-aaa").getFirst();
    own.cluster.mode(PlayedCluster.Mode.LAGS);
    own.act(leg(way, 0));

    assertThat(own.platform().look(leg(way, 1))).isInstanceOf(Sight.UnderWay.class);
    assertThat(own.act(leg(way, 1))).isInstanceOf(Outcome.Done.class);
    assertThat(own.cluster.changes()).isEqualTo(1);
  }

  @Test
  void a_degraded_one_has_failed_in_the_words_of_its_controller() throws Exception {
    Method way = ways("shop-bbb", "shop-aaa").getFirst();
    own.act(leg(way, 0));
    own.cluster.mode(PlayedCluster.Mode.TIMES_OUT);
    own.act(leg(way, 1));

    Sight sight = own.platform().look(leg(way, 1));

    assertThat(sight).isInstanceOf(Sight.Failed.class);
    assertThat(sight.seen()).contains("Degraded \"ProgressDeadlineExceeded: ReplicaSet");
  }

  @Test
  void pods_that_crash_say_why_it_does_not_get_on() throws Exception {
    Method way = ways("shop-bbb", "shop-aaa").getFirst();
    own.cluster.mode(PlayedCluster.Mode.CRASHES);
    own.act(leg(way, 0));
    own.act(leg(way, 1));

    Sight sight = own.platform().look(leg(way, 1));

    assertThat(sight).isInstanceOf(Sight.Failed.class);
    assertThat(sight.seen()).contains("CrashLoopBackOff");
  }

  @Test
  void one_that_a_person_paused_is_said_with_the_way_out() {
    own.cluster.change(
        own.cluster.workload(), w -> ((ObjectNode) w.path("spec")).put("paused", true));

    assertThatThrownBy(() -> ways("shop-bbb", "shop-aaa"))
        .hasMessageContaining(
            "kubectl patch -n shop rollout/shop --type merge -p '{\"spec\":{\"paused\":false}}'");
  }

  @Test
  void one_whose_template_is_elsewhere_is_left_alone() {
    own.cluster.change(
        own.cluster.workload(),
        w ->
            ((ObjectNode) w.path("spec"))
                .set("workloadRef", PlayedCluster.json("{'kind': 'Deployment', 'name': 'shop'}")));

    assertThatThrownBy(() -> ways("shop-bbb", "shop-aaa"))
        .hasMessageContaining("its template is that of Deployment shop (workloadRef)");
  }

  @Test
  void annotations_stay_as_they_are_since_the_plugin_leaves_them_too() throws Exception {
    own.act(leg(ways("shop-bbb", "shop-aaa").getFirst(), 0));

    Asked patch = own.cluster.asked().stream().filter(Asked::changes).findFirst().orElseThrow();
    assertThat(patch.json().values())
        .extracting(o -> o.path("path").asString())
        .containsExactly("/metadata/resourceVersion", "/spec/template");
  }
}
