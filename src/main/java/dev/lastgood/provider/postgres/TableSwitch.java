package dev.lastgood.provider.postgres;

import dev.lastgood.database.Beside;
import dev.lastgood.database.DatabaseTrouble;
import dev.lastgood.database.TableName;
import dev.lastgood.database.salvage.Noting;
import dev.lastgood.database.salvage.Salvage;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Lets tables that stand beside the live ones take their place: the last rows, the tables and all
/// that hangs on them in one transaction, so that there is no state between. Nobody's session ends.
final class TableSwitch {
  private static final int TRIES = 3;
  private static final Duration PROVING = Duration.ofHours(1);
  private static final Duration NOTES = Duration.ofSeconds(30);

  private final Server server;
  private final Duration writersWait;
  private final InstantSource clock;
  private String why = "";
  private boolean notesStay;

  /// @param writersWait from the first who waits to the end of the exchange
  TableSwitch(Server server, Duration writersWait, InstantSource clock) {
    this.server = server;
    this.writersWait = writersWait;
    this.clock = clock;
  }

  /// @param side complete
  /// @param release what is live then
  /// @param way carries over what users write; empty: nothing is carried over
  Outcome exchange(Standing live, TableSide side, String release, Optional<CarryingOver.Way> way)
      throws SQLException, PlatformUnreachable, IOException, InterruptedException, DatabaseTrouble {
    if (way.isPresent()) {
      way.get().catchUp();
    }
    for (int n = 1; n <= TRIES; n++) {
      Seen seen;
      try (Session inside = server.patient(live.name(), writersWait.multipliedBy(10))) {
        seen = see(inside, side);
      }
      if (!seen.ties().obstacles().isEmpty()) {
        return refused(live, String.join("; ", seen.ties().obstacles()));
      }
      if (way.isPresent()) {
        way.get().round(); // what was written during the round before: the last one has less to do
      }
      try (TableHold hold = TableHold.ready(server, live, writersWait)) {
        Optional<Outcome> outcome = attempt(hold, live, side, seen, release, way);
        if (outcome.isPresent()) {
          if (outcome.get() instanceof Outcome.Done && notesStay) {
            takeNotesAway(live);
          }
          return outcome.get();
        }
      }
    }
    return refused(live, why + " (tried " + TRIES + " times)");
  }

  /// Of many tables it takes a while, so it is done when users go on already.
  private void takeNotesAway(Standing live) throws InterruptedException {
    try {
      Salvage.noteNoMore(server.whole(live.name()), NOTES);
    } catch (DatabaseTrouble | PlatformUnreachable e) {
      // They end by themselves, and the next rollback takes them away.
      System.getLogger(TableSwitch.class.getName()).log(System.Logger.Level.DEBUG, "notes", e);
    }
  }

  private record Seen(
      Set<TableName> tables,
      Set<TableName> coming,
      Set<TableName> present,
      Ties ties,
      List<Ties.Key> keys) {
    /// Everything that is locked or altered.
    Set<TableName> cleaned(TableSide side) {
      Set<TableName> all = TableHold.held(present, ties, keys);
      coming.forEach(t -> all.add(new TableName(side.schema(), t.name())));
      return all;
    }
  }

  private static Seen see(Session inside, TableSide side) throws SQLException {
    Set<TableName> tables = side.tables(inside);
    Set<TableName> coming = new java.util.TreeSet<>();
    for (TableName table : tables) {
      if (!Fitting.present(inside, Set.of(new TableName(side.schema(), table.name()))).isEmpty()) {
        coming.add(table);
      }
    }
    return new Seen(
        tables,
        coming,
        Fitting.present(inside, tables),
        Ties.of(inside, tables),
        side.keys(inside, "key"));
  }

