package dev.lastgood.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.ledger.Aim;
import dev.lastgood.model.Constellation;
import dev.lastgood.model.Release;
import dev.lastgood.plan.Plan;
import dev.lastgood.plan.PlanJson;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PlanTableTest {
  @Test
  void a_plan_is_a_table_with_its_costs_its_warnings_and_its_hash() {
    var v0 =
        new Aim.Alternative(Constellation.of(Release.of("backend", "v0")), "marked good by ada");

    assertThat(table(Sample.plan(), List.of(v0), 80))
        .isEqualTo(
            """
            Plan: rollback of shop/production
            Why        errors above 5%
            Target     known good since 2026-11-19T10:00:00Z
            Changes    backend v2 → v1 (1.4.2)

            STEP                                    COMPONENT  EXPECTED  NOTES
            prepare
              keep logs of backend v2               backend       200ms  optional
            roll back
              start backend v1                      backend          2s
              prove v1 on its own port              backend       200ms
              restart backend v1                    backend          2s  only if
                                                                         side-by-side is
                                                                         refused; down for
                                                                         3s
            verify
              prove the system healthy (checkout)                 400ms

            Expected   5.2s of 5m allowed (median of 4 runs)
            Downtime   none
            Data lost  none
            Costs      backend: requests in flight are cut
            Warning    backend v1 never ran with frontend f2
            Or         to backend v0: marked good by ada
            Undo       1 step back to where it started: `lastgood undo`
            Plan hash  HASH\
            """);
  }

  @Test
  void what_is_empty_is_not_there() {
    assertThat(table(Sample.bare(), List.of(), 80))
        .isEqualTo(
            """
            Plan: undo of shop/production
            Why        it was not the release
            Target     where it started

            STEP                                                         COMPONENT  EXPECTED
            verify
              prove the system healthy                                                 400ms

            Expected   2s (the platforms' defaults)
            Downtime   none
            Data lost  none
            Plan hash  HASH\
            """);
  }

  @Test
  void no_line_is_wider_than_the_terminal() {
    Plan plan =
        Sample.plan(
            "a".repeat(500) + " 漢字漢字漢字漢字 " + "word ".repeat(60),
            Release.of("backend", "v".repeat(300)),
            List.of("w".repeat(200)));

    for (int width : List.of(40, 80, 81, 100, 200)) {
      assertThat(PlanTable.lines(plan, List.of(), width))
          .allSatisfy(line -> assertThat(Cells.width(line)).isLessThanOrEqualTo(width));
    }
  }

  @Test
  void a_terminal_finds_nothing_to_obey_in_names_and_reasons() {
    Plan plan =
        Sample.plan(
            "\u001b[2Jgone\u0007\r\nLine two\u202e",
            Release.of("backend", "v2\u001b]0;title\u0007"),
            List.of("\u009b31mred"));

    assertThat(String.join("\n", PlanTable.lines(plan, List.of(), 80)))
        .contains("Why        [2Jgone Line two\n", "backend v2]0;title →", "Warning    31mred\n")
        .doesNotContain("\u001b", "\u0007", "\r", "\u202e", "\u009b");
  }

  private static String table(Plan plan, List<Aim.Alternative> alternatives, int width) {
    return String.join("\n", PlanTable.lines(plan, alternatives, width))
        .replace(PlanJson.hash(plan), "HASH");
  }
}
