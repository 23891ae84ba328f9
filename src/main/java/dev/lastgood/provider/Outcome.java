package dev.lastgood.provider;

/// What came of an act. Nothing is thrown: a timeout is an outcome too.
public sealed interface Outcome {
  /// The adapter did it; whether the goal holds is seen by looking.
  ///
  /// @param receipt what only the act knows, for the result of the step; empty when there is
  ///   nothing
  record Done(String receipt) implements Outcome {}

  /// The platform said no and nothing changed.
  record Refused(String reason) implements Outcome {}

  /// Nobody knows: look before asking again.
  record Unknown(String reason) implements Outcome {}
}
