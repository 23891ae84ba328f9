package dev.lastgood.provider.postgres;

import dev.lastgood.database.DatabaseTrouble;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.local.Address;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/// The switch from one server to the other, in an order in which nobody can write to both: the last
/// rows, then the database of the one is put aside under another name, the file is pointed to the
/// other, its database gets the name, and clients are told. Until the database is put aside nothing
/// has happened; from then on it goes forward, unless the other server says no: then all of it is
/// taken back.
final class Handover {
  /// How often sessions are ended before the server itself waits for them.
  private static final int ENDINGS = 500;

  /// With another Lastgood on the server that is gone over to.
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Crossing.Parts parts;

  Handover(Crossing.Parts parts) {
    this.parts = parts;
  }

  /// A way with the door of a kept database, which is shut again unless that one is live now.
  record Opened(CarryingOver.Way way, Optional<Door> door) implements AutoCloseable {
    @Override
    public void close() throws PlatformUnreachable {
      way.close();
      if (door.isPresent()) {
        door.get().close();
      }
    }
  }

  interface Opening {
    Opened way() throws SQLException, PlatformUnreachable, DatabaseTrouble;
  }

  // -- looking ----------------------------------------------------------------------------------

  /// For a look before it is over.
  String seen(Crossing.Ends ends) throws PlatformUnreachable {
    String there = ends.target().url().place();
    return ends.from().live().isPresent()
        ? ends.source().url().place() + " is live, and not yet " + there
        : "neither server has the live database at this moment, it is on its way to " + there;
  }

  /// @param ends the other server has the database
  Sight arrived(Crossing.Ends ends, Act act, boolean busy) throws PlatformUnreachable {
    String seen = act.get(Ways.RELEASE) + " is live at " + ends.target().url().place();
    Optional<String> behind = behind(ends);
    if (behind.isPresent()) {
      return Turn.sight(seen + ", but " + behind.get(), busy);
    }
    return new Sight.Holds(seen + ", and " + parts.pair().post().file() + " leads to it");
  }

  /// Why clients are not there yet.
  private Optional<String> behind(Crossing.Ends ends) throws PlatformUnreachable {
    Pair pair = parts.pair();
    if (ends.from().live().isPresent()) {
      return Optional.of("the other server has a database of that name, too");
    }
    if (pair.led() != ends.to()) {
      return Optional.of(pair.post().file() + " leads to the other server");
    }
    if (parts.telling().left()) {
      return Optional.of("clients may not have been told");
    }
    return parts.holding().left()
        ? Optional.of("PgBouncer still holds its clients")
        : pair.post().behind(pair.at(ends.to()));
  }

  // -- acting -----------------------------------------------------------------------------------

  /// @param turn of the server that is left
  Outcome act(Session turn, Act act, Crossing.Ends ends, Opening opening)
      throws SQLException, PlatformUnreachable, DatabaseTrouble, IOException, InterruptedException {
    String release = act.get(Ways.RELEASE);
    Optional<Standing> here = ends.from().live();
    Optional<Standing> there = ends.into().live();
    if (there.isPresent() && !there.get().release().equals(release)) {
      return new Outcome.Refused(
          ends.target().url().place() + " is " + there.get().release() + ", not " + release);
    }
    if (there.isPresent() && here.isPresent()) {
      return new Outcome.Refused(
          "both servers have a database "
              + act.get(Ways.DATABASE)
              + "; a person must see which of them is to go");
    }
    if (there.isPresent()) {
      Outcome outcome = told(ends, release + " is live at " + ends.target().url().place());
      parts.holding().resumeLeft();
      return outcome;
    }
    Optional<Standing> target = ends.destination(act);
    if (target.isEmpty()) {
      return new Outcome.Refused(
          release
              + " does not stand ready at "
              + ends.target().url().place()
              + ": never promoted, never verified, or dropped");
    }
    if (here.isEmpty()) {
      return goOn(turn, act, ends, target.get());
    }
    if (!here.get().release().equals(act.get(Ways.FROM))) {
      return new Outcome.Refused(
          act.get(Ways.DATABASE)
              + " is "
              + here.get().release()
              + " now, not "
              + act.get(Ways.FROM)
              + " as when this was planned; plan again");
    }
    if (parts.pair().led() != ends.to().other()) {
      return new Outcome.Refused(
          parts.pair().post().file() + " leads to the server that shall be gone over to already");
    }
    parts.holding().resumeLeft();
    return exchange(turn, act, ends, here.get(), target.get(), opening);
  }

