package dev.lastgood.provider.postgres;

import dev.lastgood.database.TableLocks;
import dev.lastgood.database.TableName;
import dev.lastgood.database.salvage.Noting;
import dev.lastgood.provider.PlatformUnreachable;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/// Keeps writers waiting, and lets readers go on: an open transaction that holds a lock on every
/// table. It lets go by itself when its time is over: by a thread of this process, and should that
/// be frozen, by the server. When the door of the database has been shut meanwhile and everybody
/// else is out, nobody is left who could write.
final class Latch implements AutoCloseable {
  /// Whose transaction is in the way, the oldest first.
  private static final String HOLDER =
      """
      select format('%I.%I', n.nspname, c.relname) || ' by process ' || a.pid || ' ('
        || coalesce(nullif(left(a.application_name, 40), ''), 'an unnamed application') || ' as '
        || coalesce(a.usename, 'the server itself') || coalesce(', since ' || date_trunc('second', a.xact_start), '') || ')'
      from pg_locks l join pg_stat_activity a on a.pid = l.pid join pg_class c on c.oid = l.relation
        join pg_namespace n on n.oid = c.relnamespace
      where l.locktype = 'relation' and l.granted and l.pid <> pg_backend_pid()
        and l.database = (select oid from pg_database where datname = current_database())
        and l.mode not in ('AccessShareLock', 'RowShareLock') and c.relkind in ('r', 'p')
        and n.nspname not like 'pg\\_%'
      order by a.xact_start, a.pid limit 1\
      """;

  /// Shorter than the time after which the server looks for deadlocks: of two that wait for one
  /// another it is never the user's transaction that is ended.
  private static final Duration ONE_TABLE = Duration.ofMillis(300);

  private enum State {
    OPEN,
    SHUT,
    TAKEN,
    LET_GO
  }

  private final Session session;
  private final long pid;
  private Duration longest;
  private String holder = "";
  private boolean notesStay;
  private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);
  private long began = System.nanoTime();

  private Latch(Session session, long pid, Duration longest) {
    this.session = session;
    this.pid = pid;
    this.longest = longest;
  }

  /// Ready, and nobody waits yet.
  ///
  /// @param longest for each question
  static Latch ready(Server server, Standing live, Duration longest)
      throws SQLException, PlatformUnreachable {
    Session session = server.patient(live.name(), longest.multipliedBy(3));
    try {
      return new Latch(session, session.number("select pg_backend_pid()"), longest);
    } catch (SQLException e) {
      session.close();
      throw e;
    }
  }

  /// Nobody cleans or alters a table from now on, and nobody waits for that yet: no lock of [#shut]
  /// would outlast the server's own cleaning.
  ///
  /// @return who holds a table instead, in words; empty when nobody does
  Optional<String> alone() throws SQLException {
    session.run("begin; set local idle_in_transaction_session_timeout = '2min'");
    return TableLocks.alone(session.connection(), TableLocks.tables(session.connection()));
  }

  /// Takes [#alone] back.
  void open() throws SQLException {
    session.run("rollback");
  }

  /// Writers wait from now on. Whoever is in the middle of a transaction ends it first; as long as
  /// somebody does not, it is tried again, and writers go on in between. After [#alone].
  ///
  /// @param atMost how long writers may wait, from the first of them to the end of the exchange
  /// @return false when a transaction of a user held a table all that time, or waits for us
  boolean shut(Duration atMost) throws SQLException, InterruptedException {
    longest = atMost;
    long deadline = System.nanoTime() + longest.toNanos();
    List<String> tables =
        TableLocks.tables(session.connection()).stream().map(TableName::quoted).toList();
    while (true) {
      began = System.nanoTime();
      try {
        session.run(
            "savepoint open; set local lock_timeout = "
                + Math.min(ONE_TABLE.toMillis(), longest.toMillis())
                + "; set local statement_timeout = "
                + longest.toMillis()
                + "; set local idle_in_transaction_session_timeout = "
                + longest.plusMillis(300).toMillis());
        if (!tables.isEmpty()) {
          session.run("lock table " + String.join(", ", tables) + " in exclusive mode");
        }
        state.set(State.SHUT);
        Thread.startVirtualThread(this::letGoInTime);
        return true;
      } catch (SQLException e) {
        boolean held = TableLocks.held(e) || "57014".equals(e.getSQLState());
        session.run("rollback to savepoint open");
        if (!held) {
          throw e;
        }
        // whoever waits for us may be the one we wait for
        if (System.nanoTime() > deadline || TableLocks.waitedFor(session.connection())) {
          holder = session.text(HOLDER);
          return false;
        }
        Thread.sleep(Math.min(100, longest.toMillis()));
      }
    }
  }

  private void letGoInTime() {
    try {
      TimeUnit.NANOSECONDS.sleep(Math.max(0, left().toNanos()));
    } catch (InterruptedException e) {
      return; // nobody interrupts it; the server lets go all the same
    }
    if (state.compareAndSet(State.SHUT, State.LET_GO)) {
      session.close();
    }
  }

  /// Who was in the way when it could not be shut, in words; empty: nobody any more.
  String holder() {
    return dev.lastgood.model.Text.plain(holder);
  }

  /// How long writers may still be kept waiting.
  Duration left() {
    return longest.minusNanos(System.nanoTime() - began);
  }

  long waitedMillis() {
    return (System.nanoTime() - began) / 1_000_000;
  }

  /// The rest of the time is the exchange's, which bounds itself.
  ///
  /// @return false when writers go on already, or will before the exchange can be over
  boolean take() {
    return left().compareTo(Duration.ofMillis(Math.min(250, longest.toMillis() / 2))) > 0
        && state.compareAndSet(State.SHUT, State.TAKEN);
  }

  /// The session that holds it: the last one to leave.
  long pid() {
    return pid;
  }

  /// Leaves, when nobody else is in the database any more.
  ///
  /// @throws SQLException when the lock was lost before, and somebody may have written meanwhile
  void leave() throws SQLException {
    // Nobody is left to wait for: all tables are free.
    // What belongs to a replication slot stays: should the exchange not come to be, it is needed.
    // The exchange is on the disk later, and this with it, or neither.
    session.run("set local synchronous_commit = off; savepoint notes");
    notesStay = !notesTaken();
    session.run("commit");
    session.close();
  }

  /// Should it be refused, it stays: nobody waits longer for it, and the exchange goes on.
  private boolean notesTaken() throws SQLException {
    try {
      return Noting.endAtOnce(session.connection());
    } catch (SQLException e) {
      if (Server.lost(e)) {
        throw e;
      }
      session.run("rollback to savepoint notes");
      return false;
    }
  }

  /// Whether what notes writes was not taken away by [#leave]: too much, or refused by the server.
  boolean notesStay() {
    return notesStay;
  }

  /// Writers go on.
  @Override
  public void close() {
    state.set(State.LET_GO);
    session.close();
  }
}
