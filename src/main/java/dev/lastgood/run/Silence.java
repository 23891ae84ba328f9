package dev.lastgood.run;

import dev.lastgood.condition.Durations;
import dev.lastgood.plan.Step;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Sight;
import java.time.Duration;
import java.util.Optional;

/// A step that takes long is never silent for long: it is said that it goes on and what was seen
/// last, first after some seconds, then each time it has taken three times as long. So a server
/// that is away for half an hour costs the journal five lines.
final class Silence {
  private static final int RARER = 3;

  private final Step step;
  private final long began = System.nanoTime();
  private Duration next;
  private volatile String seen = "";

  /// @param first after so long it is broken for the first time
  Silence(Step step, Duration first) {
    this.step = step;
    this.next = first;
  }

  /// What the last look saw.
  void saw(Sight sight) {
    seen = sight.seen();
  }

  /// What was seen before it is of no interest any more.
  void acting() {
    seen = "";
  }

  /// An act that ended without an answer; what it said counts until the next look.
  void heard(Outcome.Unknown answer) {
    seen = answer.reason();
  }

  /// @return what is to be said now; empty: nothing yet
  Optional<String> broken() {
    return broken(Duration.ofNanos(System.nanoTime() - began));
  }

  /// @param took since the step began
  Optional<String> broken(Duration took) {
    if (took.compareTo(next) < 0) {
      return Optional.empty();
    }
    while (took.compareTo(next) >= 0) {
      next = next.multipliedBy(RARER);
    }
    String last = seen;
    return Optional.of(
        step.says()
            + ": at it for "
            + Durations.shown(Duration.ofSeconds(took.toSeconds()))
            + ", usually "
            + Durations.shown(step.expected())
            + ", given up after "
            + Durations.shown(step.deadline())
            + (last.isEmpty() ? "" : "; seen last: " + last));
  }
}
