package dev.lastgood.provider.flag;

import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;

/// Where one flag is kept, and how it is turned there.
public interface FlagStore {
  /// The platform's word in the YAML.
  String platform();

  /// What the plan calls the flag: `flag`, and what else is needed to find it again. A plan made
  /// for another flag is not carried out on this one.
  SortedMap<String, String> place();

  /// For people, after "turn flag NAME off ": "in production".
  String where();

  /// Reads it. Changes nothing.
  ///
  /// @throws PlatformUnreachable if no usable answer came in time
  Flag read() throws PlatformUnreachable;

  /// Turns it. Asked only when it stands otherwise.
  ///
  /// @param seen as it was read a moment ago
  /// @param comment for the other side's own history
  Outcome turn(Flag seen, FlagState to, String comment);

  /// Whether people are served what the flag says by now, where that can be seen. Changes nothing,
  /// throws nothing.
  ///
  /// @param seen what was seen of the flag: it stands so
  default Sight served(FlagState to, String seen) {
    return new Sight.Holds(seen);
  }

  /// What a person would do if Lastgood were down.
  String byHand(FlagState to);

  /// What turning it costs, or leaves to be done.
  List<String> costs();

  /// Usual time until it is turned.
  default Duration expected() {
    return Duration.ofSeconds(2);
  }
}
