package dev.lastgood.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.condition.FactType;
import dev.lastgood.condition.Facts;
import dev.lastgood.condition.Facts.Value;
import dev.lastgood.decision.Decision.Decided;
import dev.lastgood.decision.Decision.Needs;
import dev.lastgood.decision.Policy.Fact;
import dev.lastgood.decision.Policy.Issue;
import dev.lastgood.decision.Policy.Question;
import dev.lastgood.model.Severity;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Facts with any number of values, compared with several limits. Policies are made from one seed;
/// each number is tried below, between and above all limits.
@DisplayNameGeneration(ReplaceUnderscores.class)
class JudgeNumbersTest {
  private static final long SEED = 511;
  private static final List<Double> LIMITS = List.of(0.05, 0.1);
  private static final List<Double> TRIED = List.of(0.01, 0.07, 0.2);
  private static final List<String> NUMBERS = List.of("error_rate", "affected_users");
  private static final List<Fact> FACTS =
      List.of(
          new Fact("error_rate", FactType.SHARE, "?", List.of()),
          new Fact("affected_users", FactType.SHARE, "?", List.of()),
          new Fact("worse", FactType.YES_NO, "?", List.of()));

  @Test
  void a_decision_without_a_number_holds_for_every_number() {
    for (int i = 0; i < 600; i++) {
      var random = new Random(SEED + i);
      Policy policy = policy(random);
      Facts known = some(random);
      if (Judge.judge(policy, known, Optional.empty()) instanceof Decided decided) {
        assertThat(completions(known).map(all -> decided(policy, all).verdict()))
            .as("seed %d: %s known %s", SEED + i, policy, known)
            .containsOnly(decided.verdict());
      }
    }
  }

  @Test
  void a_number_that_is_asked_for_has_not_been_given_and_asking_ends() {
    for (int i = 0; i < 200; i++) {
      Policy policy = policy(new Random(SEED + i));
      completions(Facts.NONE)
          .forEach(all -> {
            Facts known = Facts.NONE;
            while (Judge.judge(policy, known, Optional.empty()) instanceof Needs needs) {
              String name = needs.missing().getFirst().name();
              assertThat(known.get(name)).isEmpty();
              known = known.with(name, all.get(name).orElseThrow());
            }
            assertThat(decided(policy, known).verdict()).isEqualTo(decided(policy, all).verdict());
          });
    }
  }

  private static Decided decided(Policy policy, Facts facts) {
    return (Decided) Judge.judge(policy, facts, Optional.empty());
  }

  private static Stream<Facts> completions(Facts known) {
    Stream<Facts> all = Stream.of(known);
    for (String name : NUMBERS) {
      if (known.get(name).isEmpty()) {
        all = all.flatMap(f -> TRIED.stream().map(n -> f.with(name, new Value.Share(n))));
      }
    }
    return known.get("worse").isPresent()
        ? all
        : all.flatMap(f -> Stream.of(true, false).map(v -> f.with("worse", new Value.YesNo(v))));
  }

  private static Facts some(Random random) {
    Facts facts = Facts.NONE;
    for (String name : NUMBERS) {
      if (random.nextBoolean()) {
        facts = facts.with(name, new Value.Share(TRIED.get(random.nextInt(3))));
      }
    }
    return random.nextBoolean()
        ? facts
        : facts.with("worse", new Value.YesNo(random.nextBoolean()));
  }

  private static Policy policy(Random random) {
    List<Issue> issues =
        IntStream.range(0, random.nextInt(4))
            .mapToObj(i ->
                new Issue(
                    "i" + i,
                    "",
                    Optional.of(condition(random)),
                    verdict(random),
                    Optional.empty(),
                    Optional.empty()))
            .toList();
    List<Question> questions =
        IntStream.range(0, random.nextInt(4))
            .mapToObj(i ->
                new Question(
                    "q" + i,
                    "?",
                    condition(random),
                    Optional.of(verdict(random)),
                    Optional.empty()))
            .toList();
    return new Policy(List.of(), FACTS, issues, questions, verdict(random));
  }

  private static Says condition(Random random) {
    Says number = Says.above(NUMBERS.get(random.nextInt(2)), LIMITS.get(random.nextInt(2)));
    return switch (random.nextInt(4)) {
      case 0 -> Says.and(number, Says.is("worse"));
      case 1 -> Says.or(number, Says.is("worse"));
      case 2 -> Says.not(number);
      default -> number;
    };
  }

  private static Verdict verdict(Random random) {
    return new Verdict(
        random.nextBoolean() ? Action.ROLL_BACK : Action.MONITOR,
        Optional.of(severity(random.nextInt(2))),
        Optional.empty(),
        Optional.empty(),
        new TreeMap<>(),
        List.of());
  }

  private static Severity severity(int rank) {
    return new Severity("P" + rank, rank);
  }
}
