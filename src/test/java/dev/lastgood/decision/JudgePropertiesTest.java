package dev.lastgood.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.condition.Condition;
import dev.lastgood.condition.Condition.Answer;
import dev.lastgood.condition.FactType;
import dev.lastgood.condition.Facts;
import dev.lastgood.condition.Facts.Value;
import dev.lastgood.decision.Decision.Decided;
import dev.lastgood.decision.Decision.Needs;
import dev.lastgood.decision.Policy.Caution;
import dev.lastgood.decision.Policy.Fact;
import dev.lastgood.decision.Policy.Issue;
import dev.lastgood.decision.Policy.Question;
import dev.lastgood.model.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Hundreds of policies made from one seed, each judged with some facts missing and compared with
/// every way in which the missing facts could turn out. The verdict with all facts is worked out a
/// second time here, in the plainest way.
@DisplayNameGeneration(ReplaceUnderscores.class)
class JudgePropertiesTest {
  private static final long SEED = 20_261_120;
  private static final int POLICIES = 600;
  private static final List<String> NAMES = List.of("a", "b", "c", "d", "e", "f");
  private static final List<String> MAYBES = List.of("frontend", "backend");

  @Test
  void it_decides_exactly_when_no_missing_answer_could_change_the_verdict() {
    forEachCase((policy, facts, named) -> {
      Set<Verdict> possible = verdicts(policy, facts, named);

      switch (Judge.judge(policy, facts, named)) {
        case Decided decided -> assertThat(possible).containsExactly(decided.verdict());
        case Needs _ -> assertThat(possible).hasSizeGreaterThan(1);
      }
    });
  }

  @Test
  void it_asks_for_every_fact_that_matters_and_for_no_other() {
    forEachCase((policy, facts, named) -> {
      if (Judge.judge(policy, facts, named) instanceof Needs needs) {
        assertThat(needs.missing().stream().map(Fact::name).collect(Collectors.toSet()))
            .isEqualTo(mattering(policy, facts, named));
      }
    });
  }

  @Test
  void answering_the_first_question_again_and_again_ends_with_the_verdict_of_all_facts() {
    forEachCase((policy, facts, named) ->
        completions(policy, facts)
            .limit(8)
            .forEach(all -> {
              Facts known = facts;
              Decision decision = Judge.judge(policy, known, named);
              while (decision instanceof Needs needs) {
                String first = needs.missing().getFirst().name();
                assertThat(known.get(first)).as(first).isEmpty();
                known = known.with(first, all.get(first).orElseThrow());
                decision = Judge.judge(policy, known, named);
              }
              assertThat(((Decided) decision).verdict()).isEqualTo(plain(policy, all, named));
            }));
  }

  @Test
  void the_rule_that_is_said_to_have_fired_leads_to_the_verdict() {
    forEachCase((policy, facts, named) -> {
      if (Judge.judge(policy, facts, named) instanceof Decided decided) {
        assertThat(rules(policy, facts, named)).contains(decided.rule());
        assertThat(decided.trail()).anyMatch(l -> l.rule().equals(decided.rule()));
      }
    });
  }

  @Test
  void what_would_have_fired_is_never_the_rule_that_did_with_all_facts_known() {
    forEachCase((policy, facts, named) -> {
      Facts all = completions(policy, facts).findFirst().orElseThrow();
      Decided decided = (Decided) Judge.judge(policy, all, named);

      assertThat(decided.otherwise()).noneMatch(w -> w.rule().equals(decided.rule()));
      assertThat(decided.otherwise()).doesNotHaveDuplicates();
    });
  }

  // ---- the plain way

  private record Outcome(String rule, Verdict verdict) {}

