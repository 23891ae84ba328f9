package dev.lastgood.provider.postgres;

import dev.lastgood.database.DatabaseTrouble;
import dev.lastgood.database.salvage.Salvage;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/// The last round and the exchange, while writers wait: never for longer than they may. When the
/// time would not be enough writers go on, what the round has carried over counts, and it is tried
/// again with what little was written meanwhile.
final class LastRows {
  private static final int TRIES = 3;
  private static final Duration BRIEFLY = Duration.ofMillis(200);
  private static final Duration NOTES = Duration.ofMinutes(5);

  private final Server server;
  private final Holding holding;
  private final Duration writersWait;
  private String why = "";

  /// What makes the other database live; everything that takes time was done before.
  interface Exchange {
    /// What would refuse it whatever is carried over, so that no writer need wait for that.
    default Optional<Outcome> obstacle() {
      return Optional.empty();
    }

    /// @param latch held, with time left; it is to be left when everybody else is out
    /// @param carried what was carried over, in words
    Outcome go(Optional<Latch> latch, String carried)
        throws SQLException, PlatformUnreachable, IOException, InterruptedException;
  }

  /// Makes it ready, when little is left to be carried over.
  interface Readying {
    Exchange ready() throws SQLException, PlatformUnreachable, IOException;
  }

  /// @param server of the live database
  /// @param writersWait from the first writer that waits to the end of the exchange
  LastRows(Server server, Holding holding, Duration writersWait) {
    this.server = server;
    this.holding = holding;
    this.writersWait = writersWait;
  }

  Outcome exchange(CarryingOver.Way way, Readying readying)
      throws SQLException, PlatformUnreachable, IOException, InterruptedException, DatabaseTrouble {
    way.catchUp();
    Exchange ready = readying.ready();
    Optional<Outcome> obstacle = ready.obstacle();
    if (obstacle.isPresent()) {
      return obstacle.get();
    }
    for (int n = 1; n <= TRIES; n++) {
      try (Latch latch = Latch.ready(server, way.live(), writersWait)) {
        way.round(); // what was written during the round before: the last one has less to do
        Optional<String> holders = alone(way, latch);
        if (holders.isPresent()) {
          why = TableHold.inUse(holders.get());
          continue;
        }
        Optional<Outcome> outcome =
            holding.during(way.live(), server.url(), left -> attempt(way, latch, ready, left));
        if (outcome.isPresent()) {
          if (outcome.get() instanceof Outcome.Done && latch.notesStay()) {
            takeNotesAway(way.live());
          }
          return outcome.get();
        }
      }
    }
    return Switching.refused(way.live(), why + " (tried " + TRIES + " times)");
  }

  /// Keeps the server's own cleaning out of both databases, which may take some seconds. What was
  /// written meanwhile is carried over before anybody waits, and meanwhile the live tables are
  /// free: whoever alters or empties one would wait, and others behind him.
  ///
  /// @return who holds a table, in words
  private static Optional<String> alone(CarryingOver.Way way, Latch latch)
      throws SQLException, IOException, InterruptedException, DatabaseTrouble {
    for (boolean again = false; ; again = true) {
      Optional<String> holders = way.alone();
      long began = System.nanoTime();
      if (holders.isEmpty()) {
        holders = latch.alone();
      }
      boolean soon = System.nanoTime() - began < BRIEFLY.toNanos();
      if (holders.isPresent() || soon || again || way.notNoted().isPresent()) {
        return holders;
      }
      latch.open();
      way.round();
    }
  }

  private Optional<Outcome> attempt(
      CarryingOver.Way way, Latch latch, Exchange ready, Duration left)
      throws SQLException, PlatformUnreachable, IOException, InterruptedException {
    if (!latch.shut(left)) {
      why =
          "a transaction of a user held a table for "
              + left.toMillis()
              + " ms, and writers cannot be kept waiting longer"
              + (latch.holder().isEmpty() ? "" : ": " + latch.holder());
      return Optional.empty();
    }
    try {
      way.last();
    } catch (DatabaseTrouble e) {
      return Optional.of(Switching.refused(way.live(), String.valueOf(e.getMessage())));
    }
    long waited = latch.waitedMillis();
    if (!latch.take()) {
      why = tooLong(way, waited);
      return Optional.empty();
    }
    way.close(); // or its sessions would have to be ended while everybody waits at the door
    return Optional.of(
        ready.go(
            Optional.of(latch),
            way.inWords() + "; writers waited " + waited + " ms for the last of them"));
  }

  /// Of many tables it takes a while, so it is done when users go on already.
  private void takeNotesAway(Standing was) throws InterruptedException {
    try (Session session = server.patient(NOTES)) {
      for (Standing kept : Standing.all(session)) {
        if (kept.oid() == was.oid()) {
          try (Door _ = Door.open(server, session, kept)) {
            Salvage.noteNoMore(server.whole(kept.name()), NOTES);
          }
        }
      }
    } catch (SQLException | PlatformUnreachable | DatabaseTrouble e) {
      // They do nothing any more in a database that nobody writes into.
      System.getLogger(LastRows.class.getName()).log(System.Logger.Level.DEBUG, "notes", e);
    }
  }

  private String tooLong(CarryingOver.Way way, long waited) {
    return "the last rows took "
        + waited
        + " ms, and writers may wait "
        + writersWait.toMillis()
        + " ms: allow more under writers-wait, or try when less is written"
        + way.notNoted()
            .map(reason ->
                ". The last round had to read whole tables, since what users write could not be"
                    + " noted: "
                    + reason)
            .orElse("");
  }
}
