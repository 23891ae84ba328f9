package dev.lastgood.provider.postgres;

import dev.lastgood.database.DatabaseTrouble;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Goes over to the other server: the acts, and the looks at their goals.
///
/// The database has its live name on one of the two servers at most, and on none for a moment: the
/// one that is left is renamed in one transaction, and only then the other one gets the name. So
/// whoever is left by a dead process sees how far it is, and nobody can write to both.
final class Crossing {
  /// Sessions that count at once. The server reads a large table with several processes by itself.
  private static final int COUNTERS = 2;

  private final Parts parts;
  private final Handover handover;

  Crossing(Parts parts) {
    this.parts = parts;
    this.handover = new Handover(parts);
  }

  /// Where a process can be killed, told by name; nothing happens there but in tests.
  interface Stops {
    void at(String where);
  }

  /// What it is made of.
  record Parts(
      String component,
      Pair pair,
      Replica replica,
      Sources sources,
      CarryingOver carrying,
      Holding holding,
      History history,
      Duration writersWait,
      Telling telling,
      InstantSource clock,
      Stops stops) {}

  /// Both servers as an act finds them.
  record Ends(Pair.Side to, Pair.View from, Pair.View into) {
    Server source() {
      return from.server();
    }

    Server target() {
      return into.server();
    }

    /// The one that becomes live: ready beside, or kept since it was left.
    Optional<Standing> destination(Act act) {
      String oid = act.with().get(Ways.OID);
      return into.follows()
          ? Optional.empty()
          : oid == null
              ? into.scene()
                  .beside(act.get(Ways.RELEASE))
                  .filter(_ -> into.scene().at(act.get(Ways.RELEASE), Marker.State.VERIFIED))
              : into.scene().kept().stream()
                  .filter(k -> Long.toString(k.oid()).equals(oid))
                  .filter(k -> k.release().equals(act.get(Ways.RELEASE)))
                  .findFirst();
    }
  }

  private Ends ends(Act act) throws SQLException, PlatformUnreachable {
    Pair.Side to = side(act);
    String database = act.get(Ways.DATABASE);
    return new Ends(to, parts.pair().view(to.other(), database), parts.pair().view(to, database));
  }

  // -- looking ----------------------------------------------------------------------------------

  Sight look(Act act) {
    try {
      // before the databases, as in Deeds
      boolean busy = taken(side(act).other(), act) || (switches(act) && taken(side(act), act));
      return look(act, ends(act), busy);
    } catch (SQLException e) {
      return new Sight.Unclear(parts.component() + ": " + Server.why(e));
    } catch (PlatformUnreachable e) {
      return new Sight.Unclear(String.valueOf(e.getMessage()));
    }
  }

  private boolean taken(Pair.Side side, Act act) throws SQLException, PlatformUnreachable {
    try (Session session = parts.pair().server(side).maintenance()) {
      return Turn.taken(session, act.get(Ways.DATABASE));
    }
  }

  private static boolean switches(Act act) {
    return act.verb().equals(CrossingWays.SWITCH);
  }

  private static Pair.Side side(Act act) throws PlatformUnreachable {
    return Pair.Side.of(act.get(CrossingWays.SERVER))
        .orElseThrow(() -> new PlatformUnreachable("no server " + act.get(CrossingWays.SERVER)));
  }

  private Sight look(Act act, Ends ends, boolean busy) throws PlatformUnreachable {
    if (ends.into().live().filter(l -> l.release().equals(act.get(Ways.RELEASE))).isPresent()) {
      return act.verb().equals(CrossingWays.SWITCH)
          ? handover.arrived(ends, act, busy)
          : new Sight.Holds(act.get(Ways.RELEASE) + " is live");
    }
    return switch (act.verb()) {
      case CrossingWays.PROMOTE -> standing(act, ends, Marker.State.RESTORED, busy);
      case CrossingWays.VERIFY -> standing(act, ends, Marker.State.VERIFIED, busy);
      case CrossingWays.CARRY ->
          act.with().containsKey(Ways.OID)
              ? carried(act, ends, busy)
              : standing(act, ends, Marker.State.CARRIED, busy);
      default -> Turn.sight(handover.seen(ends), busy);
    };
  }

  private static Sight standing(Act act, Ends ends, Marker.State wanted, boolean busy)
      throws PlatformUnreachable {
    String place = ends.target().url().place();
    String seen =
        ends.into().follows()
            ? "the server at " + place + " is a replica"
            : ends.into()
                .scene()
                .beside(act.get(Ways.RELEASE))
                .flatMap(Standing::marker)
                .map(m ->
                    act.get(Ways.RELEASE)
                        + " at "
                        + place
                        + " is "
                        + m.state().name().toLowerCase(java.util.Locale.ROOT))
                .orElse("the server at " + place + " is no replica any more");
    if (!ends.into().follows() && ends.into().scene().at(act.get(Ways.RELEASE), wanted)) {
      return new Sight.Holds(seen);
    }
    return Turn.sight(seen, busy);
  }

