package dev.lastgood.database.salvage;

import dev.lastgood.database.Catalog;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Deletes rows that refer to one another, so that none of them can be the first: all of those to
/// which no row refers that stays. What the rules do to rows that refer to a deleted one is then
/// done to deleted rows only.
final class Deleting {
  private static final int AT_ONCE = 1_000;

  private final Connection good;
  private final Catalog catalog;
  private final Deferring rules;

  Deleting(Connection good, Catalog catalog, Deferring rules) {
    this.good = good;
    this.catalog = catalog;
    this.rules = rules;
  }

  /// @param waiting rows that were deleted, of tables with a key, children before parents; those
  ///   that stay are taken out of it
  void together(Map<TablePlan, Set<List<String>>> waiting) throws SQLException {
    Needing needing = Needing.of(good, catalog, waiting);
    needing.follow(waiting);
    while (Circles.count(waiting) > 0) {
      Optional<Map<TablePlan, Set<List<String>>>> left = tried(waiting);
      if (left.isEmpty()) {
        waiting.values().forEach(Set::clear);
        return;
      }
      if (Circles.count(left.get()) == 0) {
        return;
      }
      left.get().forEach((plan, keys) -> Circles.in(waiting, plan).removeAll(keys));
      left.get().forEach(needing::stays);
      needing.follow(waiting);
    }
  }

  /// @return the rows that could not be deleted, and then none is; empty when it cannot be told
  ///   which
  private Optional<Map<TablePlan, Set<List<String>>>> tried(
      Map<TablePlan, Set<List<String>>> wanted) throws SQLException {
    Savepoint before = good.setSavepoint();
    boolean done = false;
    try {
      rules.defer();
      Map<TablePlan, Set<List<String>>> left = deleted(wanted);
      boolean holds = rules.holds();
      done = holds && Circles.count(left) == 0;
      return Optional.of(left).filter(l -> holds || Circles.count(l) > 0);
    } finally {
      if (!done) {
        good.rollback(before);
        rules.atOnce();
      }
      good.releaseSavepoint(before);
    }
  }

  /// Again and again, as long as one more can go.
  private Map<TablePlan, Set<List<String>>> deleted(Map<TablePlan, Set<List<String>>> wanted)
      throws SQLException {
    Map<TablePlan, Set<List<String>>> left = Circles.of(wanted.keySet());
    wanted.forEach((plan, keys) -> Circles.in(left, plan).addAll(keys));
    long before;
    do {
      before = Circles.count(left);
      for (TablePlan plan : wanted.keySet()) {
        Set<List<String>> done = new HashSet<>();
        var writer = new Writer(good, plan, catalog, Circles.noting(done));
        for (List<List<String>> keys : parts(Circles.in(left, plan))) {
          writer.deleteWith(
              keys.stream().map(k -> new Change(Change.Kind.DELETE, k, null, null, true)).toList());
        }
        Circles.in(left, plan).removeAll(done);
      }
    } while (Circles.count(left) < before);
    for (TablePlan plan : wanted.keySet()) {
      Circles.in(left, plan).addAll(there(plan, Circles.in(wanted, plan)));
    }
    return left;
  }

  private Set<List<String>> there(TablePlan plan, Set<List<String>> keys) throws SQLException {
    Set<List<String>> there = new HashSet<>();
    for (List<List<String>> part : parts(keys)) {
      there.addAll(Rows.there(good, plan, part));
    }
    return there;
  }

  static List<List<List<String>>> parts(Set<List<String>> keys) {
    List<List<String>> all = List.copyOf(keys);
    var parts = new ArrayList<List<List<String>>>();
    for (int i = 0; i < all.size(); i += AT_ONCE) {
      parts.add(all.subList(i, Math.min(all.size(), i + AT_ONCE)));
    }
    return parts;
  }
}
