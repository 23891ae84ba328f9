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
import java.util.Optional;

/// The switch from one server to the other, in an order in which nobody can write to both: the last
/// rows, then the database of the one is put aside under another name, the file is pointed to the
/// other, its database gets the name, and clients are told. Until the database is put aside nothing
/// has happened; from then on it goes forward, unless the other server says no: then all of it is
/// taken back.
final class Handover {
  /// How often sessions are ended before the server itself waits for them.
  private static final int ENDINGS = 500;

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

  /// Sessions that have the turn, one on each server, from before the first look until the end. A
  /// session that was cut off while it opened the database has the turn on its server for as long
  /// as what it has sent may still be done there. So what whoever has both sees is final: nobody
  /// else opens it any more, and it may be taken back.
  ///
  /// @param here on the server that is left
  /// @param there on the one that is gone over to
  record Turns(Session here, Session there) {}

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

  /// What stands, and what is to be done, when the turn on the other server cannot be had.
  ///
  /// @param scene of the server that is left
  /// @param to the other one
  String undecided(Scene scene, Act act, Pair.Side to, String why) throws PlatformUnreachable {
    String here = parts.pair().server(to.other()).url().place();
    String there = parts.pair().server(to).url().place();
    Optional<Standing> kept = left(scene, act);
    if (scene.live().isPresent() || kept.isEmpty()) {
      return why + "; nothing was done at " + here + ". lastgood resume tries it again";
    }
    String name = Quoted.name(scene.name());
    return why
        + ". "
        + scene.name()
        + " is put aside at "
        + here
        + " as "
        + kept.get().name()
        + ", and it is not taken back, since it may be opened at "
        + there
        + " still. lastgood resume goes on when that server answers and nobody is at it. Is it gone"
        + " for good, see that it cannot come back; then, at "
        + here
        + ": alter database "
        + Quoted.name(kept.get().name())
        + " rename to "
        + name
        + "; alter database "
        + name
        + " allow_connections true; and lead "
        + parts.pair().post().file()
        + " to "
        + parts.pair().at(to.other());
  }

  /// What was put aside for this.
  private static Optional<Standing> left(Scene scene, Act act) {
    return scene.kept().stream().filter(k -> k.release().equals(act.get(Ways.FROM))).findFirst();
  }

  Outcome act(Turns turns, Act act, Crossing.Ends ends, Opening opening)
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
      return goOn(turns, act, ends, target.get());
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
    return exchange(turns, act, ends, here.get(), target.get(), opening);
  }

  private Outcome exchange(
      Turns turns, Act act, Crossing.Ends ends, Standing live, Standing target, Opening opening)
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
      return opened
          .way()
          .leavingNothing(() ->
              new LastRows(ends.source(), parts.holding(), parts.writersWait())
                  .exchange(
                      opened.way(),
                      () ->
                          leaving(
                              turns,
                              act,
                              ends,
                              switching.leaving(turns.here(), ender, live, act.get(Ways.RELEASE)),
                              live,
                              noted(turns.there(), act, target, opened.way().parting()))));
    } catch (DatabaseTrouble e) {
      return Switching.refused(live, String.valueOf(e.getMessage()));
    }
  }

  private LastRows.Exchange leaving(
      Turns turns,
      Act act,
      Crossing.Ends ends,
      Switching.Ready leaving,
      Standing live,
      Standing noted) {
    return new LastRows.Exchange() {
      @Override
      public Optional<Outcome> obstacle() {
        return leaving.obstacle();
      }

      @Override
      public Outcome go(Optional<Latch> latch, String carried)
          throws SQLException, PlatformUnreachable, IOException, InterruptedException {
        parts.stops().at("last rows");
        Outcome left = leaving.go(latch, carried);
        return left instanceof Outcome.Done(String receipt)
            ? over(turns, act, ends, new Left(leaving.kept(), live.comment()), noted, receipt)
            : left;
      }
    };
  }

  /// Which notes belong to the exchange stands at the database that becomes live, before the other
  /// one is left.
  private static Standing noted(Session there, Act act, Standing target, String parting)
      throws SQLException {
    Marker marker = target.marker().orElseThrow();
    Marker.State state = act.with().containsKey(Ways.OID) ? marker.state() : Marker.State.CARRIED;
    Restoring.mark(there, target.name(), marker.with(state).after(parting));
    return Standing.named(there, target.name()).orElseThrow();
  }

  /// What was put aside.
  ///
  /// @param name it has now
  /// @param comment it had when it was live
  private record Left(String name, String comment) {}

  /// The database of a process that died is put aside already, with all its rows carried over.
  private Outcome goOn(Turns turns, Act act, Crossing.Ends ends, Standing target)
      throws SQLException, PlatformUnreachable, IOException, InterruptedException {
    Optional<Standing> kept = left(ends.from().scene(), act);
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
            turns,
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
      Turns turns, Act act, Crossing.Ends ends, Left left, Standing target, String receipt)
      throws SQLException, IOException, InterruptedException {
    parts.stops().at("put aside");
    Pair pair = parts.pair();
    try {
      parts.telling().begin(ends.to().word());
      pair.post().point(pair.at(ends.to()));
    } catch (IOException | PlatformUnreachable e) {
      return takenBack(
          turns.here(),
          act,
          ends,
          left,
          "the file could not be changed: " + Why.plain(words(e), 300));
    }
    parts.stops().at("pointed");
    Optional<Outcome> not = opened(turns, act, ends, left, target);
    if (not.isPresent()) {
      return not.get();
    }
    parts.stops().at("opened");
    return told(ends, act.get(Ways.RELEASE) + " is live on the other server, " + receipt);
  }

  /// @return empty when it is open
  private Optional<Outcome> opened(
      Turns turns, Act act, Crossing.Ends ends, Left left, Standing target)
      throws SQLException, InterruptedException {
    Session there = turns.there();
    try {
      open(there, act, target);
    } catch (SQLException e) { // without a commit nothing comes of it, whatever has happened
      return Optional.of(takenBack(turns.here(), act, ends, left, Server.why(e)));
    }
    parts.stops().at("opening");
    try {
      there.connection().commit();
      there.connection().setAutoCommit(true);
      return Optional.empty();
    } catch (SQLException e) {
      return Optional.of(
          Server.lost(e) // whether the commit came through is not known
              ? new Outcome.Unknown(
                  "the connection broke while the database got its name: "
                      + Server.why(e)
                      + ". Nothing is taken back, since the server may still give it; lastgood resume"
                      + " looks, once nobody is at it there any more")
              : takenBack(turns.here(), act, ends, left, Server.why(e)));
    }
  }

  private static String words(Exception e) {
    return String.valueOf(e.getMessage());
  }

  /// One transaction, all but its commit.
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
  }

  /// @param turn on the server that is left; nobody else opens the other database any more
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
