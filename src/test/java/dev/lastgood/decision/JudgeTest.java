package dev.lastgood.decision;

import static dev.lastgood.decision.Action.ASK;
import static dev.lastgood.decision.Action.FIX_FORWARD;
import static dev.lastgood.decision.Action.MONITOR;
import static dev.lastgood.decision.Action.ROLL_BACK;
import static dev.lastgood.decision.Action.ROLL_BACK_WITH_DATA;
import static dev.lastgood.decision.Says.above;
import static dev.lastgood.decision.Says.and;
import static dev.lastgood.decision.Says.is;
import static dev.lastgood.decision.Says.not;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.condition.Condition;
import dev.lastgood.condition.FactType;
import dev.lastgood.condition.Facts;
import dev.lastgood.condition.Facts.Value;
import dev.lastgood.decision.Decision.Decided;
import dev.lastgood.decision.Decision.Looked;
import dev.lastgood.decision.Decision.Needs;
import dev.lastgood.decision.Decision.WhatIf;
import dev.lastgood.decision.Policy.Caution;
import dev.lastgood.decision.Policy.Fact;
import dev.lastgood.decision.Policy.Issue;
import dev.lastgood.decision.Policy.Question;
import dev.lastgood.model.Severity;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class JudgeTest {
  private static final Severity P0 = new Severity("P0", 0);
  private static final Severity P1 = new Severity("P1", 1);
  private static final Severity P2 = new Severity("P2", 2);

  private static final Issue PAYMENTS =
      row("payments", is("payments_failing"), verdict(ROLL_BACK, P0));
  private static final Issue CORRUPTION =
      row("corruption", is("data_corrupted"), verdict(ROLL_BACK_WITH_DATA, P0));
  private static final Issue FEATURE =
      new Issue(
          "feature",
          "Feature down",
          Optional.of(is("feature_down")),
          verdict(ROLL_BACK, P1),
          Optional.of(is("quick_fix")),
          Optional.of(Verdict.of(FIX_FORWARD)));
  private static final Question FIXABLE =
      new Question(
          "fixable",
          "Can it be fixed forward?",
          is("fixable"),
          Optional.of(Verdict.of(FIX_FORWARD)),
          Optional.empty());
  private static final Question WORSE =
      new Question(
          "worse",
          "Is it getting worse?",
          is("worse"),
          Optional.of(Verdict.of(ROLL_BACK)),
          Optional.empty());

  // ---- the matrix

  @Test
  void the_named_issue_decides_without_its_condition() {
    Decided decided = decided(policy(PAYMENTS), Facts.NONE, "payments");

    assertThat(decided.verdict()).isEqualTo(verdict(ROLL_BACK, P0));
    assertThat(decided.rule()).isEqualTo("issue payments");
    assertThat(decided.trail())
        .containsExactly(new Looked("issue payments", "payments", "yes", "a person named it"));
  }

  @Test
  void an_issue_nobody_declared_is_refused_with_the_known_ones() {
    assertThatThrownBy(() -> Judge.judge(policy(PAYMENTS, FEATURE), Facts.NONE, Optional.of("pay")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no issue is called \"pay\". Known issues: payments, feature");
  }

  @Test
  void the_most_severe_of_the_issues_that_hold_wins() {
    Decided decided =
        decided(
            policy(FEATURE, PAYMENTS),
            facts("feature_down=yes", "quick_fix=no", "payments_failing=yes"));

    assertThat(decided.rule()).isEqualTo("issue payments");
    assertThat(decided.trail())
        .containsExactly(
            new Looked("issue payments", "payments", "yes", "payments_failing is yes"),
            new Looked(
                "issue feature",
                "Feature down",
                "yes",
                "feature_down is yes, quick_fix is no; issue payments goes first"));
  }

  @Test
  void of_equally_severe_issues_the_first_in_the_file_wins() {
    Facts both = facts("data_corrupted=yes", "payments_failing=yes");

    assertThat(decided(policy(CORRUPTION, PAYMENTS), both).rule()).isEqualTo("issue corruption");
    assertThat(decided(policy(PAYMENTS, CORRUPTION), both).rule()).isEqualTo("issue payments");
  }

  @Test
  void an_issue_that_could_only_be_less_severe_is_not_asked_about() {
    Decided decided = decided(policy(PAYMENTS, FEATURE), facts("payments_failing=yes"));

    assertThat(decided.rule()).isEqualTo("issue payments");
    assertThat(decided.trail())
        .contains(
            new Looked(
                "issue feature", "Feature down", "not asked", "it cannot outrank issue payments"));
  }

  @Test
  void an_issue_that_could_be_more_severe_is_asked_about_first() {
    Needs needs = needs(policy(FEATURE, PAYMENTS), facts("feature_down=yes", "quick_fix=no"));

    assertThat(names(needs)).containsExactly("payments_failing");
    assertThat(needs.forRule()).contains("issue payments");
  }

  @Test
  void an_issue_without_a_condition_applies_only_when_named() {
    Issue cosmetic =
        new Issue(
            "cosmetic",
            "Cosmetic",
            Optional.empty(),
            verdict(FIX_FORWARD, P2),
            Optional.empty(),
            Optional.empty());

    assertThat(decided(policy(cosmetic), Facts.NONE).rule()).isEqualTo("otherwise");
    assertThat(decided(policy(cosmetic), Facts.NONE, "cosmetic").verdict().action())
        .isEqualTo(FIX_FORWARD);
  }

  @Test
  void unless_leads_to_the_other_verdict_which_keeps_the_severity_and_the_clock() {
    Decided decided = decided(policy(FEATURE), facts("feature_down=yes", "quick_fix=yes"));

    assertThat(decided.verdict()).isEqualTo(verdict(FIX_FORWARD, P1));
    assertThat(decided.trail())
        .containsExactly(
            new Looked(
                "issue feature", "Feature down", "yes", "feature_down is yes, quick_fix is yes"));
  }

  @Test
  void a_less_severe_exception_gives_way_to_an_issue_between_the_two() {
    Issue outage =
        new Issue(
            "outage",
            "Outage",
            Optional.of(is("outage")),
            verdict(ROLL_BACK, P0),
            Optional.of(is("only_staff")),
            Optional.of(verdict(MONITOR, P2)));

    Decided decided =
        decided(
            policy(outage, FEATURE),
            facts("outage=yes", "only_staff=yes", "feature_down=yes", "quick_fix=no"));

    assertThat(decided.rule()).isEqualTo("issue feature");
    assertThat(decided.trail())
        .contains(
            new Looked(
                "issue outage",
                "Outage",
                "yes",
                "outage is yes, only_staff is yes; issue feature goes first"));
  }

  @Test
  void unless_without_another_verdict_passes_on_to_the_next_rule() {
    Issue errors =
        new Issue(
            "errors",
            "Errors",
            Optional.of(above("error_rate", 0.05)),
            verdict(ROLL_BACK, P1),
            Optional.of(not(is("worse"))),
            Optional.empty());

    Decided byItself =
        decided(
            policy(List.of(errors), FIXABLE), facts("error_rate=7%", "worse=no", "fixable=yes"));
    Decided named =
        decided(policy(List.of(errors), FIXABLE), facts("worse=no", "fixable=yes"), "errors");

    assertThat(byItself.rule()).isEqualTo("question fixable");
    assertThat(named.rule()).isEqualTo("question fixable");
    assertThat(byItself.trail().getFirst())
        .isEqualTo(
            new Looked(
                "issue errors", "Errors", "no", "an exception: error_rate is 7%, worse is no"));
  }

  @Test
  void whoever_names_a_harmless_issue_is_told_that_a_worse_one_holds() {
    Decided decided =
        decided(
            policy(PAYMENTS, FEATURE), facts("payments_failing=yes", "quick_fix=no"), "feature");

    assertThat(decided.rule()).isEqualTo("issue feature");
    assertThat(decided.trail())
        .contains(
            new Looked(
                "issue payments",
                "payments",
                "yes",
                "payments_failing is yes; it is more severe, but issue feature was named"));
  }

  // ---- the tree

  @Test
  void questions_come_in_order_and_an_empty_branch_goes_to_the_next() {
    Policy policy = policy(List.of(), FIXABLE, WORSE);

    assertThat(decided(policy, facts("fixable=yes")).rule()).isEqualTo("question fixable");
    assertThat(decided(policy, facts("fixable=no", "worse=yes")).rule())
        .isEqualTo("question worse");
    assertThat(decided(policy, facts("fixable=no", "worse=no")).rule()).isEqualTo("otherwise");
  }

  @Test
  void the_trail_says_every_question_its_answer_and_why() {
    Decided decided = decided(policy(List.of(), FIXABLE, WORSE), facts("fixable=no", "worse=no"));

    assertThat(decided.trail())
        .containsExactly(
            new Looked("question fixable", "Can it be fixed forward?", "no", "fixable is no"),
            new Looked("question worse", "Is it getting worse?", "no", "worse is no"),
            new Looked("otherwise", "None of these?", "yes", "no rule before it fits"));
  }

  @Test
  void a_question_whose_answer_changes_nothing_is_not_asked() {
    Question down =
        new Question(
            "down", "Down?", is("down"), Optional.of(Verdict.of(ROLL_BACK)), Optional.empty());

    Decided decided = decided(policy(List.of(), down, WORSE), facts("worse=yes"));

    assertThat(decided.verdict()).isEqualTo(Verdict.of(ROLL_BACK));
    assertThat(decided.rule()).isEqualTo("question worse");
    assertThat(decided.trail().getFirst())
        .isEqualTo(
            new Looked(
                "question down", "Down?", "not asked", "the verdict is the same either way"));
  }

  @Test
  void a_question_that_leads_nowhere_is_not_asked() {
    Question idle = new Question("idle", "Idle?", is("outage"), Optional.empty(), Optional.empty());

    assertThat(decided(policy(List.of(), idle), Facts.NONE).rule()).isEqualTo("otherwise");
  }

  // ---- what is missing

  @Test
  void missing_facts_are_asked_for_in_the_order_of_the_rules() {
    Needs needs = needs(policy(List.of(PAYMENTS, CORRUPTION), FIXABLE, WORSE), Facts.NONE);

    assertThat(names(needs))
        .containsExactly("payments_failing", "data_corrupted", "fixable", "worse");
    assertThat(needs.forRule()).contains("issue payments");
    assertThat(needs.trail()).isEmpty();
  }

  @Test
  void what_was_looked_at_before_a_question_is_shown_with_it() {
    Needs needs = needs(policy(List.of(PAYMENTS), FIXABLE), facts("payments_failing=no"));

    assertThat(needs.trail())
        .containsExactly(new Looked("issue payments", "payments", "no", "payments_failing is no"));
  }

  @Test
  void a_fact_is_not_asked_when_the_rest_of_its_condition_settles_it() {
    Issue rising =
        row("rising", and(above("error_rate", 0.05), is("worse")), verdict(ROLL_BACK, P1));

    assertThat(decided(policy(rising), facts("error_rate=1%")).rule()).isEqualTo("otherwise");
    assertThat(decided(policy(rising), facts("worse=no")).rule()).isEqualTo("otherwise");
    assertThat(names(needs(policy(rising), facts("worse=yes")))).containsExactly("error_rate");
  }

  @Test
  void missing_numbers_are_not_zero() {
    Issue errors = row("errors", above("error_rate", 0.05), verdict(ROLL_BACK, P1));

    Needs needs = needs(policy(errors), Facts.NONE);

    assertThat(names(needs)).containsExactly("error_rate");
  }

  @Test
  void a_condition_that_fails_on_what_is_known_leaves_it_to_a_person() {
    Condition broken =
        new Condition() {
          @Override
          public String source() {
            return "requests / 0 > 1";
          }

          @Override
          public Set<String> names() {
            return Set.of("error_rate");
          }

          @Override
          public Answer test(Facts facts) {
            return new Answer.Unknown(Set.of(), "division by zero");
          }
        };
    Policy policy = policy(row("broken", broken, verdict(ROLL_BACK, P1)));

    Decided decided = decided(policy, facts("error_rate=1%"));

    assertThat(decided.verdict()).isEqualTo(Verdict.of(ASK));
    assertThat(decided.trail())
        .contains(
            new Looked(
                "issue broken",
                "requests / 0 > 1",
                "not asked",
                "it cannot be answered from the facts: division by zero"));
  }

  @Test
  void a_condition_that_reads_an_undeclared_fact_is_a_mistake_of_the_policy() {
    Policy policy = policy(row("typo", is("paymnts"), verdict(ROLL_BACK, P1)));

    assertThatThrownBy(() -> Judge.judge(policy, Facts.NONE, Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("\"paymnts\" reads paymnts, which is not declared as a fact");
  }

  @Test
  void a_policy_too_tangled_to_be_played_through_asks_rather_than_guesses() {
    List<String> left = IntStream.range(0, 20).mapToObj(i -> "left" + i).toList();
    List<String> right = IntStream.range(0, 20).mapToObj(i -> "right" + i).toList();
    Says allLeft = left.stream().map(Says::is).reduce(Says::and).orElseThrow();
    List<Issue> issues =
        Stream.concat(
                Stream.of(row("all", allLeft, verdict(FIX_FORWARD, P0))),
                IntStream.range(0, 20)
                    .mapToObj(i ->
                        row(
                            "pair" + i,
                            and(is(left.get(i)), is(right.get(i))),
                            verdict(ROLL_BACK, P1))))
            .toList();
    Policy policy =
        new Policy(
            List.of(P0, P1),
            Stream.concat(left.stream(), right.stream()).map(JudgeTest::yesNo).toList(),
            issues,
            List.of(),
            Verdict.of(MONITOR));

    assertThat(names(needs(policy, Facts.NONE))).first().isEqualTo("left0");
  }

  // ---- components

  @Test
  void a_maybe_is_asked_for_and_the_answer_is_in_the_verdict() {
    Issue auth =
        row(
            "auth",
            is("auth_failing"),
            new Verdict(
                ROLL_BACK,
                Optional.of(P1),
                Optional.empty(),
                Optional.empty(),
                new TreeMap<>(
                    Map.of(
                        "client-portal", Involvement.MAYBE,
                        "backend", Involvement.YES,
                        "database", Involvement.NO)),
                List.of()));

    Needs needs = needs(policy(auth), facts("auth_failing=yes"));
    Decided decided =
        decided(policy(auth), facts("auth_failing=yes", "roll_back_client_portal=no"));

    assertThat(needs.missing())
        .containsExactly(
            new Fact(
                "roll_back_client_portal",
                FactType.YES_NO,
                "Is client-portal to be rolled back too?",
                List.of()));
    assertThat(needs.forRule()).contains("component client-portal");
    assertThat(decided.verdict().components())
        .containsEntry("client-portal", Involvement.NO)
        .containsEntry("backend", Involvement.YES)
        .containsEntry("database", Involvement.NO);
    assertThat(decided.trail())
        .contains(
            new Looked(
                "component client-portal",
                "Is client-portal to be rolled back too?",
                "no",
                "roll_back_client_portal is no"));
  }

  @Test
  void when_every_maybe_is_answered_with_no_nothing_is_rolled_back_and_a_person_decides() {
    Issue either =
        row(
            "either",
            is("outage"),
            new Verdict(
                ROLL_BACK,
                Optional.of(P1),
                Optional.empty(),
                Optional.empty(),
                new TreeMap<>(Map.of("backend", Involvement.MAYBE, "frontend", Involvement.MAYBE)),
                List.of("tech-lead")));

    Decided decided =
        decided(
            policy(either), facts("outage=yes", "roll_back_backend=no", "roll_back_frontend=no"));

    assertThat(decided.verdict().action()).isEqualTo(ASK);
    assertThat(decided.verdict().severity()).contains(P1);
    assertThat(decided.verdict().approvals()).isEmpty();
    assertThat(decided.trail())
        .last()
        .isEqualTo(
            new Looked(
                "components",
                "Is anything to be rolled back?",
                "no",
                "every component was answered with no, so a person must decide"));
  }

  @Test
  void a_maybe_of_a_verdict_that_rolls_nothing_back_is_not_asked() {
    Issue ui =
        row(
            "ui",
            is("outage"),
            new Verdict(
                FIX_FORWARD,
                Optional.of(P2),
                Optional.empty(),
                Optional.empty(),
                new TreeMap<>(Map.of("frontend", Involvement.MAYBE)),
                List.of()));

    assertThat(decided(policy(ui), facts("outage=yes")).verdict().action()).isEqualTo(FIX_FORWARD);
  }

  // ---- cautions

  @Test
  void a_caution_adds_its_approval_to_a_verdict_that_rolls_back() {
    Policy policy = cautious();

    Decided careful = decided(policy, facts("payments_failing=yes", "on_call=no"));
    Decided alone = decided(policy, facts("payments_failing=yes", "on_call=yes"));

    assertThat(careful.verdict().approvals()).containsExactly("second-person");
    assertThat(careful.trail())
        .contains(new Looked("caution not-on-call", "Not on call?", "yes", "on_call is no"));
    assertThat(alone.verdict().approvals()).isEmpty();
  }

  @Test
  void a_caution_is_asked_only_when_there_is_something_to_approve() {
    assertThat(names(needs(cautious(), facts("payments_failing=yes")))).containsExactly("on_call");
    assertThat(decided(cautious(), facts("payments_failing=no")).verdict().action())
        .isEqualTo(MONITOR);
  }

  private static Policy cautious() {
    return new Policy(
        List.of(P0, P1, P2),
        FACTS,
        List.of(PAYMENTS),
        List.of(),
        Verdict.of(MONITOR),
        List.of(
            new Caution(
                "not-on-call", "Not on call?", not(is("on_call")), List.of("second-person"))));
  }

  // ---- what would have fired

  @Test
  void it_says_which_rule_another_answer_would_have_fired() {
    Decided decided =
        decided(
            policy(List.of(FEATURE), FIXABLE, WORSE),
            facts("feature_down=no", "quick_fix=no", "fixable=no", "worse=yes"));

    assertThat(decided.rule()).isEqualTo("question worse");
    assertThat(decided.otherwise())
        .containsExactly(
            new WhatIf("if feature_down were yes", "issue feature", ROLL_BACK),
            new WhatIf("if fixable were yes", "question fixable", FIX_FORWARD),
            new WhatIf("if worse were no", "otherwise", MONITOR));
  }

  @Test
  void a_number_is_turned_by_turning_its_comparison() {
    Issue errors = row("errors", above("error_rate", 0.05), verdict(ROLL_BACK, P1));

    assertThat(decided(policy(errors), facts("error_rate=7%")).otherwise())
        .containsExactly(new WhatIf("if error_rate were not above 5%", "otherwise", MONITOR));
    assertThat(decided(policy(errors), facts("error_rate=1%")).otherwise())
        .containsExactly(new WhatIf("if error_rate were above 5%", "issue errors", ROLL_BACK));
  }

  @Test
  void the_same_other_verdict_is_said_once() {
    Question sick =
        new Question(
            "sick", "Sick?", is("outage"), Optional.of(Verdict.of(ROLL_BACK)), Optional.empty());

    Decided decided = decided(policy(List.of(), sick, WORSE), facts("outage=no", "worse=no"));

    assertThat(decided.otherwise())
        .containsExactly(new WhatIf("if outage were yes", "question sick", ROLL_BACK));
  }

  @Test
  void another_answer_that_would_change_nothing_is_not_mentioned() {
    Question down =
        new Question(
            "down", "Down?", is("down"), Optional.of(Verdict.of(ROLL_BACK)), Optional.empty());

    Decided decided = decided(policy(List.of(), down, WORSE), facts("down=no", "worse=yes"));

    assertThat(decided.otherwise())
        .containsExactly(new WhatIf("if worse were no", "otherwise", MONITOR));
  }

  @Test
  void another_answer_that_would_raise_a_question_says_which() {
    Decided decided = decided(policy(List.of(), FIXABLE, WORSE), facts("fixable=yes"));

    assertThat(decided.otherwise())
        .containsExactly(new WhatIf("if fixable were no", "question worse", ASK));
  }

  @Test
  void words_are_played_through_option_by_option() {
    Policy policy =
        new Policy(
            List.of(P0, P1, P2),
            List.of(new Fact("impact", FactType.TEXT, "How bad?", List.of("major", "minor"))),
            List.of(
                row("major", Says.isWord("impact", "major"), verdict(ROLL_BACK, P1)),
                row("minor", Says.isWord("impact", "minor"), verdict(FIX_FORWARD, P2))),
            List.of(),
            Verdict.of(MONITOR));

    Decided decided = decided(policy, facts("impact=major"));

    assertThat(decided.otherwise())
        .containsExactly(new WhatIf("if impact were minor", "issue minor", FIX_FORWARD));
  }

  // ---- helpers

  private static final List<Fact> FACTS =
      List.of(
          yesNo("payments_failing"),
          yesNo("data_corrupted"),
          yesNo("feature_down"),
          yesNo("quick_fix"),
          yesNo("outage"),
          yesNo("only_staff"),
          yesNo("fixable"),
          yesNo("worse"),
          yesNo("auth_failing"),
          yesNo("down"),
          yesNo("on_call"),
          new Fact("error_rate", FactType.SHARE, "What share of requests fails?", List.of()));

  private static Fact yesNo(String name) {
    return new Fact(name, FactType.YES_NO, name + "?", List.of());
  }

  private static Policy policy(Issue... issues) {
    return policy(List.of(issues));
  }

  private static Policy policy(List<Issue> issues, Question... questions) {
    return new Policy(List.of(P0, P1, P2), FACTS, issues, List.of(questions), Verdict.of(MONITOR));
  }

  private static Issue row(String name, Condition when, Verdict then) {
    return new Issue(name, name, Optional.of(when), then, Optional.empty(), Optional.empty());
  }

  private static Verdict verdict(Action action, Severity severity) {
    return new Verdict(
        action,
        Optional.of(severity),
        Optional.of(Duration.ofMinutes(5)),
        Optional.empty(),
        new TreeMap<>(),
        List.of());
  }

  /// `name=yes`, `name=7%`, `name=word`.
  private static Facts facts(String... assignments) {
    Facts facts = Facts.NONE;
    for (String assignment : assignments) {
      String name = assignment.substring(0, assignment.indexOf('='));
      String text = assignment.substring(assignment.indexOf('=') + 1);
      facts =
          facts.with(
              name,
              switch (text) {
                case "yes" -> new Value.YesNo(true);
                case "no" -> new Value.YesNo(false);
                default ->
                    text.endsWith("%")
                        ? new Value.Share(Integer.parseInt(text.replace("%", "")) / 100.0)
                        : new Value.Words(text);
              });
    }
    return facts;
  }

  private static Decided decided(Policy policy, Facts facts, String... issue) {
    return (Decided) Judge.judge(policy, facts, List.of(issue).stream().findFirst());
  }

  private static Needs needs(Policy policy, Facts facts) {
    return (Needs) Judge.judge(policy, facts, Optional.empty());
  }

  private static List<String> names(Needs needs) {
    return needs.missing().stream().map(Fact::name).toList();
  }
}
