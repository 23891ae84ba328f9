package dev.lastgood.provider.postgres;

import dev.lastgood.database.migration.Judgement;
import dev.lastgood.database.salvage.Account;
import dev.lastgood.database.salvage.Policy;
import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import dev.lastgood.model.Text;
import dev.lastgood.provider.Accounting;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Capturable;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Piecemeal;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Proving;
import dev.lastgood.provider.Retention;
import dev.lastgood.provider.Schemas;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Snapshotting;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One database, what it can be restored from, and what it was.
final class PostgresPlatform
    implements Platform,
        Snapshotting,
        Capturable,
        Retention,
        Schemas,
        Accounting,
        Proving,
        Piecemeal {
  private final String component;
  private final Server server;
  private final Sources sources;
  private final Taking taking;
  private final Copies copies;
  private final History history;
  private final InstantSource clock;
  private final Deeds deeds;
  private final TablePlanning tables;
  private final TableDeeds tableDeeds;
  private final Baselines baselines;
  private final Optional<Verdicts> verdicts;
  private final Holding holding;
  private final CrossingPlans crossing;
  private final PostgresSettings settings;

  PostgresPlatform(
      String component,
      Server server,
      Sources sources,
      Taking taking,
      Copies copies,
      History history,
      InstantSource clock,
      Deeds deeds,
      TablePlanning tables,
      TableDeeds tableDeeds,
      Baselines baselines,
      Optional<Verdicts> verdicts,
      Holding holding,
      CrossingPlans crossing,
      PostgresSettings settings) {
    this.component = component;
    this.server = server;
    this.sources = sources;
    this.taking = taking;
    this.copies = copies;
    this.history = history;
    this.clock = clock;
    this.deeds = deeds;
    this.tables = tables;
    this.tableDeeds = tableDeeds;
    this.baselines = baselines;
    this.verdicts = verdicts;
    this.holding = holding;
    this.crossing = crossing;
    this.settings = settings;
  }

  private Scene scene() throws PlatformUnreachable {
    String database = server.url().database();
    try (Session session = server.maintenance()) {
      return Scene.look(session, database);
    } catch (SQLException e) {
      throw server.gone(e);
    }
  }

  @Override
  public Inventory inventory() throws PlatformUnreachable {
    Scene scene = scene();
    Standing live = scene.present();
    Map<String, Release> releases = new LinkedHashMap<>();
    List<Inventory.Excluded> excluded = new ArrayList<>();
    Release now = release(live.release(), Optional.empty());
    releases.put(now.id(), now);
    List<Source> all = sources.all(scene);
    for (Source source : all) {
      if (source.unusable().isEmpty()) {
        releases.putIfAbsent(source.release(), release(source.release(), source.at()));
      }
    }
    for (StepBook.Taken step : steps(live)) {
      releases.putIfAbsent(step.from(), release(step.from(), Optional.empty()));
    }
    for (Standing kept : scene.kept()) {
      releases.putIfAbsent(kept.release(), release(kept.release(), Optional.empty()));
    }
    List<String> notes = notes(scene);
    for (Standing kept : crossing.kept(scene.name(), notes)) {
      releases.putIfAbsent(kept.release(), release(kept.release(), Optional.empty()));
    }
    List<String> beside = beside(live, releases);
    for (Source source : all) {
      if (source.unusable().isPresent() && !releases.containsKey(source.release())) {
        excluded.add(new Inventory.Excluded(source.release(), source.unusable().get()));
        notes.add("no way back: " + source.why());
      }
    }
    notes.addAll(sources.notes());
    notes.addAll(beside);
    return new Inventory(Optional.of(now), List.copyOf(releases.values()), excluded, notes);
  }

  /// Adds the release that is live again when the tables are that were left last.
  ///
  /// @return what is to be known of tables that stand beside those that are live
  private List<String> beside(Standing live, Map<String, Release> releases)
      throws PlatformUnreachable {
    try (Session inside = server.patient(live.name(), Duration.ofSeconds(15))) {
      TableSide.left(inside, live)
          .flatMap(TableSide::marker)
          .map(Marker::release)
          .ifPresent(id -> releases.putIfAbsent(id, release(id, Optional.empty())));
      return tables.notes(inside);
    } catch (SQLException e) {
      throw server.gone(e);
    }
  }

  @Override
  public Piece piece(Release from, Release to, List<String> parts)
      throws PlatformUnreachable, NoSuchPart {
    try (Session session = server.maintenance()) {
      Scene scene = Scene.look(session, server.url().database());
      rights(session, scene.present());
      reserved(scene.present());
      return tables.there(session, scene, from, to, parts, clock.instant());
    } catch (SQLException e) {
      throw server.gone(e);
    }
  }

  private static void rights(Session session, Standing live)
      throws SQLException, PlatformUnreachable {
    List<String> missing = Rights.missing(session, live);
    if (!missing.isEmpty()) {
      throw new PlatformUnreachable(
          "a rollback of " + live.name() + " needs: " + String.join("; ", missing));
    }
  }

  private void reserved(Standing live) throws SQLException, PlatformUnreachable {
    try (Session inside = server.patient(live.name(), Duration.ofSeconds(15))) {
      Reserved.look(inside, live.name());
    }
  }

  private List<String> stale(Standing live, boolean carry)
      throws SQLException, PlatformUnreachable {
    try (Session inside = server.patient(live.name(), Duration.ofSeconds(15))) {
      return carry ? Materialized.costs(inside) : List.of();
    }
  }

  private Exact exact() {
    return new Exact(server, sources.snapshots());
  }

  private List<String> notes(Scene scene) throws PlatformUnreachable {
    List<String> notes = new ArrayList<>(exact().inWords(scene, settings.exact().orElse(false)));
    for (Standing kept : scene.kept()) {
      notes.add(
          Text.plain(kept.name())
              + " is kept ("
              + kept.release()
              + ", "
              + Ways.megabytes(kept.bytes())
              + "); when nobody needs it: drop database "
              + Text.plain(Quoted.name(kept.name())));
    }
    for (Standing good : scene.good()) {
      notes.add(
          Text.plain(good.name())
              + " is the copy of "
              + good.release()
              + " ("
              + Ways.megabytes(good.bytes())
              + "), removed with the snapshot by `keep`, or: drop database "
              + Text.plain(Quoted.name(good.name())));
    }
    for (Standing left : scene.halfway()) {
      notes.add(
          Text.plain(left.name())
              + " ("
              + left.release()
              + ", "
              + Ways.megabytes(left.bytes())
              + ") was left by an account, or by a rollback that is not over; the next rollback to "
              + left.release()
              + " uses or removes it; when there is none: drop database "
              + Text.plain(Quoted.name(left.name())));
    }
    return notes;
  }

  private Release release(String id, Optional<Instant> since) {
    return new Release(component, id, Origin.UNKNOWN, since);
  }

  @Override
  public List<Method> methods(Release from, Release to) throws PlatformUnreachable {
    return methods(from, to, true);
  }

  /// @param kept whether a database that was kept may be exchanged for the live one, instead of
  ///   restoring what it was restored from once more
  private List<Method> methods(Release from, Release to, boolean kept) throws PlatformUnreachable {
    String database = server.url().database();
    try (Session session = server.maintenance()) {
      Scene scene = Scene.look(session, database);
      Standing live = scene.present();
      rights(session, live);
      reserved(live);
      boolean carry = settings.carryOver().orElse(true);
      var ways = new Ways(component, database, Deeds.writersWait(settings), carry, crossing.side());
      List<String> costs = new ArrayList<>(Neighbours.costs(session, live));
      costs.addAll(holding.costs(server.url()));
      costs.addAll(stale(live, carry));
      List<StepBook.Taken> steps = steps(live);
      if (steps.stream().anyMatch(t -> t.from().equals(to.id()))) {
        return List.of(new StepWays(component, database).up(steps));
      }
      if (steps.stream().anyMatch(t -> t.from().equals(from.id()) && t.to().equals(to.id()))) {
        return List.of(); // down again is another question, with a verdict of its own
      }
      Optional<Method> tablesBack = tables.back(session, live, from, to);
      if (tablesBack.isPresent()) {
        return List.of(tablesBack.get());
      }
      Optional<Standing> twin =
          carry && kept && !live.release().equals(to.id())
              ? deeds.back().twin(scene).filter(t -> t.release().equals(to.id()))
              : Optional.empty();
      if (twin.isPresent()) {
        Forecast forecast = deeds.forecast(session, live, twin.get());
        costs.addAll(forecast.costs());
        return List.of(ways.takenBack(from, to, twin.get(), costs, forecast.losses()));
      }
      Optional<Method> across =
          kept && !live.release().equals(to.id())
              ? crossing.back(live, from, to, costs)
              : Optional.empty();
      if (across.isPresent()) {
        return List.of(across.get());
      }
      List<Source> found = usable(to.id(), scene);
      if (!found.isEmpty() && !live.release().equals(to.id())) {
        if (carry) {
          costs.addAll(exact().costs(live, to.id()));
          if (found.stream().anyMatch(s -> s.point().filter(p -> !p.exact()).isPresent())) {
            costs.add(
                "brought up from a restore point, which lies behind the snapshot, the databases are"
                    + " compared, slot or no slot");
          }
        }
        return new Choosing(sources, history, ways, crossing, clock.instant())
            .of(
                session,
                live,
                from,
                found,
                new Choosing.Price(costs, lost(live, found.getFirst())));
      }
      Optional<Standing> stands = scene.served(to.id());
      if (stands.isPresent() && carry && live.release().equals(to.id())) {
        List<Method> back = new ArrayList<>();
        if (promotable(from.id(), scene)) {
          crossing.wayBack(live, from, to).ifPresent(back::add);
        }
        back.add(ways.takenBack(from, to, live, costs, List.of()));
        return back;
      }
      if (stands.isPresent()) {
        if (carry) {
          costs.add(
              "nothing is carried over: what users wrote since that database was left is not known");
        }
        return List.of(ways.back(from, to, stands.get(), costs, lost(live, to)));
      }
      throw new PlatformUnreachable(
          to.id() + " is neither a snapshot, nor a dump, nor a database that was kept");
    } catch (SQLException e) {
      throw server.gone(e);
    }
  }

  /// Whether the way there goes over to the replica.
  private boolean promotable(String release, Scene scene) throws PlatformUnreachable {
    return sources
        .find(release, scene, Source.Form.PROMOTED.name())
        .filter(s -> s.unusable().isEmpty() && crossing.problem(s).isEmpty())
        .isPresent();
  }

  private List<String> lost(Standing live, Source source) throws PlatformUnreachable {
    return source.manifest().isPresent()
        ? new Counting(server, settings.stateTables())
            .lost(live, source.manifest().get(), Counting.since(source.manifest().get()))
        : uncounted(live, source.release());
  }

  /// To a kept database; nothing is lost by going to what is live.
  private List<String> lost(Standing live, Release to) throws PlatformUnreachable {
    if (live.release().equals(to.id())) {
      return List.of();
    }
    Optional<Manifest> before = baselines.of(live.oid());
    return before.isPresent()
        ? new Counting(server, settings.stateTables())
            .lost(live, before.get(), "since " + live.release() + " went live")
        : uncounted(live, to.id());
  }

  private static List<String> uncounted(Standing live, String to) {
    return List.of(
        "everything written to "
            + live.release()
            + " that is not in "
            + to
            + ": it cannot be counted beforehand");
  }

  /// Also those that will not do, when another one of the release does.
  private List<Source> usable(String release, Scene scene) throws PlatformUnreachable {
    List<Source> found = sources.find(release, scene);
    return found.stream().anyMatch(s -> s.unusable().isEmpty()) ? found : List.of();
  }

  @Override
  public Account account(Release to, Policy policy, List<String> queries)
      throws PlatformUnreachable, InterruptedException {
    Scene scene = scene();
    Release live = release(scene.present().release(), Optional.empty());
    if (live.is(to)) {
      throw new PlatformUnreachable(to.label() + " is live: there is nothing to account for");
    }
    // going over to a replica looks, and changes a server
    List<Method> ways =
        methods(live, to, false).stream().filter(m -> !m.name().equals(CrossingWays.NAME)).toList();
    return new Accounts(server, deeds)
        .of(
            to,
            ways,
            policy.knowing(settings.stateTables()),
            queries,
            sources.departure(to.id(), scene, server));
  }

  @Override
  public Optional<String> carrier() {
    return settings.migrations().map(MigrationSettings::of);
  }

  @Override
  public Judgement judge(Release live, Release target, Map<String, String> answers)
      throws PlatformUnreachable {
    return migrations().judge(live, target, answers);
  }

  private Verdicts migrations() throws PlatformUnreachable {
    return verdicts.orElseThrow(
        () -> new PlatformUnreachable(component + " has no `migrations` in the configuration"));
  }

  @Override
  public StepDown stepDown(Judgement judgement) throws PlatformUnreachable {
    if (migrations().keepsOnlyOne()) {
      throw new PlatformUnreachable(
          "its tool keeps only the newest version in its state table; step down with the tool itself");
    }
    return new StepWays(component, server.url().database())
        .down(scene().present().release(), judgement);
  }

  /// Steps that made what is live and could be taken up again.
  private List<StepBook.Taken> steps(Standing live) throws PlatformUnreachable {
    if (verdicts.isEmpty()) {
      return List.of();
    }
    try (Session session = server.patient(live.name(), Duration.ofSeconds(15))) {
      return StepBook.of(session, live.release());
    } catch (SQLException e) {
      throw server.gone(e);
    }
  }

  @Override
  public Sight look(Act act) {
    if (CrossingWays.knows(act)) {
      return crossing.parts().isPresent()
          ? new Crossing(crossing.parts().get()).look(act)
          : new Sight.Unclear(unconfigured());
    }
    Optional<String> elsewhere = crossing.elsewhere(act);
    if (elsewhere.isPresent()) {
      return new Sight.Failed(elsewhere.get()); // it will not come to the other server
    }
    if (TableDeeds.knows(act)) {
      return tableDeeds.look(act);
    }
    return Stepping.knows(act) ? stepping().look(act) : deeds.look(act);
  }

  @Override
  public Outcome act(Act act, String key) {
    if (CrossingWays.knows(act)) {
      return crossing.parts().isPresent()
          ? new Crossing(crossing.parts().get()).act(act)
          : new Outcome.Refused(unconfigured());
    }
    Optional<String> elsewhere = crossing.elsewhere(act);
    if (elsewhere.isPresent()) {
      return new Outcome.Refused(elsewhere.get());
    }
    if (TableDeeds.knows(act)) {
      return tableDeeds.act(act);
    }
    return Stepping.knows(act) ? stepping().act(act) : deeds.act(act);
  }

  private String unconfigured() {
    return component + " has no `replica.clients` any more, and the plan needs them";
  }

  /// @throws IllegalStateException if the configuration lost its migrations since the plan
  private Stepping stepping() {
    return new Stepping(
        server,
        settings
            .migrations()
            .orElseThrow(() ->
                new IllegalStateException(
                    component + " has no `migrations` any more, and the plan needs them")));
  }

  @Override
  public List<Exhibit> capture(Release release) {
    return new Exhibits(component, server).of(release.id());
  }

  @Override
  public Taken snapshot() throws PlatformUnreachable {
    return taking.take();
  }

  @Override
  public List<String> proven(String release) throws PlatformUnreachable {
    return exact().proven(scene(), release);
  }

  @Override
  public List<String> prune(Set<String> stay) throws PlatformUnreachable {
    if (settings.keep().isEmpty()) {
      return List.of();
    }
    List<String> removed = new ArrayList<>();
    String live = scene().present().release();
    try {
      List<Snapshots.Kept> old = sources.snapshots().all();
      for (Snapshots.Kept kept :
          old.subList(Math.min(settings.keep().get(), old.size()), old.size())) {
        if (!stay.contains(kept.id()) && !kept.id().equals(live)) {
          exact().let(scene(), kept.id());
          copies.remove(kept.id());
          sources.snapshots().remove(kept.id());
          removed.add(kept.id());
        }
      }
      return removed;
    } catch (IOException e) {
      throw new PlatformUnreachable("old snapshots: " + Why.of(e), e);
    }
  }
}
