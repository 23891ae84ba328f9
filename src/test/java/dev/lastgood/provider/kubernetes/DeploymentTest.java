package dev.lastgood.provider.kubernetes;

import static dev.lastgood.provider.http.Trouble.ANY;
import static dev.lastgood.provider.http.Trouble.CHANGES;
import static dev.lastgood.provider.http.Trouble.FOR_EVER;
import static dev.lastgood.provider.http.Trouble.HTML;
import static dev.lastgood.provider.http.Trouble.STRANGE;
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
import dev.lastgood.rehearsal.Asked;
import dev.lastgood.rehearsal.Trap;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/// Against fabric8's store of objects, with a controller and with what goes wrong added.
@DisplayNameGeneration(ReplaceUnderscores.class)
class DeploymentTest implements PlatformContract {
  private static final String FAILURE =
      "{\"kind\":\"Status\",\"metadata\":{},\"status\":\"Failure\",\"message\":\"etcd is away\"}";
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
    return new KubernetesWorld(WorkloadKind.DEPLOYMENT);
  }

  // ---- which revision

  @Test
  void releases_are_revisions_newest_first_by_the_name_that_does_not_move() throws Exception {
    Inventory inventory = own.platform().inventory();

    assertThat(inventory.releases())
        .extracting(Release::id)
        .containsExactly("shop-bbb", "shop-aaa", "shop-zzz");
    assertThat(inventory.releases())
        .extracting(Release::origin)
        .containsExactly(
            Origin.ofVersion("1.4.2"), Origin.ofVersion("1.4.1"), Origin.ofVersion("1.4.0"));
    assertThat(inventory.notes())
        .anySatisfy(n -> assertThat(n).contains("3 of 3 pods updated, 3 available"));
  }

  @Test
  void a_replica_set_of_another_deployment_is_none_of_the_releases() throws Exception {
    own.cluster.revision(
        "xxx", 9, "2026-11-04T08:00:00Z", PlayedCluster.template("9", "shop-config-a"));
    own.cluster.change(
        own.cluster.revision("xxx"),
        r ->
            ((ObjectNode) r.path("metadata").path("ownerReferences").path(0))
                .put("uid", "somebody-else"));

    assertThat(own.platform().inventory().releases())
        .extracting(Release::id)
        .doesNotContain("shop-xxx");
  }

  @Test
  void a_replica_set_without_a_revision_number_is_excluded() throws Exception {
    own.cluster.change(
        own.cluster.revision("zzz"),
        r ->
            ((ObjectNode) r.path("metadata").path("annotations"))
                .remove("deployment.kubernetes.io/revision"));

    assertThat(own.platform().inventory().excluded())
        .containsExactly(
            new Inventory.Excluded(
                "shop-zzz", "it carries no revision number, so the cluster does not count it"));
  }

  @Test
  void going_back_writes_template_and_annotations_as_kubectl_does_and_never_replicas()
      throws Exception {
    own.cluster.change(
        own.cluster.workload(),
        w ->
            ((ObjectNode) w.path("metadata").path("annotations"))
                .put("kubectl.kubernetes.io/last-applied-configuration", "{}")
                .put("made-by", "pipeline 3"));

    assertThat(own.act(own.change())).isEqualTo(new Outcome.Done("accepted"));

    Asked patch = own.cluster.asked().stream().filter(Asked::changes).findFirst().orElseThrow();
    assertThat(patch.method()).isEqualTo("PATCH");
    assertThat(patch.json().values())
        .extracting(o -> o.path("path").asString())
        .containsExactly("/metadata/resourceVersion", "/spec/template", "/metadata/annotations");
    ObjectNode now = own.cluster.get(own.cluster.workload());
    assertThat(now.path("spec").path("template"))
        .isEqualTo(PlayedCluster.template("1.4.1", "shop-config-a"));
    assertThat(now.path("spec").path("replicas").asInt()).isEqualTo(3);
    assertThat(now.path("metadata").path("annotations"))
        .isEqualTo(
            PlayedCluster.json(
                "{'kubectl.kubernetes.io/last-applied-configuration': '{}', 'team': 'checkout',"
                    + " 'made-by': 'pipeline 2', 'deployment.kubernetes.io/revision': '4'}"));
  }

  @Test
  void the_command_by_hand_names_the_revision() throws Exception {
    assertThat(own.change().byHand())
        .isEqualTo(
            "kubectl --server "
                + own.cluster.url()
                + " rollout undo deployment/shop -n shop --to-revision=2");
  }

  @Test
  void a_target_that_is_live_already_is_done_without_a_change() throws Exception {
    Act change = own.change();
    own.act(change);
    long before = own.cluster.changes();

    assertThat(own.act(change)).isInstanceOf(Outcome.Done.class);
    assertThat(own.cluster.changes()).isEqualTo(before);
  }

  @Test
  void after_going_back_the_number_has_moved_and_the_name_has_not() throws Exception {
    own.act(own.change());

    Inventory inventory = own.platform().inventory();

    assertThat(inventory.live()).map(Release::id).contains("shop-aaa");
    assertThat(own.way("shop-aaa", "shop-bbb").says()).contains("revision 3");
  }

  @Test
  void a_template_that_only_got_defaults_added_is_still_its_revision() throws Exception {
    own.cluster.change(
        own.cluster.workload(),
        w ->
            ((ObjectNode) w.path("spec").path("template").path("spec"))
                .put("newDefault", "of an upgrade"));
    own.cluster.change(
        own.cluster.workload(), w -> ((ObjectNode) w.path("status")).put("observedGeneration", 99));

    assertThat(own.platform().inventory().live()).map(Release::id).contains("shop-bbb");
  }

  // ---- what cannot be

  @Test
  void a_paused_deployment_is_said_with_the_way_out_and_nothing_is_done() throws Exception {
    Act planned = own.change();
    own.cluster.change(
        own.cluster.workload(), w -> ((ObjectNode) w.path("spec")).put("paused", true));

    assertThatThrownBy(own::way)
        .isInstanceOf(PlatformUnreachable.class)
        .hasMessageContaining("kubectl rollout resume -n shop deployment/shop");
    refusedWithout(planned, "it is paused");
  }

  @Test
  void a_revision_whose_config_map_is_gone_is_no_target() throws Exception {
    Act planned = own.change();
    own.cluster.delete(PlayedCluster.configMap("shop-config-a"));

    assertThat(own.platform().inventory().excluded())
        .extracting(Inventory.Excluded::reason)
        .containsOnly("needs ConfigMap shop-config-a, which is gone; bring it back first");
    assertThatThrownBy(own::way).hasMessageContaining("needs ConfigMap shop-config-a");
    refusedWithout(planned, "needs ConfigMap shop-config-a, which is gone");
  }

  @Test
  void what_may_be_missing_is_no_reason_against_a_revision() throws Exception {
    own.cluster.delete(PlayedCluster.secret("shop-secret"));
    for (String hash : List.of("aaa", "zzz")) {
      own.cluster.change(
          own.cluster.revision(hash),
          r ->
              ((ObjectNode)
                      r.path("spec")
                          .path("template")
                          .path("spec")
                          .path("containers")
                          .path(0)
                          .path("envFrom")
                          .path(1)
                          .path("secretRef"))
                  .put("optional", true));
    }

    assertThat(own.platform().inventory().excluded()).isEmpty();
  }

  @Test
  void values_of_secrets_never_travel() throws Exception {
    own.platform().inventory();
    own.way();

    assertThat(own.cluster.asked())
        .filteredOn(a -> a.path().contains("/secrets/"))
        .isNotEmpty()
        .allSatisfy(
            a -> assertThat(a.header().apply("Accept")).contains("as=PartialObjectMetadata"));
  }

  @Test
  void secrets_that_may_not_be_looked_at_are_named_and_hinder_nothing() throws Exception {
    own.cluster.hide(PlayedCluster.secret(""));

    Inventory inventory = own.platform().inventory();

    assertThat(inventory.releases()).hasSize(3);
    assertThat(inventory.notes())
        .contains("whether these exist may not be seen: Secret shop-secret");
  }

  @Test
  void somebody_who_deployed_after_the_plan_was_made_is_not_rolled_back() throws Exception {
    Act planned = own.change();
    own.cluster.revision(
        "ccc", 4, "2026-11-04T08:00:00Z", PlayedCluster.template("1.4.3", "shop-config-b"));
    own.cluster.change(
        own.cluster.workload(),
        w ->
            ((ObjectNode) w.path("spec"))
                .set("template", PlayedCluster.template("1.4.3", "shop-config-b")));
    own.cluster.control();

    refusedWithout(planned, "somebody else has deployed: it asks for shop-ccc");
  }

  @Test
  void somebody_who_deploys_right_now_wins() throws Exception {
    Act planned = own.change();
    // Between our look and our change: the server refuses the change, and the next look sees why.
    own.cluster.meanwhile(() ->
        own.cluster.change(
            own.cluster.workload(),
            w -> {
              ((ObjectNode) w.path("metadata")).put("generation", 100);
              ((ObjectNode) w.path("spec"))
                  .set("template", PlayedCluster.template("2.0.0", "shop-config-b"));
            }));

    Outcome outcome = own.act(planned);

    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    assertThat(((Outcome.Refused) outcome).reason()).contains("somebody else has deployed");
    assertThat(
            own.cluster
                .get(own.cluster.workload())
                .path("spec")
                .path("template")
                .path("spec")
                .path("containers")
                .path(0)
                .path("image")
                .asString())
        .isEqualTo("registry.example:5000/shop:2.0.0");
  }

  @Test
  void a_status_that_moves_in_between_is_no_reason_to_give_up() throws Exception {
    Act planned = own.change();
    own.cluster.trap(
        2,
        CHANGES,
        new Trap.Says(
            409,
            "{\"kind\":\"Status\",\"metadata\":{},\"message\":\"the object has been modified\"}"));

    assertThat(own.act(planned)).isEqualTo(new Outcome.Done("accepted"));
  }

  @Test
  void one_that_was_deleted_and_made_anew_is_not_the_one_of_the_plan() throws Exception {
    Act planned = own.change();
    own.cluster.change(
        own.cluster.workload(), w -> ((ObjectNode) w.path("metadata")).put("uid", "another"));
    for (String hash : List.of("aaa", "bbb", "zzz")) {
      own.cluster.change(
          own.cluster.revision(hash),
          r ->
              ((ObjectNode) r.path("metadata").path("ownerReferences").path(0))
                  .put("uid", "another"));
    }

    refusedWithout(planned, "deleted and made anew");
  }

  @Test
  void what_belongs_to_an_operator_is_left_to_it() throws Exception {
    own.cluster.change(
        own.cluster.workload(),
        w ->
            ((ObjectNode) w.path("metadata"))
                .set(
                    "ownerReferences",
                    PlayedCluster.json(
                            "{'a': [{'kind': 'Shop', 'name': 'main', 'controller': true}]}")
                        .path("a")));

    assertThatThrownBy(own::way).hasMessageContaining("it belongs to Shop main");
  }

  @Test
  void a_workload_that_is_not_there_is_said_with_what_to_correct() {
    assertThatThrownBy(() -> own.platform(KubernetesWorld.TOKEN, "deployment/shopp").inventory())
        .isInstanceOf(PlatformUnreachable.class)
        .hasMessageContaining("there is no deployment/shopp in namespace shop")
        .hasMessageContaining("correct `workload`");
  }

  // ---- how it goes on

  @Test
  void a_change_that_the_controller_has_not_seen_is_under_way() throws Exception {
    Act planned = own.change();
    own.cluster.mode(PlayedCluster.Mode.LAGS);
    own.act(planned);

    assertThat(own.platform().look(planned))
        .isInstanceOf(Sight.UnderWay.class)
        .extracting(Sight::seen)
        .asString()
        .contains("has not seen");
  }

  @Test
  void a_rollout_half_way_is_under_way_with_its_counts() throws Exception {
    assertThat(seen(PlayedCluster.Mode.HALF_WAY))
        .isEqualTo(new Sight.UnderWay("1 of 3 pods updated, 1 available, 3 in all"));
  }

  @Test
  void a_target_that_crashes_has_failed_and_its_pods_say_why() throws Exception {
    Sight sight = seen(PlayedCluster.Mode.CRASHES);

    assertThat(sight).isInstanceOf(Sight.Failed.class);
    assertThat(sight.seen())
        .contains(
            "pod shop-aaa-1, container web: CrashLoopBackOff \"back-off 1m20s restarting failed"
                + " container\", 5 restarts, last exit 1 Error");
  }

  @Test
  void a_target_whose_image_is_gone_has_failed_and_says_so() throws Exception {
    Sight sight = seen(PlayedCluster.Mode.PULLS_NOTHING);

    assertThat(sight).isInstanceOf(Sight.Failed.class);
    assertThat(sight.seen()).contains("ImagePullBackOff \"Back-off pulling image\"");
  }

  @Test
  void a_progress_deadline_that_is_over_has_failed() throws Exception {
    Sight sight = seen(PlayedCluster.Mode.TIMES_OUT);

    assertThat(sight).isInstanceOf(Sight.Failed.class);
    assertThat(sight.seen()).contains("ProgressDeadlineExceeded");
  }

  @Test
  void the_progress_deadline_of_the_release_before_says_nothing_about_the_target()
      throws Exception {
    Act planned = own.change();
    own.cluster.mode(PlayedCluster.Mode.TIMES_OUT);
    own.act(planned);
    own.cluster.change(
        own.cluster.workload(),
        w ->
            ((ObjectNode) w.path("status").path("conditions").path(0))
                .put("message", "ReplicaSet \"shop-bbb\" has timed out progressing."));

    assertThat(own.platform().look(planned)).isInstanceOf(Sight.UnderWay.class);
  }

  private Sight seen(PlayedCluster.Mode mode) throws PlatformUnreachable {
    Act planned = own.change();
    own.cluster.mode(mode);
    assertThat(own.act(planned)).isInstanceOf(Outcome.Done.class);
    return own.platform().look(planned);
  }

  // ---- what goes wrong on the way

  @Test
  void a_wrong_token_is_said_and_nothing_is_done() throws Exception {
    Act planned = own.change();
    own.cluster.expireToken();

    assertThatThrownBy(() -> own.platform().inventory())
        .hasMessageContaining("does not know who asks (401)");
    refusedWithout(planned, "401");
    assertThat(own.platform().look(planned)).isInstanceOf(Sight.Unclear.class);
  }

  @Test
  void one_who_may_look_and_not_change_is_refused() throws Exception {
    Act planned = own.change();
    own.cluster.forbidChanges();

    refusedWithout(planned, "not allowed (403)");
  }

  @Test
  void one_who_may_not_list_replica_sets_is_told_so() throws Exception {
    own.cluster.hide("/apis/apps/v1/namespaces/shop/replicasets");

    assertThatThrownBy(() -> own.platform().inventory())
        .hasMessageContaining("User \"lastgood\" cannot do that");
  }

  @Test
  void trouble_of_the_server_that_passes_is_waited_for() throws Exception {
    own.cluster.trap(2, ANY, new Trap.Says(503, FAILURE));

    assertThat(own.platform().inventory().live()).isPresent();
  }

  @Test
  void trouble_of_the_server_that_stays_is_said() {
    own.cluster.trap(FOR_EVER, ANY, new Trap.Says(500, FAILURE));

    assertThatThrownBy(() -> own.platform(Duration.ofSeconds(1)).inventory())
        .isInstanceOf(PlatformUnreachable.class)
        .hasMessageContaining("500: etcd is away");
  }

  @Test
  void a_change_that_met_a_500_is_unknown_and_not_sent_again() throws Exception {
    Act planned = own.change();
    own.cluster.trap(1, CHANGES, new Trap.DoesAndSays(500, FAILURE));

    assertThat(own.act(planned)).isInstanceOf(Outcome.Unknown.class);
    assertThat(own.cluster.changes()).isEqualTo(1);
    assertThat(own.platform().look(planned)).isInstanceOf(Sight.Holds.class);
  }

  @Test
  void a_connection_cut_after_the_change_was_sent_is_unknown_and_not_sent_again() throws Exception {
    Act planned = own.change();
    own.cluster.trap(1, CHANGES, new Trap.DoesAndCuts());

    assertThat(own.act(planned)).isInstanceOf(Outcome.Unknown.class);
    assertThat(own.cluster.changes()).isEqualTo(1);
    assertThat(own.platform().look(planned)).isInstanceOf(Sight.Holds.class);
  }

  @Test
  void a_change_that_was_accepted_and_not_made_is_seen() throws Exception {
    Act planned = own.change();
    own.cluster.trap(1, CHANGES, new Trap.Lies());

    assertThat(own.act(planned)).isInstanceOf(Outcome.Done.class);
    assertThat(own.platform().look(planned))
        .isEqualTo(new Sight.NotYet("deployment/shop in namespace shop asks for shop-bbb"));
  }

  @Test
  void a_server_that_is_not_there_changed_nothing() throws Exception {
    Act planned = own.change();
    own.cluster.close();

    Platform platform = own.platform(Duration.ofSeconds(1));

    assertThat(platform.act(planned, "key")).isInstanceOf(Outcome.Refused.class);
    assertThat(platform.look(planned))
        .isInstanceOf(Sight.Unclear.class)
        .extracting(Sight::seen)
        .asString()
        .contains("gives no answer: nobody listens there");
  }

  @Test
  void answers_of_another_form_are_said() {
    own.cluster.trap(1, ANY, HTML);
    assertThatThrownBy(() -> own.platform().inventory())
        .isInstanceOf(PlatformUnreachable.class)
        .hasMessageContaining("no form that Kubernetes has");
    own.cluster.trap(1, ANY, STRANGE);
    assertThatThrownBy(() -> own.platform().inventory())
        .isInstanceOf(PlatformUnreachable.class)
        .hasMessageContaining("no form that Kubernetes has");
  }

  @Test
  void an_answer_that_is_too_late_is_none() throws Exception {
    Act planned = own.change();
    own.cluster.trap(FOR_EVER, ANY, new Trap.Slow(Duration.ofSeconds(30)));

    assertThat(own.platform(Duration.ofMillis(500)).look(planned))
        .isInstanceOf(Sight.Unclear.class)
        .extracting(Sight::seen)
        .asString()
        .contains("gives no answer");
  }

  // ---- evidence

  @Test
  void the_evidence_holds_pods_and_logs_and_no_values() throws Exception {
    own.cluster.pod("shop-bbb-7", "bbb", PlayedCluster.CRASHING);

    List<Capturable.Exhibit> exhibits =
        ((Capturable) own.platform()).capture(Release.of("backend", "shop-bbb"));

    assertThat(exhibits)
        .extracting(Capturable.Exhibit::name)
        .contains(
            "backend-shop-bbb.txt",
            "backend-shop-bbb-shop-bbb-7-web.log",
            "backend-shop-bbb-shop-bbb-7-web-died.log");
    assertThat(exhibits.getFirst().text())
        .contains("PAYMENT_KEY=•••", "needs Secret shop-secret", "CrashLoopBackOff");
    assertThat(exhibits.get(1).text()).isEqualTo("listening\nkey is •••\n");
  }

  @Test
  void evidence_of_a_revision_that_is_gone_says_so() {
    assertThat(
            ((Capturable) own.platform())
                .capture(Release.of("backend", "shop-old"))
                .getFirst()
                .text())
        .contains("has no revision shop-old any more");
  }

  @Test
  void the_cost_of_a_way_names_what_stays_as_it_is() throws Exception {
    Method way = own.way();

    assertThat(way.costs())
        .contains(
            "what is in them stays as it is now: ConfigMap shop-config-a, Secret shop-secret");
  }

  @Test
  void a_deployment_that_is_recreated_has_a_downtime_that_is_said() throws Exception {
    own.cluster.change(
        own.cluster.workload(),
        w ->
            ((ObjectNode) w.path("spec"))
                .set("strategy", PlayedCluster.json("{'type': 'Recreate'}")));

    assertThat(own.change().downtime()).isEqualTo(Duration.ofSeconds(40));
  }

  private void refusedWithout(Act planned, String why) {
    String before = own.snapshot();
    Outcome outcome = own.act(planned);
    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    assertThat(((Outcome.Refused) outcome).reason()).contains(why);
    assertThat(own.snapshot()).isEqualTo(before);
  }
}
