package dev.lastgood.provider.postgres;

import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The clients of a pooler wait while the database is exchanged, and go on however it ends.
final class Holding {
  private final Optional<Bouncer> bouncer;
  private final Duration longest;

  /// @param longest how long anybody may wait, unless a server says nothing any more: then a few
  ///   times as long
  Holding(Optional<Bouncer> bouncer, Duration longest) {
    this.bouncer = bouncer;
    this.longest = longest;
  }

  interface Attempt {
    /// @param left how long writers may still wait
    /// @return empty when it is to be tried again
    Optional<Outcome> make(Duration left)
        throws SQLException, PlatformUnreachable, IOException, InterruptedException;
  }

  Optional<Outcome> during(Standing live, PostgresUrl database, Attempt attempt)
      throws SQLException, PlatformUnreachable, IOException, InterruptedException {
    if (bouncer.isEmpty()) {
      return attempt.make(longest);
    }
    List<Bouncer.Pool> pools = bouncer.get().pools(database);
    Optional<Outcome> outcome = Optional.empty();
    long began = System.nanoTime();
    try (Bouncer.Pause pause = bouncer.get().ready(pools)) {
      began = System.nanoTime();
      try {
        pause.begin(longest.dividedBy(2));
      } catch (PlatformUnreachable e) {
        return Optional.of(Switching.refused(live, String.valueOf(e.getMessage())));
      }
      var over = new CountDownLatch(1);
      Thread.startVirtualThread(() -> letGoInTime(pause, over));
      try {
        outcome = attempt.make(longest.minusNanos(System.nanoTime() - began));
      } finally {
        over.countDown();
      }
      pause.end();
      long millis = (System.nanoTime() - began) / 1_000_000;
      boolean held = pause.holds() && millis < atMost().toMillis();
      if (!held && outcome.filter(Outcome.Done.class::isInstance).isPresent()) {
        bouncer.get().reconnect(pools);
      }
      return outcome.map(o -> said(o, held, millis));
    } catch (PlatformUnreachable e) {
      if (outcome.isPresent()) {
        // Whoever looks finds the pools paused, and has them resumed.
        return Optional.of(new Outcome.Unknown(e.getMessage() + "; before that: " + outcome.get()));
      }
      throw e;
    }
  }

  /// Writers go on, or the exchange is over, within `longest`; more is a server that says nothing.
  private Duration atMost() {
    return longest.multipliedBy(3);
  }

  private void letGoInTime(Bouncer.Pause pause, CountDownLatch over) {
    try {
      if (!over.await(atMost().toMillis(), TimeUnit.MILLISECONDS)) {
        pause.abandon();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody does; the pause ends with the attempt
    }
  }

  private static Outcome said(Outcome outcome, boolean held, long millis) {
    return outcome instanceof Outcome.Done(String receipt)
        ? new Outcome.Done(
            receipt
                + (held
                    ? "; PgBouncer held its clients for " + millis + " ms"
                    : "; PgBouncer could not hold its clients all the time, and was told to reconnect"))
        : outcome;
  }

  /// Pools that a run that died has left paused.
  boolean left() throws PlatformUnreachable {
    return bouncer.isPresent() && bouncer.get().left();
  }

  void resumeLeft() throws PlatformUnreachable {
    if (bouncer.isPresent()) {
      bouncer.get().resumeLeft();
    }
  }

  /// What the plan says about it.
  List<String> costs(PostgresUrl database) throws PlatformUnreachable {
    if (bouncer.isEmpty()) {
      return List.of();
    }
    String place = bouncer.get().place();
    return bouncer.get().pools(database).stream()
        .map(pool ->
            "PgBouncer at "
                + place
                + ", pool "
                + dev.lastgood.model.Text.plain(pool.name())
                + ": "
                + (pool.paused()
                    ? "is paused already, by somebody else, and stays so"
                    : pool.pausable()
                        ? "its clients wait during the switch, and no request of theirs fails"
                        : "pools by session, so it cannot hold its clients: their sessions end"))
        .toList();
  }
}
