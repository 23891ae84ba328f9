package dev.lastgood.decision;

import dev.lastgood.condition.Condition;
import dev.lastgood.condition.Condition.Answer;
import dev.lastgood.condition.Facts;
import dev.lastgood.condition.Facts.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// What is taken as given for one pass over the rules.
///
/// @param supposed answers of conditions that are played through, by source; they outrank the facts
/// @param answers of conditions that were tested before
record Known(Facts facts, Map<String, Boolean> supposed, Answers answers) {
  Known {
    supposed = Map.copyOf(supposed);
  }

  static Known of(Facts facts) {
    return new Known(facts, Map.of(), new Answers(new HashMap<>()));
  }

  Known with(String fact, Value value) {
    return new Known(facts.with(fact, value), supposed, answers);
  }

  Known supposing(Condition condition, boolean holds) {
    var next = new TreeMap<>(supposed);
    next.put(condition.source(), holds);
    return new Known(facts, next, answers);
  }

  Answer ask(Condition condition) {
    if (supposed.containsKey(condition.source())) {
      return supposed.get(condition.source()) ? new Answer.Yes() : new Answer.No();
    }
    return answers.of(condition, facts);
  }

  Tri is(Condition condition) {
    return switch (ask(condition)) {
      case Answer.Yes _ -> Tri.YES;
      case Answer.No _ -> Tri.NO;
      case Answer.Unknown _ -> Tri.UNKNOWN;
    };
  }

  /// Whether this yes-no fact has an answer.
  boolean answered(String fact) {
    return facts.get(fact).filter(Value.YesNo.class::isInstance).isPresent();
  }

  /// The values of these names, of those that are known.
  Map<String, Value> values(Set<String> names) {
    var some = new TreeMap<>(facts.values());
    some.keySet().retainAll(names);
    return some;
  }

  /// Remembers answers while facts are played through: a condition is tested hundreds of times,
  /// with a handful of different values, and a test of CEL costs as much as a thousand look-ups.
  record Answers(Map<Tested, Answer> byValues) {
    private record Tested(String source, List<Optional<Value>> values) {}

    private Answer of(Condition condition, Facts facts) {
      List<Optional<Value>> values = condition.names().stream().map(facts::get).toList();
      return byValues.computeIfAbsent(
          new Tested(condition.source(), values), _ -> condition.test(facts));
    }
  }
}
