package dev.lastgood.provider.http;

import java.time.Duration;

/// How fast an API may be asked: some requests at once, then one at a time. Platforms count, and
/// whoever is too fast is locked out in the middle of a rollback.
public final class Pace {
  private final long every;
  private final long ahead;
  private long next = Long.MIN_VALUE;

  /// @param burst requests that may come at once after a rest; at least 1
  /// @param every the distance of those that follow
  public Pace(int burst, Duration every) {
    this.every = every.toNanos();
    this.ahead = this.every * (burst - 1);
  }

  /// Waits for its turn.
  public void take() throws InterruptedException {
    long wait = turn(System.nanoTime());
    if (wait > 0) {
      Thread.sleep(Duration.ofNanos(wait));
    }
  }

  /// @return nanoseconds until this one may go
  synchronized long turn(long now) {
    long due = next == Long.MIN_VALUE || next - now < 0 ? now : next;
    next = due + every;
    return Math.max(0, due - ahead - now);
  }
}
