package dev.lastgood.decision;

import dev.lastgood.condition.Condition;
import dev.lastgood.condition.FactType;
import dev.lastgood.condition.Facts.Value;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// How conditions and facts are said to people.
final class Words {
  private Words() {}

  /// `error_rate is 7%, trending_up is yes`; empty when none of the values is known.
  static String values(List<Condition> conditions, Known known) {
    return conditions.stream()
        .flatMap(c -> c.names().stream().sorted())
        .distinct()
        .flatMap(n -> known.facts().get(n).stream().map(v -> n + " is " + v.shown()))
        .collect(Collectors.joining(", "));
  }

  static String changed(String fact, Value value) {
    return "if " + fact + " were " + value.shown();
  }

  /// `if error_rate were not above 5%`; conditions that are more than one comparison are quoted.
  static String changed(Condition condition, boolean holds, Policy policy) {
    String[] part = condition.source().strip().split(" +", -1);
    Optional<Policy.Fact> fact = policy.fact(part[0]);
    Optional<String> verb = part.length == 3 ? verb(part[1]) : Optional.empty();
    if (fact.isEmpty() || verb.isEmpty()) {
      return "if \"" + condition.source().strip() + (holds ? "\" held" : "\" did not hold");
    }
    return "if "
        + fact.get().name()
        + (holds ? " were " : " were not ")
        + verb.get()
        + literal(part[2], fact.get().type());
  }

  private static Optional<String> verb(String operator) {
    return switch (operator) {
      case ">" -> Optional.of("above ");
      case ">=" -> Optional.of("at least ");
      case "<" -> Optional.of("below ");
      case "<=" -> Optional.of("at most ");
      case "==" -> Optional.of("");
      default -> Optional.empty();
    };
  }

  private static String literal(String text, FactType type) {
    return switch (type) {
      case SHARE -> share(text);
      case DURATION -> text.replaceAll("^duration\\([\"'](.*)[\"']\\)$", "$1");
      case TEXT -> text.replaceAll("^[\"'](.*)[\"']$", "$1");
      case YES_NO, AMOUNT -> text;
    };
  }

  private static String share(String text) {
    try {
      return new Value.Share(Double.parseDouble(text)).shown();
    } catch (NumberFormatException e) {
      return text;
    }
  }
}
