package dev.lastgood.run;

import com.github.kagkarlsson.scheduler.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/// The time by which processes judge whether another one is dead. With a database server it is the
/// server's, carried forward by a clock that nobody can set: nodes whose clocks differ agree on it,
/// and a jump on one node does not make the others look dead. With a file it is this machine's.
final class LeaseClock implements Clock {
  private final Journal journal;
  private final InstantSource clock;
  private volatile Optional<Reading> reading = Optional.empty();

  private record Reading(Instant time, long nanos) {}

  LeaseClock(Journal journal, InstantSource clock) {
    this.journal = journal;
    this.clock = clock;
  }

  /// Reads the server's time again.
  void synchronize() {
    long before = System.nanoTime();
    Optional<Instant> time = journal.serverTime();
    long after = System.nanoTime();
    reading = time.map(t -> new Reading(t, before + (after - before) / 2));
  }

  @Override
  public Instant now() {
    Optional<Reading> last = reading;
    return last.isPresent()
        ? last.get().time().plusNanos(System.nanoTime() - last.get().nanos())
        : clock.instant();
  }

  /// The moment that comes when the application's clock shows this one.
  Instant of(Instant application) {
    return now().plus(Duration.between(clock.instant(), application));
  }
}
