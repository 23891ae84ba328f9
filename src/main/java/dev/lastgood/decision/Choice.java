package dev.lastgood.decision;

import dev.lastgood.condition.Condition;
import dev.lastgood.condition.FactType;
import dev.lastgood.condition.Facts.Value;
import dev.lastgood.decision.Policy.Fact;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Something that is not known and can be played through.
sealed interface Choice {
  /// What would be known after each possible answer.
  List<Known> ways(Known known);

  /// A fact with few values: yes or no, or one of its options.
  record OfFact(Fact fact) implements Choice {
    static boolean fits(Fact fact) {
      return fact.type() == FactType.YES_NO
          || (fact.type() == FactType.TEXT && !fact.options().isEmpty());
    }

    @Override
    public List<Known> ways(Known known) {
      Stream<Value> values =
          fact.type() == FactType.YES_NO
              ? Stream.of(new Value.YesNo(false), new Value.YesNo(true))
              : fact.options().stream().map(Value.Words::new);
      return values.map(v -> known.with(fact.name(), v)).toList();
    }
  }

  /// A condition that compares a fact with any number of values: it holds or does not. Conditions
  /// with the same words have the same answer; others are taken as independent of each other.
  record OfCondition(Condition condition) implements Choice {
    @Override
    public List<Known> ways(Known known) {
      return List.of(known.supposing(condition, false), known.supposing(condition, true));
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof OfCondition(Condition c) && c.source().equals(condition.source());
    }

    @Override
    public int hashCode() {
      return condition.source().hashCode();
    }
  }

  /// Every choice that can come up, in the order of the rules: what is asked first comes first.
  static List<Choice> inOrder(Rules rules, Known known) {
    Set<Choice> all = new LinkedHashSet<>();
    rules
        .conditions()
        .forEach(c -> {
          unknown(rules.policy(), c, known).forEach(f -> all.add(new OfFact(f)));
          all.add(new OfCondition(c));
        });
    rules.policy().facts().stream()
        .filter(f -> f.type() == FactType.YES_NO)
        .forEach(f -> all.add(new OfFact(f)));
    return new ArrayList<>(all);
  }

  /// What is to be played through now for the pass to become settled.
  static Stream<Choice> of(Rules rules, Pass pass, Known known) {
    Stream<Choice> conditions =
        pass.open().stream()
            .flatMap(o -> {
              List<Fact> facts = unknown(rules.policy(), o.condition(), known);
              return facts.isEmpty()
                  ? Stream.of(new OfCondition(o.condition()))
                  : facts.stream().map(OfFact::new);
            });
    Stream<Choice> maybes =
        pass.maybes().stream()
            .flatMap(c -> rules.policy().fact(Policy.maybeFact(c)).stream())
            .map(OfFact::new);
    return Stream.concat(conditions, maybes);
  }

  private static List<Fact> unknown(Policy policy, Condition condition, Known known) {
    return policy.facts().stream()
        .filter(OfFact::fits)
        .filter(f -> condition.names().contains(f.name()))
        .filter(f -> known.facts().get(f.name()).isEmpty())
        .toList();
  }
}