  private static Sight carried(Act act, Ends ends, boolean busy) throws PlatformUnreachable {
    Optional<Standing> target = ends.destination(act);
    if (target.isEmpty()) {
      return new Sight.Failed(
          act.get(Ways.RELEASE) + " is not kept at " + ends.target().url().place());
    }
    String seen = target.get().name() + " stands at " + ends.target().url().place();
    Optional<Standing> live = ends.from().live();
    boolean leaving = live.isEmpty() && !ends.from().follows(); // put aside: all is carried over
    boolean done =
        leaving || live.filter(l -> l.parting().equals(target.get().parting())).isPresent();
    return done && !target.get().parting().isEmpty()
        ? new Sight.Holds(seen + ", with what users wrote since")
        : Turn.sight(seen, busy);
  }

  // -- acting -----------------------------------------------------------------------------------

  Outcome act(Act act) {
    boolean last = switches(act);
    try {
      String database = act.get(Ways.DATABASE);
      try (Session turn = parts.pair().server(side(act).other()).patient(act.deadline())) {
        if (!Turn.take(turn, database, Turn.PATIENCE)) {
          return new Outcome.Unknown("somebody else is at " + database + " now");
        }
        return last ? inBothTurns(turn, act) : inTurn(act, ends(act));
      }
    } catch (SQLException e) {
      String why = parts.component() + ": " + Server.why(e);
      return last || Server.lost(e)
          ? new Outcome.Unknown(why)
          : new Outcome.Refused(why + "; the live database was not touched");
    } catch (PlatformUnreachable e) {
      String why = String.valueOf(e.getMessage());
      return last ? new Outcome.Unknown(why) : new Outcome.Refused(why);
    } catch (DatabaseTrouble e) {
      return new Outcome.Refused(
          "what users wrote cannot be carried over, the live database was not touched: "
              + e.getMessage());
    } catch (IOException e) {
      return new Outcome.Unknown(Why.of(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Outcome.Unknown("interrupted");
    }
  }

  private Outcome inBothTurns(Session here, Act act)
      throws SQLException, PlatformUnreachable, DatabaseTrouble, IOException, InterruptedException {
    Session there;
    try {
      there = turn(parts.pair().server(side(act)), act.get(Ways.DATABASE));
    } catch (PlatformUnreachable e) {
      return undecided(here, act, String.valueOf(e.getMessage()));
    }
    try (there) {
      Ends ends = ends(act);
      return handover.act(new Handover.Turns(here, there), act, ends, () -> way(act, ends));
    }
  }

  /// @throws PlatformUnreachable why it cannot be had
  private static Session turn(Server server, String database)
      throws PlatformUnreachable, InterruptedException {
    boolean had = false;
    try {
      Session session = server.maintenance();
      try {
        had = Turn.take(session, database, Turn.PATIENCE);
        if (had) {
          return session;
        }
      } finally {
        if (!had) {
          session.close();
        }
      }
    } catch (SQLException e) {
      throw server.gone(e);
    }
    throw new PlatformUnreachable(
        "somebody else is at " + database + " at " + server.url().place());
  }

  /// The turn on the server that is gone over to cannot be had, so one who was cut off may still
  /// open the database there.
  private Outcome undecided(Session here, Act act, String why)
      throws SQLException, PlatformUnreachable {
    return new Outcome.Unknown(
        handover.undecided(Scene.look(here, act.get(Ways.DATABASE)), act, side(act), why));
  }

  private Outcome inTurn(Act act, Ends ends)
      throws SQLException, PlatformUnreachable, DatabaseTrouble, IOException, InterruptedException {
    if (ends.into().live().filter(l -> l.release().equals(act.get(Ways.RELEASE))).isPresent()) {
      return new Outcome.Done(act.get(Ways.RELEASE) + " is live already");
    }
    Optional<Standing> live = ends.from().live();
    if (live.filter(l -> l.release().equals(act.get(Ways.FROM))).isEmpty()) {
      return new Outcome.Refused(
          act.get(Ways.DATABASE)
              + " at "
              + ends.source().url().place()
              + " is "
              + live.map(Standing::release).orElse("not live")
              + ", not "
              + act.get(Ways.FROM)
              + " as when this was planned; plan again");
    }
    return switch (act.verb()) {
      case CrossingWays.PROMOTE -> promote(act, ends, live.get());
      case CrossingWays.VERIFY -> verify(act, ends);
      default -> carry(act, ends, live.get());
    };
  }

  private Optional<Source> source(Act act, Ends ends) throws PlatformUnreachable {
    return parts
        .sources()
        .find(act.get(Ways.RELEASE), ends.from().scene(), Source.Form.PROMOTED.name());
  }

  private Outcome promote(Act act, Ends ends, Standing live)
      throws SQLException, PlatformUnreachable, IOException, InterruptedException {
    String release = act.get(Ways.RELEASE);
    if (!ends.into().follows() && ends.into().scene().at(release, Marker.State.RESTORED)) {
      return new Outcome.Done(release + " stands there already");
    }
    Optional<Source> source = source(act, ends);
    if (source.isEmpty() || source.get().unusable().isPresent()) {
      return new Outcome.Refused(
          release + " " + source.flatMap(Source::unusable).orElse("has no restore point any more"));
    }
    long began = System.nanoTime();
    RestorePoint point = source.get().point().orElseThrow();
    boolean aside = !ends.into().follows() && ends.into().scene().beside(release).isPresent();
    Optional<String> problem =
        aside
            ? Optional.empty()
            : ends.into().follows()
                ? parts.replica().promote(point, act.deadline(), parts.stops())
                : parts.replica().promoted(point);
    if (problem.isPresent()) {
      return new Outcome.Refused(problem.get() + "; the live database was not touched");
    }
    parts.stops().at("promoted");
    Standing beside =
        new Adopting(ends.target(), parts.clock(), parts.stops())
            .adopt(act.get(Ways.DATABASE), release, !point.exact());
    long bytes = source.get().bytes() > 0 ? source.get().bytes() : live.bytes();
    parts
        .history()
        .add(
            source.get(),
            bytes,
            Duration.ofNanos(System.nanoTime() - began),
            parts.clock().instant());
    return new Outcome.Done(
        "the replica is a server of its own, "
            + release
            + " stands there as "
            + beside.name()
            + ", closed to users");
  }

  private Outcome verify(Act act, Ends ends) throws SQLException, PlatformUnreachable {
    String release = act.get(Ways.RELEASE);
    if (ends.into().follows() || !ends.into().scene().at(release, Marker.State.RESTORED)) {
      return new Outcome.Refused(release + " does not stand at " + ends.target().url().place());
    }
    Standing beside = ends.into().scene().beside(release).orElseThrow();
    Marker marker = beside.marker().orElseThrow();
    if (ends.into().scene().at(release, Marker.State.VERIFIED)) {
      return new Outcome.Done("verified already");
    }
    Optional<Source> source = source(act, ends);
    try (Session session = ends.target().maintenance();
        Session inside = ends.target().patient(beside.name(), act.deadline())) {
      var counters = new AtOnce(ends.target(), beside.name(), COUNTERS);
      Content found = Content.still(inside, counters, act.deadline());
      List<String> wrong =
          Verifying.wrong(found, source.flatMap(s -> s.wanted(found, marker.behind())));
      if (!wrong.isEmpty()) {
        return Verifying.refused(beside.name(), wrong);
      }
      List<String> late = Verifying.lateSequences(inside);
      Restoring.mark(session, beside.name(), marker.with(Marker.State.VERIFIED));
      return new Outcome.Done(Deeds.said(found, source, late));
    }
  }

  private Outcome carry(Act act, Ends ends, Standing live)
      throws SQLException, PlatformUnreachable, DatabaseTrouble, IOException, InterruptedException {
    Optional<Standing> target = ends.destination(act);
    if (target.isEmpty()) {
      return new Outcome.Refused(
          act.get(Ways.RELEASE)
              + " does not stand ready at "
              + ends.target().url().place()
              + "; the live database was not touched");
    }
    Marker marker = target.get().marker().orElseThrow();
    boolean back = act.with().containsKey(Ways.OID);
    boolean done =
        back
            ? !live.parting().isEmpty() && live.parting().equals(target.get().parting())
            : marker.state() == Marker.State.CARRIED;
    if (done) {
      return new Outcome.Done("carried over already");
    }
    String words;
    try (Handover.Opened opened = way(act, ends)) {
      words = opened.way().catchUp().inWords();
    }
    try (Session session = ends.target().maintenance()) {
      Restoring.mark(
          session,
          target.get().name(),
          back ? marker.after(live.parting()) : marker.with(Marker.State.CARRIED));
    }
    return new Outcome.Done(words);
  }

  /// From the live database to the one that will be.
  private Handover.Opened way(Act act, Ends ends)
      throws SQLException, PlatformUnreachable, DatabaseTrouble {
    Standing live = ends.from().live().orElseThrow();
    Standing target = ends.destination(act).orElseThrow();
    CarryingOver carrying =
        parts.carrying().within(act.deadline()).between(ends.source(), ends.target());
    if (act.with().containsKey(Ways.OID)) {
      if (!carrying.left(live).equals(Optional.of(target.oid()))) {
        throw new DatabaseTrouble(
            "it is not known any more what users wrote since " + target.name() + " was left");
      }
      try (Session session = ends.target().maintenance()) {
        Door door = new TakingBack(ends.target(), carrying).open(session, target);
        try {
          return new Handover.Opened(carrying.back(live, target), Optional.of(door));
        } catch (DatabaseTrouble | PlatformUnreachable | RuntimeException e) {
          door.close();
          throw e;
        }
      }
    }
    Optional<Source> snapshot = Timeline.same(ends.source(), source(act, ends));
    return new Handover.Opened(
        carrying.across(
            live,
            target,
            snapshot.flatMap(Source::manifest).flatMap(m -> Optional.ofNullable(m.departure()))),
        Optional.empty());
  }
}
