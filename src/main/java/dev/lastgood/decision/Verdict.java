package dev.lastgood.decision;

import dev.lastgood.model.Severity;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a rule says is to be done when it fires.
///
/// @param severity empty: the rule says nothing about it
/// @param within the clock: respond within
/// @param rto restore service within
/// @param components by name; empty: every component
/// @param approvals who must say yes beyond the default, as names of approval rules, e.g.
///   `data-loss`
public record Verdict(
    Action action,
    Optional<Severity> severity,
    Optional<Duration> within,
    Optional<Duration> rto,
    SortedMap<String, Involvement> components,
    java.util.List<String> approvals) {
  public Verdict {
    components = Collections.unmodifiableSortedMap(new TreeMap<>(components));
    approvals = java.util.List.copyOf(approvals);
  }

  public static Verdict of(Action action) {
    return new Verdict(
        action,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        new TreeMap<>(Map.of()),
        java.util.List.of());
  }
}
