package dev.lastgood.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// ACE CRM: immediate triggers, severity by affected users, assessment, and the team lead's yes.
@DisplayNameGeneration(ReplaceUnderscores.class)
class AceCrmTest {
  private static final Example CRM = Example.of("r2-ace-crm");
  private static final String WELL =
      "security_exposed=no data_lost=no outage=0s payments_failing=no auth_failing=no error_rate=1%"
          + " slowdown=0 affected_users=10% core_feature_hit=no faster_fix=no";
  private static final String CODE = " +backend +client-portal +frontend approvals team-lead";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # the facts that differ                 | action              | severity | rule                         | because
          security_exposed=yes                    | roll-back           | critical | issue security-vulnerability | security_exposed is yes
          outage=6m                               | roll-back           | critical | issue unavailable            | outage is 6m
          error_rate=11% affected_users=76%       | roll-back           | critical | issue high-error-rate        | error_rate is 11%, affected_users is 76%
          error_rate=11% affected_users=75%       | roll-back           | high     | issue high-error-rate        | error_rate is 11%, affected_users is 75%
          slowdown=60 affected_users=80%         | roll-back           | critical | issue performance            | slowdown is 60, affected_users is 80%
          slowdown=60 affected_users=20%         | roll-back           | high     | issue performance            | slowdown is 60, affected_users is 20%
          payments_failing=yes affected_users=90% | roll-back           | critical | issue payments-failing       | payments_failing is yes, affected_users is 90%
          payments_failing=yes affected_users=5%  | roll-back           | high     | issue payments-failing       | payments_failing is yes, affected_users is 5%
          auth_failing=yes affected_users=90%     | roll-back           | critical | issue auth-failing           | auth_failing is yes, affected_users is 90%
          auth_failing=yes affected_users=5%      | roll-back           | high     | issue auth-failing           | auth_failing is yes, affected_users is 5%
          affected_users=80%                      | roll-back           | critical | question affected-users      | affected_users is 80%
          core_feature_hit=yes                    | roll-back           | medium   | question core_feature_hit    | core_feature_hit is yes
          """)
  void triggers_and_assessment(
      String facts, String action, String severity, String rule, String because) {
    CRM.check(null, WELL + " " + facts, action + " " + severity + CODE, rule, because);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # the facts that differ              | verdict                                              | rule
          data_lost=yes                        | roll-back-with-data critical approvals team-lead     | issue data-loss
          faster_fix=yes                       | fix-forward                                          | question faster_fix
          faster_fix=yes core_feature_hit=yes  | fix-forward                                          | question faster_fix
          outage=5m error_rate=10% slowdown=50| monitor low                                          | otherwise
          """)
  void what_is_not_a_rollback_of_the_code_alone(String facts, String verdict, String rule) {
    assertThat(Example.line(CRM.decided(null, WELL + " " + facts).verdict())).isEqualTo(verdict);
    assertThat(CRM.decided(null, WELL + " " + facts).rule()).isEqualTo(rule);
  }

  @Test
  void a_trigger_that_hits_everybody_goes_before_one_that_hits_few() {
    assertThat(CRM.decided(null, WELL + " payments_failing=yes outage=10m").rule())
        .isEqualTo("issue unavailable");
  }

  @Test
  void a_dead_service_that_reports_no_error_rate_is_not_taken_for_a_healthy_one() {
    assertThat(CRM.asks(null, WELL.replace("error_rate=1% ", ""))).isEqualTo("error_rate");
  }

  @Test
  void once_most_users_are_hit_only_lost_data_makes_a_difference() {
    assertThat(CRM.asks(null, "error_rate=30% affected_users=90%")).isEqualTo("data_lost");
  }

  @Test
  void every_rollback_needs_the_team_lead_and_nothing_else_does() {
    assertThat(CRM.decided(null, WELL + " security_exposed=yes").trail())
        .anyMatch(l -> l.rule().equals("caution team-lead") && l.answer().equals("yes"));
    assertThat(CRM.decided(null, WELL).trail())
        .noneMatch(l -> l.rule().equals("caution team-lead"));
  }
}
