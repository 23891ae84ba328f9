package dev.lastgood.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.plan.PlanJson;
import dev.lastgood.report.RunReport.Measured;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@DisplayNameGeneration(ReplaceUnderscores.class)
class JsonTest {
  private static final JsonMapper READER = JsonMapper.builder().build();

  @Test
  void a_run_has_names_times_and_durations_a_script_can_read() {
    RunReport report =
        RunReport.of(
            Sample.RUN,
            Sample.plan(),
            Sample.whole("hash").entries(),
            List.of(),
            List.of(),
            Measured.NOTHING,
            List.of("backend.log"));

    JsonNode json = READER.readTree(Json.pretty(report));

    assertThat(json.at("/about/run").asString()).isEqualTo("20261120-1200-k7");
    assertThat(json.at("/ending/state").asString()).isEqualTo("PROVEN");
    assertThat(json.at("/ending/began").asString()).isEqualTo("2026-11-20T12:00:01Z");
    assertThat(json.at("/ending/took").asString()).isEqualTo("PT4.5S");
    assertThat(json.at("/people/approvals/0/saw").asString()).isEqualTo("hash");
    assertThat(json.at("/phases/1/steps/0/acted").asBoolean()).isTrue();
    assertThat(json.at("/evidence/0").asString()).isEqualTo("backend.log");
  }

  @Test
  void what_is_not_known_is_null_and_there() {
    RunReport report =
        RunReport.of(
            Sample.RUN,
            Sample.plan(),
            Sample.asked("hash").entries(),
            List.of(),
            List.of(),
            Measured.NOTHING,
            List.of());

    JsonNode json = READER.readTree(Json.pretty(report));

    assertThat(json.at("/measured").has("downtime")).isTrue();
    assertThat(json.at("/measured/downtime").isNull()).isTrue();
    assertThat(json.at("/ending/began").isNull()).isTrue();
  }

  @Test
  void the_plan_in_it_is_the_plan_that_was_hashed() {
    JsonNode json = READER.readTree(Json.pretty(Map.of("plan", Sample.plan())));

    assertThat(PlanJson.hash(PlanJson.read(READER.writeValueAsString(json.get("plan")))))
        .isEqualTo(PlanJson.hash(Sample.plan()));
  }
}
