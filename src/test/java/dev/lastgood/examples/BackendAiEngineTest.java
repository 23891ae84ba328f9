package dev.lastgood.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.approval.Approvals;
import dev.lastgood.approval.Request;
import dev.lastgood.model.Actor;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Backend and AI engine: recovery time by severity, and no data loss.
@DisplayNameGeneration(ReplaceUnderscores.class)
class BackendAiEngineTest {
  private static final Example SYSTEM = Example.of("r4-backend-ai-engine");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # facts                                                     | verdict                                                       | rule                 | because
          data_restore_needed=no impact=critical                      | roll-back critical rto 15m +admin-dashboard +ai-engine +backend | issue critical-issue | impact is critical
          data_restore_needed=no impact=major roll_back_backend=yes roll_back_ai_engine=no roll_back_admin_dashboard=no | roll-back major rto 1h -admin-dashboard -ai-engine +backend | issue major-issue | impact is major
          data_restore_needed=no impact=minor roll_back_backend=no roll_back_ai_engine=yes roll_back_admin_dashboard=no | roll-back minor rto 4h -admin-dashboard +ai-engine -backend | issue minor-issue | impact is minor
          data_restore_needed=yes                                     | ask critical rto 15m                                          | issue data-restore   | data_restore_needed is yes
          """)
  void recovery_time_by_severity(String facts, String verdict, String rule, String because) {
    SYSTEM.check(null, facts, verdict, rule, because);
  }

  @Test
  void a_critical_issue_asks_for_no_component() {
    assertThat(SYSTEM.asks("critical-issue", null)).isEqualTo("nothing: issue critical-issue");
    assertThat(SYSTEM.asks("major-issue", null).split(" "))
        .containsExactlyInAnyOrder(
            "roll_back_backend", "roll_back_ai_engine", "roll_back_admin_dashboard");
  }

  @Test
  void nothing_is_decided_before_it_is_known_whether_data_would_be_lost() {
    assertThat(SYSTEM.asks(null, "impact=critical")).isEqualTo("data_restore_needed");
  }

  @Test
  void a_plan_that_loses_data_needs_two_people() {
    var approvals =
        new Approvals(
            SYSTEM.config().approvals(),
            new Request(new Actor("dev", "dev@web1"), "abc", List.of("data-loss")));

    assertThat(approvals.needed()).isEqualTo(2);
  }
}
