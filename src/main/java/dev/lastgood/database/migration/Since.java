package dev.lastgood.database.migration;

import java.util.List;
import java.util.Optional;

/// A migration that is applied and that the target does not know, with what it means.
///
/// @param answer what a person said it means: `safe`, `step-down`, `restore`; empty: nobody did
/// @param down what takes it back
public record Since(String id, List<Finding> findings, Optional<String> answer, Down down) {
  public Since {
    findings = List.copyOf(findings);
  }

  /// The way to take a migration back.
  public sealed interface Down {
    /// @param proposed made from the migration itself, not written by anybody: read it
    record Sql(String sql, String up, boolean proposed) implements Down {}

    record None(String why) implements Down {}
  }

  /// The worst that is known for certain.
  public Finding.Weight weight() {
    if (answer.isPresent()) {
      return switch (answer.get()) {
        case "safe" -> Finding.Weight.SAFE;
        case "step-down" -> Finding.Weight.STEP_DOWN;
        default -> Finding.Weight.RESTORE;
      };
    }
    return findings.stream()
        .map(Finding::weight)
        .filter(w -> w != Finding.Weight.ASK)
        .max(java.util.Comparator.naturalOrder())
        .orElse(Finding.Weight.SAFE);
  }

  /// Whether a person is asked.
  public boolean open() {
    return answer.isEmpty() && findings.stream().anyMatch(f -> f.weight() == Finding.Weight.ASK);
  }
}