  private Outcome exchange(
      Session turn, Act act, Crossing.Ends ends, Standing live, Standing target, Opening opening)
      throws SQLException, PlatformUnreachable, IOException, InterruptedException {
    try {
      parts.pair().post().tried();
    } catch (IOException e) {
      return Switching.refused(
          live, parts.pair().post().file() + " cannot be replaced: " + Why.plain(words(e), 300));
    }
    var switching = new Switching(ends.source(), parts.writersWait(), parts.clock());
    try (Opened opened = opening.way();
        Session ender = ends.source().maintenance()) {
      Outcome outcome =
          new LastRows(ends.source(), parts.holding(), parts.writersWait())
              .exchange(
                  opened.way(),
                  () -> {
                    Switching.Ready leaving =
                        switching.leaving(turn, ender, live, act.get(Ways.RELEASE));
                    Standing noted = noted(ends, act, target, opened.way().parting());
                    return (latch, carried) -> {
                      parts.stops().at("last rows");
                      Outcome left = leaving.go(latch, carried);
                      return left instanceof Outcome.Done(String receipt)
                          ? over(
                              turn,
                              act,
                              ends,
                              new Left(leaving.kept(), live.comment()),
                              noted,
                              receipt)
                          : left;
                    };
                  });
      if (outcome instanceof Outcome.Refused) {
        opened.way().leaveNothing();
      }
      return outcome;
    } catch (DatabaseTrouble e) {
      return Switching.refused(live, String.valueOf(e.getMessage()));
    }
  }

  /// Which notes belong to the exchange stands at the database that becomes live, before the other
  /// one is left.
  private static Standing noted(Crossing.Ends ends, Act act, Standing target, String parting)
      throws SQLException, PlatformUnreachable {
    Marker marker = target.marker().orElseThrow();
    Marker.State state = act.with().containsKey(Ways.OID) ? marker.state() : Marker.State.CARRIED;
    try (Session session = ends.target().maintenance()) {
      Restoring.mark(session, target.name(), marker.with(state).after(parting));
      return Standing.named(session, target.name()).orElseThrow();
    }
  }

  /// What was put aside.
  ///
  /// @param name it has now
  /// @param comment it had when it was live
  private record Left(String name, String comment) {}

  /// The database of a process that died is put aside already, with all its rows carried over.
  private Outcome goOn(Session turn, Act act, Crossing.Ends ends, Standing target)
      throws SQLException, PlatformUnreachable, IOException, InterruptedException {
    Optional<Standing> kept =
        ends.from().scene().kept().stream()
            .filter(k -> k.release().equals(act.get(Ways.FROM)))
            .findFirst();
    if (ends.from().follows() || kept.isEmpty() || target.parting().isEmpty()) {
      return new Outcome.Refused(
          "there is no database "
              + act.get(Ways.DATABASE)
              + " at "
              + ends.source().url().place()
              + ", and it was not put aside for this: a person must look at both servers");
    }
    String comment =
        new Marker(
                Marker.remark(kept.get().comment()),
                act.get(Ways.DATABASE),
                kept.get().release(),
                Marker.State.SERVED)
            .comment();
    Outcome outcome =
        over(
            turn,
            act,
            ends,
            new Left(kept.get().name(), comment),
            target,
            "what was live is kept as " + kept.get().name());
    parts.holding().resumeLeft();
    return outcome;
  }

  /// From here on nobody can write anywhere until the other database has the name.
  private Outcome over(
      Session turn, Act act, Crossing.Ends ends, Left left, Standing target, String receipt)
      throws SQLException, IOException, InterruptedException {
    parts.stops().at("put aside");
    Pair pair = parts.pair();
    try {
      parts.telling().begin(ends.to().word());
      pair.post().point(pair.at(ends.to()));
    } catch (IOException | PlatformUnreachable e) {
      return takenBack(
          turn, act, ends, left, "the file could not be changed: " + Why.plain(words(e), 300));
    }
    parts.stops().at("pointed");
    Optional<Outcome> not = opened(turn, act, ends, left, target);
    if (not.isPresent()) {
      return not.get();
    }
    parts.stops().at("opened");
    return told(ends, act.get(Ways.RELEASE) + " is live on the other server, " + receipt);
  }

