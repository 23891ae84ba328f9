package dev.lastgood.flow;

import dev.lastgood.condition.Durations;
import dev.lastgood.condition.FactType;
import dev.lastgood.condition.Facts;
import dev.lastgood.condition.Facts.Value;
import dev.lastgood.decision.Policy;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Turns what people type into facts.
public final class Deciding {
  private static final Set<String> YES = Set.of("yes", "y", "true");
  private static final Set<String> NO = Set.of("no", "n", "false");

  private Deciding() {}

  /// `name=value`, as given on the command line.
  ///
  /// @throws Refusal when the name is not a fact of the policy or the value does not fit its type
  public static Facts answer(Policy policy, Facts facts, String assignment) throws Refusal {
    int equals = assignment.indexOf('=');
    if (equals < 1) {
      throw new Refusal(
          Refusal.Turn.INPUT,
          "\""
              + assignment
              + "\" is not NAME=VALUE, e.g. data_at_risk=no. Known facts: "
              + names(policy));
    }
    String name = assignment.substring(0, equals).strip();
    Policy.Fact fact =
        policy.facts().stream()
            .filter(f -> f.name().equals(name))
            .findFirst()
            .orElseThrow(() ->
                new Refusal(
                    Refusal.Turn.INPUT,
                    "no fact is called \"" + name + "\". Known facts: " + names(policy)));
    return answer(facts, fact, assignment.substring(equals + 1));
  }

  /// @throws Refusal when the text does not fit the type of the fact
  public static Facts answer(Facts facts, Policy.Fact fact, String text) throws Refusal {
    Value value =
        parse(fact, text.strip())
            .orElseThrow(() ->
                new Refusal(
                    Refusal.Turn.INPUT,
                    "\""
                        + text.strip()
                        + "\" does not answer "
                        + fact.name()
                        + ": expected "
                        + expected(fact)));
    return facts.with(fact.name(), value);
  }

  public static String expected(Policy.Fact fact) {
    if (!fact.options().isEmpty()) {
      return "one of " + String.join(", ", fact.options());
    }
    return switch (fact.type()) {
      case YES_NO -> "yes or no";
      case SHARE -> "a share such as 5%";
      case AMOUNT -> "a number";
      case TEXT -> "a word";
      case DURATION -> "a duration such as 15m";
    };
  }

  private static Optional<Value> parse(Policy.Fact fact, String text) {
    String word = text.toLowerCase(Locale.ROOT);
    FactType type = fact.type();
    return switch (type) {
      case YES_NO ->
          YES.contains(word)
              ? Optional.of(new Value.YesNo(true))
              : NO.contains(word) ? Optional.of(new Value.YesNo(false)) : Optional.empty();
      case SHARE ->
          number(text.endsWith("%") ? text.substring(0, text.length() - 1) : text)
              .map(n -> text.endsWith("%") ? n.movePointLeft(2) : n)
              .filter(n -> n.signum() >= 0 && n.compareTo(BigDecimal.ONE) <= 0)
              .map(n -> new Value.Share(n.doubleValue()));
      case AMOUNT -> number(text).map(n -> new Value.Amount(n.doubleValue()));
      case TEXT -> option(fact.options(), text).map(Value.Words::new);
      case DURATION -> Durations.parse(text).map(Value.Lasting::new);
    };
  }

  private static Optional<String> option(List<String> options, String text) {
    if (text.isEmpty() || text.length() > 200) {
      return Optional.empty();
    }
    return options.isEmpty()
        ? Optional.of(text)
        : options.stream().filter(o -> o.equalsIgnoreCase(text)).findFirst();
  }

  private static Optional<BigDecimal> number(String text) {
    if (text.length() > 30) {
      return Optional.empty();
    }
    try {
      return Optional.of(new BigDecimal(text.strip()));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static String names(Policy policy) {
    return policy.facts().isEmpty()
        ? "none are declared under decide: facts:"
        : String.join(", ", policy.facts().stream().map(Policy.Fact::name).toList());
  }
}
