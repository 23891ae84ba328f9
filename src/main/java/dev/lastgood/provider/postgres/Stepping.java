package dev.lastgood.provider.postgres;

import dev.lastgood.database.Quote;
import dev.lastgood.database.TableLocks;
import dev.lastgood.database.migration.Drops;
import dev.lastgood.database.migration.State;
import dev.lastgood.database.migration.Tool;
import dev.lastgood.database.sql.Script;
import dev.lastgood.database.sql.Statement;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Takes a migration back, or applies it again. Everything of it is one transaction: what is saved,
/// the SQL, the row of the state table, the note in `_lastgood.step`, the name of what is live. So
/// it was either done or not, whoever dies meanwhile. A table that is in use is waited for in short
/// tries, so that traffic never queues behind a waiting change.
final class Stepping {
  private static final Duration LOCK_WAIT = Duration.ofSeconds(2);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(3);
  private static final int CONNECTIONS = 5;
  private static final Pattern CONCURRENTLY =
      Pattern.compile("\\bconcurrently\\b", Pattern.CASE_INSENSITIVE);

  private final Server server;
  private final MigrationSettings settings;
  private final State state;

  Stepping(Server server, MigrationSettings settings) {
    this.server = server;
    this.settings = settings;
    this.state = new State(settings.tool(), settings.schema(), settings.table());
  }

  static boolean knows(Act act) {
    return act.verb().equals(StepWays.DOWN) || act.verb().equals(StepWays.UP);
  }

  Sight look(Act act) {
    String migration = act.get(StepWays.MIGRATION);
    boolean down = act.verb().equals(StepWays.DOWN);
    try (Session maintenance = server.maintenance();
        Session session = server.patient(act.get(Ways.DATABASE), Duration.ofSeconds(10))) {
      boolean atIt = Turn.taken(maintenance, act.get(Ways.DATABASE));
      return over(session, act)
          ? new Sight.Holds(migration + (down ? " was taken back" : " is applied again"))
          : Turn.sight(migration + (down ? " is applied" : " is not applied"), atIt);
    } catch (SQLException e) {
      return new Sight.Unclear(String.valueOf(server.gone(e).getMessage()));
    } catch (PlatformUnreachable e) {
      return new Sight.Unclear(String.valueOf(e.getMessage()));
    }
  }

  /// The tool may have applied again what was taken back, so both are asked.
  private boolean over(Session session, Act act) throws SQLException {
    String migration = act.get(StepWays.MIGRATION);
    return act.verb().equals(StepWays.DOWN)
        ? StepBook.isTaken(session, act.get(Ways.RELEASE), migration)
            && !applied(session, migration)
        : StepBook.isUndone(session, act.get(Ways.FROM), act.get(StepWays.MIGRATION));
  }

  private boolean applied(Session session, String migration) throws SQLException {
    return session.yes(
        "select exists (select from " + state.quoted() + " t where " + state.key() + " = ?)",
        migration);
  }

