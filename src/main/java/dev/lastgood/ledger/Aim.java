package dev.lastgood.ledger;

import dev.lastgood.model.Constellation;
import java.util.List;

/// The answer to "where can we go back to?".
public sealed interface Aim {
  /// There.
  ///
  /// @param constellation all of it: what moves, and what stays as it is live now
  /// @param why what proves it good, or who asked for it
  /// @param warnings what the approver must know: "this combination never ran together"
  /// @param alternatives other places that would do, newest first
  /// @param passedOver newer known good constellations that will not do, and why
  record Target(
      Constellation constellation,
      String why,
      List<String> warnings,
      List<Alternative> alternatives,
      List<WhyNot> passedOver)
      implements Aim {
    public Target {
      warnings = List.copyOf(warnings);
      alternatives = List.copyOf(alternatives);
      passedOver = List.copyOf(passedOver);
    }
  }

  /// Nowhere.
  ///
  /// @param says one sentence
  /// @param reasons why each known good constellation will not do, newest first
  /// @param whatNow what a person can do, one line each, with the command
  record NoTarget(String says, List<WhyNot> reasons, List<String> whatNow) implements Aim {
    public NoTarget {
      reasons = List.copyOf(reasons);
      whatNow = List.copyOf(whatNow);
    }
  }

  /// A release was asked for by a name that nobody has heard of.
  ///
  /// @param says one sentence, with the names that are known
  record Unheard(String says) implements Aim {}

  record Alternative(Constellation constellation, String why) {}

  record WhyNot(Constellation constellation, String why) {}
}
