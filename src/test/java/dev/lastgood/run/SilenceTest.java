package dev.lastgood.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Sight;
import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// When something is said about a step that takes long, and what.
@DisplayNameGeneration(ReplaceUnderscores.class)
class SilenceTest {
  private final Silence silence =
      new Silence(Steps.step("a", Duration.ofMinutes(30)), Duration.ofSeconds(10));

  @Test
  void what_takes_half_an_hour_is_told_five_times() {
    long said =
        java.util.stream.LongStream.rangeClosed(0, 1800)
            .filter(s -> silence.broken(Duration.ofSeconds(s)).isPresent())
            .peek(s -> assertThat(s).isIn(10L, 30L, 90L, 270L, 810L))
            .count();

    assertThat(said).isEqualTo(5);
  }

  @Test
  void a_process_that_was_frozen_says_it_once() {
    assertThat(silence.broken(Duration.ofHours(1))).isPresent();
    assertThat(silence.broken(Duration.ofHours(1))).isEmpty();
  }

  @Test
  void the_last_look_counts_and_none_from_before_the_act() {
    silence.saw(new Sight.NotYet("down"));
    silence.acting();

    assertThat(silence.broken(Duration.ofMillis(10_400)))
        .contains("do a: at it for 10s, usually 0ms, given up after 30m");

    silence.heard(new Outcome.Unknown("the connection broke"));
    silence.saw(new Sight.Unclear("connection refused"));

    assertThat(silence.broken(Duration.ofSeconds(31)))
        .contains(
            "do a: at it for 31s, usually 0ms, given up after 30m; seen last: connection refused");
  }
}
