package dev.lastgood.signal;

import dev.lastgood.condition.Durations;
import java.time.Duration;
import java.time.Instant;

/// A check that has been bad for long enough to be believed.
///
/// @param since the first bad round since the check was last healthy
/// @param rounds bad rounds of this kind since then
/// @param seen what the latest of them saw
public record Trouble(String check, Kind kind, Instant since, int rounds, String seen) {
  /// How it is bad.
  public enum Kind {
    /// It answers, and says that it is not well.
    UNHEALTHY("unhealthy"),
    /// It could not be measured at all: a dead service says nothing.
    NO_ANSWER("without an answer"),
    /// It answers, and the answer says neither.
    UNCLEAR("unclear");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    public String words() {
      return words;
    }
  }

  /// One line for people.
  public String says(Instant now) {
    return check
        + " is "
        + kind.words()
        + " for "
        + Durations.shown(Duration.between(since, now))
        + " ("
        + rounds
        + " rounds): "
        + seen;
  }
}
