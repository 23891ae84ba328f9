package dev.lastgood.ledger;

import static dev.lastgood.ledger.Past.constellation;
import static dev.lastgood.ledger.Past.minute;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.model.Scope;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class KnownGoodTest {
  @Test
  void releases_recorded_at_the_same_instant_were_live_together() {
    var stretches =
        new Past()
            .deployed(0, "backend=v1", "frontend=f1")
            .deployed(10, "backend=v2", "frontend=f2")
            .deployed(20, "backend=v2")
            .deployed(30, "frontend=f3")
            .at(40)
            .stretches();

    assertThat(stretches)
        .extracting(s -> s.live().ids(), Stretch::from, Stretch::until)
        .containsExactly(
            stretch(Map.of("backend", "v1", "frontend", "f1"), 0, Optional.of(10)),
            stretch(Map.of("backend", "v2", "frontend", "f2"), 10, Optional.of(30)),
            stretch(Map.of("backend", "v2", "frontend", "f3"), 30, Optional.empty()));
  }

  @Test
  void a_failed_deploy_was_never_live() {
    assertThat(
            new Past()
                .deployed(0, "backend=v1")
                .failed(10, Past.release("backend=v2"))
                .at(20)
                .stretches())
        .hasSize(1);
  }

  @Test
  void two_healthy_looks_the_soak_time_apart_prove_it() {
    assertThat(proven(new Past().deployed(0, "a=1").healthy(1, "a=1").healthy(11, "a=1")))
        .containsExactly(
            "passed its checks from 2026-11-20T12:01:00Z to 2026-11-20T12:11:00Z (2 looks)");
  }

  @Test
  void one_look_or_too_short_a_time_proves_nothing() {
    assertThat(proven(new Past().deployed(0, "a=1").healthy(1, "a=1"))).isEmpty();
    assertThat(proven(new Past().deployed(0, "a=1").healthy(1, "a=1").healthy(10, "a=1")))
        .isEmpty();
  }

  @Test
  void an_unhealthy_look_between_begins_it_anew() {
    Past past =
        new Past()
            .deployed(0, "a=1")
            .healthy(1, "a=1")
            .unhealthy(6, "a=1")
            .healthy(7, "a=1")
            .healthy(16, "a=1");

    assertThat(proven(past)).isEmpty();
    assertThat(proven(past.healthy(17, "a=1"))).hasSize(1);
  }

  @Test
  void of_a_long_silence_nothing_is_known() {
    assertThat(proven(new Past().deployed(0, "a=1").healthy(1, "a=1").healthy(31, "a=1")))
        .hasSize(1);
    assertThat(proven(new Past().deployed(0, "a=1").healthy(1, "a=1").healthy(32, "a=1")))
        .isEmpty();
  }

  @Test
  void with_a_long_soak_the_silence_may_be_as_long() {
    var sightings =
        List.of(
            new Sighting(minute(0), constellation("a=1"), true, ""),
            new Sighting(minute(120), constellation("a=1"), true, ""));

    assertThat(
            new Ledger(
                    new Scope("shop", "production"),
                    Duration.ofHours(2),
                    minute(200),
                    List.of(),
                    List.of(),
                    sightings,
                    List.of())
                .knownGood())
        .hasSize(1);
  }

  @Test
  void a_deploy_of_another_component_begins_it_anew() {
    assertThat(
            proven(
                new Past()
                    .deployed(0, "a=1", "b=1")
                    .healthy(1, "a=1", "b=1")
                    .deployed(5, "b=2")
                    .healthy(11, "a=1", "b=2")))
        .isEmpty();
  }

  @Test
  void a_deploy_between_begins_it_anew_even_when_nobody_looked_at_it() {
    assertThat(
            proven(
                new Past()
                    .deployed(0, "a=1")
                    .healthy(1, "a=1")
                    .deployed(5, "a=2")
                    .deployed(6, "a=1")
                    .healthy(11, "a=1")))
        .isEmpty();
  }

  @Test
  void a_sighting_that_went_on_counts_from_its_first_look() {
    assertThat(goneOn(0)).hasSize(1);
  }

  @Test
  void of_a_sighting_that_went_on_over_a_deploy_only_the_last_look_counts() {
    assertThat(goneOn(3)).isEmpty();
  }

  private static List<KnownGood> goneOn(int deployedAt) {
    var seen = new Sighting(minute(1), minute(12), 3, constellation("a=1"), true, "");
    return new Ledger(
            new Scope("shop", "production"),
            Past.SOAK,
            minute(20),
            List.of(
                new Deployment(
                    Past.release("a=1"),
                    minute(deployedAt),
                    Past.PIPELINE,
                    Deployment.RECORD,
                    Deployment.State.LIVE)),
            List.of(),
            List.of(seen),
            List.of())
        .knownGood();
  }

  @Test
  void what_a_sighting_does_not_name_is_filled_from_the_deployments() {
    var good =
        new Past()
            .deployed(0, "a=1", "b=1")
            .healthy(1, "a=1")
            .healthy(11, "a=1", "b=1")
            .at(20)
            .knownGood();

    assertThat(good)
        .extracting(g -> g.constellation().ids())
        .containsExactly(Map.of("a", "1", "b", "1"));
  }

  @Test
  void a_mark_for_one_release_vouches_for_the_constellation_it_was_part_of() {
    var good =
        new Past()
            .deployed(0, "a=1", "b=1")
            .deployed(10, "b=2")
            .deployed(20, "a=2")
            .good(30, "a=1")
            .at(40)
            .knownGood();

    assertThat(good)
        .extracting(g -> g.constellation().ids())
        .containsExactly(Map.of("a", "1", "b", "2"));
    assertThat(good.getFirst().why())
        .containsExactly("a 1 was marked good by ada at 2026-11-20T12:30:00Z: checkout works");
  }

  @Test
  void a_mark_of_what_was_never_seen_live_vouches_for_it_alone() {
    assertThat(new Past().good(0, "a=1").at(10).vouchedForAlone(Past.release("a=1"))).isTrue();
    assertThat(new Past().good(0, "a=1").at(10).vouchedForAlone(Past.release("b=1"))).isFalse();
    assertThat(new Past().good(0, "a=1").bad(5, "a=1").at(10).vouchedForAlone(Past.release("a=1")))
        .isFalse();
    assertThat(
            new Past()
                .deployed(0, "a=1", "b=1")
                .good(5, "a=1")
                .deployed(6, "b=2")
                .at(10)
                .vouchedForAlone(Past.release("a=1")))
        .as("it was seen, so the word is about what ran beside it, too")
        .isFalse();
  }

  @Test
  void a_mark_passes_over_constellations_with_something_bad_in_them() {
    assertThat(
            new Past()
                .deployed(0, "a=1", "b=1")
                .deployed(10, "b=2")
                .bad(15, "b=2")
                .good(30, "a=1")
                .at(40)
                .knownGood())
        .extracting(g -> g.constellation().ids())
        .containsExactly(Map.of("a", "1", "b", "1"));
  }

  @Test
  void a_soak_and_a_mark_are_both_told() {
    assertThat(proven(new Past().proven(0, "a=1").good(15, "a=1"))).hasSize(2);
  }

  @Test
  void what_turned_out_bad_is_known_good_no_more() {
    assertThat(new Past().proven(0, "a=1").bad(15, "a=1").at(20).knownGood()).isEmpty();
  }

  @Test
  void newest_is_what_went_live_last() {
    assertThat(
            new Past()
                .proven(0, "a=1")
                .proven(20, "a=2")
                .deployed(40, "a=1")
                .good(41, "a=2")
                .at(60)
                .knownGood())
        .extracting(g -> g.constellation().ids().get("a"))
        .containsExactly("1", "2");
  }

  @Test
  void the_soak_under_way_says_how_long_it_still_takes() {
    var soaking = new Past().deployed(0, "a=1").healthy(1, "a=1").healthy(5, "a=1").at(6).soaking();

    assertThat(soaking)
        .contains(
            new Ledger.Soaking(constellation("a=1"), minute(1), minute(5), Duration.ofMinutes(6)));
    assertThat(soaking.orElseThrow().passed()).isFalse();
    assertThat(new Past().deployed(0, "a=1").unhealthy(1, "a=1").at(2).soaking()).isEmpty();
  }

  private static List<String> proven(Past past) {
    return past.at(60).knownGood().stream().flatMap(g -> g.why().stream()).toList();
  }

  private static org.assertj.core.groups.Tuple stretch(
      Map<String, String> ids, int from, Optional<Integer> until) {
    return org.assertj.core.groups.Tuple.tuple(ids, minute(from), until.map(Past::minute));
  }
}
