package dev.lastgood.ledger;

import dev.lastgood.model.Actor;
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
}
