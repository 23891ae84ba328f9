package dev.lastgood.approval;

/// Whether a new yes counts.
public sealed interface Ruling {
  /// @param yes to be recorded, as it is
  record Counts(Yes yes) implements Ruling {}

  /// @param why what is wrong, and what would be right
  record Refused(String why) implements Ruling {}
}
