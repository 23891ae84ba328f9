package dev.lastgood.provider.postgres;

import dev.lastgood.database.DatabaseTrouble;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The acts of a rollback, and the looks at their goals. What stands on the server tells how far it
/// is, so an act that a dead process left goes on from there.
final class Deeds {
  private static final Duration WRITERS_WAIT = Duration.ofSeconds(5);

  private final String component;
  private final Server server;
  private final Sources sources;
  private final Restoring restoring;
  private final Elsewhere elsewhere;
  private final History history;
  private final Switching switching;
  private final CarryingOver carrying;
  private final TakingBack back;
  private final Duration writersWait;
  private final Holding holding;
  private final Baselines baselines;
  private final InstantSource clock;
  private volatile boolean letGo;

  Deeds(
      String component,
      Server server,
      Sources sources,
      Restoring restoring,
      Elsewhere elsewhere,
      History history,
      Switching switching,
      CarryingOver carrying,
      Duration writersWait,
      Holding holding,
      Baselines baselines,
      InstantSource clock) {
    this.component = component;
    this.server = server;
    this.sources = sources;
    this.restoring = restoring;
    this.elsewhere = elsewhere;
    this.history = history;
    this.switching = switching;
    this.carrying = carrying;
    this.back = new TakingBack(server, carrying);
    this.writersWait = writersWait;
    this.holding = holding;
    this.baselines = baselines;
    this.clock = clock;
  }

  static Duration writersWait(PostgresSettings settings) {
    return settings.writersWait().orElse(WRITERS_WAIT);
  }

  TakingBack back() {
    return back;
  }

  /// @param turn a session of the maintenance database
  Forecast forecast(Session turn, Standing live, Standing target)
      throws SQLException, PlatformUnreachable {
    return Forecast.of(turn, back, carrying, live, target);
  }

  /// Whoever is at it has the turn, so without a turn nothing comes of it any more: an act whose
  /// connection broke is over, however much of it was done.
  Sight look(Act act) {
    try (Session session = server.maintenance()) {
      String database = act.get(Ways.DATABASE);
      // before the databases: whoever lets go in between has done what he could by then
      boolean atIt = Turn.taken(session, database);
      Scene scene = Scene.look(session, database);
      return switch (act.verb()) {
        case Ways.RESTORE -> prepared(scene, act, Marker.State.RESTORED, atIt);
        case Ways.VERIFY -> prepared(scene, act, Marker.State.VERIFIED, atIt);
        case Ways.CARRY ->
            act.with().containsKey(Ways.OID)
                ? back.look(scene, act, atIt)
                : prepared(scene, act, Marker.State.CARRIED, atIt);
        case Ways.SWITCH -> switched(session, scene, act, atIt);
        default -> new Sight.Unclear(unknown(act));
      };
    } catch (SQLException e) {
      return new Sight.Unclear(String.valueOf(server.gone(e).getMessage()));
    } catch (PlatformUnreachable e) {
      return new Sight.Unclear(String.valueOf(e.getMessage()));
    }
  }

  private static Sight prepared(Scene scene, Act act, Marker.State wanted, boolean atIt) {
    String release = act.get(Ways.RELEASE);
    if (scene.live().map(Standing::release).filter(release::equals).isPresent()) {
      return new Sight.Holds(release + " is live");
    }
    String seen =
        scene
            .beside(release)
            .map(b ->
                b.name()
                    + " is "
                    + b.marker().orElseThrow().state().name().toLowerCase(java.util.Locale.ROOT)
                    + " ("
                    + Ways.megabytes(b.bytes())
                    + ")")
            .orElse("nothing of " + release + " stands beside " + scene.name() + " yet");
    return scene.at(release, wanted) ? new Sight.Holds(seen) : Turn.sight(seen, atIt);
  }

