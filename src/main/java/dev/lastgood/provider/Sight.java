package dev.lastgood.provider;

/// What a look at the goal of an act saw.
public sealed interface Sight {
  String seen();

  /// The goal holds; `seen` is the evidence.
  record Holds(String seen) implements Sight {}

  /// It does not hold, and acting (again) is safe.
  record NotYet(String seen) implements Sight {}

  /// It is on its way: wait and look again, do not act.
  record UnderWay(String seen) implements Sight {}

  /// It can no longer hold without another act: "the process died with exit 1".
  record Failed(String seen) implements Sight {}

  /// The look itself failed; says nothing about the goal.
  record Unclear(String seen) implements Sight {}
}
