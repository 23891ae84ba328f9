package dev.lastgood.config;

import dev.lastgood.condition.BadCondition;
import dev.lastgood.condition.Cel;
import dev.lastgood.condition.Condition;
import dev.lastgood.condition.Vocabulary;
import dev.lastgood.config.Yaml.Scalar;
import java.util.Optional;

/// Compiles conditions and tells what is wrong with them at its place in the file.
final class Conditions {
  private final Cel cel;
  private final Vocabulary facts;
  private final Mistakes mistakes;

  Conditions(Cel cel, Vocabulary facts, Mistakes mistakes) {
    this.cel = cel;
    this.facts = facts;
    this.mistakes = mistakes;
  }

  Optional<Condition> compile(Scalar scalar, boolean overHttp) {
    try {
      return Optional.of(cel.compile(scalar.text(), overHttp ? Vocabulary.HTTP : facts));
    } catch (BadCondition bad) {
      for (BadCondition.Problem problem : bad.problems()) {
        mistakes.add(scalar.at(problem.offset()), problem.message());
      }
      return Optional.empty();
    }
  }
}
