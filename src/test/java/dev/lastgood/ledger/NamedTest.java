package dev.lastgood.ledger;

import static dev.lastgood.ledger.Past.constellation;
import static dev.lastgood.ledger.Past.reach;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.ledger.Aim.NoTarget;
import dev.lastgood.ledger.Aim.Target;
import dev.lastgood.ledger.Aim.Unheard;
import dev.lastgood.ledger.Aim.WhyNot;
import dev.lastgood.model.Release;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class NamedTest {
  private static final Map<String, Reach> REACH =
      reach("backend=v3", "backend=v2", "backend=v1", "frontend=f2", "frontend=f1");

  private final Past past =
      new Past()
          .proven(0, "backend=v1", "frontend=f1")
          .deployed(20, "backend=v2")
          .bad(25, "backend=v2")
          .deployed(30, "backend=v3", "frontend=f2");

  @Test
  void a_named_release_is_the_target_and_the_rest_stays() {
    var target = (Target) to(Map.of("backend", "v1"));

    assertThat(target.constellation().ids()).isEqualTo(Map.of("backend", "v1", "frontend", "f2"));
    assertThat(target.why()).isEqualTo("asked for by name: backend v1");
    assertThat(target.warnings())
        .containsExactly(
            "it is not known good: no soak and no mark speaks for backend v1, frontend f2",
            "this combination never ran together: backend v1, frontend f2");
  }

  @Test
  void a_named_constellation_that_is_known_good_needs_no_warning() {
    var target = (Target) to(Map.of("backend", "v1", "frontend", "f1"));

    assertThat(target.warnings()).isEmpty();
  }

  @Test
  void a_bad_release_is_refused_although_a_person_names_it() {
    var none = (NoTarget) to(Map.of("backend", "v2"));

    assertThat(none.says())
        .isEqualTo(
            "cannot go to backend v2: backend v2 was marked bad by ada at 2026-11-20T12:25:00Z: it"
                + " leaks");
    assertThat(none.whatNow())
        .containsExactly(
            "if backend v2 is good after all, say so: `lastgood mark good backend v2 --reason \"…\"`",
            "backend can go to v1");
  }

  @Test
  void an_unknown_release_is_named_with_the_nearest_known_one() {
    var unheard = (Unheard) to(Map.of("backend", "v11"));

    assertThat(unheard.says())
        .isEqualTo("backend has no release `v11`; did you mean `v1`? Known: v1, v2, v3");
  }

  @Test
  void who_names_a_commit_is_told_the_release_that_was_made_of_it() {
    Release uuid = Past.release("api=6f1b", Past.commit("c0ffee1c0ffee1"));
    Map<String, Reach> reach = Map.of("api", Reach.of(List.of(uuid)));

    Aim aim =
        past.at(40).explicitTarget(Map.of("api", "c0ffee1"), reach, constellation("api=6f1c"));

    assertThat(((Unheard) aim).says())
        .isEqualTo("api has no release `c0ffee1`; that is what 6f1b is made of: use that name");
  }

  @Test
  void an_unknown_release_is_named_with_what_can_be_no_target_and_why() {
    var unheard =
        (Unheard)
            past.at(40)
                .explicitTarget(
                    Map.of("database", "shop.dump"),
                    Map.of(
                        "database",
                        Reach.of(
                            List.of(Release.of("database", "live-1")),
                            Map.of(),
                            Map.of("dump-shop.dump", "/backups/shop.dump is empty"))),
                    constellation("database=live-1"));

    assertThat(unheard.says())
        .isEqualTo(
            "database has no release `shop.dump`; known: live-1. No target: `dump-shop.dump`"
                + " (/backups/shop.dump is empty)");
  }

  @Test
  void all_mistakes_are_told_at_once() {
    var none = (NoTarget) to(Map.of("backend", "v2", "serach", "s1"));

    assertThat(none.reasons())
        .extracting(WhyNot::why)
        .containsExactly(
            "backend v2 was marked bad by ada at 2026-11-20T12:25:00Z: it leaks",
            "no component is called `serach`; known: backend, frontend");
  }

  @Test
  void what_is_live_already_is_no_target() {
    var none = (NoTarget) to(Map.of("backend", "v3"));

    assertThat(none.reasons())
        .extracting(WhyNot::why)
        .containsExactly("backend v3 is live already");
  }

  @Test
  void a_recorded_release_that_is_gone_is_told_from_one_that_never_was() {
    past.deployed(28, "backend=v4");

    var none = (NoTarget) to(Map.of("backend", "v4"));

    assertThat(none.reasons())
        .extracting(WhyNot::why)
        .containsExactly("backend v4 is gone: its platform does not have it any more");
  }

  private Aim to(Map<String, String> named) {
    return past.at(40).explicitTarget(named, REACH, constellation("backend=v3", "frontend=f2"));
  }
}
