package dev.lastgood.provider.postgres;

import dev.lastgood.database.DatabaseTrouble;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/// Takes an exchange back: what users wrote since is carried over into the database that was left
/// then, and that one becomes live again.
final class TakingBack {
  private final Server server;
  private final CarryingOver carrying;

  TakingBack(Server server, CarryingOver carrying) {
    this.server = server;
    this.carrying = carrying;
  }

  /// The kept database that takes part in it.
  ///
  /// @return empty when it is not known what users wrote since the exchange: nothing was carried
  ///   over then, or another database is live
  Optional<Standing> twin(Scene scene) throws PlatformUnreachable {
    Standing live = scene.present();
    try {
      Optional<Long> left = carrying.left(live);
      return scene.kept().stream().filter(k -> left.equals(Optional.of(k.oid()))).findFirst();
    } catch (DatabaseTrouble e) {
      throw new PlatformUnreachable(String.valueOf(e.getMessage()), e);
    }
  }

  /// @param act carries over towards a kept database
  /// @param atIt whether somebody has the turn
  Sight look(Scene scene, Act act, boolean atIt) {
    Optional<Standing> live = scene.live();
    Optional<Standing> target = scene.oid(act.get(Ways.OID));
    if (live.isEmpty() || target.isEmpty()) {
      return new Sight.Failed("the kept database is not there any more");
    }
    if (live.get().oid() == target.get().oid()) {
      return new Sight.Holds(act.get(Ways.RELEASE) + " is live");
    }
    String seen = target.get().name() + " stands beside " + scene.name();
    if (done(live.get(), target.get())) {
      return new Sight.Holds(seen + ", with what users wrote since");
    }
    return Turn.sight(seen, atIt);
  }

  private static boolean done(Standing live, Standing target) {
    return !live.parting().isEmpty() && live.parting().equals(target.parting());
  }

  /// @param turn a session of the maintenance database that has the turn
  /// @param longest a server that says nothing for so long is given up
  Outcome carry(Session turn, Scene scene, Standing live, Standing target, Duration longest)
      throws SQLException, PlatformUnreachable, IOException, InterruptedException {
    if (done(live, target)) {
      return new Outcome.Done("carried over already");
    }
    Optional<Outcome> not = refusal(scene, target);
    if (not.isPresent()) {
      return not.get();
    }
    try {
      String words;
      try (Door _ = open(turn, target);
          CarryingOver.Way way = carrying.within(longest).back(live, target)) {
        words = way.catchUp().inWords();
      }
      Restoring.mark(turn, target.name(), target.marker().orElseThrow().after(live.parting()));
      return new Outcome.Done(words);
    } catch (DatabaseTrouble e) {
      return new Outcome.Refused(
          "what users wrote cannot be carried over, the live database was not touched: "
              + e.getMessage()
              + ". To go back without it: carry-over: no");
    }
  }

  /// Why nothing can be carried over into that database.
  Optional<Outcome> refusal(Scene scene, Standing target) throws PlatformUnreachable {
    return twin(scene).filter(t -> t.oid() == target.oid()).isPresent()
        ? Optional.empty()
        : Optional.of(
            new Outcome.Refused(
                "it is not known any more what users wrote since "
                    + target.name()
                    + " was left, so it cannot be carried over; the live database was not touched."
                    + " To go back without it: carry-over: no"));
  }

  /// For whoever carries over into the kept database.
  Door open(Session turn, Standing target) throws SQLException {
    return Door.open(server, turn, target);
  }
}
