package dev.lastgood.run;

import dev.lastgood.run.Journal.Claim;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;

/// Whether this process holds the run, asked right before each act. A process that was frozen, or
/// cut off from its database, must not act when it wakes up: another one may have gone on.
///
/// It narrows the gap between the last proof and the act to less than a heartbeat; it cannot close
/// it. That is why every act states a goal and carries a key.
final class Hold {
  private final RunId run;
  private final Claim claim;
  private final Journal journal;
  private final InstantSource clock;
  private final BooleanSupplier beating;
  private final Duration heartbeat;

  private volatile Proof proof;

  /// When a proof was asked for. By two clocks: one stands still while the machine is suspended,
  /// the other can be set.
  record Proof(long nanos, Instant wall) {}

  /// @param beating whether the heartbeats of the claim arrive in time
  /// @param heartbeat how often they are sent
  Hold(
      RunId run,
      Claim claim,
      Journal journal,
      InstantSource clock,
      BooleanSupplier beating,
      Duration heartbeat) {
    this.run = run;
    this.claim = claim;
    this.journal = journal;
    this.clock = clock;
    this.beating = beating;
    this.heartbeat = heartbeat;
    this.proof = new Proof(System.nanoTime() - 2 * heartbeat.toNanos(), clock.instant());
  }

  Claim claim() {
    return claim;
  }

  /// Call before a fenced write, and [#proven] after it succeeded.
  Proof asking() {
    return new Proof(System.nanoTime(), clock.instant());
  }

  void proven(Proof asked) {
    proof = asked;
  }

  /// Waits up to two heartbeats for a proof that is younger than one.
  ///
  /// @return false: do not act; the claim is lost, or nobody can say
  boolean sure() throws InterruptedException {
    long giveUp = System.nanoTime() + 2 * heartbeat.toNanos();
    while (true) {
      if (beating.getAsBoolean()) {
        if (recent()) {
          return true;
        }
        Proof asked = asking();
        if (!held()) {
          return false;
        }
        proven(asked);
        if (recent()) {
          return true;
        }
      }
      if (System.nanoTime() - giveUp > 0) {
        return false;
      }
      Thread.sleep(20);
    }
  }

  /// Whether the claim is still in the database. No answer is not a yes.
  boolean held() {
    try {
      return journal.holds(run, claim);
    } catch (RuntimeException e) {
      // whatever keeps the database from answering, the run is safe as it is: somebody resumes it
      return false;
    }
  }

  private boolean recent() {
    Proof last = proof;
    return System.nanoTime() - last.nanos() < heartbeat.toNanos()
        && Duration.between(last.wall(), clock.instant()).abs().compareTo(heartbeat) < 0;
  }
}
