package dev.lastgood.provider;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A platform that can keep users away from its component while things move: a maintenance mode, a
/// paused project. Its acts are looked at and done like any other act of the platform.
public interface Maintaining {
  String BEGIN = "begin-maintenance";
  String END = "end-maintenance";

  /// How it is now, and what begins and ends it. Changes nothing.
  ///
  /// @throws PlatformUnreachable if no usable answer came in time
  Maintenance maintenance() throws PlatformUnreachable;

  /// Whether it goes on while the component itself is moved to another release.
  default boolean lastsWhileItMoves() {
    return true;
  }

  /// @param on whether users are kept away now
  /// @param begin acts that keep them away, in order
  /// @param end acts that let them in again, in order; safe when they are in already
  record Maintenance(boolean on, List<Act> begin, List<Act> end) {
    public Maintenance {
      begin = List.copyOf(begin);
      end = List.copyOf(end);
    }

    /// Of a platform that has a switch for it.
    ///
    /// @param what is switched, as the act carries it
    public static Maintenance of(
        String component, boolean on, String what, String beginByHand, String endByHand) {
      return new Maintenance(
          on,
          List.of(act(component, BEGIN, what, "keep users away from " + what, beginByHand)),
          List.of(act(component, END, what, "let users in to " + what + " again", endByHand)));
    }

    private static Act act(String component, String verb, String what, String says, String byHand) {
      return new Act(
          component,
          verb,
          new TreeMap<>(Map.of("what", what)),
          says,
          byHand,
          Duration.ofSeconds(2),
          Duration.ofSeconds(45),
          Duration.ZERO);
    }
  }
}
