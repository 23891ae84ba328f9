package dev.lastgood.flow;

import dev.lastgood.decision.Decision;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// What somebody wants rolled back.
///
/// @param components names; empty: all of them
/// @param to explicit releases by component; empty: the ledger finds the target
/// @param reason why, as written down
/// @param decision what was decided, when a policy was asked
/// @param answers what migrations mean that cannot be judged, by migration: `safe`, `step-down`,
///   `restore`
/// @param tables only these tables of a database, as a person names them; empty: all of it
public record Wish(
    Set<String> components,
    SortedMap<String, String> to,
    String reason,
    Optional<Decision.Decided> decision,
    SortedMap<String, String> answers,
    List<String> tables) {
  public Wish {
    tables = List.copyOf(tables);
    components = Collections.unmodifiableSet(new TreeSet<>(components));
    to = Collections.unmodifiableSortedMap(new TreeMap<>(to));
    answers = Collections.unmodifiableSortedMap(new TreeMap<>(answers));
  }

  public Wish(
      Set<String> components,
      SortedMap<String, String> to,
      String reason,
      Optional<Decision.Decided> decision) {
    this(components, to, reason, decision, new TreeMap<>(), List.of());
  }

  public Wish answering(SortedMap<String, String> said) {
    return new Wish(components, to, reason, decision, said, tables);
  }

  /// @param names of tables of a database
  public Wish only(List<String> names) {
    return new Wish(components, to, reason, decision, answers, names);
  }

  static final int REASON_MAX = 1000;

  /// Lines for people: what was decided and how.
  public List<String> trail() {
    return decision
        .map(d ->
            java.util.stream.Stream.concat(
                    d.trail().stream()
                        .map(l -> l.text() + " " + l.answer() + " (" + l.because() + ")"),
                    java.util.stream.Stream.of(
                        "decided by " + d.rule() + ": " + d.verdict().action().words()))
                .toList())
        .orElse(List.of("a person decided: " + reason));
  }
}
