package dev.lastgood.provider;

import java.util.List;

/// One way a platform offers to make a release live, e.g. `side-by-side` or `in-place`.
///
/// @param says one line for people
/// @param legs in order; each starts when the one before it is done
/// @param costs what it costs beyond time, in words: "requests in flight are cut". Empty when
///   nothing
/// @param losses data that will be gone, counted and in words: "1,204 keys of database 0". Empty
///   when none; else the plan needs the approval `data-loss`
public record Method(
    String name, String says, List<Leg> legs, List<String> costs, List<String> losses) {
  public Method {
    legs = List.copyOf(legs);
    costs = List.copyOf(costs);
    losses = List.copyOf(losses);
  }

  /// A way that loses no data.
  public Method(String name, String says, List<Leg> legs, List<String> costs) {
    this(name, says, legs, costs, List.of());
  }
}