  private Sight switched(Session session, Scene scene, Act act, boolean atIt)
      throws PlatformUnreachable, SQLException {
    Optional<Standing> live = scene.live();
    String seen =
        live.map(l -> scene.name() + " is " + l.release()).orElse(scene.name() + " is not there");
    if (live.filter(l -> reached(l, act)).isPresent()) {
      if (holding.left()) {
        return Turn.sight(seen + ", and PgBouncer still holds its clients", atIt);
      }
      return !letGo && LettingGo.left(session, scene)
          ? Turn.sight(seen + ", and the replication slot of what was live is still there", atIt)
          : new Sight.Holds(seen);
    }
    return Turn.sight(seen, atIt);
  }

  private static boolean reached(Standing live, Act act) {
    String oid = act.with().get(Ways.OID);
    return oid == null
        ? live.release().equals(act.get(Ways.RELEASE))
        : oid.equals(Long.toString(live.oid()));
  }

  private String unknown(Act act) {
    return component
        + ": postgres knows no `"
        + act.verb()
        + "`; was the plan made by another version?";
  }

  Outcome act(Act act) {
    if (!List.of(Ways.RESTORE, Ways.VERIFY, Ways.CARRY, Ways.SWITCH).contains(act.verb())) {
      return new Outcome.Refused(unknown(act));
    }
    return Turn.act(
        server,
        act,
        "; the live database was not touched",
        turn -> inTurn(turn, act, Scene.look(turn, act.get(Ways.DATABASE))));
  }

  private Outcome inTurn(Session turn, Act act, Scene scene)
      throws SQLException, PlatformUnreachable, IOException, InterruptedException {
    String release = act.get(Ways.RELEASE);
    Standing live = scene.present();
    if (act.verb().equals(Ways.SWITCH)) {
      holding.resumeLeft();
    }
    if (reached(live, act)) {
      if (act.verb().equals(Ways.SWITCH) && LettingGo.left(turn, scene)) {
        letGo(turn, scene.name());
      }
      return new Outcome.Done(release + " is live already");
    }
    if (!live.release().equals(act.get(Ways.FROM))) {
      return new Outcome.Refused(
          scene.name()
              + " is "
              + live.release()
              + " now, not "
              + act.get(Ways.FROM)
              + " as when this was planned, on the way to "
              + release
              + "; plan again");
    }
    return switch (act.verb()) {
      case Ways.RESTORE -> restore(turn, act, scene, live);
      case Ways.VERIFY -> verify(turn, act, scene);
      case Ways.CARRY -> carry(turn, act, scene, live);
      default -> {
        Outcome outcome = exchange(turn, act, scene, live);
        if (outcome instanceof Outcome.Done) {
          letGo(turn, scene.name());
        }
        yield outcome;
      }
    };
  }

  /// Once: the way back is over also when the server does not let it be done.
  private void letGo(Session turn, String name) {
    new Exact(server, sources.snapshots()).over(turn, name);
    letGo = true;
  }

  private Outcome restore(Session turn, Act act, Scene scene, Standing live)
      throws SQLException, PlatformUnreachable, IOException, InterruptedException {
    String release = act.get(Ways.RELEASE);
    Optional<Source> source = source(act, scene);
    if (source.isEmpty() || source.get().unusable().isPresent()) {
      return new Outcome.Refused(
          release + " " + source.flatMap(Source::unusable).orElse("is not there any more"));
    }
    if (scene.at(release, Marker.State.RESTORED)) {
      return new Outcome.Done(release + " stands beside it already");
    }
    Optional<String> problem =
        sources.dumps().deepProblem(source.get()).map(p -> source.get().path() + " " + p);
    if (problem.isEmpty()) {
      problem = sources.problem(source.get(), turn);
    }
    return problem.isPresent()
        ? new Outcome.Refused(problem.get())
        : timed(turn, live, source.get(), act.deadline());
  }

