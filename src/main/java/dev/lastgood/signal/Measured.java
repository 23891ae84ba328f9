package dev.lastgood.signal;

import dev.lastgood.condition.Facts;
import dev.lastgood.condition.Facts.Value;
import dev.lastgood.model.Measurement;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Measurements as signals for the timeline, and as facts for a decision.
public final class Measured {
  /// Yes when at least one check is unhealthy, no when every check is healthy. Otherwise not known:
  /// what could not be measured is not well.
  public static final String ANY_UNHEALTHY = "any_check_unhealthy";

  /// Yes when at least one check could not be measured, as with a service that is dead.
  public static final String ANY_ERROR = "any_check_error";

  private Measured() {}

  /// In the order of the names of the checks.
  ///
  /// @param measured by name of the check
  public static List<Signal> signals(Instant at, Map<String, Measurement> measured) {
    return new TreeMap<>(measured)
        .entrySet().stream()
            .<Signal>map(e -> new Signal.CheckMeasured(at, e.getKey(), e.getValue()))
            .toList();
  }

  /// The name of the fact that holds the word of a check: `check_front_page` for `front-page`.
  public static String factName(String check) {
    return "check_" + check.replace('-', '_').replace('.', '_');
  }

  /// The words of all checks, and what they say together. Nothing measured, nothing known.
  ///
  /// @param measured by name of the check
  public static Facts facts(Map<String, Measurement> measured) {
    var facts = new TreeMap<String, Value>();
    for (var check : new TreeMap<>(measured).entrySet()) {
      String word = check.getValue().word();
      // Two names that only differ in their marks share a fact; two words for it are none.
      facts.merge(
          factName(check.getKey()),
          new Value.Words(word),
          (a, b) -> a.equals(b) ? a : new Value.Words("inconclusive"));
    }
    if (!measured.isEmpty()) {
      together(measured.values(), facts);
    }
    return Facts.of(facts);
  }

  private static void together(Collection<Measurement> all, Map<String, Value> facts) {
    boolean error = all.stream().anyMatch(Measurement.Error.class::isInstance);
    facts.put(ANY_ERROR, new Value.YesNo(error));
    if (all.stream().anyMatch(Measurement.Unhealthy.class::isInstance)) {
      facts.put(ANY_UNHEALTHY, new Value.YesNo(true));
    } else if (all.stream().allMatch(Measurement::healthy)) {
      facts.put(ANY_UNHEALTHY, new Value.YesNo(false));
    }
  }
}