  private static Verdict plain(Policy policy, Facts all, Optional<String> named) {
    Verdict verdict = outcome(policy, all, named).verdict();
    if (!verdict.action().rollsBack()) {
      return verdict;
    }
    var components = new TreeMap<>(verdict.components());
    components.replaceAll((name, part) ->
        part != Involvement.MAYBE
            ? part
            : yes(all, "roll_back_" + name) ? Involvement.YES : Involvement.NO);
    if (!components.isEmpty() && !components.containsValue(Involvement.YES)) {
      return new Verdict(
          Action.ASK, verdict.severity(), verdict.within(), verdict.rto(), components, List.of());
    }
    var approvals = new ArrayList<>(verdict.approvals());
    for (Caution caution : policy.cautions()) {
      if (holds(caution.when(), all)) {
        caution.approvals().stream().filter(a -> !approvals.contains(a)).forEach(approvals::add);
      }
    }
    return new Verdict(
        verdict.action(),
        verdict.severity(),
        verdict.within(),
        verdict.rto(),
        components,
        approvals);
  }

  private static Outcome outcome(Policy policy, Facts all, Optional<String> named) {
    for (Issue issue : policy.issues()) {
      if (named.equals(Optional.of(issue.name())) && applies(issue, all).isPresent()) {
        return applies(issue, all).get();
      }
    }
    Outcome worst = null;
    for (Issue issue : policy.issues()) {
      if (named.equals(Optional.of(issue.name()))
          || issue.when().isEmpty()
          || !holds(issue.when().get(), all)) {
        continue;
      }
      Optional<Outcome> outcome = applies(issue, all);
      if (outcome.isPresent() && (worst == null || rank(outcome.get()) < rank(worst))) {
        worst = outcome.get();
      }
    }
    if (worst != null) {
      return worst;
    }
    for (Question question : policy.questions()) {
      Optional<Verdict> verdict = holds(question.when(), all) ? question.yes() : question.no();
      if (verdict.isPresent()) {
        return new Outcome("question " + question.id(), verdict.get());
      }
    }
    return new Outcome("otherwise", policy.otherwise());
  }

  private static Optional<Outcome> applies(Issue issue, Facts all) {
    String rule = "issue " + issue.name();
    boolean excepted = issue.unless().isPresent() && holds(issue.unless().get(), all);
    if (!excepted) {
      return Optional.of(new Outcome(rule, issue.then()));
    }
    return issue
        .instead()
        .map(v ->
            new Outcome(
                rule,
                new Verdict(
                    v.action(),
                    v.severity().or(() -> issue.then().severity()),
                    v.within().or(() -> issue.then().within()),
                    v.rto().or(() -> issue.then().rto()),
                    v.components(),
                    v.approvals())));
  }

  private static int rank(Outcome outcome) {
    return outcome.verdict().severity().map(Severity::rank).orElse(99);
  }

  private static boolean holds(Condition condition, Facts all) {
    return condition.test(all) instanceof Answer.Yes;
  }

  private static boolean yes(Facts all, String name) {
    return all.get(name).equals(Optional.of(new Value.YesNo(true)));
  }

  private static Stream<Facts> completions(Policy policy, Facts facts) {
    Stream<Facts> all = Stream.of(facts);
    for (Fact fact : policy.facts()) {
      if (facts.get(fact.name()).isEmpty()) {
        all =
            all.flatMap(
                f -> Stream.of(false, true).map(v -> f.with(fact.name(), new Value.YesNo(v))));
      }
    }
    return all;
  }

  private static Set<Verdict> verdicts(Policy policy, Facts facts, Optional<String> named) {
    return completions(policy, facts)
        .map(all -> plain(policy, all, named))
        .collect(Collectors.toSet());
  }

  private static Set<String> rules(Policy policy, Facts facts, Optional<String> named) {
    return completions(policy, facts)
        .map(all -> outcome(policy, all, named).rule())
        .collect(Collectors.toSet());
  }

  private static Set<String> mattering(Policy policy, Facts facts, Optional<String> named) {
    Set<String> mattering = new TreeSet<>();
    completions(policy, facts)
        .forEach(all -> {
          for (Fact fact : policy.facts()) {
            if (facts.get(fact.name()).isEmpty()) {
              Facts other = all.with(fact.name(), new Value.YesNo(!yes(all, fact.name())));
              if (!plain(policy, all, named).equals(plain(policy, other, named))) {
                mattering.add(fact.name());
              }
            }
          }
        });
    return mattering;
  }

