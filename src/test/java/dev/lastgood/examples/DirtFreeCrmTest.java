package dev.lastgood.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.decision.Action;
import dev.lastgood.decision.Decision.WhatIf;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Dirt Free CRM: P0 to P3 with response times, the flowchart, the triggers of the quick reference
/// and the common scenarios.
@DisplayNameGeneration(ReplaceUnderscores.class)
class DirtFreeCrmTest {
  private static final Example CRM = Example.of("r1-dirt-free-crm");
  private static final String NO_P0 =
      "data_corrupted=no outage=0s payments_failing=no core_broken=no database_unreachable=no"
          + " security_vulnerability=no";
  private static final String WELL =
      NO_P0
          + " error_rate=0.4% error_rate_rising=no major_feature_down=no p95=300ms"
          + " fixable_within_15m=no getting_worse=no";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # the facts that differ                       | verdict                                                | rule                         | because
          outage=6m                                     | roll-back P0 within 5m +frontend                       | issue system-down            | outage is 6m
          payments_failing=yes                          | roll-back P0 within 5m +frontend                       | issue payments-failing       | payments_failing is yes
          data_corrupted=yes                            | roll-back-with-data P0 within 15m +database +frontend  | issue data-corruption        | data_corrupted is yes
          security_vulnerability=yes                    | roll-back P0 within 10m +frontend                      | issue security-vulnerability | security_vulnerability is yes
          core_broken=yes                               | roll-back P0 within 5m +frontend                       | issue core-broken            | core_broken is yes
          database_unreachable=yes                      | roll-back P0 within 5m +frontend                       | issue database-unreachable   | database_unreachable is yes
          major_feature_down=yes                        | roll-back P1 within 30m +frontend                      | issue major-feature-down     | major_feature_down is yes, fixable_within_15m is no
          major_feature_down=yes fixable_within_15m=yes | fix-forward P1 within 30m                              | issue major-feature-down     | major_feature_down is yes, fixable_within_15m is yes
          error_rate=7% error_rate_rising=yes           | roll-back P1 within 15m +frontend                      | issue high-error-rate        | error_rate is 7%, error_rate_rising is yes
          error_rate=7% error_rate_rising=no            | roll-back P1 within 15m +frontend                      | question error-rate          | error_rate is 7%
          p95=6s                                        | roll-back +frontend                                    | question response-time       | p95 is 6s
          fixable_within_15m=yes                        | fix-forward                                            | question fixable_within_15m  | fixable_within_15m is yes
          getting_worse=yes                             | roll-back +frontend                                    | question getting_worse       | getting_worse is yes
          p95=3s error_rate=2%                          | monitor                                                | otherwise                    |
          """)
  void matrix_and_flowchart(String facts, String verdict, String rule, String because) {
    CRM.check(null, WELL + " " + facts, verdict, rule, because);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # exactly at the limit is not above it
          outage=5m               | monitor
          error_rate=5%           | monitor
          p95=5s                  | monitor
          outage=5m1s             | roll-back P0 within 5m +frontend
          error_rate=5.1%         | roll-back P1 within 15m +frontend
          p95=5.001s              | roll-back +frontend
          """)
  void limits_are_above_not_at(String facts, String verdict) {
    assertThat(
            Example.line(
                CRM.decided(null, WELL + " " + facts.replace("5.001s", "5s1ms")).verdict()))
        .isEqualTo(verdict);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # issue                  | facts                  | verdict
          system-down              |                        | roll-back P0 within 5m +frontend
          payments-failing         |                        | roll-back P0 within 5m +frontend
          data-corruption          |                        | roll-back-with-data P0 within 15m +database +frontend
          security-vulnerability   |                        | roll-back P0 within 10m +frontend
          major-feature-down       | fixable_within_15m=no  | roll-back P1 within 30m +frontend
          high-error-rate          | error_rate_rising=yes  | roll-back P1 within 15m +frontend
          minor-feature-issue      |                        | fix-forward P2
          ui-bug                   |                        | fix-forward P3
          migration-errors         |                        | roll-back-with-data +database +frontend
          wrong-environment-variable |                      | fix-forward
          integration-failure      | fixable_within_15m=no  | roll-back +frontend
          integration-failure      | fixable_within_15m=yes | fix-forward
          new-feature-fails        | behind_flag=yes        | flag-off
          new-feature-fails        | behind_flag=no         | roll-back +frontend
          """)
  void each_row_when_it_is_named(String issue, String facts, String verdict) {
    assertThat(Example.line(CRM.decided(issue, facts).verdict())).isEqualTo(verdict);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # known                        | asked for
          data_corrupted=yes             | nothing: issue data-corruption
          payments_failing=yes           | data_corrupted
          data_corrupted=no payments_failing=yes | nothing: issue payments-failing
          # a vulnerability has another clock than the rows above it, so they still matter
          data_corrupted=no security_vulnerability=yes | outage payments_failing core_broken database_unreachable
          """)
  void of_several_p0_only_what_changes_the_verdict_is_asked(String facts, String asked) {
    assertThat(CRM.asks(null, facts)).isEqualTo(asked);
  }

  @Test
  void nobody_is_asked_for_the_trend_of_an_error_rate_that_is_rolled_back_in_any_case() {
    assertThat(CRM.asks(null, NO_P0 + " error_rate=7% major_feature_down=no"))
        .isEqualTo("nothing: question error-rate");
    assertThat(CRM.asks(null, NO_P0 + " error_rate=7% major_feature_down=yes"))
        .isEqualTo("error_rate_rising fixable_within_15m");
  }

  @Test
  void a_rate_that_nobody_measured_is_asked_for() {
    assertThat(CRM.asks(null, WELL.replace("error_rate=0.4% ", ""))).isEqualTo("error_rate");
  }

  @Test
  void whoever_names_a_cosmetic_issue_while_payments_fail_is_told() {
    assertThat(CRM.decided("ui-bug", "payments_failing=yes").trail())
        .anyMatch(l ->
            l.rule().equals("issue payments-failing")
                && l.because()
                    .equals(
                        "payments_failing is yes; it is more severe, but issue ui-bug was named"));
  }

  @Test
  void it_says_what_another_answer_would_have_done() {
    assertThat(CRM.decided(null, WELL + " fixable_within_15m=yes").otherwise())
        .containsExactly(
            new WhatIf(
                "if data_corrupted were yes", "issue data-corruption", Action.ROLL_BACK_WITH_DATA),
            new WhatIf("if outage were above 5m", "issue system-down", Action.ROLL_BACK),
            new WhatIf(
                "if security_vulnerability were yes",
                "issue security-vulnerability",
                Action.ROLL_BACK),
            new WhatIf("if error_rate were above 5%", "question error-rate", Action.ROLL_BACK),
            new WhatIf(
                "if major_feature_down were yes", "issue major-feature-down", Action.FIX_FORWARD),
            new WhatIf("if fixable_within_15m were no", "otherwise", Action.MONITOR),
            new WhatIf("if p95 were above 5s", "question response-time", Action.ROLL_BACK));
  }
}
