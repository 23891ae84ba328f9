package dev.lastgood.ledger;

import static dev.lastgood.ledger.Past.constellation;
import static dev.lastgood.ledger.Past.reach;
import static dev.lastgood.ledger.Past.release;
import static dev.lastgood.ledger.Past.schema;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.ledger.Aim.NoTarget;
import dev.lastgood.ledger.Aim.Target;
import dev.lastgood.model.Constellation;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class TargetTest {
  private static final Set<String> ALL = Set.of();

  @Test
  void the_newest_known_good_constellation_is_the_target() {
    Ledger ledger =
        new Past()
            .proven(0, "backend=v1")
            .proven(20, "backend=v2")
            .deployed(40, "backend=v3")
            .at(50);

    Target target =
        target(
            ledger.target(
                ALL, reach("backend=v3", "backend=v2", "backend=v1"), constellation("backend=v3")));

    assertThat(target.constellation().ids()).isEqualTo(Map.of("backend", "v2"));
    assertThat(target.why())
        .isEqualTo("passed its checks from 2026-11-20T12:20:00Z to 2026-11-20T12:30:00Z (2 looks)");
    assertThat(target.warnings()).isEmpty();
    assertThat(target.alternatives())
        .containsExactly(
            new Aim.Alternative(
                constellation("backend=v1"),
                "passed its checks from 2026-11-20T12:00:00Z to 2026-11-20T12:10:00Z (2 looks)"));
  }

  @Test
  void it_goes_past_one_that_cannot_be_reached_and_says_so() {
    Ledger ledger =
        new Past()
            .proven(0, "backend=v1")
            .proven(20, "backend=v2")
            .deployed(40, "backend=v3")
            .at(50);

    Target target =
        target(ledger.target(ALL, reach("backend=v3", "backend=v1"), constellation("backend=v3")));

    assertThat(target.constellation().ids()).isEqualTo(Map.of("backend", "v1"));
    assertThat(target.passedOver())
        .containsExactly(
            new Aim.WhyNot(
                constellation("backend=v2"),
                "backend v2 is gone: its platform does not have it any more"));
  }

  @Test
  void what_is_live_is_no_target_however_good_it_once_was() {
    Ledger ledger = new Past().proven(0, "backend=v1").proven(20, "backend=v2").at(50);

    Target target =
        target(ledger.target(ALL, reach("backend=v2", "backend=v1"), constellation("backend=v2")));

    assertThat(target.constellation().ids()).isEqualTo(Map.of("backend", "v1"));
  }

  @Test
  void after_a_rollback_the_next_one_goes_further_back_never_into_the_fire() {
    Ledger ledger =
        new Past()
            .proven(0, "backend=v1")
            .proven(20, "backend=v2")
            .proven(40, "backend=v3")
            .rolledBack(60, "backend=v3", "backend=v2")
            .at(70);

    Target target =
        target(
            ledger.target(
                ALL, reach("backend=v3", "backend=v2", "backend=v1"), constellation("backend=v2")));

    assertThat(target.constellation().ids()).isEqualTo(Map.of("backend", "v1"));
  }

  @Test
  void a_release_that_is_live_once_more_counts_from_the_last_time() {
    Ledger ledger =
        new Past()
            .proven(0, "backend=v1")
            .proven(20, "backend=v2")
            .rolledBack(40, "backend=v2", "backend=v1")
            .good(45, "backend=v2")
            .deployed(50, "backend=v3")
            .at(60);

    Target target =
        target(
            ledger.target(
                ALL, reach("backend=v3", "backend=v2", "backend=v1"), constellation("backend=v3")));

    assertThat(target.constellation().ids()).isEqualTo(Map.of("backend", "v1"));
  }

  @Test
  void components_that_are_not_wanted_stay_as_they_are() {
    Ledger ledger =
        new Past()
            .proven(0, "backend=v1", "frontend=f1")
            .deployed(20, "backend=v2", "frontend=f2")
            .at(30);

    Target target =
        target(
            ledger.target(
                Set.of("frontend"),
                reach("backend=v2", "backend=v1", "frontend=f2", "frontend=f1"),
                constellation("backend=v2", "frontend=f2")));

    assertThat(target.constellation().ids()).isEqualTo(Map.of("backend", "v2", "frontend", "f1"));
    assertThat(target.warnings())
        .containsExactly("this combination never ran together: backend v2, frontend f1");
  }

  @Test
  void a_combination_that_did_run_together_needs_no_warning() {
    Ledger ledger =
        new Past()
            .proven(0, "backend=v1", "frontend=f1")
            .deployed(20, "backend=v2")
            .deployed(21, "frontend=f2")
            .at(30);

    Target target =
        target(
            ledger.target(
                Set.of("frontend"),
                reach("backend=v2", "backend=v1", "frontend=f2", "frontend=f1"),
                constellation("backend=v2", "frontend=f2")));

    assertThat(target.warnings()).isEmpty();
  }

  @Test
  void a_bad_release_that_stays_because_it_is_not_wanted_is_warned_about() {
    Ledger ledger =
        new Past()
            .proven(0, "backend=v1", "frontend=f1")
            .deployed(20, "backend=v2")
            .deployed(21, "frontend=f2")
            .bad(22, "backend=v2")
            .at(30);

    Target target =
        target(
            ledger.target(
                Set.of("frontend"),
                reach("backend=v2", "backend=v1", "frontend=f2", "frontend=f1"),
                constellation("backend=v2", "frontend=f2")));

    assertThat(target.warnings())
        .containsExactly(
            "backend v2 stays as it is, but was marked bad by ada at 2026-11-20T12:22:00Z: it leaks");
  }

  @Test
  void a_bad_release_rules_out_the_constellation_only_where_it_is_wanted() {
    Past past =
        new Past()
            .proven(0, "backend=v1", "frontend=f1")
            .deployed(20, "backend=v2", "frontend=f2")
            .bad(25, "frontend=f1");
    Map<String, Reach> reach = reach("backend=v2", "backend=v1", "frontend=f2", "frontend=f1");
    Constellation live = constellation("backend=v2", "frontend=f2");

    assertThat(past.at(30).target(Set.of("backend"), reach, live)).isInstanceOf(Target.class);
    assertThat(noTarget(past.at(30).target(ALL, reach, live)).reasons())
        .containsExactly(
            new Aim.WhyNot(
                constellation("backend=v1", "frontend=f1"),
                "frontend f1 was marked bad by ada at 2026-11-20T12:25:00Z: it leaks"));
  }

  @Test
  void a_component_that_did_not_exist_then_stays_when_everything_is_rolled_back() {
    Ledger ledger =
        new Past().proven(0, "backend=v1").deployed(20, "backend=v2", "search=s1").at(30);

    Target target =
        target(
            ledger.target(
                ALL,
                reach("backend=v2", "backend=v1", "search=s1"),
                constellation("backend=v2", "search=s1")));

    assertThat(target.constellation().ids()).isEqualTo(Map.of("backend", "v1", "search", "s1"));
    assertThat(target.warnings())
        .containsExactly(
            "search was not part of it and stays as it is",
            "this combination never ran together: backend v1, search s1");
  }

  @Test
  void a_component_that_did_not_exist_then_is_a_reason_against_when_it_is_wanted() {
    Ledger ledger =
        new Past().proven(0, "backend=v1").deployed(20, "backend=v2", "search=s1").at(30);

    assertThat(
            noTarget(
                    ledger.target(
                        Set.of("search"),
                        reach("backend=v2", "backend=v1", "search=s1"),
                        constellation("backend=v2", "search=s1")))
                .says())
        .isEqualTo(
            "no known good constellation of shop/production will do for search: nothing is known"
                + " about search at that time");
  }

  @Test
  void what_was_before_it_existed_is_no_reason_where_there_is_a_better_one() {
    Ledger ledger =
        new Past()
            .proven(0, "backend=v1")
            .deployed(20, "search=s1")
            .proven(21, "backend=v1", "search=s1")
            .at(50);

    Aim.NoTarget none =
        noTarget(
            ledger.target(
                Set.of("search"),
                reach("backend=v1", "search=s1"),
                constellation("backend=v1", "search=s1")));

    assertThat(none.says()).endsWith("for search: it is what is live");
    assertThat(none.reasons()).hasSize(1);
  }

  @Test
  void a_component_that_is_down_and_shows_no_release_can_be_brought_back() {
    Ledger ledger = new Past().proven(0, "backend=v1").at(30);

    Target target = target(ledger.target(ALL, reach("backend=v1"), Constellation.EMPTY));

    assertThat(target.constellation().ids()).isEqualTo(Map.of("backend", "v1"));
  }

  @Test
  void a_platform_that_does_not_answer_is_a_reason_not_a_smaller_rollback() {
    Ledger ledger =
        new Past()
            .proven(0, "backend=v1", "frontend=f1")
            .deployed(20, "backend=v2", "frontend=f2")
            .at(30);
    Map<String, Reach> reach = reach("backend=v2", "backend=v1");
    reach.put("frontend", Reach.none("no answer within 5s"));

    NoTarget none = noTarget(ledger.target(ALL, reach, constellation("backend=v2", "frontend=f2")));

    assertThat(none.reasons())
        .extracting(Aim.WhyNot::why)
        .containsExactly("frontend cannot be asked: no answer within 5s");
  }

  @Test
  void what_the_platform_excludes_is_no_target_and_its_reason_is_told() {
    Ledger ledger = new Past().proven(0, "backend=v1").deployed(20, "backend=v2").at(30);

    NoTarget none =
        noTarget(
            ledger.target(
                ALL,
                Map.of(
                    "backend",
                    Reach.of(
                        List.of(release("backend=v2")),
                        Map.of(),
                        Map.of("v1", "not complete, app.jar is missing"))),
                constellation("backend=v2")));

    assertThat(none.reasons())
        .extracting(Aim.WhyNot::why)
        .containsExactly("backend v1 cannot be switched to: not complete, app.jar is missing");
  }

  @Test
  void the_last_sighting_was_not_healthy_then_the_approver_is_told() {
    Ledger ledger =
        new Past()
            .proven(0, "backend=v1")
            .unhealthy(15, "backend=v1")
            .deployed(20, "backend=v2")
            .at(30);

    Target target =
        target(ledger.target(ALL, reach("backend=v2", "backend=v1"), constellation("backend=v2")));

    assertThat(target.warnings())
        .containsExactly(
            "it was not healthy when it was last seen, at 2026-11-20T12:15:00Z: health: 500");
  }

  @Test
  void older_code_on_a_newer_schema_is_warned_about() {
    Ledger ledger =
        new Past()
            .deployed(0, release("backend=v1", schema("0041")))
            .healthy(0, "backend=v1")
            .healthy(10, "backend=v1")
            .deployed(20, release("backend=v2", schema("0042")))
            .at(30);

    Target target =
        target(ledger.target(ALL, reach("backend=v2", "backend=v1"), constellation("backend=v2")));

    assertThat(target.warnings())
        .containsExactly(
            "backend v1 was made for schema revision 0041, v2 for 0042: make sure that the older"
                + " code can work on the newer schema");
  }

  @Test
  void the_target_carries_what_the_ledger_was_told_about_the_release() {
    Ledger ledger =
        new Past()
            .deployed(0, release("backend=v1", Past.commit("abc123")))
            .healthy(0, "backend=v1")
            .healthy(10, "backend=v1")
            .discovered(11, "backend=v1")
            .deployed(20, "backend=v2")
            .at(30);

    Target target =
        target(ledger.target(ALL, reach("backend=v2", "backend=v1"), constellation("backend=v2")));

    assertThat(target.constellation().on("backend").orElseThrow().origin().commit())
        .contains("abc123");
  }

  @Test
  void a_copy_of_what_is_live_is_no_target() {
    Ledger ledger = new Past().proven(0, "backend=v1").proven(20, "backend=v1-again").at(40);
    Reach reach =
        Reach.of(
            List.of(release("backend=v1-again"), release("backend=v1")),
            Map.of("v1", "sha256:same", "v1-again", "sha256:same"),
            Map.of());

    NoTarget none =
        noTarget(ledger.target(ALL, Map.of("backend", reach), constellation("backend=v1-again")));

    assertThat(none.reasons())
        .extracting(Aim.WhyNot::why)
        .containsExactly(
            "it is what is live", "backend v1 is a copy of v1-again, which is live: it stays");
  }

  @Test
  void an_adopted_system_has_no_known_good_and_says_what_a_person_can_do() {
    Ledger ledger = new Past().discovered(0, "backend=v42").at(5);

    NoTarget none =
        noTarget(
            ledger.target(ALL, reach("backend=v42", "backend=v41"), constellation("backend=v42")));

    assertThat(none.says())
        .isEqualTo(
            "nothing is known good: shop/production was first seen at 2026-11-20T12:00:00Z, and"
                + " what ran before that is not known; since then none was marked good, and none"
                + " passed its checks for 10m without a break");
    assertThat(none.reasons()).isEmpty();
    assertThat(none.whatNow())
        .containsExactly(
            "if backend v41 worked, say so: `lastgood mark good backend v41 --reason \"…\"`",
            "or go there without proof: `lastgood rollback --to backend=v41`");
  }

  @Test
  void the_word_for_a_release_nobody_ever_saw_live_is_enough_in_an_adopted_system() {
    Ledger ledger =
        new Past()
            .discovered(0, "backend=v42", "frontend=f7")
            .good(3, "backend=v41")
            .good(4, "frontend=f6")
            .at(5);

    Target target =
        target(
            ledger.target(
                ALL,
                reach("backend=v42", "backend=v41", "frontend=f7", "frontend=f6"),
                constellation("backend=v42", "frontend=f7")));

    assertThat(target.constellation().ids()).isEqualTo(Map.of("backend", "v41", "frontend", "f6"));
    assertThat(target.why())
        .isEqualTo(
            "backend v41 was marked good by ada at 2026-11-20T12:03:00Z: checkout works; frontend"
                + " f6 was marked good by ada at 2026-11-20T12:04:00Z: checkout works");
    assertThat(target.warnings())
        .containsExactly("this combination never ran together: backend v41, frontend f6");
  }

  @Test
  void nothing_recorded_at_all_says_so() {
    NoTarget none =
        noTarget(new Past().at(0).target(ALL, reach("backend=v1"), constellation("backend=v1")));

    assertThat(none.says())
        .isEqualTo("nothing is known good: nothing was ever recorded about shop/production");
    assertThat(none.whatNow())
        .containsExactly("backend has no other release to go to that is not bad");
  }

  @Test
  void an_unknown_component_is_named_with_the_nearest_known_one() {
    NoTarget none =
        noTarget(
            new Past()
                .proven(0, "backend=v1")
                .at(20)
                .target(Set.of("backedn"), reach("backend=v1"), constellation("backend=v1")));

    assertThat(none.says())
        .isEqualTo("no component is called `backedn`; did you mean `backend`? Known: backend");
  }

  private static Target target(Aim aim) {
    assertThat(aim).isInstanceOf(Target.class);
    return (Target) aim;
  }

  private static NoTarget noTarget(Aim aim) {
    assertThat(aim).isInstanceOf(NoTarget.class);
    return (NoTarget) aim;
  }
}
