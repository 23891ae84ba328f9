package dev.lastgood.ledger;

import dev.lastgood.model.Constellation;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// What was live at a moment and whether every check passed then; or, when the same was seen again
/// and again, over a time without a gap. Two healthy ones of the same constellation, the soak time
/// apart and with nothing bad between them, prove it good.
///
/// @param since the first look
/// @param at the last look
/// @param looks how many there were
/// @param says what was seen at the last one
public record Sighting(
    Instant since, Instant at, int looks, Constellation live, boolean healthy, String says) {
  /// After a longer silence nobody knows what happened in it.
  public static final Duration LONGEST_SILENCE = Duration.ofMinutes(30);

  /// One look.
  public Sighting(Instant at, Constellation live, boolean healthy, String says) {
    this(at, at, 1, live, healthy, says);
  }

  /// Both as one, when the next look saw the same and came soon enough.
  public Optional<Sighting> and(Sighting next) {
    Duration silence = Duration.between(at, next.since);
    boolean goesOn =
        healthy == next.healthy
            && live.sameReleases(next.live)
            && !silence.isNegative()
            && silence.compareTo(LONGEST_SILENCE) <= 0;
    return goesOn
        ? Optional.of(
            new Sighting(since, next.at, looks + next.looks, next.live, healthy, next.says))
        : Optional.empty();
  }
}
