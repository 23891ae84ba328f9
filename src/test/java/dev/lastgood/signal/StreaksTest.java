package dev.lastgood.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Measurement;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// When bad news is trouble.
@DisplayNameGeneration(ReplaceUnderscores.class)
class StreaksTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final Measurement WELL = new Measurement.Healthy("ok");
  private static final Measurement SICK = new Measurement.Unhealthy("503");
  private static final Measurement UNCLEAR = new Measurement.Inconclusive("a page");
  private static final Measurement DEAD = new Measurement.Error("refused");

  /// One round each second, of one check.
  private static Streaks after(int needed, Measurement... rounds) {
    Streaks streaks = Streaks.none(needed);
    for (int i = 0; i < rounds.length; i++) {
      streaks = streaks.after(NOON.plusSeconds(i), Map.of("api", rounds[i]));
    }
    return streaks;
  }

  @Test
  void a_blip_is_not_trouble() {
    assertThat(after(3, WELL, SICK, WELL, SICK, SICK, WELL, SICK).troubles()).isEmpty();
  }

  @Test
  void bad_rounds_in_a_row_are_trouble_since_the_first_of_them() {
    assertThat(after(3, WELL, SICK, SICK).troubles()).isEmpty();
    assertThat(after(3, WELL, SICK, SICK, SICK).troubles())
        .containsExactly(new Trouble("api", Trouble.Kind.UNHEALTHY, NOON.plusSeconds(1), 3, "503"));
  }

  @Test
  void a_dead_service_is_trouble_too() {
    assertThat(after(3, DEAD, DEAD, DEAD).troubles())
        .containsExactly(new Trouble("api", Trouble.Kind.NO_ANSWER, NOON, 3, "refused"));
  }

  @Test
  void a_service_that_answers_nonsense_is_trouble_of_its_own_kind() {
    assertThat(after(2, UNCLEAR, UNCLEAR).troubles())
        .containsExactly(new Trouble("api", Trouble.Kind.UNCLEAR, NOON, 2, "a page"));
  }

  @Test
  void kinds_are_counted_for_themselves_and_only_health_ends_a_streak() {
    assertThat(after(3, SICK, DEAD, SICK, DEAD).troubles()).isEmpty();
    assertThat(after(3, SICK, DEAD, SICK, DEAD, SICK).troubles())
        .containsExactly(new Trouble("api", Trouble.Kind.UNHEALTHY, NOON, 3, "503"));
    assertThat(after(3, SICK, UNCLEAR, SICK, UNCLEAR, SICK).troubles()).hasSize(1);
  }

  @Test
  void health_ends_trouble() {
    assertThat(after(2, SICK, SICK, SICK, WELL)).isEqualTo(Streaks.none(2));
  }

  @Test
  void checks_are_counted_apart_and_the_longest_trouble_comes_first() {
    Streaks streaks =
        Streaks.none(2)
            .after(NOON, Map.of("api", WELL, "web", SICK))
            .after(NOON.plusSeconds(1), Map.of("api", DEAD, "web", SICK))
            .after(NOON.plusSeconds(2), Map.of("api", DEAD, "web", SICK));
    assertThat(streaks.troubles())
        .containsExactly(
            new Trouble("web", Trouble.Kind.UNHEALTHY, NOON, 3, "503"),
            new Trouble("api", Trouble.Kind.NO_ANSWER, NOON.plusSeconds(1), 2, "refused"));
  }

  @Test
  void a_check_that_is_gone_is_forgotten() {
    assertThat(after(2, SICK, SICK).after(NOON, Map.of("other", WELL)).troubles()).isEmpty();
  }

  @Test
  void trouble_says_how_long() {
    var trouble = new Trouble("api", Trouble.Kind.NO_ANSWER, NOON, 3, "refused");
    assertThat(trouble.says(NOON.plusSeconds(90)))
        .isEqualTo("api is without an answer for 1m30s (3 rounds): refused");
  }

  @Test
  void no_rounds_at_all_cannot_be_trouble() {
    assertThatThrownBy(() -> Streaks.none(0)).isInstanceOf(IllegalArgumentException.class);
  }
}
