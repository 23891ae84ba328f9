package dev.lastgood.run;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Watches the clock of the machine. When it was set back, runs that are parked until a time would
/// sleep that much longer, and the scheduler's poll too: both are woken.
final class Timekeeper implements AutoCloseable {
  private static final Duration EVERY = Duration.ofMillis(500);
  private static final Duration SYNCHRONIZE = Duration.ofSeconds(30);

  /// Less is a slow thread, not a jump.
  private static final Duration JUMP = Duration.ofSeconds(2);

  private final InstantSource clock;
  private final LeaseClock leases;
  private final Runnable setBack;
  private final ScheduledExecutorService ticks;
  private Instant wall;
  private long nanos;
  private long synchronizedAt;

  /// @param setBack what to do when the clock was set back
  Timekeeper(InstantSource clock, LeaseClock leases, Runnable setBack) {
    this.clock = clock;
    this.leases = leases;
    this.setBack = setBack;
    this.wall = clock.instant();
    this.nanos = System.nanoTime();
    this.synchronizedAt = nanos;
    this.ticks =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("lastgood-time-", 0).factory());
  }

  void start() {
    var _ =
        ticks.scheduleWithFixedDelay(
            this::tickSafely, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void tickSafely() {
    try {
      tick();
    } catch (RuntimeException e) {
      // The database did not answer: the next tick comes, and whoever journals says it to a person.
      System.getLogger(Timekeeper.class.getName()).log(System.Logger.Level.DEBUG, "tick", e);
    }
  }

  private void tick() {
    Instant wallNow = clock.instant();
    long nanosNow = System.nanoTime();
    Duration ahead = Duration.between(wall, wallNow).minus(Duration.ofNanos(nanosNow - nanos));
    wall = wallNow;
    nanos = nanosNow;
    boolean jumped = ahead.abs().compareTo(JUMP) > 0;
    if (jumped || nanosNow - synchronizedAt > SYNCHRONIZE.toNanos()) {
      synchronizedAt = nanosNow;
      leases.synchronize();
    }
    if (jumped && ahead.isNegative()) {
      setBack.run();
    }
  }

  @Override
  public void close() {
    ticks.shutdownNow();
  }
}
