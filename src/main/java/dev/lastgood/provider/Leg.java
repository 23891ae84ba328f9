package dev.lastgood.provider;

/// One leg of the way to a target: something to do, or something that must be proven before going
/// on.
public sealed interface Leg permits Act, Proof {
  String component();

  String says();
}
