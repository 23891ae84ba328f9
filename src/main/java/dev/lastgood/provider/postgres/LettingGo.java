package dev.lastgood.provider.postgres;

import dev.lastgood.database.TableLocks;
import dev.lastgood.database.salvage.Noting;
import dev.lastgood.provider.PlatformUnreachable;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Takes away the slots that nobody needs any more, and what goes with them in the database:
/// publications, and the triggers that tell whose a transaction is. The slot goes last, so that as
/// long as there is one somebody who comes after a crash finds that it is not over. Only where
/// somebody holds a table for long, a dump for instance, the slot does not wait for the triggers:
/// it keeps the log of the server, and they cost next to nothing. The next sweep ends them.
final class LettingGo {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /// Whoever read a slot is gone a moment after his connection.
  private static final Duration READER = Duration.ofSeconds(5);

  private final Server server;
  private final Migrators triggers;

  LettingGo(Server server) {
    this(server, Migrators.PATIENCE);
  }

  /// @param holders patience with those who hold a table that has a trigger
  LettingGo(Server server, Duration holders) {
    this.server = server;
    this.triggers = new Migrators(server, List.of(), holders);
  }

  /// The slot of one snapshot of the live database.
  ///
  /// @return whether it was there
  boolean drop(Session session, String database, String name)
      throws SQLException, PlatformUnreachable {
    boolean there = Slots.exists(session, name);
    if (there) {
      unread(session, name);
    }
    unpublish(database, name);
    if (others(session, database, name).isEmpty()) {
      endTriggers(database, there);
    }
    if (there) {
      dropSlot(session, name);
    }
    return there;
  }

  /// @param later whether they may stay for now
  private void endTriggers(String database, boolean later)
      throws SQLException, PlatformUnreachable {
    try {
      triggers.end(database);
    } catch (SQLException e) {
      if (!later || !TableLocks.held(e)) {
        throw e;
      }
    }
  }

  /// Slots of other databases have triggers of their own.
  private static List<Slots.Seen> others(Session session, String database, String name)
      throws SQLException {
    long oid = Standing.named(session, database).map(Standing::oid).orElse(0L);
    return Slots.all(session).stream()
        .filter(s -> s.database() == oid && !s.name().equals(name))
        .toList();
  }

  private static void dropSlot(Session session, String name)
      throws SQLException, PlatformUnreachable {
    unread(session, name);
    session.list("select pg_drop_replication_slot(?)::text", r -> true, name);
  }

  /// Waits until nobody reads it any more. With somebody who goes on nothing is taken away.
  private static void unread(Session session, String name)
      throws SQLException, PlatformUnreachable {
    long deadline = System.nanoTime() + READER.toNanos();
    while (session.yes("select active from pg_replication_slots where slot_name = ?", name)) {
      if (System.nanoTime() > deadline) {
        throw new PlatformUnreachable(
            "the replication slot " + name + " is read by somebody, and cannot be dropped");
      }
      session.run("select pg_sleep(0.05)");
    }
  }

  /// Drops the slots that nobody can need any more: those of databases that are not live, and those
  /// whose snapshot is gone, and those that the server has given up.
  ///
  /// @param wanted slots of the snapshots that are gone back to by one
  /// @return what stays although nobody needs it, with the reason
  List<String> sweep(Session session, Standing live, Set<String> wanted)
      throws SQLException, PlatformUnreachable {
    List<String> stays = new ArrayList<>(over(session, live.name()));
    for (Slots.Seen slot : Slots.all(session)) {
      if (slot.database() == live.oid() && (slot.lost() || !wanted.contains(slot.name()))) {
        each(named(slot), stays, () -> drop(session, live.name(), slot.name()));
      }
    }
    if (others(session, live.name(), "").isEmpty()) {
      each("what told whose a transaction is", stays, () -> triggers.end(live.name()));
    }
    return stays;
  }

  private static String named(Slots.Seen slot) {
    return "the replication slot " + slot.name() + ", which nobody needs,";
  }

  private interface Step {
    void go() throws SQLException, PlatformUnreachable;
  }

  /// One that cannot be taken away is no reason to keep the others.
  private static void each(String what, List<String> stays, Step step) {
    try {
      step.go();
    } catch (SQLException e) {
      stays.add(what + " stays: " + Server.why(e));
    } catch (PlatformUnreachable e) {
      stays.add(what + " stays: " + e.getMessage());
    }
  }

  /// Whether there are slots of databases that are not live any more.
  static boolean left(Session session, Scene scene) throws SQLException {
    return Slots.all(session).stream()
        .anyMatch(s -> scene.kept().stream().anyMatch(k -> k.oid() == s.database()));
  }

  /// After an exchange: the slots of a database that is not live any more tell nothing of the one
  /// that is.
  ///
  /// @param name under which databases are or were live
  /// @return what stays, with the reason
  List<String> over(Session session, String name) throws SQLException {
    Scene scene = Scene.look(session, name);
    List<Slots.Seen> all = Slots.all(session);
    List<String> stays = new ArrayList<>();
    for (Standing kept : scene.kept()) {
      List<Slots.Seen> its = all.stream().filter(s -> s.database() == kept.oid()).toList();
      if (its.isEmpty()) {
        continue;
      }
      int before = stays.size();
      each("what is of a slot in " + kept.name(), stays, () -> clean(session, kept));
      if (stays.size() == before) {
        its.forEach(slot -> each(named(slot), stays, () -> dropSlot(session, slot.name())));
      }
    }
    return stays;
  }

  private void clean(Session session, Standing kept) throws SQLException, PlatformUnreachable {
    try (Door _ = Door.open(server, session, kept);
        Session inside = server.patient(kept.name(), PATIENCE)) {
      clean(inside);
    }
  }

  /// Takes away all that notes or tells what users write. In one transaction the server may have no
  /// room for the locks of thousands of tables.
  static void clean(Session inside) throws SQLException, PlatformUnreachable {
    try {
      Noting.takeAway(inside.connection(), Migrators.PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PlatformUnreachable("interrupted", e);
    }
    Migrators.end(inside, Migrators.PATIENCE);
    inside.run(unpublishing());
  }

  /// While there is a publication, users cannot change rows of a table that lost its key.
  void unpublish(String database, String name) throws SQLException, PlatformUnreachable {
    try (Session inside = server.patient(database, PATIENCE)) {
      inside.run("drop publication if exists " + Quoted.name(name));
    }
  }

  /// Drops the publications of a database, as one statement: a dump brings them along.
  static String unpublishing() {
    return "do $$ declare p text; begin for p in select pubname from pg_catalog.pg_publication where"
        + " pubname like 'lastgood\\_%' loop execute pg_catalog.format('drop publication %I', p); end"
        + " loop; end $$";
  }
}