  /// A connection that breaks leaves nothing behind, or everything: it is looked at, and tried
  /// again.
  Outcome act(Act act) {
    Outcome outcome = once(act);
    for (int again = 1; again < CONNECTIONS && outcome instanceof Outcome.Unknown; again++) {
      try {
        Thread.sleep(LONGEST_PAUSE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return outcome;
      }
      outcome = once(act);
    }
    return outcome;
  }

  private Outcome once(Act act) {
    return Turn.act(server, act, "", turn -> inTurn(turn, act));
  }

  private Outcome inTurn(Session turn, Act act)
      throws SQLException, PlatformUnreachable, InterruptedException {
    String database = act.get(Ways.DATABASE);
    Standing live = Scene.look(turn, database).present();
    if (!live.release().equals(act.get(Ways.FROM))
        && !live.release().equals(act.get(Ways.RELEASE))) {
      return new Outcome.Refused(
          database
              + " is "
              + live.release()
              + " now, not "
              + act.get(Ways.FROM)
              + " as when this was planned; plan again");
    }
    try (Session session = server.patient(database, act.deadline())) {
      return tried(session, act, live);
    }
  }

  private Outcome tried(Session session, Act act, Standing live)
      throws SQLException, InterruptedException {
    if (over(session, act)) {
      return new Outcome.Done("done already");
    }
    long deadline = System.nanoTime() + act.deadline().toNanos();
    Duration pause = Duration.ofMillis(100);
    for (int attempt = 1; ; attempt++) {
      session.connection().setAutoCommit(false);
      try {
        if (attempt > 1) { // what kept the table may be the server's own cleaning
          TableLocks.keepCleaningOff(
              session.connection(), TableLocks.cleaned(session.connection()));
        }
        String said =
            act.verb().equals(StepWays.DOWN) ? down(session, act, live) : up(session, act, live);
        session.connection().commit();
        return new Outcome.Done(said + (attempt > 1 ? ", after " + attempt + " tries" : ""));
      } catch (Saving.Lossy e) {
        session.connection().rollback();
        return new Outcome.Refused("nothing was changed: " + e.getMessage());
      } catch (SQLException e) {
        if (Server.lost(e)) {
          throw e;
        }
        session.connection().rollback();
        if (over(session, act)) {
          return new Outcome.Done("done by an earlier try");
        }
        boolean busy = TableLocks.held(e) || "40P01".equals(e.getSQLState());
        if (!busy) {
          return new Outcome.Refused(
              act.get(StepWays.MIGRATION) + ": nothing was changed: " + Server.why(e));
        }
        if (System.nanoTime() + pause.toNanos() > deadline) {
          return new Outcome.Refused(
              act.get(StepWays.MIGRATION)
                  + ": a table was in use at each of "
                  + attempt
                  + " tries, and nothing was changed: "
                  + Server.why(e)
                  + ". Find the session: select pid, query from pg_stat_activity where state <>"
                  + " 'idle' order by xact_start");
        }
      } finally {
        if (!session.connection().isClosed()) {
          session.connection().setAutoCommit(true);
        }
      }
      Thread.sleep(pause);
      pause =
          pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0
              ? LONGEST_PAUSE
              : pause.multipliedBy(2);
    }
  }

  private void prepared(Session session) throws SQLException {
    session.run("set local lock_timeout = " + settings.lockWait().orElse(LOCK_WAIT).toMillis());
    session.run("reset search_path");
    if (settings.schema().isPresent() && settings.tool() != Tool.SUPABASE) {
      session.run("set local search_path = " + Quote.name(settings.schema().get()) + ", public");
    }
  }

  private String down(Session session, Act act, Standing live) throws SQLException, Saving.Lossy {
    prepared(session);
    StepBook.open(session);
    String migration = act.get(StepWays.MIGRATION);
    StepBook.supersede(session, migration);
    long step =
        session.number(
            "insert into _lastgood.step (release_from, release_to, migration, up, down)"
                + " values (?, ?, ?, ?, ?) returning id",
            act.get(Ways.FROM),
            act.get(Ways.RELEASE),
            migration,
            act.get(StepWays.UP_SQL),
            act.get(StepWays.SQL));
    var saving = new Saving(session);
    Drops drops = Drops.of(act.get(StepWays.SQL));
    saving.save(drops, step);
    run(session, act.get(StepWays.SQL));
    List<String> lost = saving.lost();
    if (!lost.isEmpty()) {
      throw new Saving.Lossy(
          "the way down of "
              + migration
              + " would drop what was not saved: "
              + String.join(", ", lost));
    }
    forget(session, migration, step);
    named(session, act, live);
    return migration
        + " taken back"
        + (drops.nothing() ? "" : "; saved in _lastgood: " + drops.shown());
  }

  private String up(Session session, Act act, Standing live) throws SQLException {
    prepared(session);
    String migration = act.get(StepWays.MIGRATION);
    long step =
        StepBook.open(session, act.get(Ways.FROM), migration)
            .orElseThrow(
                () -> new SQLException(migration + " was never stepped down from here", "P0001"));
    run(session, act.get(StepWays.SQL));
    List<String> said = new ArrayList<>(Saving.putBack(session, step));
    session.run(
        "insert into "
            + state.quoted()
            + " overriding system value select (pg_catalog.jsonb_populate_record(null::"
            + state.quoted()
            + ", e)).* from _lastgood.step, pg_catalog.jsonb_array_elements(state) e where id = "
            + step);
    session.run("update _lastgood.step set undone_at = pg_catalog.now() where id = " + step);
    named(session, act, live);
    said.addFirst(migration + " is applied again");
    return String.join("; ", said);
  }

  /// An index may be dropped in the transaction, too: what would be waited for is bounded.
  private static void run(Session session, String sql) throws SQLException {
    for (Statement statement : Script.statements(sql)) {
      session.run(
          statement.alone()
              ? CONCURRENTLY.matcher(statement.text()).replaceFirst("")
              : statement.text());
    }
  }

  /// The row of the state table, as the tool itself would take it out; kept for the way up.
  private void forget(Session session, String migration, long step) throws SQLException {
    Optional<String> rows =
        session.first(
            "with gone as (delete from "
                + state.quoted()
                + " t where "
                + state.key()
                + " = ? returning pg_catalog.to_jsonb(t) as row)"
                + " select pg_catalog.jsonb_agg(row)::text from gone",
            r -> String.valueOf(r.getString(1)),
            migration);
    if (rows.isEmpty() || rows.get().equals("null")) {
      throw new SQLException(
          migration + " is not in " + state.quoted() + " any more; plan again", "P0001");
    }
    session.list(
        "update _lastgood.step set state = ?::jsonb where id = ? returning id",
        r -> r.getLong(1),
        rows.get(),
        step);
  }

  /// With the last step the database is another release.
  private void named(Session session, Act act, Standing live) throws SQLException {
    if (act.get(StepWays.LAST).equals("yes")) {
      Marker marker = live.becoming(act.get(Ways.RELEASE));
      session.run(
          "comment on database "
              + Quoted.name(live.name())
              + " is "
              + Quoted.text(marker.comment()));
    }
  }
}
