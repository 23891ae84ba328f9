package dev.lastgood.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.decision.Action;
import dev.lastgood.decision.Decision.WhatIf;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The emergency guide: its matrix of issue type by surface, with its maybes and urgencies, and its
/// immediate scenarios.
@DisplayNameGeneration(ReplaceUnderscores.class)
class EmergencyGuideTest {
  private static final Example GUIDE = Example.of("r0-emergency-guide");
  private static final String WELL =
      "security_vulnerability=no data_corrupted=no does_not_start=no database_unreachable=no"
          + " core_broken=no api_errors=no auth_failing=no slowdown=10 ui_bug=no";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # issue              | facts                                        | verdict
          ui-bug               | quick_fix=no                                 | roll-back medium -backend -database +frontend
          ui-bug               | quick_fix=yes                                | fix-forward medium
          api-error            | quick_fix=no                                 | roll-back high +backend -database -frontend
          api-error            | quick_fix=yes                                | fix-forward high
          auth-issues          | roll_back_frontend=yes                       | roll-back high +backend -database +frontend
          auth-issues          | roll_back_frontend=no                        | roll-back high +backend -database -frontend
          data-corruption      |                                              | roll-back-with-data critical -backend +database -frontend
          performance          | roll_back_frontend=yes                       | roll-back medium +backend -database +frontend
          performance          | roll_back_frontend=no                        | roll-back medium +backend -database -frontend
          security-issue       | roll_back_database=no                        | roll-back critical +backend -database +frontend
          security-issue       | roll_back_database=yes                       | roll-back critical +backend +database +frontend
          does-not-start       | roll_back_backend=yes roll_back_frontend=no  | roll-back critical +backend -database -frontend
          core-broken          | roll_back_backend=no roll_back_frontend=yes  | roll-back critical -backend -database +frontend
          database-unreachable | roll_back_backend=yes roll_back_frontend=no roll_back_database=no | roll-back critical +backend -database -frontend
          """)
  void each_row_of_the_matrix_when_it_is_named(String issue, String facts, String verdict) {
    assertThat(Example.line(GUIDE.decided(issue, facts).verdict())).isEqualTo(verdict);
    assertThat(GUIDE.decided(issue, facts).rule()).isEqualTo("issue " + issue);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # the fact that differs      | answers                        | verdict                                                    | rule
          security_vulnerability=yes   | roll_back_database=no          | roll-back critical +backend -database +frontend            | issue security-issue
          data_corrupted=yes           |                                | roll-back-with-data critical -backend +database -frontend  | issue data-corruption
          does_not_start=yes           | roll_back_backend=yes roll_back_frontend=yes | roll-back critical +backend -database +frontend | issue does-not-start
          auth_failing=yes             | roll_back_frontend=no          | roll-back high +backend -database -frontend                | issue auth-issues
          api_errors=yes               | quick_fix=no                   | roll-back high +backend -database -frontend                | issue api-error
          slowdown=51                 | roll_back_frontend=no          | roll-back medium +backend -database -frontend              | issue performance
          ui_bug=yes                   | quick_fix=no                   | roll-back medium -backend -database +frontend              | issue ui-bug
          slowdown=50                 | quick_fix=no                   | ask                                                        | otherwise
          slowdown=50                 | quick_fix=yes                  | fix-forward                                                | question quick_fix
          """)
  void each_row_when_its_fact_holds_and_all_else_is_well(
      String fact, String answers, String verdict, String rule) {
    String facts = WELL + " " + fact + (answers == null ? "" : " " + answers);

    assertThat(Example.line(GUIDE.decided(null, facts).verdict())).isEqualTo(verdict);
    assertThat(GUIDE.decided(null, facts).rule()).isEqualTo(rule);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # issue        | facts                 | asked for
          auth-issues    |                       | roll_back_frontend
          security-issue |                       | roll_back_database
          does-not-start | roll_back_backend=yes | roll_back_frontend
          ui-bug         |                       | quick_fix
          data-corruption|                       | nothing: issue data-corruption
          """)
  void a_maybe_is_for_a_person(String issue, String facts, String asked) {
    assertThat(GUIDE.asks(issue, facts)).isEqualTo(asked);
  }

  @Test
  void an_immediate_scenario_asks_for_no_quick_fix() {
    assertThat(GUIDE.asks(null, WELL.replace("auth_failing=no", "auth_failing=yes")))
        .isEqualTo("roll_back_frontend");
  }

  @Test
  void it_says_what_another_answer_would_have_done() {
    assertThat(GUIDE.decided(null, WELL + " ui_bug=yes quick_fix=no").otherwise())
        .contains(
            new WhatIf(
                "if data_corrupted were yes", "issue data-corruption", Action.ROLL_BACK_WITH_DATA),
            new WhatIf("if ui_bug were no", "otherwise", Action.ASK));
  }
}
