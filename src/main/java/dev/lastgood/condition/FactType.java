package dev.lastgood.condition;

/// What kind of value a fact has. In conditions a share is a number from 0 to 1, a duration a CEL
/// duration.
public enum FactType {
  YES_NO,
  /// Written with a percent sign (`5%`) or as a fraction; in conditions a double from 0 to 1.
  SHARE,
  AMOUNT,
  TEXT,
  DURATION
}
