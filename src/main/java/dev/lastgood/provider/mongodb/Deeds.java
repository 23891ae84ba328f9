package dev.lastgood.provider.mongodb;

import com.mongodb.MongoException;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.local.OneAtATime;
import dev.lastgood.provider.local.Why;
import dev.lastgood.provider.mongodb.Scene.Stage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The acts of a rollback, and the looks at their goals. What stands in the database tells how far
/// it is, so an act that a dead process left goes on from there.
final class Deeds {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int SHOWN = 6;

  private final String component;
  private final Server server;
  private final Snapshots snapshots;
  private final Restoring restoring;
  private final Switching switching;
  private final Carried carried;
  private final Path lock;

  Deeds(
      String component,
      Server server,
      Snapshots snapshots,
      Restoring restoring,
      Switching switching,
      Carried carried,
      Path lock) {
    this.component = component;
    this.server = server;
    this.snapshots = snapshots;
    this.restoring = restoring;
    this.switching = switching;
    this.carried = carried;
    this.lock = lock;
  }

  Sight look(Act act) {
    if (!known(act)) {
      return new Sight.Unclear(act.unknownTo("mongodb"));
    }
    try (Session session = server.soon()) {
      Scene scene = Scene.look(session, act.get(Ways.DATABASE));
      return switch (act.verb()) {
        case Ways.RESTORE -> prepared(scene, act, Stage.RESTORED);
        case Ways.VERIFY -> prepared(scene, act, Stage.VERIFIED);
        case Ways.CARRY -> prepared(scene, act, Stage.CARRIED);
        case Ways.SWITCH -> switched(scene, act);
        default -> settled(scene, act);
      };
    } catch (MongoException e) {
      return new Sight.Unclear(String.valueOf(server.gone(e).getMessage()));
    } catch (PlatformUnreachable e) {
      return new Sight.Unclear(String.valueOf(e.getMessage()));
    }
  }

  private static boolean known(Act act) {
    return List.of(Ways.RESTORE, Ways.VERIFY, Ways.CARRY, Ways.SWITCH, Ways.LAST)
        .contains(act.verb());
  }

  private static Sight prepared(Scene scene, Act act, Stage wanted) {
    String release = act.get(Ways.RELEASE);
    if (scene.live().equals(release) || goingTo(scene, release)) {
      return new Sight.Holds(release + " was made ready");
    }
    String seen =
        scene
            .beside(release)
            .map(g ->
                g.prefix()
                    + "… is "
                    + g.stage().name().toLowerCase(Locale.ROOT)
                    + (g.said().isEmpty() ? "" : ": " + g.said()))
            .orElse(release + " does not stand beside " + scene.database());
    return scene.beside(release, wanted).isPresent()
        ? new Sight.Holds(seen)
        : new Sight.NotYet(seen);
  }

  private static boolean goingTo(Scene scene, String release) {
    return scene.halfway().filter(h -> h.to().equals(release)).isPresent();
  }

  private static Sight switched(Scene scene, Act act) {
    if (scene.halfway().isPresent()) {
      return new Sight.NotYet(
          "an exchange of "
              + scene.halfway().get().from()
              + " for "
              + scene.halfway().get().to()
              + " is halfway");
    }
    String seen =
        scene.database()
            + " is "
            + scene.live()
            + scene.kept(act.get(Ways.FROM)).map(g -> "; " + g.said()).orElse("");
    return scene.live().equals(act.get(Ways.RELEASE))
        ? new Sight.Holds(seen)
        : new Sight.NotYet(seen);
  }

  private static Sight settled(Scene scene, Act act) {
    Optional<Scene.Group> kept = scene.kept(act.get(Ways.FROM));
    boolean done =
        scene.live().equals(act.get(Ways.RELEASE))
            && kept.filter(g -> g.stage() == Stage.SETTLED).isPresent();
    return done
        ? new Sight.Holds(kept.get().said())
        : new Sight.NotYet("the last writes to " + act.get(Ways.FROM) + " are not carried over");
  }