  private Optional<Source> source(Act act, Scene scene) throws PlatformUnreachable {
    return sources.find(act.get(Ways.RELEASE), scene, act.with().getOrDefault(Ways.SOURCE, ""));
  }

  private Outcome timed(Session turn, Standing live, Source source, Duration longest)
      throws SQLException, PlatformUnreachable, IOException, InterruptedException {
    long began = System.nanoTime();
    Outcome outcome =
        elsewhere.fetched(
            turn, source, longest, ready -> restoring.restore(turn, live, ready, longest));
    if (outcome instanceof Outcome.Done) {
      Duration took = Duration.ofNanos(System.nanoTime() - began);
      long bytes = source.bytes() > 0 ? source.bytes() : live.bytes();
      history.add(source, bytes, took, clock.instant());
    }
    return outcome;
  }

  private Outcome verify(Session turn, Act act, Scene scene)
      throws SQLException, PlatformUnreachable, IOException {
    String release = act.get(Ways.RELEASE);
    if (!scene.at(release, Marker.State.RESTORED)) {
      return new Outcome.Refused(release + " was not restored beside " + scene.name());
    }
    Standing beside = scene.beside(release).orElseThrow();
    Optional<Source> source = source(act, scene);
    try (Session inside = server.patient(beside.name(), act.deadline())) {
      Content found = Content.of(inside);
      boolean behind = beside.marker().filter(Marker::behind).isPresent();
      Optional<Content> wanted = source.flatMap(s -> s.wanted(found, behind));
      List<String> wrong = new ArrayList<>(Verifying.wrong(found, wanted));
      if (wrong.isEmpty() && wanted.isEmpty()) {
        wrong.addAll(strange(inside, scene, act.deadline()));
      }
      if (!wrong.isEmpty()) {
        // of no use to another source of the same release, which makes its own
        Restoring.mark(
            turn, beside.name(), beside.marker().orElseThrow().with(Marker.State.RESTORING));
        return Verifying.refused(beside.name(), wrong);
      }
      List<String> late = Verifying.lateSequences(inside);
      baselines.keep(baseline(inside, beside, release, scene, found));
      Restoring.mark(
          turn, beside.name(), beside.marker().orElseThrow().with(Marker.State.VERIFIED));
      return new Outcome.Done(said(found, source, late));
    }
  }

  private List<String> strange(Session inside, Scene scene, Duration longest)
      throws SQLException, PlatformUnreachable {
    if (scene.live().isEmpty()) {
      return List.of();
    }
    try (Session live = server.patient(scene.name(), longest)) {
      return Verifying.strange(
          Content.likeness(inside),
          Content.likeness(live),
          Content.inhabited(inside),
          Content.inhabited(live));
    }
  }

  private Manifest baseline(
      Session inside, Standing beside, String release, Scene scene, Content found)
      throws SQLException {
    return new Manifest(
        Manifest.FORM,
        release,
        scene.name(),
        beside.oid(),
        clock.instant(),
        scene.version(),
        beside.bytes(),
        "",
        "",
        Statistics.since(inside),
        found.rows(),
        found.shape(),
        found.written(),
        null,
        null);
  }

  static String said(Content found, Optional<Source> source, List<String> late) {
    long rows = found.rows().values().stream().mapToLong(Long::longValue).sum();
    return found.rows().size()
        + " tables, "
        + rows
        + " rows"
        + source
            .filter(s -> s.manifest().isPresent())
            .map(Deeds::compared)
            .orElse("; the dump does not say how many there should be")
        + (late.isEmpty() ? "" : "; beware: " + String.join(", ", late));
  }

  private static String compared(Source source) {
    return source.point().map(RestorePoint::exact).orElse(true)
        ? ", as in the snapshot"
        : "; the shape is the snapshot's, and its rows cannot be compared: users went on while the"
            + " restore point was made";
  }

