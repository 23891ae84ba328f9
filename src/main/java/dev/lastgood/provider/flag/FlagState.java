package dev.lastgood.provider.flag;

import dev.lastgood.model.Text;

/// One way a flag can stand, whole: two states of one name are the same in everything that turning
/// the flag changes, so that going back to a state restores exactly what was.
///
/// @param id `on`, `off`, or a longer word where those two do not say everything
/// @param serves what people get while it stands so, in words: "everybody gets `false`"
/// @param target whether the flag can be turned to it; false for a state that, once left, cannot be
///   had again
public record FlagState(String id, String serves, boolean target) {
  public static final String ON = "on";
  public static final String OFF = "off";

  /// A state one can come back to.
  public FlagState(String id, String serves) {
    this(id, serves, true);
  }

  public FlagState {
    Text.require(id, "state of a flag");
    Text.require(serves, "what the flag serves");
  }
}
