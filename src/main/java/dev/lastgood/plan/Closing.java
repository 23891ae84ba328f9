package dev.lastgood.plan;

import dev.lastgood.provider.Act;
import java.util.List;

/// Users are kept away from a component while things move, and let in again at the end, however the
/// run ends.
///
/// @param component whose platform does it
/// @param begin in order, before the first change
/// @param end in order
/// @param untilProven whether they stay away until the checks have passed; else until everything
///   has moved, since most checks come in by the users' door
public record Closing(String component, List<Act> begin, List<Act> end, boolean untilProven) {
  public Closing {
    begin = List.copyOf(begin);
    end = List.copyOf(end);
    if (begin.isEmpty() || end.isEmpty()) {
      throw new IllegalArgumentException(component + ": maintenance without a begin or an end");
    }
  }
}
