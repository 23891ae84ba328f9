package dev.lastgood.provider.postgres;

import dev.lastgood.database.DatabaseTrouble;
import dev.lastgood.database.TableName;
import dev.lastgood.database.salvage.Confined;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Piecemeal.NoSuchPart;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The acts of a rollback of single tables, and the looks at their goals. What stands in the live
/// database tells how far it is, so an act that a dead process left goes on from there.
final class TableDeeds {
  private static final Duration LOOKING = Duration.ofSeconds(15);

  private final Server server;
  private final Sources sources;
  private final Bringing bringing;
  private final CarryingOver carrying;
  private final TableSwitch switching;

  TableDeeds(
      Server server,
      Sources sources,
      Bringing bringing,
      CarryingOver carrying,
      TableSwitch switching) {
    this.server = server;
    this.sources = sources;
    this.bringing = bringing;
    this.carrying = carrying;
    this.switching = switching;
  }

  static boolean knows(Act act) {
    return List.of(TableWays.BRING, TableWays.CARRY, TableWays.SWITCH).contains(act.verb());
  }

  Sight look(Act act) {
    try (Session turn = server.maintenance()) {
      // before the databases, as in Deeds
      boolean atIt = Turn.taken(turn, act.get(Ways.DATABASE));
      Scene scene = Scene.look(turn, act.get(Ways.DATABASE));
      Standing live = scene.present();
      try (Session inside = server.patient(live.name(), LOOKING)) {
        return look(act, scene, live, inside, atIt);
      }
    } catch (SQLException e) {
      return new Sight.Unclear(String.valueOf(server.gone(e).getMessage()));
    } catch (PlatformUnreachable e) {
      return new Sight.Unclear(String.valueOf(e.getMessage()));
    }
  }

  private static Sight look(Act act, Scene scene, Standing live, Session inside, boolean atIt)
      throws SQLException {
    String release = act.get(Ways.RELEASE);
    String seen = live.name() + " is " + live.release();
    if (live.release().equals(release)) {
      Optional<TableSide> left = TableSide.left(inside, live);
      boolean proven = left.isEmpty() || left.get().unproven(inside).isEmpty();
      if (proven || !act.verb().equals(TableWays.SWITCH)) {
        return new Sight.Holds(seen);
      }
      seen += ", and foreign keys of the tables are not validated yet";
    } else if (!act.verb().equals(TableWays.SWITCH)) {
      Optional<TableSide> side = side(act, live, inside);
      boolean there =
          act.verb().equals(TableWays.BRING)
              ? side.isPresent() && !unused(scene, act)
              : side.filter(TableSide::carried).isPresent();
      if (there) {
        return new Sight.Holds(words(side.get()));
      }
      seen =
          side.map(TableDeeds::words).orElse("no complete tables of " + release + " stand beside");
    }
    return Turn.sight(seen, atIt);
  }

  /// Whether a restored database waits to be used, or to be removed.
  private static boolean unused(Scene scene, Act act) {
    return fresh(scene, act) || scene.beside(act.get(Ways.RELEASE)).isPresent();
  }

  private static boolean fresh(Scene scene, Act act) {
    return scene.at(act.get(TableWays.SNAPSHOT), Marker.State.VERIFIED);
  }

  private static String words(TableSide side) {
    return "the tables in "
        + side.schema()
        + " are "
        + side.marker().orElseThrow().state().name().toLowerCase(Locale.ROOT)
        + " ("
        + Ways.megabytes(side.bytes())
        + ")";
  }

  private static Optional<TableSide> side(Act act, Standing live, Session inside)
      throws SQLException {
    return act.get(TableWays.BACK).equals("yes")
        ? TableSide.left(inside, live).filter(s -> s.is(act.get(Ways.RELEASE)))
        : TableSide.coming(inside, act.get(Ways.RELEASE));
  }

  Outcome act(Act act) {
    return Turn.act(
        server,
        act,
        "; the live tables were not touched",
        turn -> inTurn(turn, act, Scene.look(turn, act.get(Ways.DATABASE))));
  }

