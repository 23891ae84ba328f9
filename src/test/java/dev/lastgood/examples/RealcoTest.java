package dev.lastgood.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.approval.Approvals;
import dev.lastgood.approval.Request;
import dev.lastgood.approval.Standing;
import dev.lastgood.approval.Standing.Enough;
import dev.lastgood.approval.Standing.Wanting;
import dev.lastgood.approval.Yes;
import dev.lastgood.decision.Action;
import dev.lastgood.decision.Decision.Looked;
import dev.lastgood.decision.Decision.WhatIf;
import dev.lastgood.model.Actor;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// RealCo: the 30-minute tree, its scenarios, and when to stop and get approval.
@DisplayNameGeneration(ReplaceUnderscores.class)
class RealcoTest {
  private static final Example REALCO = Example.of("r3-realco");
  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
  private static final String ALONE = " on_call=yes uncertain=no roll_back_database=no";
  private static final String CODE = " +backend -database +frontend";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # fixable | at risk | down | users | payments | verdict                             | rule                    | because
          yes       | yes     | yes  | 100%  | yes      | fix-forward                         | question fixable        | fixable_within_30m is yes
          no        | yes     | no   | 0%    | no       | roll-back CRITICAL rto 15m CODE     | question data-at-risk   | data_at_risk is yes
          no        | yes     | yes  | 100%  | yes      | roll-back CRITICAL rto 15m CODE     | question data-at-risk   | data_at_risk is yes
          no        | no      | yes  | 100%  | no       | roll-back CRITICAL rto 15m CODE     | question service-down   | service_down is yes
          no        | no      | no   | 51%   | no       | roll-back HIGH rto 15m CODE         | question affected-users | affected_users is 51%
          no        | no      | no   | 50%   | yes      | roll-back HIGH rto 15m +backend     | question payments       | payments_broken is yes
          no        | no      | no   | 50%   | no       | monitor                             | otherwise               |
          """)
  void the_tree(
      String fixable,
      String atRisk,
      String down,
      String users,
      String payments,
      String verdict,
      String rule,
      String because) {
    String facts =
        "security_breach=no fixable_within_30m=%s data_at_risk=%s service_down=%s affected_users=%s payments_broken=%s"
            .formatted(fixable, atRisk, down, users, payments);

    REALCO.check(null, facts + ALONE, verdict.replace(" CODE", CODE), rule, because);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # issue                  | verdict
          security-breach          | roll-back CRITICAL rto 15m +backend -database +frontend
          backend-broke-api        | roll-back CRITICAL rto 15m +backend
          migration-corrupted-data | roll-back-with-data CRITICAL rto 15m +backend +database approvals tech-lead
          frontend-broke-ui        | roll-back HIGH rto 15m +frontend
          payments-broken          | roll-back HIGH rto 15m +backend
          """)
  void the_scenarios(String issue, String verdict) {
    assertThat(Example.line(REALCO.decided(issue, "on_call=yes uncertain=no").verdict()))
        .isEqualTo(verdict);
  }

  @Test
  void a_breach_is_not_fixed_forward() {
    assertThat(REALCO.decided(null, "security_breach=yes fixable_within_30m=yes" + ALONE).rule())
        .isEqualTo("issue security-breach");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # known                                               | asked for
          security_breach=no fixable_within_30m=yes             | nothing: question fixable
          security_breach=no fixable_within_30m=no data_at_risk=yes | roll_back_database on_call uncertain
          security_breach=no fixable_within_30m=no data_at_risk=no service_down=no affected_users=10% payments_broken=no | nothing: otherwise
          # at risk or down, both go back at once: with one known the other changes nothing
          security_breach=no fixable_within_30m=no service_down=yes on_call=yes uncertain=no roll_back_database=no | nothing: question service-down
          """)
  void only_what_still_matters_is_asked(String facts, String asked) {
    assertThat(REALCO.asks(null, facts).split(" ")).containsExactlyInAnyOrder(asked.split(" "));
  }

  @Test
  void the_questions_come_in_the_order_of_the_tree() {
    assertThat(REALCO.asks(null, null))
        .startsWith(
            "security_breach fixable_within_30m data_at_risk service_down affected_users"
                + " payments_broken");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # on call | uncertain | loses data | approved by          | then
          yes       | no        | no         |                      | default needs 1 person; nobody said yes yet
          yes       | no        | no         | on-call              | enough
          no        | no        | no         | devops-lead          | on-call needs 1 person with role on-call; devops-lead said yes
          no        | no        | no         | devops-lead on-call  | enough
          yes       | yes       | no         | on-call              | second-person needs 2 people; on-call said yes
          yes       | yes       | no         | on-call cto          | enough
          yes       | no        | yes        | on-call cto          | data-loss needs 2 people, one of them with role tech-lead; on-call and cto said yes
          yes       | no        | yes        | on-call tech-lead    | enough
          """)
  void stop_and_get_approval(
      String onCall, String uncertain, String losesData, String approvedBy, String then) {
    List<String> asked =
        REALCO
            .decided("backend-broke-api", "on_call=" + onCall + " uncertain=" + uncertain)
            .verdict()
            .approvals();
    List<String> rules =
        Stream.concat(asked.stream(), Stream.of("data-loss").filter(_ -> losesData.equals("yes")))
            .toList();
    var approvals =
        new Approvals(
            REALCO.config().approvals(),
            new Request(new Actor("on-call", "oc@web1"), "abc", rules));
    List<Yes> given =
        Stream.ofNullable(approvedBy)
            .flatMap(all -> Stream.of(all.split(" ", -1)))
            .map(p -> approvals.yes(new Actor(p, p + "@web1"), "abc", NOON, Optional.empty()))
            .toList();

    Standing standing = approvals.standing(given, NOON);

    if (then.equals("enough")) {
      assertThat(standing).isInstanceOf(Enough.class);
    } else {
      assertThat(standing).isInstanceOf(Wanting.class).extracting(Standing::says).isEqualTo(then);
    }
  }

  @Test
  void the_trail_is_the_tree_as_it_was_walked() {
    assertThat(
            REALCO
                .decided(
                    null,
                    "security_breach=no fixable_within_30m=no data_at_risk=no service_down=yes"
                        + " on_call=no uncertain=no roll_back_database=no")
                .trail())
        .containsExactly(
            new Looked("issue security-breach", "Security breach", "no", "security_breach is no"),
            new Looked(
                "question fixable",
                "Can you fix it in less than 30 minutes?",
                "no",
                "fixable_within_30m is no"),
            new Looked("question data-at-risk", "Is data at risk?", "no", "data_at_risk is no"),
            new Looked(
                "question service-down",
                "Is the service completely down?",
                "yes",
                "service_down is yes"),
            new Looked(
                "caution not-on-call", "Are you not the on-call engineer?", "yes", "on_call is no"),
            new Looked(
                "caution uncertain",
                "Is there any uncertainty about the decision?",
                "no",
                "uncertain is no"),
            new Looked(
                "component database",
                "Did a migration run and corrupt data? Then the database is restored too, and what"
                    + " was written since the backup is lost: the last resort.",
                "no",
                "roll_back_database is no"));
  }

  @Test
  void it_says_what_another_answer_would_have_done() {
    assertThat(
            REALCO
                .decided(
                    null,
                    "security_breach=no fixable_within_30m=no data_at_risk=no service_down=no"
                        + " affected_users=10% payments_broken=no"
                        + ALONE)
                .otherwise())
        .containsExactly(
            new WhatIf("if security_breach were yes", "issue security-breach", Action.ROLL_BACK),
            new WhatIf("if fixable_within_30m were yes", "question fixable", Action.FIX_FORWARD),
            new WhatIf(
                "if affected_users were above 50%", "question affected-users", Action.ROLL_BACK),
            new WhatIf("if payments_broken were yes", "question payments", Action.ROLL_BACK));
  }
}
