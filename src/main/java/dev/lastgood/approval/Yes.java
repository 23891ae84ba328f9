package dev.lastgood.approval;

import dev.lastgood.model.Actor;
import java.time.Instant;
import java.util.Optional;

/// Somebody said yes to a plan.
///
/// @param planHash of the plan they saw
/// @param until after this it does not count for a run that has not begun
/// @param breakGlass set when the policy was broken on purpose: the reason
public record Yes(
    Actor by, String planHash, Instant at, Instant until, Optional<String> breakGlass) {
  /// Shorter reasons explain nothing afterwards.
  static final int SHORTEST_REASON = 10;

  /// Stands at the end of the recorded reason, so that the acknowledgement is in writing wherever
  /// the reason is.
  static final String LOSS_ACKNOWLEDGED = " (data loss acknowledged)";

  boolean breaksGlass() {
    return breakGlass.filter(r -> reason(r).length() >= SHORTEST_REASON).isPresent();
  }

  public boolean acknowledgesLoss() {
    return breakGlass.filter(r -> r.endsWith(LOSS_ACKNOWLEDGED)).isPresent();
  }

  /// As it is recorded. The acknowledgement cannot come in through the reason itself.
  Yes recorded(boolean acknowledgesLoss) {
    return new Yes(
        by,
        planHash,
        at,
        until,
        breakGlass.map(r -> reason(r) + (acknowledgesLoss ? LOSS_ACKNOWLEDGED : "")));
  }

  private static String reason(String text) {
    String reason = text.strip();
    while (reason.endsWith(LOSS_ACKNOWLEDGED.strip())) {
      reason = reason.substring(0, reason.length() - LOSS_ACKNOWLEDGED.strip().length()).strip();
    }
    return reason;
  }

  /// The same person, or a name that differs only in its letters' case.
  boolean samePerson(Actor other) {
    return by.name().strip().equalsIgnoreCase(other.name().strip());
  }

  boolean sameAccount(Actor other) {
    return !by.account().isBlank() && by.account().equals(other.account());
  }
}