  private Outcome inTurn(Session turn, Act act, Scene scene)
      throws SQLException, PlatformUnreachable, IOException, InterruptedException {
    Standing live = scene.present();
    String release = act.get(Ways.RELEASE);
    if (live.release().equals(release)) {
      List<String> open = TableSwitch.prove(server, live);
      return open.isEmpty()
          ? new Outcome.Done(release + " is live already")
          : new Outcome.Unknown(release + " is live; not validated: " + String.join("; ", open));
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
    Optional<TableSide> side;
    try (Session inside = server.patient(live.name(), LOOKING)) {
      side = side(act, live, inside);
    }
    if (act.verb().equals(TableWays.BRING)) {
      if (side.isPresent() && !fresh(scene, act)) {
        Bringing.used(turn, scene, release);
        return new Outcome.Done("the tables stand in " + side.get().schema() + " already");
      }
      return bringing.bring(
          turn, scene, live, act.get(TableWays.SNAPSHOT), release, tables(act), act.deadline());
    }
    if (side.isEmpty()) {
      return new Outcome.Refused(
          "the tables of " + release + " do not stand ready: they were dropped, or never brought");
    }
    return act.verb().equals(TableWays.CARRY)
        ? carry(scene, act, live, side.get())
        : exchange(scene, act, live, side.get());
  }

  private static Set<TableName> tables(Act act) throws PlatformUnreachable {
    try {
      Set<TableName> all = new TreeSet<>();
      for (TableList.Named one : TableList.parse(act.get(TableWays.TABLES))) {
        all.add(new TableName(one.schema().orElse("public"), one.name()));
      }
      return all;
    } catch (NoSuchPart e) {
      throw new PlatformUnreachable("the plan names no tables: " + e.getMessage(), e);
    }
  }

  private Outcome carry(CarryingOver.Way way, Act act, Standing live, TableSide side)
      throws SQLException, PlatformUnreachable, IOException, InterruptedException, DatabaseTrouble {
    String words = way.catchUp().inWords();
    List<String> wrong = wrong(live, side, act.deadline());
    if (!wrong.isEmpty()) {
      return TableSwitch.refused(live, String.join("; ", wrong));
    }
    try (Session inside = server.patient(live.name(), LOOKING)) {
      inside.run(
          TableSide.marking(side.schema(), side.marker().orElseThrow().with(Marker.State.CARRIED)));
    }
    return new Outcome.Done(words);
  }

  private Outcome carry(Scene scene, Act act, Standing live, TableSide side)
      throws SQLException, PlatformUnreachable, IOException, InterruptedException {
    if (side.carried()) {
      return new Outcome.Done("carried over already");
    }
    try (CarryingOver.Way way = opened(scene, act, live, side)) {
      return way.leavingNothing(() -> carry(way, act, live, side));
    } catch (DatabaseTrouble e) {
      return new Outcome.Refused(
          "what users wrote cannot be carried over, the live tables were not touched: "
              + e.getMessage()
              + ". To go back without it: carry-over: no");
    }
  }

  /// Foreign keys that would not hold, as far as can be told while users go on.
  private List<String> wrong(Standing live, TableSide side, Duration longest)
      throws SQLException, PlatformUnreachable {
    try (Session inside = server.patient(live.name(), longest)) {
      inside.run("set row_security = off");
      Set<TableName> tables = side.tables(inside);
      Ties ties = Ties.of(inside, tables);
      return new Fitting(inside, side)
          .wrong(ties.in(), side.keys(inside, "key"), Fitting.present(inside, tables));
    }
  }

  private CarryingOver.Way opened(Scene scene, Act act, Standing live, TableSide side)
      throws SQLException, PlatformUnreachable, DatabaseTrouble {
    Set<TableName> tables;
    try (Session inside = server.patient(live.name(), LOOKING)) {
      tables = side.tables(inside);
    }
    var confined = new Confined(side.schema(), tables);
    CarryingOver bounded = carrying.within(act.deadline());
    if (act.get(TableWays.BACK).equals("yes")) {
      return bounded.among(live, side.standing(), confined, live.parting(), Optional.empty());
    }
    return bounded.among(
        live,
        side.standing(),
        confined,
        "",
        sources.departure(act.get(TableWays.SNAPSHOT), scene, server));
  }

  private Outcome exchange(Scene scene, Act act, Standing live, TableSide side)
      throws SQLException, PlatformUnreachable, IOException, InterruptedException {
    String release = act.get(Ways.RELEASE);
    try {
      if (!carries(act, live)) {
        return switching.exchange(live, side, release, Optional.empty());
      }
      try (CarryingOver.Way way = opened(scene, act, live, side)) {
        return way.leavingNothing(() -> switching.exchange(live, side, release, Optional.of(way)));
      }
    } catch (DatabaseTrouble e) {
      return TableSwitch.refused(live, String.valueOf(e.getMessage()));
    }
  }

  private boolean carries(Act act, Standing live) throws DatabaseTrouble, PlatformUnreachable {
    return act.get(Ways.LAST_ROUND).equals("yes")
        && (act.get(TableWays.BACK).equals("no") || carrying.noted(live));
  }
}
