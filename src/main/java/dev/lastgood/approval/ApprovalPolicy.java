package dev.lastgood.approval;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Who must say yes to a plan.
///
/// @param count people needed when nothing special is at stake; 0: none
/// @param special by name: how many for plans that carry it, e.g. `data-loss: 2`
/// @param self whether the person who asked may count as one
/// @param roles people by role; empty: anybody may approve
/// @param expires how long a yes counts for a run that has not begun
public record ApprovalPolicy(
    int count,
    SortedMap<String, Need> special,
    boolean self,
    SortedMap<String, List<String>> roles,
    Duration expires) {
  public ApprovalPolicy {
    special = Collections.unmodifiableSortedMap(new TreeMap<>(special));
    roles = Collections.unmodifiableSortedMap(new TreeMap<>(roles));
  }

  public static final ApprovalPolicy DEFAULT =
      new ApprovalPolicy(1, new TreeMap<>(), true, new TreeMap<>(), Duration.ofMinutes(30));

  /// @param count people needed
  /// @param role one of them must have it; empty text: none
  public record Need(int count, String role) {}
}