  private Outcome exchange(Session turn, Act act, Scene scene, Standing live)
      throws SQLException, PlatformUnreachable, IOException, InterruptedException {
    String release = act.get(Ways.RELEASE);
    String oid = act.with().get(Ways.OID);
    Optional<Standing> target =
        oid == null
            ? scene.beside(release).filter(_ -> scene.at(release, Marker.State.VERIFIED))
            : scene.oid(oid);
    if (target.isEmpty()) {
      return new Outcome.Refused(
          release + " does not stand ready on the server: it was dropped, or never verified");
    }
    if ("yes".equals(act.with().get(Ways.LAST_ROUND))) {
      return oid == null
          ? exchangeAfterTheLastRows(
              turn, live, () -> opened(scene, live, target.get(), act), release)
          : takeBack(turn, scene, live, target.get(), act);
    }
    return holding
        .during(
            live,
            server.url(),
            _ -> Optional.of(switching.exchange(turn, live, target.get(), release)))
        .orElseThrow();
  }

  private Outcome carry(Session turn, Act act, Scene scene, Standing live)
      throws SQLException, PlatformUnreachable, IOException, InterruptedException {
    String release = act.get(Ways.RELEASE);
    String oid = act.with().get(Ways.OID);
    if (oid != null) {
      Optional<Standing> target = scene.oid(oid);
      return target.isPresent()
          ? back.carry(turn, scene, live, target.get(), act.deadline())
          : new Outcome.Refused(release + " does not stand on the server any more");
    }
    if (!scene.at(release, Marker.State.VERIFIED)) {
      return new Outcome.Refused(release + " was not verified beside " + scene.name());
    }
    Standing beside = scene.beside(release).orElseThrow();
    if (beside.marker().orElseThrow().state() == Marker.State.CARRIED) {
      return new Outcome.Done("carried over already");
    }
    try {
      String words;
      try (CarryingOver.Way way = opened(scene, live, beside, act)) {
        words = way.catchUp().inWords();
      }
      Restoring.mark(turn, beside.name(), beside.marker().orElseThrow().with(Marker.State.CARRIED));
      return new Outcome.Done(words);
    } catch (DatabaseTrouble e) {
      return new Outcome.Refused(
          "what users wrote cannot be carried over, the live database was not touched: "
              + e.getMessage()
              + ". To go back without it: carry-over: no");
    }
  }

  private Outcome takeBack(Session turn, Scene scene, Standing live, Standing target, Act act)
      throws SQLException, PlatformUnreachable, IOException, InterruptedException {
    Optional<Outcome> not = back.refusal(scene, target);
    if (not.isPresent()) {
      return not.get();
    }
    try (Door _ = back.open(turn, target)) {
      return exchangeAfterTheLastRows(
          turn,
          live,
          () -> carrying.within(act.deadline()).back(live, target),
          act.get(Ways.RELEASE));
    }
  }

  private CarryingOver.Way opened(Scene scene, Standing live, Standing beside, Act act)
      throws DatabaseTrouble, SQLException, PlatformUnreachable {
    return carrying
        .within(act.deadline())
        .open(live, beside, sources.departure(act.get(Ways.RELEASE), scene, server));
  }

  private interface Opening {
    CarryingOver.Way way() throws DatabaseTrouble, SQLException, PlatformUnreachable;
  }

  private Outcome exchangeAfterTheLastRows(
      Session turn, Standing live, Opening opening, String release)
      throws SQLException, PlatformUnreachable, IOException, InterruptedException {
    try (CarryingOver.Way way = opening.way();
        Session ender = server.maintenance()) {
      return way.leavingNothing(() ->
          new LastRows(server, holding, writersWait)
              .exchange(
                  way,
                  () ->
                      switching.ready(
                          turn, ender, way.live(), way.beside(), release, way.parting())));
    } catch (DatabaseTrouble e) {
      return new Outcome.Refused(
          live.name() + " was not switched, it is as it was and open: " + e.getMessage());
    }
  }
}
