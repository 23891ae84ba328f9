package dev.lastgood.database.salvage;

import dev.lastgood.database.Catalog;
import dev.lastgood.database.TableName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Changes of a replay that wait for one another, since their rows refer to one another: deleted
/// rows go together, and new ones come together.
final class Mutual {
  private final Connection good;
  private final Catalog catalog;
  private @Nullable Deferring rules;

  Mutual(Connection good, Catalog catalog) {
    this.good = good;
    this.catalog = catalog;
  }

  /// @param waiting of tables with a key; no two of one row
  /// @return those that are done now
  Set<Net> done(List<Net> waiting) throws SQLException {
    Set<Net> done = gone(all(waiting, Net.Kind.DELETE));
    done.addAll(come(all(waiting, Net.Kind.INSERT)));
    return done;
  }

  /// By table and key. Of new rows only those of the newest form of their table: values of another
  /// form are at other places.
  private static Map<TablePlan, Map<List<String>, Net>> all(List<Net> waiting, Net.Kind kind) {
    var newest = new HashMap<TableName, TablePlan>();
    waiting.stream().filter(n -> n.kind == kind).forEach(n -> newest.put(n.plan.name(), n.plan));
    var all = new TreeMap<TablePlan, Map<List<String>, Net>>(Comparator.comparing(TablePlan::name));
    for (Net net : waiting) {
      boolean fits = kind == Net.Kind.DELETE || net.plan.equals(newest.get(net.plan.name()));
      if (net.kind == kind && net.plan.keyed() && fits) {
        all.computeIfAbsent(net.plan, _ -> new HashMap<>()).put(net.key, net);
      }
    }
    return all;
  }

  private Set<Net> gone(Map<TablePlan, Map<List<String>, Net>> deleted) throws SQLException {
    if (deleted.isEmpty()) {
      return new HashSet<>();
    }
    Map<TablePlan, Set<List<String>>> keys = Circles.of(deleted.keySet());
    deleted.forEach((plan, nets) -> Circles.in(keys, plan).addAll(nets.keySet()));
    new Deleting(good, catalog, rules()).together(keys);
    return those(deleted, keys);
  }

  private Set<Net> come(Map<TablePlan, Map<List<String>, Net>> inserted) throws SQLException {
    if (inserted.isEmpty()) {
      return Set.of();
    }
    Circles.Source source =
        (plan, batch) -> {
          var changes = new ArrayList<Change>();
          for (Net net : inserted.getOrDefault(plan, Map.of()).values()) {
            changes.add(new Change(Change.Kind.INSERT, net.key, null, net.row(plan), true));
          }
          batch.of(changes);
        };
    try {
      return those(
          inserted,
          new Circles(good, catalog, rules(), source).close(List.copyOf(inserted.keySet())));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // nothing is read from a file here
    }
  }

  private static Set<Net> those(
      Map<TablePlan, Map<List<String>, Net>> all, Map<TablePlan, Set<List<String>>> keys) {
    var those = new HashSet<Net>();
    all.forEach((plan, nets) ->
        nets.forEach((key, net) -> {
          if (Circles.in(keys, plan).contains(key)) {
            those.add(net);
          }
        }));
    return those;
  }

  private Deferring rules() throws SQLException {
    if (rules == null) {
      rules = new Deferring(good, catalog);
    }
    return rules;
  }
}
