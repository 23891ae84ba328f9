package dev.lastgood.decision;

/// Whether a rule wants a component rolled back. `MAYBE` asks a person.
public enum Involvement {
  YES,
  NO,
  MAYBE
}