  private Optional<Outcome> attempt(
      TableHold hold,
      Standing live,
      TableSide side,
      Seen seen,
      String release,
      Optional<CarryingOver.Way> way)
      throws SQLException, IOException, InterruptedException, PlatformUnreachable {
    boolean kept = false;
    try {
      Optional<Outcome> outcome = within(hold, live, side, seen, release, way);
      kept = outcome.filter(Outcome.Done.class::isInstance).isPresent();
      return kept
          ? outcome.map(o -> o instanceof Outcome.Done done ? proven(done, live) : o)
          : outcome;
    } catch (SQLException e) {
      kept = Server.lost(e) && !hold.letGo(); // nobody knows
      return failed(hold, live, e);
    } catch (DatabaseTrouble e) {
      return hold.letGo() ? again() : Optional.of(refused(live, String.valueOf(e.getMessage())));
    } finally {
      if (!kept && way.isPresent()) {
        way.get().notKept();
      }
    }
  }

  private Optional<Outcome> within(
      TableHold hold,
      Standing live,
      TableSide side,
      Seen seen,
      String release,
      Optional<CarryingOver.Way> way)
      throws SQLException, IOException, InterruptedException, DatabaseTrouble {
    Optional<String> holders = hold.alone(seen.cleaned(side));
    if (holders.isPresent()) {
      why = TableHold.inUse(holders.get());
      return Optional.empty();
    }
    if (!hold.shut(seen.present(), seen.ties(), seen.keys())) {
      why =
          "a transaction of a user held a table for "
              + writersWait.toMillis()
              + " ms, and nobody can be kept waiting longer";
      return Optional.empty();
    }
    Session session = hold.session();
    session.run("set local search_path = pg_catalog");
    Ties now = see(session, side).ties();
    if (!now.same(seen.ties()) || !now.obstacles().isEmpty()) {
      why = "what hangs on the tables was changed meanwhile";
      return Optional.empty();
    }
    session.run("set local search_path to default");
    if (way.isPresent()) {
      way.get().within(session.connection());
    } else {
      advance(session, side);
    }
    List<String> wrong =
        new Fitting(session, side).wrong(seen.ties().in(), seen.keys(), seen.present());
    if (!wrong.isEmpty()) {
      return Optional.of(refused(live, String.join("; ", wrong)));
    }
    long waited = hold.waitedMillis();
    String kept = freeName(session);
    notesStay = !Noting.endAtOnce(session.connection());
    for (String statement : exchange(live, side, seen, release, kept, way).statements()) {
      session.run(statement);
    }
    if (!hold.take()) {
      return again();
    }
    session.connection().commit();
    way.ifPresent(CarryingOver.Way::over);
    return Optional.of(done(release, kept, waited, hold.waitedMillis(), way));
  }

  private Optional<Outcome> again() {
    why = tooLong();
    return Optional.empty();
  }

  private String tooLong() {
    return "the last rows and the exchange took longer than "
        + writersWait.toMillis()
        + " ms: allow more under writers-wait, or try when less is written";
  }

  private Optional<Outcome> failed(TableHold hold, Standing live, SQLException e)
      throws SQLException {
    String state = String.valueOf(e.getSQLState());
    if (hold.letGo() || state.equals("57014") || state.equals("25P03")) {
      return again();
    }
    if (state.equals("55P03") || state.equals("40P01")) {
      why = "something that hangs on the tables was in use: " + Server.why(e);
      return Optional.empty();
    }
    if (Server.lost(e)) { // whether a commit came through is not known
      throw e;
    }
    return Optional.of(refused(live, Server.why(e)));
  }

  private TableExchange exchange(
      Standing live,
      TableSide side,
      Seen seen,
      String release,
      String kept,
      Optional<CarryingOver.Way> way) {
    String parting =
        way.map(CarryingOver.Way::parting).orElseGet(() -> UUID.randomUUID().toString());
    var now =
        new Marker(
            Marker.remark(live.comment()), live.name(), release, Marker.State.SERVED, parting);
    return new TableExchange(
        side,
        seen.tables(),
        seen.coming(),
        seen.present(),
        seen.ties(),
        seen.keys(),
        kept,
        new Marker(release, live.name(), live.release(), Marker.State.SERVED, parting),
        live.name(),
        now.comment(),
        way.isPresent());
  }

