package dev.lastgood.provider.postgres;

import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// Exchanges the live database for another one in one transaction.
///
/// `alter database … rename` locks the database against new connections, then waits some seconds
/// until its sessions are gone; a second session ends them meanwhile. So nobody can slip in,
/// writers wait at the door instead of being turned away, and if this process dies at any moment
/// the server takes the transaction back and opens the door again: there is no state between.
final class Switching {
  /// An open lock on the database is held for moments only; a longer one is somebody's mistake.
  private static final Duration DOOR = Duration.ofSeconds(2);

  private static final String IN_USE = "55006";
  private static final String LOCKED = "55P03";
  private static final String CANCELLED = "57014";

  private final Server server;
  private final Duration writersWait;
  private final InstantSource clock;

  Switching(Server server, Duration writersWait, InstantSource clock) {
    this.server = server;
    this.writersWait = writersWait;
    this.clock = clock;
  }

  /// What is done while nobody can write any more, before the exchange.
  interface LastRound {
    /// @return in words, what was done
    /// @throws Failed when the exchange must not go on
    String make() throws Failed, PlatformUnreachable, InterruptedException;
  }

  /// Why there is no exchange; nothing of the live database was changed.
  static final class Failed extends Exception {
    private static final long serialVersionUID = 1L;

    Failed(String message) {
      super(message);
    }
  }

  /// @param turn a session of the maintenance database that has the turn
  /// @param target marked with the release it becomes
  Outcome exchange(Session turn, Standing live, Standing target, String release)
      throws SQLException, PlatformUnreachable, InterruptedException {
    return exchange(turn, live, target, release, Optional.empty(), "");
  }

  /// As above, with writers waiting for the last round before it; readers go on until the door is
  /// shut.
  Outcome exchange(Session turn, Standing live, Standing target, String release, LastRound last)
      throws SQLException, PlatformUnreachable, InterruptedException {
    long began = System.nanoTime();
    try (Latch latch = Latch.on(server, live, writersWait)) {
      String done = last.make();
      String waited = "; writers waited " + (System.nanoTime() - began) / 1_000_000 + " ms for it";
      return exchange(turn, live, target, release, Optional.of(latch), done + waited);
    } catch (Failed e) {
      return refused(live, String.valueOf(e.getMessage()));
    } catch (SQLException e) {
      if (LOCKED.equals(e.getSQLState())) {
        return refused(
            live,
            "a transaction of a user held a table for "
                + writersWait.toMillis()
                + " ms, and writers cannot be kept waiting longer");
      }
      throw e;
    }
  }

  private Outcome exchange(
      Session turn,
      Standing live,
      Standing target,
      String release,
      Optional<Latch> latch,
      String carried)
      throws SQLException, PlatformUnreachable, InterruptedException {
    List<String> stuck = Sessions.untouchable(turn, live.oid());
    if (!stuck.isEmpty()) {
      return refused(live, String.join("; ", stuck));
    }
    String kept = freeName(turn, live);
    turn.connection().setAutoCommit(false);
    try (Session ender = server.maintenance();
        var both = Executors.newVirtualThreadPerTaskExecutor()) {
      turn.run(
          "set local lock_timeout = "
              + DOOR.toMillis()
              + "; set local statement_timeout = "
              + writersWait.toMillis());
      long began = System.nanoTime();
      Future<?> rename =
          both.submit(() -> {
            turn.run(rename(live.name(), kept));
            return null;
          });
      boolean latched = latch.isPresent();
      while (!rename.isDone()) {
        boolean shut = Sessions.doorShut(ender, live.oid());
        int others = Sessions.end(ender, live.oid(), latched ? latch.get().pid() : 0);
        if (latched && shut && others == 0) {
          latch.get().close(); // nobody is left who could write, and nobody can come in
          latched = false;
        }
        Sessions.end(ender, target.oid(), 0);
        Thread.sleep(2);
      }
      rename.get();
      turn.run(rename(target.name(), live.name()));
      dress(turn, live, kept, release);
      turn.connection().commit();
      long millis = (System.nanoTime() - began) / 1_000_000;
      return new Outcome.Done(
          release
              + " is live; the door was shut for "
              + millis
              + " ms, what was live is kept as "
              + kept
              + (carried.isEmpty() ? "" : "; " + carried));
    } catch (ExecutionException e) {
      return failed(turn, live, e.getCause());
    } catch (SQLException e) {
      return failed(turn, live, e);
    } finally {
      quietly(turn);
    }
  }

  private String freeName(Session turn, Standing live) throws SQLException {
    String suffix = "_before_rollback_" + Snapshots.stamp(clock.instant()).replace('-', '_');
    String name = Quoted.fitting(live.name(), suffix);
    for (int n = 2; Standing.named(turn, name).isPresent(); n++) {
      name = Quoted.fitting(live.name(), suffix + "_" + n);
    }
    return name;
  }

  private static void dress(Session turn, Standing live, String kept, String release)
      throws SQLException {
    String remark = Marker.remark(live.comment());
    Restoring.mark(
        turn, kept, new Marker(remark, live.name(), live.release(), Marker.State.SERVED));
    Restoring.mark(
        turn, live.name(), new Marker(remark, live.name(), release, Marker.State.SERVED));
    turn.run("alter database " + Quoted.name(kept) + " allow_connections false");
    turn.run("alter database " + Quoted.name(live.name()) + " allow_connections true");
  }

  private static String rename(String from, String to) {
    return "alter database " + Quoted.name(from) + " rename to " + Quoted.name(to);
  }

  private static void quietly(Session turn) {
    try {
      turn.connection().rollback();
      turn.connection().setAutoCommit(true);
    } catch (SQLException e) {
      // The connection is gone, and with it the transaction, if it was still open.
      System.getLogger(Switching.class.getName()).log(System.Logger.Level.DEBUG, "rollback", e);
    }
  }

  private Outcome failed(Session turn, Standing live, @Nullable Throwable why) throws SQLException {
    if (!(why instanceof SQLException said)) {
      throw new IllegalStateException(live.name() + ": " + why, why);
    }
    String state = String.valueOf(said.getSQLState());
    if (Server.lost(said)) { // whether a commit came through is not known
      return new Outcome.Unknown("the connection broke during the switch: " + Server.why(said));
    }
    turn.connection().rollback();
    String left = String.join("; ", Sessions.inWords(turn, live.oid()));
    return switch (state) {
      case IN_USE, CANCELLED ->
          refused(
              live,
              "its sessions did not go away within "
                  + writersWait.toMillis()
                  + " ms"
                  + (left.isEmpty() ? "" : " (connected again: " + left + ")"));
      case LOCKED -> refused(live, "another session holds a lock on the database itself");
      default -> refused(live, Server.why(said));
    };
  }

  private static Outcome refused(Standing live, String why) {
    return new Outcome.Refused(live.name() + " was not switched, it is as it was and open: " + why);
  }
}
