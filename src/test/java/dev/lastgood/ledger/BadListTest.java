package dev.lastgood.ledger;

import static dev.lastgood.ledger.Past.commit;
import static dev.lastgood.ledger.Past.commitAndConfig;
import static dev.lastgood.ledger.Past.constellation;
import static dev.lastgood.ledger.Past.release;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.ledger.Aim.NoTarget;
import dev.lastgood.ledger.Aim.Target;
import dev.lastgood.ledger.Aim.WhyNot;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class BadListTest {
  @Test
  void a_release_nobody_says_anything_about_is_not_bad() {
    assertThat(bad(new Past().deployed(0, "backend=v1"), "backend=v1")).isEmpty();
  }

  @Test
  void the_newest_mark_counts() {
    Past past = new Past().good(0, "backend=v1").bad(1, "backend=v1");

    assertThat(bad(past, "backend=v1"))
        .contains("was marked bad by ada at 2026-11-20T12:01:00Z: it leaks");
    assertThat(bad(past.good(2, "backend=v1"), "backend=v1")).isEmpty();
  }

  @Test
  void marks_count_in_the_order_in_which_they_were_made_whatever_the_clock_said() {
    assertThat(bad(new Past().bad(10, "backend=v1").good(5, "backend=v1"), "backend=v1")).isEmpty();
  }

  @Test
  void a_machine_cannot_lift_what_is_bad() {
    Past past =
        new Past()
            .bad(0, "backend=v1")
            .mark(1, Mark.Word.GOOD, "backend=v1", Past.RUN, "soaked", Optional.empty());

    assertThat(bad(past, "backend=v1")).isPresent();
  }

  @Test
  void a_mark_is_about_one_component_only() {
    assertThat(bad(new Past().bad(0, "backend=v1"), "frontend=v1")).isEmpty();
  }

  @Test
  void a_failed_deploy_is_bad_even_when_the_release_is_found_live_afterwards() {
    Past past = new Past().failed(0, release("backend=v2")).discovered(1, "backend=v2");

    assertThat(bad(past, "backend=v2")).contains("failed its deploy at 2026-11-20T12:00:00Z");
  }

  @Test
  void a_failed_deploy_that_is_tried_again_and_recorded_is_forgiven() {
    Past past = new Past().failed(0, release("backend=v2")).deployed(1, "backend=v2");

    assertThat(bad(past, "backend=v2")).isEmpty();
    assertThat(bad(past.failed(2, release("backend=v2")), "backend=v2")).isPresent();
  }

  @Test
  void what_a_run_rolled_back_from_is_bad() {
    Past past =
        new Past()
            .deployed(0, "backend=v1")
            .deployed(10, "backend=v2")
            .rolledBack(20, "backend=v2", "backend=v1");

    assertThat(bad(past, "backend=v2"))
        .contains(
            "was marked bad by run 20261120-1200-k7 at 2026-11-20T12:20:00Z: rolled back from:"
                + " errors");
    assertThat(bad(past, "backend=v1")).isEmpty();
  }

  @Test
  void what_somebody_rolled_back_from_by_hand_is_bad_too() {
    Past past =
        new Past()
            .deployed(0, "backend=v1")
            .deployed(10, "backend=v2")
            .discovered(20, "backend=v1");

    assertThat(bad(past, "backend=v2"))
        .contains("was rolled back from at 2026-11-20T12:20:00Z, to v1");
  }

  @Test
  void going_forward_again_is_no_rollback_of_the_older_one() {
    Past past =
        new Past()
            .deployed(0, "backend=v1")
            .deployed(10, "backend=v2")
            .deployed(20, "backend=v1")
            .deployed(30, "backend=v2");

    assertThat(bad(past, "backend=v1")).isEmpty();
    assertThat(bad(past, "backend=v2")).isEmpty();
  }

  @Test
  void the_undo_of_a_run_does_not_make_the_good_release_bad() {
    Past past =
        new Past()
            .discovered(0, "backend=v2")
            .rolledBack(10, "backend=v2", "backend=v1")
            .entered(
                20, Past.RUN, "run 20261120-1220-x1", Deployment.State.LIVE, release("backend=v2"));

    assertThat(bad(past, "backend=v1")).isEmpty();
    assertThat(bad(past, "backend=v2")).isPresent();
  }

  @Test
  void a_release_held_by_name_is_bad_while_the_hold_lasts() {
    Past past = new Past().held(0, 60, Optional.of("backend"), Optional.of("v2"));

    assertThat(past.at(59).bad("backend", "v2").map(Bad::reason))
        .contains("is held by ada until 2026-11-20T13:00:00Z: until the fix");
    assertThat(past.at(60).bad("backend", "v2")).isEmpty();
    assertThat(past.at(59).bad("backend", "v1")).isEmpty();
    assertThat(past.at(59).bad("frontend", "v2")).isEmpty();
  }

  @Test
  void a_freeze_of_all_deploys_makes_no_release_bad() {
    Past past =
        new Past()
            .held(0, 60, Optional.empty(), Optional.empty())
            .held(0, 60, Optional.of("backend"), Optional.empty());

    assertThat(past.at(1).bad("backend", "v1")).isEmpty();
  }

  @Test
  void the_word_of_a_person_lifts_all_of_it() {
    Past past =
        new Past()
            .deployed(0, "backend=v1")
            .failed(1, release("backend=v2"))
            .discovered(2, "backend=v2")
            .discovered(3, "backend=v1")
            .held(4, 60, Optional.of("backend"), Optional.of("v2"))
            .bad(5, "backend=v2");

    assertThat(bad(past, "backend=v2")).isPresent();
    assertThat(bad(past.good(6, "backend=v2"), "backend=v2")).isEmpty();
  }

  @Test
  void an_older_word_of_a_person_does_not_outlive_what_happened_since() {
    Past past = new Past().good(0, "backend=v2").failed(1, release("backend=v2"));

    assertThat(bad(past, "backend=v2")).isPresent();
  }

  @Test
  void another_release_of_the_same_commit_is_bad_too() {
    Past past =
        new Past()
            .deployed(0, release("backend=v2", commit("abc")))
            .deployed(1, release("backend=v2-again", commit("abc")))
            .bad(2, "backend=v2");

    assertThat(bad(past, "backend=v2-again"))
        .contains(
            "has the same commit as v2, which was marked bad by ada at 2026-11-20T12:02:00Z: it"
                + " leaks");
  }

  @Test
  void the_same_commit_with_another_configuration_is_another_thing() {
    Past past =
        new Past()
            .deployed(0, release("backend=v1", commitAndConfig("abc", "old")))
            .deployed(1, release("backend=v2", commitAndConfig("abc", "new")))
            .bad(2, "backend=v2");

    assertThat(bad(past, "backend=v1")).isEmpty();
  }

  @Test
  void a_pipeline_that_tried_again_under_a_new_id_and_succeeded_is_not_held_against() {
    Past past =
        new Past()
            .failed(0, release("backend=d1", commit("abc")))
            .deployed(1, release("backend=d2", commit("abc")));

    assertThat(bad(past, "backend=d1")).isPresent();
    assertThat(bad(past, "backend=d2")).isEmpty();
  }

  @Test
  void a_person_may_vouch_for_the_copy() {
    Past past =
        new Past()
            .deployed(0, release("backend=v2", commit("abc")))
            .deployed(1, release("backend=v2-again", commit("abc")))
            .bad(2, "backend=v2")
            .good(3, "backend=v2-again");

    assertThat(bad(past, "backend=v2-again")).isEmpty();
    assertThat(bad(past, "backend=v2")).isPresent();
  }

  /// R2 copies the failed deployment into the folder of backups and then restores "the second
  /// newest folder": `ls -1t | head -n 2 | tail -n 1`. At the second failure that is the copy of
  /// the first one.
  @Test
  void the_trap_of_the_newest_backup_a_copy_of_the_failed_deploy_is_no_target() {
    Past past =
        new Past()
            .proven(0, "app=v1")
            .failed(20, release("app=v2"))
            .good(15, "app=failed-deployment-1220");
    Reach reach =
        Reach.of(
            List.of(release("app=v2"), release("app=failed-deployment-1220"), release("app=v1")),
            Map.of("v2", "sha256:bad", "failed-deployment-1220", "sha256:bad", "v1", "sha256:ok"),
            Map.of());

    var target =
        (Target) past.at(30).target(Set.of(), Map.of("app", reach), constellation("app=v2"));

    assertThat(target.constellation().ids()).isEqualTo(Map.of("app", "v1"));
    assertThat(
            past.at(30)
                .explicitTarget(
                    Map.of("app", "failed-deployment-1220"),
                    Map.of("app", reach),
                    constellation("app=v2")))
        .isInstanceOfSatisfying(
            NoTarget.class,
            none ->
                assertThat(none.reasons())
                    .extracting(WhyNot::why)
                    .containsExactly(
                        "app failed-deployment-1220 is a copy of v2, which failed its deploy at"
                            + " 2026-11-20T12:20:00Z"));
  }

  @Test
  void a_copy_is_known_by_the_fingerprint_in_the_mark_when_the_original_is_gone() {
    Past past =
        new Past()
            .proven(0, "app=v1")
            .proven(20, "app=backup")
            .deployed(40, "app=v3")
            .mark(50, Mark.Word.BAD, "app=v2", Past.ADA, "it leaks", Optional.of("sha256:bad"));
    Reach reach =
        Reach.of(
            List.of(release("app=v3"), release("app=backup"), release("app=v1")),
            Map.of("backup", "sha256:bad"),
            Map.of());

    var target =
        (Target) past.at(60).target(Set.of(), Map.of("app", reach), constellation("app=v3"));

    assertThat(target.constellation().ids()).isEqualTo(Map.of("app", "v1"));
    assertThat(target.passedOver())
        .extracting(WhyNot::why)
        .containsExactly(
            "app backup is a copy of v2, which was marked bad by ada at 2026-11-20T12:50:00Z: it"
                + " leaks");
  }

  private static Optional<String> bad(Past past, String written) {
    return past.at(30).bad(release(written)).map(Bad::reason);
  }
}
