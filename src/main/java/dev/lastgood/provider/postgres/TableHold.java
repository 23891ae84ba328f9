package dev.lastgood.provider.postgres;

import dev.lastgood.database.DatabaseTrouble;
import dev.lastgood.database.TableLocks;
import dev.lastgood.database.TableName;
import dev.lastgood.provider.PlatformUnreachable;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/// A transaction that holds tables for itself, so that others can take their place in it. It lets
/// go when its time is over: by a thread of this process, and should that be frozen, by the server.
///
/// Readers wait, too. A lock that lets them go on would have to be made a stronger one for the
/// exchange, and whoever has read and now waits to write would never end.
final class TableHold implements AutoCloseable {
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
  private final Duration longest;
  private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);
  private long began = System.nanoTime();

  private TableHold(Session session, Duration longest) {
    this.session = session;
    this.longest = longest;
  }

  /// @param longest from the first who waits to the end of the exchange
  static TableHold ready(Server server, Standing live, Duration longest)
      throws PlatformUnreachable, DatabaseTrouble {
    return new TableHold(
        new Session(server.whole(live.name()).within(longest.multipliedBy(3)).writer()), longest);
  }

  Session session() {
    return session;
  }

  /// Nobody cleans or alters these tables from now on, and nobody waits for that yet: no lock of
  /// [#shut] would outlast the server's own cleaning.
  ///
  /// @return who holds one instead, in words; empty when nobody does
  Optional<String> alone(Set<TableName> tables) throws SQLException {
    session.run("set local idle_in_transaction_session_timeout = '2min'");
    return TableLocks.alone(session.connection(), tables);
  }

  static String inUse(String holders) {
    return "a VACUUM, an index build or a change of a table is under way ("
        + (holders.isEmpty() ? "over by now" : holders)
        + "): let it end or cancel it, then repeat";
  }

  /// Everybody waits from now on. Whoever is in the middle of a transaction ends it first; as long
  /// as somebody does not, it is tried again, and all go on in between. After [#alone].
  ///
  /// @param tables those whose place is taken
  /// @return false when somebody held one of them all that time, or waits for us
  boolean shut(Set<TableName> tables, Ties ties, List<Ties.Key> coming)
      throws SQLException, InterruptedException {
    List<String> locks = locks(tables, ties, coming);
    long deadline = System.nanoTime() + longest.toNanos();
    while (true) {
      began = System.nanoTime();
      Savepoint open = session.connection().setSavepoint();
      try {
        session.run(
            "set local lock_timeout = "
                + Math.min(ONE_TABLE.toMillis(), longest.toMillis())
                + "; set local idle_in_transaction_session_timeout = "
                + longest.plusMillis(300).toMillis());
        for (String lock : locks) {
          session.run("set local statement_timeout = " + Math.max(1, leftMillis()));
          session.run(lock);
        }
        state.set(State.SHUT);
        Thread.startVirtualThread(this::letGoInTime);
        return true;
      } catch (SQLException e) {
        boolean held = TableLocks.held(e) || "57014".equals(e.getSQLState());
        session.connection().rollback(open);
        if (!held) {
          throw e;
        }
        // whoever waits for us may be the one we wait for
        if (System.nanoTime() > deadline || TableLocks.waitedFor(session.connection())) {
          return false;
        }
        Thread.sleep(Math.min(100, longest.toMillis()));
      }
    }
  }

  /// The tables that [#shut] locks.
  static Set<TableName> held(Set<TableName> tables, Ties ties, List<Ties.Key> coming) {
    Set<TableName> all = new TreeSet<>(tables);
    ties.in().forEach(k -> all.add(k.of()));
    ties.out().forEach(k -> all.add(k.to()));
    coming.forEach(k -> all.add(k.to()));
    return all;
  }

  /// In the order in which users take them: a view before what it reads.
  static List<String> locks(Set<TableName> tables, Ties ties, List<Ties.Key> coming) {
    List<String> all = new ArrayList<>();
    // `lock table` would lock what the view reads, too
    ties.views()
        .forEach(v -> all.add("alter view " + v.name() + " owner to " + Quoted.name(v.owner())));
    Set<TableName> whole = new TreeSet<>(tables);
    ties.in().forEach(k -> whole.add(k.of()));
    // to drop a foreign key locks what it refers to as strongly
    ties.out().forEach(k -> whole.add(k.to()));
    Set<TableName> parents = new TreeSet<>();
    coming.forEach(k -> parents.add(k.to()));
    parents.removeAll(whole);
    if (!whole.isEmpty()) {
      all.add(lock(whole, "access exclusive"));
    }
    if (!parents.isEmpty()) {
      all.add(lock(parents, "share row exclusive"));
    }
    return all;
  }

  private static String lock(Set<TableName> tables, String mode) {
    return "lock table "
        + String.join(", ", tables.stream().map(TableName::quoted).toList())
        + " in "
        + mode
        + " mode";
  }

  private void letGoInTime() {
    try {
      TimeUnit.NANOSECONDS.sleep(Math.max(0, longest.toNanos() - (System.nanoTime() - began)));
    } catch (InterruptedException e) {
      return; // nobody interrupts it; the server lets go all the same
    }
    if (state.compareAndSet(State.SHUT, State.LET_GO)) {
      session.close();
    }
  }

  private long leftMillis() {
    return longest.toMillis() - waitedMillis();
  }

  long waitedMillis() {
    return (System.nanoTime() - began) / 1_000_000;
  }

  /// Everything is done but the end of the transaction.
  ///
  /// @return false when the time is over, and all go on
  boolean take() {
    return state.compareAndSet(State.SHUT, State.TAKEN);
  }

  /// Whether the time was over before everything was done.
  boolean letGo() {
    return state.get() == State.LET_GO;
  }

  /// All go on.
  @Override
  public void close() {
    state.set(State.LET_GO);
    session.close();
  }
}
