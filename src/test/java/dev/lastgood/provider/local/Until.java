package dev.lastgood.provider.local;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Waits for what must come about, as long as a slow machine may need.
public final class Until {
  /// For what is a start of something heavy.
  public static final Duration MINUTES = Duration.ofMinutes(3);

  private static final Duration USUAL = Duration.ofSeconds(60);

  private Until() {}

  public static void holds(String what, BooleanSupplier condition) {
    holds(what, USUAL, condition);
  }

  public static void holds(String what, Duration atMost, BooleanSupplier condition) {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + atMost.toSeconds() + " s: " + what);
      }
      LockSupport.parkNanos(2_000_000);
    }
  }
}