  Outcome act(Act act) {
    if (!known(act)) {
      return new Outcome.Refused(act.unknownTo("mongodb"));
    }
    return new OneAtATime(component, lock, PATIENCE).act(() -> alone(act));
  }

  private Outcome alone(Act act) {
    try (Session session = server.patient()) {
      return inTurn(session, act, Scene.look(session, act.get(Ways.DATABASE)));
    } catch (MongoException e) {
      String why = String.valueOf(server.gone(e).getMessage());
      boolean changes = act.verb().equals(Ways.SWITCH) || act.verb().equals(Ways.LAST);
      return Session.lost(e) || changes
          ? new Outcome.Unknown(why)
          : new Outcome.Refused(why + "; the live collections were not touched");
    } catch (PlatformUnreachable e) {
      return new Outcome.Refused(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return new Outcome.Unknown(Why.of(e));
    }
  }

  private Outcome inTurn(Session session, Act act, Scene scene)
      throws PlatformUnreachable, IOException {
    String release = act.get(Ways.RELEASE);
    if (act.verb().equals(Ways.LAST)) {
      return last(session, act, scene);
    }
    if (scene.halfway().isPresent()) {
      return halfway(session, act, scene, scene.halfway().get());
    }
    if (scene.live().equals(release)) {
      return new Outcome.Done(release + " is live already");
    }
    if (!scene.live().equals(act.get(Ways.FROM))) {
      return new Outcome.Refused(
          scene.database()
              + " is "
              + scene.live()
              + " now, not "
              + act.get(Ways.FROM)
              + " as when this was planned, on the way to "
              + release
              + "; plan again");
    }
    return switch (act.verb()) {
      case Ways.RESTORE -> restore(session, act, scene);
      case Ways.VERIFY -> verify(session, act, scene);
      case Ways.CARRY -> carry(session, act, scene);
      default -> exchange(session, act, scene);
    };
  }

  /// A dead process left it; whoever wants the way it goes, or the way back, finishes it first.
  private Outcome halfway(Session session, Act act, Scene scene, Scene.Exchange exchange)
      throws PlatformUnreachable, IOException {
    String release = act.get(Ways.RELEASE);
    boolean back = release.equals(exchange.from());
    if (!act.verb().equals(Ways.SWITCH)) {
      return release.equals(exchange.to())
          ? new Outcome.Done(release + " is on its way already")
          : new Outcome.Refused(inTheWay(exchange, release));
    }
    if (!release.equals(exchange.to()) && !back) {
      return new Outcome.Refused(inTheWay(exchange, release));
    }
    Outcome finished = switching.finish(session, exchange);
    return finished instanceof Outcome.Done && back
        ? exchange(session, act, Scene.look(session, scene.database()))
        : finished;
  }

  private static String inTheWay(Scene.Exchange exchange, String release) {
    return "an exchange of "
        + exchange.from()
        + " for "
        + exchange.to()
        + " is halfway, so nothing goes to "
        + release
        + " now; finish it (lastgood resume) or undo it";
  }

  private Outcome restore(Session session, Act act, Scene scene)
      throws PlatformUnreachable, IOException {
    String release = act.get(Ways.RELEASE);
    Optional<Snapshots.Kept> snapshot = snapshots.find(release, scene.database());
    if (snapshot.isEmpty() || snapshot.get().unusable().isPresent()) {
      return new Outcome.Refused(
          release
              + " "
              + snapshot.flatMap(Snapshots.Kept::unusable).orElse("is not there any more"));
    }
    if (scene.beside(release, Stage.RESTORED).isPresent()) {
      return new Outcome.Done(release + " stands beside already");
    }
    return restoring.restore(session, scene, snapshot.get(), act);
  }

  private Outcome verify(Session session, Act act, Scene scene) throws IOException {
    String release = act.get(Ways.RELEASE);
    Optional<Scene.Group> beside = scene.beside(release, Stage.RESTORED);
    Optional<Manifest> manifest =
        snapshots.find(release, scene.database()).flatMap(Snapshots.Kept::manifest);
    if (beside.isEmpty() || manifest.isEmpty()) {
      return new Outcome.Refused(release + " was not restored beside " + scene.database());
    }
    if (beside.get().stage() != Stage.RESTORED) {
      return new Outcome.Done("verified already");
    }
    Content wanted = manifest.get().content();
    Content found = Content.on(session, wanted.collections().keySet(), beside.get().prefix());
    List<String> wrong = Verifying.wrong(found, wanted);
    if (!wrong.isEmpty()) {
      return new Outcome.Refused(
          beside.get().prefix()
              + "… is not what it should be, and the live collections were not touched: "
              + Why.plain(String.join("; ", wrong.stream().limit(SHOWN).toList()), 1000)
              + (wrong.size() > SHOWN ? "; and " + (wrong.size() - SHOWN) + " more" : ""));
    }
    List<String> there =
        wanted.collections().keySet().stream()
            .filter(n -> found.collections().containsKey(n))
            .toList();
    String said =
        wanted.collections().size()
            + " collections, "
            + found.documents()
            + " documents, each as in the snapshot";
    Scene.Group group = beside.get();
    new State(session)
        .put(
            new Scene.Group(
                group.id(), group.prefix(), group.release(), Stage.VERIFIED, there, "", said));
    return new Outcome.Done(said);
  }

  private Base base(Scene scene, String snapshot) throws PlatformUnreachable, IOException {
    Snapshots.Kept kept =
        snapshots
            .find(snapshot, scene.database())
            .filter(k -> k.unusable().isEmpty())
            .orElseThrow(() ->
                new PlatformUnreachable(
                    snapshot
                        + ", which says what users wrote since, is not there any more or not"
                        + " usable. To go back without it: carry-over: no"));
    return Base.of(kept);
  }

  private Outcome carry(Session session, Act act, Scene scene)
      throws PlatformUnreachable, IOException {
    Optional<Scene.Group> beside = scene.beside(act.get(Ways.RELEASE), Stage.VERIFIED);
    if (beside.isEmpty()) {
      return new Outcome.Refused(act.get(Ways.RELEASE) + " was not verified beside");
    }
    if (beside.get().stage() == Stage.CARRIED) {
      return new Outcome.Done("carried over already");
    }
    Carrying.Round round =
        carried.before(session, base(scene, act.get(Ways.BASE)), beside.get().prefix());
    new State(session).put(beside.get().at(Stage.CARRIED, round.inWords()));
    return new Outcome.Done(round.inWords());
  }

  private Outcome exchange(Session session, Act act, Scene scene)
      throws PlatformUnreachable, IOException {
    String release = act.get(Ways.RELEASE);
    Optional<Scene.Group> target =
        scene.beside(release, Stage.VERIFIED).or(() -> scene.kept(release));
    if (target.isEmpty()) {
      return new Outcome.Refused(
          release + " does not stand ready: its collections were dropped, or never verified");
    }
    if (!scene.unmovable().isEmpty()) {
      return new Outcome.Refused(unmovable(scene));
    }
    String base = act.with().get(Ways.BASE);
    if (base != null) {
      carried.before(session, base(scene, base), target.get().prefix());
    }
    return switching.exchange(session, scene, target.get(), release);
  }

  static String unmovable(Scene scene) {
    return "time series cannot be renamed by MongoDB, so they cannot be exchanged: "
        + String.join(", ", scene.unmovable());
  }

  private Outcome last(Session session, Act act, Scene scene)
      throws PlatformUnreachable, IOException {
    String from = act.get(Ways.FROM);
    Optional<Scene.Group> kept = scene.kept(from);
    if (kept.isEmpty() || !scene.live().equals(act.get(Ways.RELEASE))) {
      return new Outcome.Refused(
          act.get(Ways.RELEASE)
              + " is not live, or "
              + from
              + " is not kept: there is nothing to carry over from");
    }
    if (kept.get().stage() == Stage.SETTLED) {
      return new Outcome.Done("carried over already");
    }
    Carrying.Round round =
        carried.after(session, base(scene, act.get(Ways.BASE)), scene, kept.get());
    String said = "written until the exchange: " + round.inWords();
    new State(session).put(kept.get().at(Stage.SETTLED, said));
    return new Outcome.Done(said);
  }
}
