package dev.lastgood.provider.postgres;

import dev.lastgood.database.TableLocks;
import dev.lastgood.database.TableName;
import dev.lastgood.database.salvage.Noting;
import dev.lastgood.provider.PlatformUnreachable;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/// Keeps writers waiting, and lets readers go on: an open transaction that holds a lock on every
/// table. It lets go by itself when its time is over: by a thread of this process, and should that
/// be frozen, by the server. When the door of the database has been shut meanwhile and everybody
/// else is out, nobody is left who could write.
final class Latch implements AutoCloseable {
  /// Whose transactions are in the way, the oldest first, and whether it is known when each began:
  /// that is hidden from a role that is neither the same nor a superuser.
  private static final String HOLDERS =
      """
      select words, known from (
        select distinct on (l.virtualtransaction) l.pid, began, began is not null as known,
          format('%I.%I', n.nspname, c.relname) || coalesce(' by process ' || l.pid || ' ('
            || coalesce(nullif(left(a.application_name, 40), ''), 'an unnamed application') || ' as '
            || coalesce(a.usename, 'the server itself')
            || coalesce(', since ' || date_trunc('second', began), ', since when this role may not see') || ')',
            ' by the prepared transaction ' || p.gid || ', since ' || date_trunc('second', began),
            ' by a prepared transaction') as words
        from pg_locks l left join pg_stat_activity a on a.pid = l.pid
          left join pg_locks x on l.pid is null and x.pid is null and x.locktype = 'transactionid'
            and x.virtualtransaction = l.virtualtransaction
          left join pg_prepared_xacts p on p.transaction = x.transactionid
          cross join coalesce(a.xact_start, p.prepared) began
          join pg_class c on c.oid = l.relation join pg_namespace n on n.oid = c.relnamespace
        where l.locktype = 'relation' and l.granted and l.pid is distinct from pg_backend_pid()
          and l.database = (select oid from pg_database where datname = current_database())
          and l.mode <> 'AccessShareLock' and c.relkind in ('r', 'p') and n.nspname not like 'pg\\_%'
        order by l.virtualtransaction, n.nspname, c.relname) h
      order by known, began, pid limit 3\
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
          holder = inTheWay();
          return false;
        }
        Thread.sleep(Math.min(100, longest.toMillis()));
      }
    }
  }

  /// The oldest; where that is not known, each that may be it.
  private String inTheWay() throws SQLException {
    List<String> known = new ArrayList<>();
    List<String> all =
        session.list(
            HOLDERS,
            r -> {
              if (r.getBoolean(2)) {
                known.add(r.getString(1));
              }
              return r.getString(1);
            });
    return String.join(" or ", known.size() == all.size() ? all.stream().limit(1).toList() : all);
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
