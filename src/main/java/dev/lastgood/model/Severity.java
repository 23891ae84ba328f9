package dev.lastgood.model;

/// How bad it is. Teams use their own labels (P0 to P3, CRITICAL, SEV-1), so only the rank is ours.
///
/// @param rank 0 is worst
public record Severity(String label, int rank) implements Comparable<Severity> {
  public Severity {
    Text.require(label, "severity");
  }

  /// Worst first.
  @Override
  public int compareTo(Severity other) {
    return Integer.compare(rank, other.rank);
  }

  @Override
  public String toString() {
    return label;
  }
}
