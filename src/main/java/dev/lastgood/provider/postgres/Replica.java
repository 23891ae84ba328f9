package dev.lastgood.provider.postgres;

import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Argv;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A physical replica that is armed before each deploy to stop at the restore point. One that is
/// merely paused is of no use: promoted or resumed, it replays everything it has received, the
/// damage included.
final class Replica {
  private static final Duration STARTS_WITHIN = Duration.ofMinutes(2);

  /// Bytes of log replayed beyond a point. Between the end of a record and the place after it lies
  /// nothing, or the head of a page when it ends with its page.
  private static final String PAST =
      """
      (select case when past between 1 and 64 and (lsn - '0/0') % current_setting('wal_block_size')::int = 0
          then 0 else past end::bigint
        from (select lsn, pg_last_wal_replay_lsn() - lsn as past from (select ?::pg_lsn as lsn) l) p)
      """;

  private static final String RESUME = "select pg_wal_replay_resume()";

  private static final String UNGUARDED = "alter system reset default_transaction_read_only";

  private static final String WAKE =
      RESUME
          + ", pg_wal_replay_pause()"
          + " where pg_get_wal_replay_pause_state() = 'paused'"
          + " and current_setting('recovery_target_name') = ?"
          + " and pg_last_wal_replay_lsn() >= ?::pg_lsn";

  private static final String SINCE_THE_CHECKPOINT =
      "select (pg_last_wal_replay_lsn() - redo_lsn)::bigint from pg_control_checkpoint()";

  private static final long LITTLE = 64L << 20;

  /// What both are answered by a server that is being promoted, or was.
  private static final String ENDING = "55000";

  private final ReplicaSettings settings;
  private final Server server;
  private final Server primary;

  Replica(ReplicaSettings settings, Server server, Server primary) {
    this.settings = settings;
    this.server = server;
    this.primary = primary;
  }

  /// How the replica stands to a point.
  ///
  /// @param paused whether replay has stopped
  /// @param armed name of the restore point it is to stop at; empty when there is none
  /// @param past bytes of log it has replayed beyond the point; below zero: still to be replayed
  private record State(boolean replays, boolean paused, String armed, String system, long past) {
    Optional<String> problem(RestorePoint point, String place) {
      if (!point.system().isEmpty() && !system.isEmpty() && !system.equals(point.system())) {
        return Optional.of("the server at " + place + " is no replica of this one");
      }
      if (!replays) {
        return Optional.of(
            "the server at "
                + place
                + " is no replica any more: it was promoted and goes its own way");
      }
      if (past > 0) {
        return Optional.of(
            "the replica at "
                + place
                + " has replayed "
                + past
                + " bytes of log beyond "
                + point.says()
                + ": what came after it is in it");
      }
      if (!armed.equals(point.name())) {
        return Optional.of(
            "the replica at "
                + place
                + (armed.isEmpty()
                    ? (paused ? " is merely paused, it" : "") + " has no recovery target"
                    : " is armed for " + armed)
                + " and not for "
                + point.says()
                + ": promoted or resumed it would replay what came after it, the damage included");
      }
      if (paused && past < 0) {
        return Optional.of(
            "the replica at "
                + place
                + " is paused before "
                + point.says()
                + ", by somebody or for a reason that its log says; resumed there ("
                + RESUME
                + ") it goes on and stops at the point");
      }
      return Optional.empty();
    }

    boolean arrived() {
      return paused && past >= 0;
    }
  }

  private String place() throws PlatformUnreachable {
    return server.url().place();
  }

  private State state(String lsn) throws SQLException, PlatformUnreachable {
    try (Session session = server.maintenance()) {
      return state(session, lsn);
    }
  }

  private static State state(Session session, String lsn) throws SQLException {
    return session
        .first(
            """
            select pg_is_in_recovery(),
              case when pg_is_in_recovery() then pg_get_wal_replay_pause_state() = 'paused' else false end,
              current_setting('recovery_target_name'),
              (select system_identifier::text from pg_control_system()),
              case when pg_is_in_recovery() then coalesce(%s, -1) else 0 end
            """
                .formatted(PAST),
            r ->
                new State(
                    r.getBoolean(1), r.getBoolean(2), r.getString(3), r.getString(4), r.getLong(5)),
            lsn)
        .orElseThrow();
  }

