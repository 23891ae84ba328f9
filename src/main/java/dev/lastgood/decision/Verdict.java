package dev.lastgood.decision;

import dev.lastgood.model.Severity;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a rule says is to be done when it fires. In a [Decision] no component is a "maybe".
///
/// @param severity empty: the rule says nothing about it
/// @param within the clock: respond within
/// @param rto restore service within
/// @param components by name; empty: every component. In a [Decision] that rolls back at least one
///   of those named is a yes
/// @param approvals who must say yes beyond the default, as names of approval rules, e.g.
///   `data-loss`
public record Verdict(
    Action action,
    Optional<Severity> severity,
    Optional<Duration> within,
    Optional<Duration> rto,
    SortedMap<String, Involvement> components,
    List<String> approvals) {
  public Verdict {
    components = Collections.unmodifiableSortedMap(new TreeMap<>(components));
    approvals = List.copyOf(approvals);
  }

  /// Components about which a person must still say yes or no; none unless it rolls back.
  List<String> maybes() {
    return action.rollsBack()
        ? components.entrySet().stream()
            .filter(c -> c.getValue() == Involvement.MAYBE)
            .map(Map.Entry::getKey)
            .toList()
        : List.of();
  }

  /// Severity and clocks belong to the issue: what this leaves unsaid of them is as in the other.
  Verdict filledFrom(Verdict other) {
    return new Verdict(
        action,
        severity.or(other::severity),
        within.or(other::within),
        rto.or(other::rto),
        components,
        approvals);
  }

  /// Every component was ruled out, which must never be taken for "every component".
  Verdict rollingNothingBack(SortedMap<String, Involvement> components) {
    return new Verdict(Action.ASK, severity, within, rto, components, List.of());
  }

  Verdict with(SortedMap<String, Involvement> components, List<String> approvals) {
    return new Verdict(action, severity, within, rto, components, approvals);
  }

  public static Verdict of(Action action) {
    return new Verdict(
        action,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        new TreeMap<>(Map.of()),
        List.of());
  }
}
