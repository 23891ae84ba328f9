package dev.lastgood.provider.postgres;

import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
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

  /// What the waiting session is woken with.
  private static final String BELL = "lastgood_switch";

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

  /// @param turn a session of the maintenance database that has the turn
  /// @param target marked with the release it becomes
  Outcome exchange(Session turn, Standing live, Standing target, String release)
      throws SQLException, PlatformUnreachable, InterruptedException {
    try (Session ender = server.maintenance()) {
      return ready(turn, ender, live, target, release, "").go(Optional.empty(), "");
    }
  }

  /// Shuts the live database for good and puts it aside: the database that follows it is on another
  /// server.
  ///
  /// @param turn as for [#ready]
  /// @param ender as there
  Ready leaving(Session turn, Session ender, Standing live, String release) throws SQLException {
    return ready(turn, ender, live, Optional.empty(), release, "");
  }

  /// Everything that takes time and that nobody need wait for.
  ///
  /// @param ender another session of the maintenance database
  /// @param parting id of the notes of this exchange; empty: there are none
  Ready ready(
      Session turn, Session ender, Standing live, Standing target, String release, String parting)
      throws SQLException {
    return ready(turn, ender, live, Optional.of(target), release, parting);
  }

  private Ready ready(
      Session turn,
      Session ender,
      Standing live,
      Optional<Standing> target,
      String release,
      String parting)
      throws SQLException {
    List<String> stuck = Sessions.untouchable(turn, live.oid());
    // What was set since it was restored, or left, too.
    List<String> forbidden = List.of();
    if (target.isPresent()) {
      boolean kept = target.get().marker().filter(Marker::underWay).isEmpty();
      forbidden = new Dressing(turn, live, target.get().name()).dress(kept);
    }
    // The door is looked at by the server every 100 ms; a note to the session that waits wakes it.
    turn.run("listen " + BELL);
    return new Ready(
        turn, ender, live, target, release, parting, freeName(turn, live), stuck, forbidden);
  }

  final class Ready implements LastRows.Exchange {
    private final Session turn;
    private final Session ender;
    private final Standing live;
    private final Optional<Standing> target;
    private final String release;
    private final String parting;
    private final String kept;
    private final List<String> stuck;
    private final List<String> forbidden;

    private Ready(
        Session turn,
        Session ender,
        Standing live,
        Optional<Standing> target,
        String release,
        String parting,
        String kept,
        List<String> stuck,
        List<String> forbidden) {
      this.turn = turn;
      this.ender = ender;
      this.live = live;
      this.target = target;
      this.release = release;
      this.parting = parting;
      this.kept = kept;
      this.stuck = stuck;
      this.forbidden = forbidden;
    }

    /// Under which name what is live now will be kept.
    String kept() {
      return kept;
    }

    @Override
    public Optional<Outcome> obstacle() {
      return stuck.isEmpty()
          ? Optional.empty()
          : Optional.of(refused(live, String.join("; ", stuck)));
    }

    /// @param latch held, with time left; it is left when everybody else is out
    /// @param carried what was carried over, in words
    @Override
    public Outcome go(Optional<Latch> latch, String carried)
        throws SQLException, InterruptedException {
      Optional<Outcome> obstacle = obstacle();
      if (obstacle.isPresent()) {
        return obstacle.get();
      }
      turn.connection().setAutoCommit(false);
      try (var both = Executors.newVirtualThreadPerTaskExecutor()) {
        Duration longest = latch.map(Latch::left).orElse(writersWait);
        turn.run(
            "set local lock_timeout = "
                + DOOR.toMillis()
                + "; set local statement_timeout = "
                + Math.max(100, longest.toMillis()));
        long began = System.nanoTime();
        Future<?> renames =
            both.submit(() -> {
              turn.run(rename(live.name(), kept));
              turn.run(String.join("; ", then()));
              return null;
            });
        boolean out = emptied(renames, latch);
        renames.get();
        if (!out && latch.isPresent()) {
          throw new SQLException("the lock on the tables was lost before writers were out", IN_USE);
        }
        turn.connection().commit();
        long millis = (System.nanoTime() - began) / 1_000_000;
        return new Outcome.Done(
            (target.isPresent() ? release + " is live; the door was shut for " : "left after ")
                + millis
                + " ms, what was live is kept as "
                + kept
                + (carried.isEmpty() ? "" : "; " + carried)
                + (forbidden.isEmpty() ? "" : "; " + Dressing.byHand(forbidden)));
      } catch (ExecutionException e) {
        return failed(turn, live, e.getCause());
      } catch (SQLException e) {
        return failed(turn, live, e);
      } finally {
        quietly(turn);
      }
    }

    /// What follows when nobody is in the live database any more, as one question.
    private List<String> then() {
      String remark = Marker.remark(live.comment());
      List<String> all = new ArrayList<>();
      target.ifPresent(t -> all.add(rename(t.name(), live.name())));
      all.add(
          Restoring.marked(
              kept, new Marker(remark, live.name(), live.release(), Marker.State.SERVED)));
      all.add("alter database " + Quoted.name(kept) + " allow_connections false");
      if (target.isPresent()) {
        all.add(
            Restoring.marked(
                live.name(),
                new Marker(remark, live.name(), release, Marker.State.SERVED, parting)));
        all.add("alter database " + Quoted.name(live.name()) + " allow_connections true");
      }
      return all;
    }

    /// Ends everybody's sessions, the server's own cleaning included, until the renames are
    /// through.
    ///
    /// @return whether the latch was left in time: after the door was shut and all others were out
    private boolean emptied(Future<?> renames, Optional<Latch> latch)
        throws SQLException, InterruptedException {
      try {
        return endingAll(renames, latch);
      } catch (SQLException e) {
        // It is not the session of the exchange: that one is whole, and takes it all back.
        throw new SQLException(e.getMessage(), IN_USE, e);
      }
    }

    private boolean endingAll(Future<?> renames, Optional<Latch> latch)
        throws SQLException, InterruptedException {
      boolean latched = latch.isPresent();
      while (!renames.isDone()) {
        Sessions.Out out =
            Sessions.end(
                ender,
                live.oid(),
                latched ? latch.get().pid() : 0,
                target.map(Standing::oid).orElse(0L));
        if (out.shut() && out.others() == 0) {
          if (latched) {
            latch.get().leave();
            latched = false;
          }
          ender.run("notify " + BELL);
        }
        Thread.sleep(2);
      }
      return !latched;
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

  private static String rename(String from, String to) {
    return "alter database " + Quoted.name(from) + " rename to " + Quoted.name(to);
  }

  private static void quietly(Session turn) {
    try {
      turn.connection().rollback();
      turn.connection().setAutoCommit(true);
      turn.run("unlisten *");
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

  static Outcome refused(Standing live, String why) {
    return new Outcome.Refused(live.name() + " was not switched, it is as it was and open: " + why);
  }
}