  /// Why it cannot be gone back to; empty when it stands there, or is still on its way there.
  Optional<String> problem(RestorePoint point) {
    try {
      return state(point.lsn()).problem(point, place());
    } catch (SQLException e) {
      return Optional.of(String.valueOf(server.gone(e).getMessage()));
    } catch (PlatformUnreachable e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /// Tells it to stop at a point that is still to be made. It restarts for that: a target is read
  /// at the start only.
  ///
  /// @throws PlatformUnreachable why it is not armed; it may then stand still or follow on
  void arm(String point) throws PlatformUnreachable, InterruptedException {
    try (Session session = server.maintenance()) {
      if (!session.yes("select pg_is_in_recovery()")) {
        throw new PlatformUnreachable("the server at " + place() + " is no replica");
      }
      String system = session.text(Points.SYSTEM);
      try (Session live = primary.maintenance()) {
        if (!live.text(Points.SYSTEM).equals(system)) {
          throw new PlatformUnreachable(
              "the server at " + place() + " is a replica of another server");
        }
      }
      // The server does not start with two kinds of target.
      for (String other : List.of("", "_time", "_lsn", "_xid")) {
        session.run("alter system reset recovery_target" + other);
      }
      // A promotion that did not come to be may have left it.
      session.run(UNGUARDED);
      session.run("alter system set recovery_target_name = " + Quoted.text(point));
      session.run("alter system set recovery_target_action = 'pause'");
    } catch (SQLException e) {
      throw server.gone(e);
    }
    restart(point);
  }

  private void restart(String point) throws PlatformUnreachable, InterruptedException {
    Duration patience = settings.startsWithin().orElse(STARTS_WITHIN);
    Argv.End end = new Argv(settings.restart(), Optional.empty(), Map.of(), patience).run();
    if (!(end instanceof Argv.End.Exited(int code, _)) || code != 0) {
      throw new PlatformUnreachable("the replica could not be restarted: " + Taking.words(end));
    }
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      boolean late = System.nanoTime() > deadline;
      try {
        State now = state("0/0");
        if (now.replays() && now.armed().equals(point)) {
          return;
        }
        if (late) {
          throw new PlatformUnreachable(
              "the replica at " + place() + " has no recovery target after its restart");
        }
      } catch (SQLException e) {
        if (late) {
          throw server.gone(e);
        }
      }
      Thread.sleep(50);
    }
  }

  /// Waits until it stands at the point.
  ///
  /// @return why it does not; empty when it does
  Optional<String> arrived(RestorePoint point, Duration longest)
      throws PlatformUnreachable, InterruptedException {
    try (Session session = server.maintenance()) {
      return arrived(session, point, longest);
    } catch (SQLException e) {
      throw server.gone(e);
    }
  }

  private Optional<String> arrived(Session session, RestorePoint point, Duration longest)
      throws SQLException, PlatformUnreachable, InterruptedException {
    long deadline = System.nanoTime() + longest.toNanos();
    while (true) {
      State now = state(session, point.lsn());
      Optional<String> problem = now.problem(point, place());
      if (problem.isPresent() || now.arrived()) {
        return problem;
      }
      if (System.nanoTime() > deadline) {
        return Optional.of(
            "the replica at "
                + place()
                + " is not at "
                + point.says()
                + " yet, "
                + Ways.megabytes(-now.past())
                + " of log are still to be replayed");
      }
      Thread.sleep(50);
    }
  }

  // -- going over to it -------------------------------------------------------------------------

  /// Why it may not be promoted by this role; empty when it may.
  Optional<String> mayNot() {
    try (Session session = server.maintenance()) {
      return session.yes("select rolsuper from pg_roles where rolname = current_user")
          ? Optional.empty()
          : Optional.of(
              "the role of replica.url is no superuser at "
                  + place()
                  + ": it must set the server read-only while it becomes one of its own");
    } catch (SQLException e) {
      return Optional.of(String.valueOf(server.gone(e).getMessage()));
    } catch (PlatformUnreachable e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /// Makes it a server of its own, at the point and not one byte beyond. From before that on nobody
  /// writes into it: transactions are read-only unless they say otherwise, until [#unguard].
  ///
  /// @param stops told where it could be killed
  /// @return why it was not done, or that it stands elsewhere; empty when it is one now
  Optional<String> promote(RestorePoint point, Duration longest, Crossing.Stops stops)
      throws PlatformUnreachable, InterruptedException {
    try (Session session = server.patient(longest)) {
      Optional<String> problem = arrived(session, point, longest);
      if (problem.isPresent()) {
        return problem;
      }
      Optional<String> moved = guarded(session, point, stops);
      if (moved.isPresent()) {
        return moved;
      }
      // From here on the guard stays: what did not become a server in time may still become one.
      end(session, point, longest);
      return promoted(session, point);
    } catch (SQLException e) {
      throw server.gone(e);
    }
  }

  /// @return why it must not be promoted any more; unless this is empty the guard is taken away
  private Optional<String> guarded(Session session, RestorePoint point, Crossing.Stops stops)
      throws SQLException, PlatformUnreachable, InterruptedException {
    boolean stays = false;
    try {
      session.run("alter system set default_transaction_read_only = on");
      session.run("select pg_reload_conf()");
      awaitGuard();
      stops.at("guarded");
      Optional<String> moved = state(session, point.lsn()).problem(point, place());
      stays = moved.isEmpty();
      return moved;
    } finally {
      if (!stays) {
        session.run(UNGUARDED);
        session.run("select pg_reload_conf()");
      }
    }
  }

  /// Ends the recovery that stands at its target. Between two looks for a promotion the server
  /// sleeps for a second there; only that replay is resumed wakes it at once. Once the target is
  /// reached, and never before, there is nothing that could be replayed any more: going on is the
  /// promotion, too, but one with a checkpoint first. That it is paused again in the same breath
  /// lets it find, most often, the one that was asked for, which needs none. So it is woken where
  /// the checkpoint would not take longer than its sleep.
  private static void end(Session session, RestorePoint point, Duration longest)
      throws SQLException, InterruptedException {
    boolean wake = session.number(SINCE_THE_CHECKPOINT) < LITTLE;
    session.run("select pg_promote(false)");
    long deadline = System.nanoTime() + longest.toNanos();
    while (session.yes("select pg_is_in_recovery()") && System.nanoTime() < deadline) {
      if (wake) {
        wake(session, point);
      }
      Thread.sleep(3);
    }
  }

  private static void wake(Session session, RestorePoint point) throws SQLException {
    try {
      session.list(WAKE, r -> r.getString(1), point.name(), point.lsn());
    } catch (SQLException e) {
      if (!ENDING.equals(e.getSQLState())) {
        throw e;
      }
    }
  }

  private void awaitGuard() throws SQLException, PlatformUnreachable, InterruptedException {
    long deadline = System.nanoTime() + STARTS_WITHIN.toNanos();
    while (true) {
      try (Session session = server.maintenance()) {
        if (session.yes(
            "select reset_val = 'on' from pg_settings where name = 'default_transaction_read_only'")) {
          return;
        }
      }
      if (System.nanoTime() > deadline) {
        throw new PlatformUnreachable(
            "the replica at " + place() + " cannot be made read-only, so it was not promoted");
      }
      Thread.sleep(10);
    }
  }

  /// Why what was promoted is not what was wanted; empty when it was done by Lastgood, at the
  /// point.
  Optional<String> promoted(RestorePoint point) throws PlatformUnreachable {
    try (Session session = server.maintenance()) {
      return promoted(session, point);
    } catch (SQLException e) {
      throw server.gone(e);
    }
  }

  private Optional<String> promoted(Session session, RestorePoint point)
      throws SQLException, PlatformUnreachable {
    if (session.yes("select pg_is_in_recovery()")) {
      return Optional.of("the replica at " + place() + " did not become a server in time");
    }
    boolean ours =
        session.text("select current_setting('recovery_target_name')").equals(point.name())
            && session.yes(
                "select exists (select from pg_file_settings where name ="
                    + " 'default_transaction_read_only' and setting = 'on'"
                    + " and sourcefile like '%postgresql.auto.conf')");
    long past = session.number("select coalesce(" + PAST + ", 0)", point.lsn());
    if (!ours || past > 0) {
      return Optional.of(
          "the server at "
              + place()
              + " is no replica any more, and "
              + (ours
                  ? "it has replayed " + past + " bytes of log beyond " + point.says()
                  : "it was not Lastgood that promoted it at " + point.says()));
    }
    return Optional.empty();
  }

  /// Transactions write again.
  ///
  /// @param session of the server that was the replica
  static void unguard(Session session) throws SQLException {
    session.run(UNGUARDED);
    session.run("alter system reset recovery_target_name");
    session.run("alter system reset recovery_target_action");
    session.run("select pg_reload_conf()");
  }

  /// Where pg_dump finds it, when it stands exactly at the point. It goes on standing there.
  Map<String, String> environment(RestorePoint point, Duration longest)
      throws PlatformUnreachable, InterruptedException {
    Optional<String> problem = arrived(point, longest);
    if (problem.isPresent()) {
      throw new PlatformUnreachable(problem.get() + "; the live database was not touched");
    }
    return server.environment(primary.url().database());
  }
}
