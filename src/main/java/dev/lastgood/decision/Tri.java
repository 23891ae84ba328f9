package dev.lastgood.decision;

/// Yes, no, or not known; not known is never taken for no.
enum Tri {
  YES,
  NO,
  UNKNOWN;

  Tri and(Tri other) {
    if (this == NO || other == NO) {
      return NO;
    }
    return this == YES && other == YES ? YES : UNKNOWN;
  }

  Tri not() {
    return switch (this) {
      case YES -> NO;
      case NO -> YES;
      case UNKNOWN -> UNKNOWN;
    };
  }
}
