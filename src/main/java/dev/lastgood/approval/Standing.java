package dev.lastgood.approval;

import java.util.Optional;

/// Where the approval of a plan stands.
public sealed interface Standing {
  /// For people, as a clause: "ada and grace said yes".
  String says();

  record Enough(String says) implements Standing {}

  /// @param more people still needed
  /// @param role one of them must have it; empty: any approver will do
  record Wanting(int more, Optional<String> role, String says) implements Standing {}
}
