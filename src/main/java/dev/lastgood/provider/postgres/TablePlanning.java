package dev.lastgood.provider.postgres;

import dev.lastgood.database.Catalog;
import dev.lastgood.database.CatalogReader;
import dev.lastgood.database.DatabaseTrouble;
import dev.lastgood.database.TableName;
import dev.lastgood.database.salvage.Confined;
import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import dev.lastgood.model.Text;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Leg;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Piecemeal.NoSuchPart;
import dev.lastgood.provider.Piecemeal.Piece;
import dev.lastgood.provider.PlatformUnreachable;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// How single tables get back to a snapshot or a dump, and from there back again.
///
/// @param carry whether rows written since are carried over
record TablePlanning(
    String component,
    Server server,
    Sources sources,
    History history,
    Counting counting,
    CarryingOver carrying,
    Duration writersWait,
    boolean carry) {
  private static final Duration LOOKING = Duration.ofSeconds(30);

  /// A larger set of tables is not tried while a plan is made.
  private static final long LARGEST = 16L << 30;

  /// @param session of the maintenance database
  /// @throws NoSuchPart when the snapshot has no such table
  /// @throws PlatformUnreachable when they cannot go back, with the reason
  Piece there(
      Session session, Scene scene, Release from, Release to, List<String> names, Instant now)
      throws SQLException, PlatformUnreachable, NoSuchPart {
    Standing live = scene.present();
    Source source = source(session, scene, to.id());
    try (Session inside = server.patient(live.name(), LOOKING)) {
      Catalog catalog = CatalogReader.read(inside.connection());
      SortedSet<TableName> tables =
          TableList.resolve(names, known(source, catalog.tables().keySet()), to.id());
      Ties ties = Ties.of(inside, tables);
      if (!ties.obstacles().isEmpty()) {
        throw new PlatformUnreachable(
            "single tables of "
                + live.name()
                + " cannot go back: "
                + String.join("; ", ties.obstacles())
                + ". The whole database can: leave out --tables");
      }
      List<String> costs = new ArrayList<>(costs(tables, catalog.tables().keySet(), ties));
      Preflight.Found found = Preflight.of(session, live, source);
      if (!found.missing().isEmpty()) {
        throw new PlatformUnreachable(
            "a rollback of tables of "
                + live.name()
                + " needs: "
                + String.join("; ", found.missing()));
      }
      long bytes = source.bytes() > 0 ? source.bytes() : live.bytes();
      costs.add(history.says(source, bytes, now));
      costs.addAll(found.notes());
      List<Leg> restored =
          new Ways(component, live.name(), writersWait, false, Pair.Side.PRIMARY)
                  .restore(from, source, history.expected(source, bytes), List.of(), List.of())
                  .legs()
                  .stream()
                  .filter(l -> l instanceof Act a && !a.verb().equals(Ways.SWITCH))
                  .toList();
      String release = TableWays.release(live.release(), to.id(), tables);
      Release mixed = new Release(component, release, Origin.UNKNOWN, Optional.empty());
      var ways = new TableWays(component, live.name(), writersWait, carry);
      long size = size(inside, tables);
      return new Piece(
          mixed,
          ways.there(
              from, to.id(), release, tables, restored, size, costs, lost(live, source, tables)),
          ways.back(mixed, from, tables, size, carry, List.of(), List.of()));
    }
  }

  private Source source(Session session, Scene scene, String release)
      throws SQLException, PlatformUnreachable {
    List<String> unfit = new ArrayList<>();
    for (Source source : sources.find(release, scene)) {
      Optional<String> problem =
          source.unusable().isPresent() ? source.unusable() : sources.problem(source, session);
      if (problem.isEmpty()) {
        return source;
      }
      unfit.add("not out of " + source.from() + ": " + problem.get());
    }
    throw new PlatformUnreachable(
        unfit.isEmpty()
            ? release + " is neither a snapshot nor a dump, and tables come out of no other state"
            : release + " cannot be brought up, " + String.join("; ", unfit));
  }

  /// Tables of the good state; of a dump nobody knows before it is restored, so those that are live
  /// stand for them.
  private static Set<TableName> known(Source source, Set<TableName> live) {
    if (source.manifest().isEmpty()) {
      return live;
    }
    Map<String, TableName> names = new HashMap<>();
    live.forEach(t -> names.put(t.schema() + "." + t.name(), t));
    Set<TableName> all = new TreeSet<>();
    for (String name : source.manifest().get().rows().keySet()) {
      int dot = name.indexOf('.');
      all.add(
          names.getOrDefault(name, new TableName(name.substring(0, dot), name.substring(dot + 1))));
    }
    return all;
  }

  private static List<String> costs(Set<TableName> tables, Set<TableName> live, Ties ties) {
    List<String> costs = new ArrayList<>();
    for (TableName table : tables) {
      if (!live.contains(table)) {
        costs.add(Text.plain(table + " is not live: it comes as it was"));
      }
    }
    if (!ties.in().isEmpty()) {
      costs.add(
          "refer to these tables, and must fit them as they were: "
              + String.join(", ", Ties.shown(ties.in())));
    }
    if (!ties.out().isEmpty()) {
      costs.add(
          "these tables refer to others, which stay as they are: "
              + String.join(", ", Ties.shown(ties.out())));
    }
    if (!ties.in().isEmpty() || !ties.out().isEmpty()) {
      costs.add(
          "foreign keys are looked at before the exchange and in it; what does not hold refuses it,"
              + " with the rows and the table to take along");
    }
    if (!ties.views().isEmpty()) {
      costs.add(
          "views that are made anew: "
              + Text.plain(String.join(", ", ties.views().stream().map(Ties.View::name).toList())));
    }
    costs.addAll(ties.notes());
    return costs;
  }

  private List<String> lost(Standing live, Source source, Set<TableName> tables)
      throws PlatformUnreachable {
    if (source.manifest().isEmpty()) {
      return List.of(
          "everything written to "
              + TableWays.shown(tables)
              + " that is not in "
              + source.release()
              + ": it cannot be counted beforehand");
    }
    Set<String> names = new TreeSet<>();
    tables.forEach(t -> names.add(t.schema() + "." + t.name()));
    Manifest manifest = source.manifest().get();
    return counting.lost(live, manifest, Counting.since(manifest), names::contains);
  }

  private static long size(Session inside, Set<TableName> tables) throws SQLException {
    long bytes = 0;
    for (TableName table : tables) {
      bytes +=
          inside.number(
              "select coalesce(pg_total_relation_size(to_regclass(?)), 0)", table.quoted());
    }
    return bytes;
  }

  // -- back -------------------------------------------------------------------------------------

  /// To the tables that were left when those came that are live, or from there; empty when it is
  /// another way.
  Optional<Method> back(Session turn, Standing live, Release from, Release to)
      throws SQLException, PlatformUnreachable {
    try (Session inside = server.patient(live.name(), LOOKING)) {
      Optional<TableSide> left = TableSide.left(inside, live);
      boolean there = left.filter(s -> s.is(to.id())).isPresent() && is(live, from);
      boolean again = left.filter(s -> s.is(from.id())).isPresent() && is(live, to);
      if (!there && !again) {
        return Optional.empty();
      }
      TableSide side = left.get();
      Set<TableName> tables = side.tables(inside);
      boolean carried = carry && carrying.noted(live);
      Forecast forecast =
          !there
              ? new Forecast(List.of(), List.of())
              : carried
                  ? forecast(turn, live, side, tables)
                  : new Forecast(
                      List.of(
                          "nothing is carried over: what users wrote since these tables came is not"
                              + " known"),
                      List.of(
                          "everything written to "
                              + TableWays.shown(tables)
                              + " since they came: it cannot be counted beforehand"));
      return Optional.of(
          new TableWays(component, live.name(), writersWait, carry)
              .back(from, to, tables, side.bytes(), carried, forecast.costs(), forecast.losses()));
    } catch (DatabaseTrouble e) {
      throw new PlatformUnreachable(String.valueOf(e.getMessage()), e);
    }
  }

  private static boolean is(Standing live, Release release) {
    return live.release().equals(release.id());
  }

  private Forecast forecast(Session turn, Standing live, TableSide side, Set<TableName> tables)
      throws SQLException, PlatformUnreachable {
    if (side.bytes() > LARGEST) {
      return Forecast.untried(Ways.megabytes(side.bytes()) + " are not tried beforehand");
    }
    try {
      return Turn.take(turn, live.name(), Duration.ZERO)
          ? Forecast.of(carrying.triedAmong(live, new Confined(side.schema(), tables)))
          : Forecast.untried("somebody else is at " + live.name() + " now");
    } catch (DatabaseTrouble e) {
      return Forecast.untried(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PlatformUnreachable("interrupted", e);
    }
  }

  /// What a person should know of tables that stand beside those that are live.
  List<String> notes(Session inside) throws SQLException {
    List<String> notes = new ArrayList<>();
    for (TableSide side : TableSide.all(inside)) {
      notes.add(
          side.kept()
              ? "the tables in "
                  + side.schema()
                  + " are kept ("
                  + side.marker().map(Marker::release).orElse("nobody says of what")
                  + ", "
                  + Ways.megabytes(side.bytes())
                  + "); when nobody needs them: drop schema "
                  + Quoted.name(side.schema())
                  + " cascade"
              : "the tables in "
                  + side.schema()
                  + " were left by a rollback that is not over; the next one of tables removes or"
                  + " uses them");
    }
    return notes;
  }
}
