package dev.lastgood.decision;

import dev.lastgood.condition.Condition;
import dev.lastgood.condition.Facts;
import dev.lastgood.condition.Facts.Value;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/// Conditions for tests that need no expression language: `is`, `above`, `not`, `and`, `or`.
record Says(String source, Set<String> names, Function<Facts, Optional<Boolean>> holds)
    implements Condition {

  static Says is(String fact) {
    return new Says(fact, Set.of(fact), f -> f.get(fact).map(v -> v.equals(new Value.YesNo(true))));
  }

  static Says isWord(String fact, String word) {
    return new Says(
        fact + " == '" + word + "'",
        Set.of(fact),
        f -> f.get(fact).map(v -> v.equals(new Value.Words(word))));
  }

  static Says above(String fact, double limit) {
    return new Says(
        fact + " > " + limit,
        Set.of(fact),
        f -> f.get(fact).map(v -> v instanceof Value.Share(double share) && share > limit));
  }

  static Says not(Says c) {
    return new Says("!(" + c.source + ")", c.names, f -> c.holds.apply(f).map(h -> !h));
  }

  /// No as soon as one side is no, even when the other is not known; as CEL does.
  static Says and(Says a, Says b) {
    return new Says(
        "(" + a.source + " && " + b.source + ")",
        union(a, b),
        f -> {
          Optional<Boolean> left = a.holds.apply(f);
          Optional<Boolean> right = b.holds.apply(f);
          if (left.equals(Optional.of(false)) || right.equals(Optional.of(false))) {
            return Optional.of(false);
          }
          return left.isPresent() ? right : Optional.empty();
        });
  }

  static Says or(Says a, Says b) {
    Says both = not(and(not(a), not(b)));
    return new Says("(" + a.source + " || " + b.source + ")", both.names, both.holds);
  }

  private static Set<String> union(Says a, Says b) {
    var names = new TreeSet<>(a.names);
    names.addAll(b.names);
    return names;
  }

  @Override
  public Answer test(Facts facts) {
    Optional<Boolean> answer = holds.apply(facts);
    if (answer.isEmpty()) {
      var missing = new TreeSet<>(names);
      missing.removeAll(facts.values().keySet());
      return new Answer.Unknown(missing, "not known: " + missing);
    }
    return answer.get() ? new Answer.Yes() : new Answer.No();
  }
}
