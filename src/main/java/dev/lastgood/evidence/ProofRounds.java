package dev.lastgood.evidence;

/// How often in a row everything was healthy. One healthy round may be luck.
///
/// @param needed in a row for a proof; at least 1
/// @param healthy in a row until now
public record ProofRounds(int needed, int healthy) {
  public ProofRounds {
    if (needed < 1) {
      throw new IllegalArgumentException("a proof needs at least one healthy round, not " + needed);
    }
  }

  public static ProofRounds none(int needed) {
    return new ProofRounds(needed, 0);
  }

  /// After one more round; one that is not healthy begins anew.
  public ProofRounds after(boolean wasHealthy) {
    return new ProofRounds(needed, wasHealthy ? healthy + 1 : 0);
  }

  public boolean proven() {
    return healthy >= needed;
  }
}
