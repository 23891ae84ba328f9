package dev.lastgood.signal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.condition.Facts;
import dev.lastgood.condition.Facts.Value;
import dev.lastgood.model.Measurement;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Which facts measurements give, and which they do not.
@DisplayNameGeneration(ReplaceUnderscores.class)
class MeasuredTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final Measurement WELL = new Measurement.Healthy("ok");
  private static final Measurement SICK = new Measurement.Unhealthy("503");
  private static final Measurement UNCLEAR = new Measurement.Inconclusive("?");
  private static final Measurement DEAD = new Measurement.Error("refused");

  private static Optional<Value> fact(String name, Map<String, Measurement> measured) {
    return Measured.facts(measured).get(name);
  }

  @Test
  void each_check_is_a_fact_with_its_word() {
    Facts facts = Measured.facts(Map.of("front-page", WELL, "api", DEAD));
    assertThat(facts.get("check_front_page")).contains(new Value.Words("healthy"));
    assertThat(facts.get("check_api")).contains(new Value.Words("error"));
  }

  @Test
  void a_sick_check_is_enough() {
    assertThat(fact("any_check_unhealthy", Map.of("a", WELL, "b", SICK, "c", DEAD)))
        .contains(new Value.YesNo(true));
  }

  @Test
  void no_check_is_unhealthy_only_when_all_are_healthy() {
    assertThat(fact("any_check_unhealthy", Map.of("a", WELL, "b", WELL)))
        .contains(new Value.YesNo(false));
    assertThat(fact("any_check_unhealthy", Map.of("a", WELL, "b", DEAD))).isEmpty();
    assertThat(fact("any_check_unhealthy", Map.of("a", WELL, "b", UNCLEAR))).isEmpty();
  }

  @Test
  void a_dead_service_is_a_fact_of_its_own() {
    assertThat(fact("any_check_error", Map.of("a", WELL, "b", DEAD)))
        .contains(new Value.YesNo(true));
    assertThat(fact("any_check_error", Map.of("a", SICK))).contains(new Value.YesNo(false));
  }

  @Test
  void nothing_measured_is_nothing_known() {
    assertThat(Measured.facts(Map.of())).isEqualTo(Facts.NONE);
  }

  @Test
  void two_words_for_one_fact_are_inconclusive() {
    assertThat(fact("check_a_b", Map.of("a-b", WELL, "a.b", SICK)))
        .contains(new Value.Words("inconclusive"));
  }

  @Test
  void signals_come_in_the_order_of_the_names() {
    assertThat(Measured.signals(NOON, Map.of("web", SICK, "api", WELL)))
        .containsExactly(
            new Signal.CheckMeasured(NOON, "api", WELL),
            new Signal.CheckMeasured(NOON, "web", SICK));
  }
}
