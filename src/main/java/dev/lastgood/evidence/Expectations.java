package dev.lastgood.evidence;

import dev.lastgood.condition.Condition;

/// Asks a check's condition about an answer. Whoever makes the conditions (CEL) implements it.
@FunctionalInterface
public interface Expectations {
  /// Throws nothing for what a server may answer: a missing field is `Unknown`.
  Condition.Answer test(Condition expect, Answered answered);
}