  /// @return empty when it is open
  private Optional<Outcome> opened(
      Session turn, Act act, Crossing.Ends ends, Left left, Standing target)
      throws SQLException, InterruptedException {
    Session session;
    String place;
    try {
      place = ends.target().url().place();
      session = ends.target().maintenance();
    } catch (SQLException | PlatformUnreachable e) {
      return Optional.of(takenBack(turn, act, ends, left, Why.plain(words(e), 300)));
    }
    String database = act.get(Ways.DATABASE);
    try (session) {
      // Of one that lost its network here the server may still be about to give the name.
      if (!Turn.take(session, database, PATIENCE)) {
        return Optional.of(
            new Outcome.Unknown(
                "somebody else is at " + database + " at " + place + ", and may be opening it"));
      }
      Optional<Standing> now = Standing.named(session, database);
      if (now.isEmpty()) {
        open(session, act, target);
      } else if (now.get().oid() != target.oid()) {
        return Optional.of(
            new Outcome.Unknown(
                "another database has the name " + database + " at " + place + " now"));
      }
      return Optional.empty();
    } catch (SQLException e) {
      if (Server.lost(e)) { // whether the commit came through is not known
        return Optional.of(
            new Outcome.Unknown(
                "the connection broke while the database got its name: " + Server.why(e)));
      }
      return Optional.of(takenBack(turn, act, ends, left, Server.why(e)));
    }
  }

  private static String words(Exception e) {
    return String.valueOf(e.getMessage());
  }

  /// One transaction.
  private static void open(Session session, Act act, Standing target)
      throws SQLException, InterruptedException {
    String database = act.get(Ways.DATABASE);
    for (int n = 0; n < ENDINGS && Sessions.end(session, target.oid(), 0) > 0; n++) {
      Thread.sleep(2); // ours: all is carried over
    }
    session.connection().setAutoCommit(false);
    session.run(
        "alter database " + Quoted.name(target.name()) + " rename to " + Quoted.name(database));
    Restoring.mark(
        session,
        database,
        new Marker(
            Marker.remark(target.comment()),
            database,
            act.get(Ways.RELEASE),
            Marker.State.SERVED,
            target.parting()));
    session.run("alter database " + Quoted.name(database) + " allow_connections true");
    session.connection().commit();
  }

  private Outcome takenBack(Session turn, Act act, Crossing.Ends ends, Left left, String why)
      throws SQLException {
    String database = act.get(Ways.DATABASE);
    turn.connection().setAutoCommit(false);
    try {
      turn.run(
          "alter database " + Quoted.name(left.name()) + " rename to " + Quoted.name(database));
      turn.run(
          "comment on database " + Quoted.name(database) + " is " + Quoted.text(left.comment()));
      turn.run("alter database " + Quoted.name(database) + " allow_connections true");
      turn.connection().commit();
    } finally {
      turn.connection().rollback();
      turn.connection().setAutoCommit(true);
    }
    String receipt =
        database + " was not switched, it is as it was and open, sessions were ended: " + why;
    try {
      ledBack(ends.to().other());
      return new Outcome.Refused(receipt);
    } catch (IOException | PlatformUnreachable e) {
      return new Outcome.Unknown(
          receipt
              + "; but clients may be led to the other server still ("
              + Why.plain(words(e), 300)
              + "): see where "
              + parts.pair().post().file()
              + " leads, and have its readers read it");
    }
  }

  /// Some may have read the file while it led elsewhere.
  private void ledBack(Pair.Side side) throws IOException, PlatformUnreachable {
    Pair pair = parts.pair();
    Signpost post = pair.post();
    Address before = pair.at(side);
    if (!post.leads().leadsTo(before)) {
      post.point(before);
    }
    if (parts.telling().left()) {
      post.tell();
    }
    Optional<String> behind = post.behind(before);
    if (behind.isPresent()) {
      throw new PlatformUnreachable(behind.get());
    }
    parts.telling().done();
  }

  /// Clients are led to the server that has the database.
  private Outcome told(Crossing.Ends ends, String receipt) throws IOException {
    Pair pair = parts.pair();
    try {
      if (pair.led() != ends.to()) {
        parts.telling().begin(ends.to().word());
        pair.post().point(pair.at(ends.to()));
      }
      if (parts.telling().left() || pair.post().behind(pair.at(ends.to())).isPresent()) {
        pair.post().tell();
      }
      parts.stops().at("told");
      Optional<String> behind = pair.post().behind(pair.at(ends.to()));
      if (behind.isPresent()) {
        return new Outcome.Unknown(receipt + "; but " + behind.get());
      }
      parts.telling().done();
      return new Outcome.Done(receipt + "; clients are led to " + pair.at(ends.to()));
    } catch (PlatformUnreachable e) {
      return new Outcome.Unknown(receipt + "; but clients may not know: " + words(e));
    }
  }
}
