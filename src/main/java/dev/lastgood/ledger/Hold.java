package dev.lastgood.ledger;

import dev.lastgood.model.Actor;
import java.time.Instant;
import java.util.Optional;

/// Deploys are held: of one release, or of everything. Always with an owner, a reason and an end.
///
/// @param component empty: the whole system
/// @param release empty: every release
/// @param lifted when a person released it early
public record Hold(
    long id,
    Optional<String> component,
    Optional<String> release,
    Actor owner,
    String reason,
    Instant from,
    Instant until,
    Optional<Lifted> lifted) {
  public record Lifted(Instant at, Actor by, String reason) {}

  public boolean inForce(Instant now) {
    return lifted.isEmpty() && now.isBefore(until);
  }

  public boolean covers(String aComponent, String aRelease) {
    return component.map(aComponent::equals).orElse(true)
        && release.map(aRelease::equals).orElse(true);
  }
}
