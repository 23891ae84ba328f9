package dev.lastgood.ledger;

import dev.lastgood.model.Release;
import java.util.Optional;

/// Whether two releases are the same thing under two names.
final class Copies {
  private Copies() {}

  /// In words: "is a copy of", "has the same commit as". Empty when they are not known to be the
  /// same. The same commit with another configuration is another thing: going back to it is how a
  /// bad change of configuration is undone.
  static Optional<String> how(
      Release a, Optional<String> printOfA, Release b, Optional<String> printOfB) {
    boolean otherConfig = known(a.origin().configHash(), b.origin().configHash(), false);
    if (otherConfig) {
      return Optional.empty();
    }
    if (known(printOfA, printOfB, true)) {
      return Optional.of("is a copy of");
    }
    return known(a.origin().commit(), b.origin().commit(), true)
        ? Optional.of("has the same commit as")
        : Optional.empty();
  }

  private static boolean known(Optional<String> a, Optional<String> b, boolean equal) {
    return a.isPresent() && b.isPresent() && a.equals(b) == equal;
  }
}
