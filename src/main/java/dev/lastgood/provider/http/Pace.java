package dev.lastgood.provider.http;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// How fast an API may be asked: some requests at once, then one at a time. Platforms count, and
/// whoever is too fast is locked out in the middle of a rollback.
///
/// All who ask with the same token share one; see [Paces].
public final class Pace {
  private final List<Measure> measures;
  private long resting = Long.MIN_VALUE;

  /// @param burst requests that may come at once after a rest; at least 1
  /// @param every the distance of those that follow
  public Pace(int burst, Duration every) {
    this(List.of(new Measure(burst, every)));
  }

  private Pace(List<Measure> measures) {
    this.measures = measures;
  }

  /// The same, and no faster than this either: where requests are counted by the second and by the
  /// hour.
  public Pace and(int burst, Duration every) {
    return new Pace(
        Stream.concat(measures.stream(), Stream.of(new Measure(burst, every))).toList());
  }

  /// Waits for its turn.
  public void take() throws InterruptedException {
    long wait = turn(System.nanoTime());
    if (wait > 0) {
      Thread.sleep(Duration.ofNanos(wait));
    }
  }

  /// The platform asked to be left alone for so long: nobody asks it before.
  public void rest(Duration lasting) {
    rest(lasting, System.nanoTime());
  }

  synchronized void rest(Duration lasting, long now) {
    long until = now + lasting.toNanos();
    resting = resting == Long.MIN_VALUE || until - resting > 0 ? until : resting;
  }

  /// How long it is still to be left alone; zero when it may be asked.
  public Duration resting() {
    return resting(System.nanoTime());
  }

  synchronized Duration resting(long now) {
    return resting == Long.MIN_VALUE ? Duration.ZERO : Duration.ofNanos(Math.max(0, resting - now));
  }

  /// @return nanoseconds until this one may go
  synchronized long turn(long now) {
    long wait = resting(now).toNanos();
    for (Measure measure : measures) {
      wait = Math.max(wait, measure.turn(now));
    }
    return wait;
  }

  private static final class Measure {
    private final long every;
    private final long ahead;
    private long next = Long.MIN_VALUE;

    Measure(int burst, Duration every) {
      this.every = every.toNanos();
      this.ahead = this.every * (burst - 1);
    }

    long turn(long now) {
      long due = next == Long.MIN_VALUE || next - now < 0 ? now : next;
      next = due + every;
      return Math.max(0, due - ahead - now);
    }
  }
}