  // ---- policies at random

  private interface Case {
    void check(Policy policy, Facts facts, Optional<String> named);
  }

  private static void forEachCase(Case each) {
    for (int i = 0; i < POLICIES; i++) {
      var random = new Random(SEED + i);
      Policy policy = policy(random);
      Facts facts = facts(random, policy);
      Optional<String> named =
          random.nextInt(4) > 0 || policy.issues().isEmpty()
              ? Optional.empty()
              : Optional.of(policy.issues().get(random.nextInt(policy.issues().size())).name());
      try {
        each.check(policy, facts, named);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(
            "seed " + (SEED + i) + ": " + policy + "\nknown: " + facts + ", named: " + named, e);
      }
    }
  }

  private static Policy policy(Random random) {
    List<Issue> issues =
        IntStream.range(0, random.nextInt(5)).mapToObj(i -> issue(random, "i" + i)).toList();
    List<Question> questions =
        IntStream.range(0, random.nextInt(4))
            .mapToObj(i ->
                new Question(
                    "q" + i,
                    "?",
                    condition(random),
                    sometimes(random, 2, verdict(random)),
                    sometimes(random, 4, verdict(random))))
            .toList();
    List<Caution> cautions =
        IntStream.range(0, Math.max(0, random.nextInt(5) - 2))
            .mapToObj(i -> new Caution("c" + i, "?", condition(random), List.of("role" + i)))
            .toList();
    List<Fact> facts = NAMES.stream().map(n -> new Fact(n, FactType.YES_NO, n, List.of())).toList();
    return new Policy(
        IntStream.range(0, 3).mapToObj(JudgePropertiesTest::severity).toList(),
        facts,
        issues,
        questions,
        verdict(random),
        cautions);
  }

  private static Issue issue(Random random, String name) {
    return new Issue(
        name,
        name,
        random.nextInt(6) == 0 ? Optional.empty() : Optional.of(condition(random)),
        verdict(random),
        sometimes(random, 3, condition(random)),
        sometimes(random, 2, verdict(random)));
  }

  private static <T> Optional<T> sometimes(Random random, int oneIn, T value) {
    return random.nextInt(oneIn) == 0 ? Optional.of(value) : Optional.empty();
  }

  /// Few different ones, so that rules often agree and facts often do not matter.
  private static Verdict verdict(Random random) {
    Action action =
        List.of(Action.ROLL_BACK, Action.ROLL_BACK, Action.FIX_FORWARD, Action.MONITOR)
            .get(random.nextInt(4));
    var components = new TreeMap<String, Involvement>();
    if (random.nextInt(5) == 0) {
      components.put(MAYBES.get(random.nextInt(2)), Involvement.MAYBE);
    }
    return new Verdict(
        action,
        random.nextInt(5) == 0 ? Optional.empty() : Optional.of(severity(random.nextInt(3))),
        sometimes(random, 5, Duration.ofMinutes(5)),
        Optional.empty(),
        components,
        List.of());
  }

  private static Severity severity(int rank) {
    return new Severity("P" + rank, rank);
  }

  private static Says condition(Random random) {
    Says one = Says.is(NAMES.get(random.nextInt(NAMES.size())));
    return switch (random.nextInt(6)) {
      case 0 -> Says.not(one);
      case 1 -> Says.and(one, condition(random));
      case 2 -> Says.or(one, condition(random));
      default -> one;
    };
  }

  private static Facts facts(Random random, Policy policy) {
    Set<Fact> known = new LinkedHashSet<>(policy.facts());
    known.removeIf(_ -> random.nextInt(3) > 0);
    Map<String, Value> values = new TreeMap<>();
    known.forEach(f -> values.put(f.name(), new Value.YesNo(random.nextBoolean())));
    return Facts.of(values);
  }
}
