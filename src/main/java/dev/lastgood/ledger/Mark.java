package dev.lastgood.ledger;

import dev.lastgood.model.Actor;
import dev.lastgood.model.Release;
import java.time.Instant;
import java.util.Optional;

/// Somebody, or a soak, says that a release is good or bad. The newest mark of a release counts.
///
/// @param fingerprint content digest of a bad release, so that copies of it are recognised
public record Mark(
    String component,
    String release,
    Word word,
    Instant at,
    Actor by,
    String reason,
    Optional<String> fingerprint) {
  public enum Word {
    GOOD,
    BAD
  }

  public Release about() {
    return Release.of(component, release);
  }

  public boolean concerns(Release other) {
    return component.equals(other.component()) && release.equals(other.id());
  }

  /// Whether a person says so, and not a run of Lastgood itself.
  public boolean byPerson() {
    return !by.account().equals("lastgood");
  }
}