  /// Sequences that come go past those that were live; a round does it itself.
  private static void advance(Session session, TableSide side) throws SQLException {
    List<String> statements =
        session.list(
            """
            select format('select setval(%L::regclass, %s(coalesce(pg_sequence_last_value(%L::regclass), %s), %s))',
              format('%I.%I', sn.nspname, s.relname), case when q.seqincrement > 0 then 'greatest' else 'least' end,
              format('%I.%I', sn.nspname, s.relname), pg_sequence_last_value(l.oid), pg_sequence_last_value(l.oid))
            from pg_depend ds join pg_class s on s.oid = ds.objid and s.relkind = 'S'
              join pg_namespace sn on sn.oid = s.relnamespace
              join pg_sequence q on q.seqrelid = s.oid
              join pg_class st on st.oid = ds.refobjid join pg_attribute sa on sa.attrelid = st.oid and sa.attnum = ds.refobjsubid
              join %s b on b.kind = 'table' and b.tab = st.relname
              join pg_namespace ln on ln.nspname = b.sch join pg_class lt on lt.relnamespace = ln.oid and lt.relname = b.tab
              join pg_attribute la on la.attrelid = lt.oid and la.attname = sa.attname
              join pg_depend dl on dl.refobjid = lt.oid and dl.refobjsubid = la.attnum
                and dl.classid = 'pg_class'::regclass and dl.deptype in ('a', 'i')
              join pg_class l on l.oid = dl.objid and l.relkind = 'S'
            where ds.classid = 'pg_class'::regclass and ds.deptype in ('a', 'i') and sn.nspname = ?
              and pg_sequence_last_value(l.oid) is not null
            """
                .replace("%s b on", Quoted.name(side.schema()) + "." + TableSide.BOOK + " b on"),
            r -> r.getString(1),
            side.schema());
    for (String statement : statements) {
      session.run(statement);
    }
  }

  private String freeName(Session session) throws SQLException {
    String name = Beside.KEPT + Snapshots.stamp(clock.instant()).replace('-', '_');
    String free = name;
    for (int n = 2;
        session.yes("select exists (select from pg_namespace where nspname = ?)", free);
        n++) {
      free = name + "_" + n;
    }
    return free;
  }

  private static Outcome.Done done(
      String release, String kept, long waited, long all, Optional<CarryingOver.Way> way) {
    return new Outcome.Done(
        release
            + " is live; nobody's session ended, and what was live is kept in the schema "
            + kept
            + (way.isEmpty()
                ? ""
                : "; "
                    + way.get().inWords()
                    + "; writers waited "
                    + waited
                    + " ms for the last of them")
            + "; everybody who wanted the tables waited for "
            + all
            + " ms");
  }

  /// The exchange is over: whatever happens now, it is not refused any more.
  private Outcome proven(Outcome.Done done, Standing live) {
    List<String> open;
    try {
      open = prove(server, live);
    } catch (SQLException e) {
      open = List.of(Server.why(e));
    } catch (PlatformUnreachable e) {
      open = List.of(String.valueOf(e.getMessage()));
    }
    return open.isEmpty()
        ? done
        : new Outcome.Unknown(done.receipt() + "; not validated: " + String.join("; ", open));
  }

  /// Looks at the rows behind foreign keys that were made anew. Nobody waits for it.
  ///
  /// @param live as it was before the exchange, or after it
  /// @return what could not be proven
  static List<String> prove(Server server, Standing live) throws SQLException, PlatformUnreachable {
    List<String> open = new ArrayList<>();
    try (Session turn = server.maintenance();
        Session inside = server.patient(live.name(), PROVING)) {
      Optional<TableSide> left = TableSide.left(inside, Scene.look(turn, live.name()).present());
      if (left.isPresent()) {
        for (Ties.Key key : left.get().unproven(inside)) {
          try {
            inside.run(
                "alter table "
                    + key.of().quoted()
                    + " validate constraint "
                    + Quoted.name(key.name()));
          } catch (SQLException e) {
            if (Server.lost(e)) {
              throw e;
            }
            open.add(key.shown() + ": " + Server.why(e));
          }
        }
      }
    }
    return open;
  }

  static Outcome refused(Standing live, String why) {
    return new Outcome.Refused(
        "the tables of " + live.name() + " were not exchanged, they are as they were: " + why);
  }
}
