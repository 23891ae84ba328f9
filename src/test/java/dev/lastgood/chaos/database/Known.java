package dev.lastgood.chaos.database;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One row as its user knows it. Only that user writes it.
final class Known {
  final Kind kind;
  final List<String> key;
  private final Set<Optional<List<String>>> possible = new LinkedHashSet<>();
  private final Set<List<String>> had = new HashSet<>();
  private boolean left;

  Known(Kind kind, List<String> key) {
    this.kind = kind;
    this.key = key;
    possible.add(Optional.empty());
  }

  /// The server said that it is so from now on.
  synchronized void confirmed(Optional<List<String>> values) {
    possible.clear();
    possible.add(values);
    values.ifPresent(had::add);
  }

  /// The connection broke before the server said whether it is so. The user lets the row alone.
  synchronized void inDoubt(Optional<List<String>> values) {
    possible.add(values);
    values.ifPresent(had::add);
    left = true;
  }

  /// It is not there any more, though nobody deleted it: it was left out. The user lets it alone.
  synchronized void missed() {
    left = true;
  }

  synchronized boolean usable() {
    return !left && possible.size() == 1 && possible.iterator().next().isPresent();
  }

  synchronized boolean doubtful() {
    return possible.size() > 1;
  }

  /// What it may be now; empty stands for a row that is not there.
  synchronized Set<Optional<List<String>>> possible() {
    return Set.copyOf(possible);
  }

  /// Whether it was ever so, for all a user knows.
  synchronized boolean had(List<String> values) {
    return had.contains(values);
  }

  @Override
  public String toString() {
    return kind.name() + key + " which should be " + possible();
  }
}
