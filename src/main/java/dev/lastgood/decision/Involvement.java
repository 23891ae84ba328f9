package dev.lastgood.decision;

import dev.lastgood.condition.Facts.Value;

/// Whether a rule wants a component rolled back. `MAYBE` asks a person.
public enum Involvement {
  YES,
  NO,
  MAYBE;

  /// A person's answer to a maybe. Anything but yes or no leaves it open.
  static Involvement of(Value answer) {
    return answer instanceof Value.YesNo(boolean yes) ? yes ? YES : NO : MAYBE;
  }
}
