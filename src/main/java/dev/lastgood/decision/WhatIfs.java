package dev.lastgood.decision;

import dev.lastgood.condition.Condition;
import dev.lastgood.condition.FactType;
import dev.lastgood.condition.Facts.Value;
import dev.lastgood.decision.Decision.WhatIf;
import dev.lastgood.decision.Policy.Fact;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Plays each answer that was used the other way, and says which rule would then have fired.
final class WhatIfs {
  private final Rules rules;
  private final Known known;

  WhatIfs(Rules rules, Known known) {
    this.rules = rules;
    this.known = known;
  }

  /// One line for each other verdict that one other answer would have led to.
  List<WhatIf> besides(Ruling.Settled fired) {
    var lines = new ArrayList<WhatIf>();
    Set<Object> verdicts = new HashSet<>(Set.of(fired.verdict()));
    for (Flip flip : flips(fired.rule())) {
      Ruling other = Ruling.of(rules, flip.known);
      WhatIf line = line(flip.change, other);
      boolean same = line.rule().equals(fired.rule().name()) && other instanceof Ruling.Settled;
      if (!same && verdicts.add(key(other))) {
        lines.add(line);
      }
    }
    return lines;
  }

  private static WhatIf line(String change, Ruling ruling) {
    return switch (ruling) {
      case Ruling.Settled(Rule rule, Verdict verdict) ->
          new WhatIf(change, rule.name(), verdict.action());
      case Ruling.Open(_, String rule) -> new WhatIf(change, rule, Action.ASK);
      case Ruling.Broken(String rule, _, _) -> new WhatIf(change, rule, Action.ASK);
    };
  }

  private static Object key(Ruling ruling) {
    return switch (ruling) {
      case Ruling.Settled(_, Verdict verdict) -> verdict;
      case Ruling.Open(_, String rule) -> rule;
      case Ruling.Broken(String rule, _, _) -> rule;
    };
  }

  private record Flip(String change, Known known) {}

  /// Everything that was looked at up to the rule that fired, the other way round.
  private Set<Flip> flips(Rule fired) {
    Set<Flip> flips = new LinkedHashSet<>();
    for (Rule rule : rules.inOrder()) {
      rule.conditions().forEach(c -> flips(c).forEach(flips::add));
      if (rule.equals(fired)) {
        return flips;
      }
    }
    return flips;
  }

  private Stream<Flip> flips(Condition condition) {
    List<Fact> read =
        rules.policy().facts().stream()
            .filter(f -> condition.names().contains(f.name()))
            .filter(f -> known.facts().get(f.name()).isPresent())
            .toList();
    Stream<Flip> facts = read.stream().flatMap(this::flips);
    boolean compares = read.stream().anyMatch(f -> !Choice.OfFact.fits(f));
    Tri now = known.is(condition);
    return !compares || now == Tri.UNKNOWN
        ? facts
        : Stream.concat(facts, Stream.of(flip(condition, now == Tri.NO)));
  }

  private Stream<Flip> flips(Fact fact) {
    if (!Choice.OfFact.fits(fact)) {
      return Stream.empty();
    }
    Stream<Value> values =
        fact.type() == FactType.YES_NO
            ? Stream.of(new Value.YesNo(false), new Value.YesNo(true))
            : fact.options().stream().map(Value.Words::new);
    return values
        .filter(v -> !known.facts().get(fact.name()).get().equals(v))
        .map(v -> new Flip(Words.changed(fact.name(), v), known.with(fact.name(), v)));
  }

  private Flip flip(Condition condition, boolean holds) {
    return new Flip(
        Words.changed(condition, holds, rules.policy()), known.supposing(condition, holds));
  }
}
