package dev.lastgood.provider;

import java.util.List;

/// One way a platform offers to make a release live, e.g. `side-by-side` or `in-place`.
///
/// @param says one line for people
/// @param legs in order; each starts when the one before it is done
/// @param costs what it costs beyond time, in words: "requests in flight are cut". Empty when
///   nothing
public record Method(String name, String says, List<Leg> legs, List<String> costs) {
  public Method {
    legs = List.copyOf(legs);
    costs = List.copyOf(costs);
  }
}
