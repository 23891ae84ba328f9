package dev.lastgood.run;

/// The rows by which the scheduler holds runs. `store` implements it.
public interface Leases {
  /// Takes every run away from whoever holds it. Only for a store that one process has for itself,
  /// at its start: whatever is held then is held by a dead process.
  void releaseAll();
}
