package dev.lastgood.database.salvage;

import dev.lastgood.database.Catalog;
import dev.lastgood.database.Catalog.ForeignKey;
import dev.lastgood.database.Catalog.Table;
import dev.lastgood.database.Quote;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Writes new rows that refer to one another, so that none of them can be the first: with null
/// where that is allowed, until all are there, and with rules that can be deferred deferred. A row
/// that does not come to be as users wrote it is taken back, with those that count on it.
final class Circles {
  private static final int AT_ONCE = 1_000;

  private final Connection good;
  private final Catalog catalog;
  private final Source source;
  private final Deferring rules;

  /// Gives the rows that wait.
  interface Source {
    /// @param batch gets inserts only, many at once
    void each(TablePlan plan, Batch batch) throws SQLException, java.io.IOException;
  }

  interface Batch {
    void of(List<Change> inserts) throws SQLException;
  }

  Circles(Connection good, Catalog catalog, Deferring rules, Source source) {
    this.good = good;
    this.catalog = catalog;
    this.source = source;
    this.rules = rules;
  }

  /// @param plans of the tables in which new rows wait, each with a key
  /// @return the keys of the rows that are there now
  Map<TablePlan, Set<List<String>>> close(List<TablePlan> plans)
      throws SQLException, java.io.IOException {
    Map<TablePlan, Set<List<String>>> hopeless = of(plans);
    Optional<Leaning> leaning = Optional.empty();
    long before;
    do {
      before = count(hopeless);
      Map<TablePlan, Set<List<String>>> there = of(plans);
      if (tried(plans, there, hopeless)) {
        return there;
      }
      if (leaning.isEmpty()) {
        leaning = Optional.of(Leaning.of(plans, source));
      }
      leaning.get().follow(hopeless);
    } while (count(hopeless) > before);
    return of(plans);
  }

  /// @return whether each row that was begun is as users wrote it; else none is there
  private boolean tried(
      List<TablePlan> plans,
      Map<TablePlan, Set<List<String>>> there,
      Map<TablePlan, Set<List<String>>> hopeless)
      throws SQLException, java.io.IOException {
    Savepoint before = good.setSavepoint();
    boolean whole = false;
    try {
      rules.defer();
      whole = written(plans, there, hopeless);
    } finally {
      if (!whole) {
        good.rollback(before);
        rules.atOnce();
      }
    }
    good.releaseSavepoint(before);
    return whole;
  }

  static Map<TablePlan, Set<List<String>>> of(Collection<TablePlan> plans) {
    var all =
        new TreeMap<TablePlan, Set<List<String>>>(java.util.Comparator.comparing(TablePlan::name));
    plans.forEach(p -> all.put(p, new HashSet<>()));
    return all;
  }

  static Set<List<String>> in(Map<TablePlan, Set<List<String>>> all, TablePlan plan) {
    return java.util.Objects.requireNonNull(all.get(plan));
  }

  private boolean written(
      List<TablePlan> plans,
      Map<TablePlan, Set<List<String>>> there,
      Map<TablePlan, Set<List<String>>> hopeless)
      throws SQLException, java.io.IOException {
    moving(plans, (plan, change) -> inserted(plan, change, there, hopeless), there);
    Map<TablePlan, Set<List<String>>> complete = of(plans);
    moving(plans, (plan, change) -> completed(plan, change, there, complete), complete);
    boolean whole = rules.holds();
    for (TablePlan plan : plans) {
      Set<List<String>> failed = new HashSet<>(in(there, plan));
      failed.removeAll(in(complete, plan));
      if (!whole) {
        failed.addAll(dangling(plan, List.copyOf(in(complete, plan))));
      }
      in(hopeless, plan).addAll(failed);
    }
    return whole && count(there) == count(complete);
  }

  /// What is to be written for a row; null: nothing.
  private interface Wanted {
    @Nullable Change of(TablePlan plan, Change insert);
  }

  /// Again and again, as long as one more fits.
  private void moving(List<TablePlan> plans, Wanted wanted, Map<TablePlan, Set<List<String>>> done)
      throws SQLException, java.io.IOException {
    long before;
    do {
      before = count(done);
      for (TablePlan plan : plans) {
        var writer = new Writer(good, plan, catalog, noting(in(done, plan)));
        source.each(
            plan,
            inserts -> {
              var changes = new ArrayList<Change>();
              for (Change insert : inserts) {
                Change change = wanted.of(plan, insert);
                if (change != null) {
                  changes.add(change);
                }
              }
              writer.write(changes);
            });
      }
    } while (count(done) > before);
  }

  static long count(Map<TablePlan, Set<List<String>>> all) {
    return all.values().stream().mapToLong(Set::size).sum();
  }

  static Writer.Result noting(Set<List<String>> done) {
    return new Writer.Result() {
      @Override
      public void applied(Change change) {
        done.add(change.key());
      }

      @Override
      public void refused(Change change, String reason, boolean again) {
        // it waits as before, with the reason it had
      }
    };
  }

  private static @Nullable Change inserted(
      TablePlan plan,
      Change insert,
      Map<TablePlan, Set<List<String>>> there,
      Map<TablePlan, Set<List<String>>> hopeless) {
    if (in(there, plan).contains(insert.key()) || in(hopeless, plan).contains(insert.key())) {
      return null;
    }
    Row row = insert.liveRow();
    var values = new @Nullable String[plan.carried().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = loose(plan, i) ? null : row.value(i);
    }
    return new Change(Change.Kind.INSERT, insert.key(), null, row.with(values), true);
  }

  private static @Nullable Change completed(
      TablePlan plan,
      Change insert,
      Map<TablePlan, Set<List<String>>> there,
      Map<TablePlan, Set<List<String>>> complete) {
    boolean waits =
        in(there, plan).contains(insert.key()) && !in(complete, plan).contains(insert.key());
    return waits
        ? new Change(Change.Kind.UPDATE, insert.key(), null, insert.liveRow(), true)
        : null;
  }

  /// A column of a foreign key that may be null for a while.
  private static boolean loose(TablePlan plan, int at) {
    var column = plan.carried().get(at).good();
    return !column.notNull()
        && !column.identityAlways()
        && plan.key().stream().noneMatch(k -> k.match().good().number() == column.number())
        && plan.table(Side.GOOD).foreignKeys().stream()
            .anyMatch(f -> f.columns().contains(column.number()));
  }

  /// Rows that refer to nothing, which a deferred rule has not noticed yet.
  private Set<List<String>> dangling(TablePlan plan, List<List<String>> keys) throws SQLException {
    Set<List<String>> all = new HashSet<>();
    for (ForeignKey foreign : plan.table(Side.GOOD).foreignKeys()) {
      if (!comparable(foreign)) {
        continue;
      }
      String sql = "select " + plan.readKey(Side.GOOD) + refersToNothing(plan, foreign);
      for (int i = 0; i < keys.size(); i += AT_ONCE) {
        try (PreparedStatement ask = good.prepareStatement(sql)) {
          Rows.bind(good, ask, keys.subList(i, Math.min(keys.size(), i + AT_ONCE)));
          try (ResultSet rows = ask.executeQuery()) {
            while (rows.next()) {
              all.add(Rows.key(rows, 1, plan));
            }
          }
        }
      }
    }
    return all;
  }

  /// Rules that are not kept, and those of periods, are not about one row for each.
  static boolean comparable(ForeignKey foreign) {
    return !foreign.definition().contains(" NOT ENFORCED")
        && !foreign.definition().contains(", PERIOD ");
  }

  private String refersToNothing(TablePlan plan, ForeignKey foreign) {
    Table table = plan.table(Side.GOOD);
    Table parent = catalog.tables().get(foreign.to());
    var given = new ArrayList<String>();
    var equal = new ArrayList<String>();
    for (int i = 0; i < foreign.columns().size(); i++) {
      String column = "t." + table.column(foreign.columns().get(i)).orElseThrow().quoted();
      given.add(column + " is not null");
      equal.add("p." + Quote.name(foreign.toColumns().get(i)) + " = " + column);
    }
    return " from "
        + plan.keysAsTable()
        + " join "
        + table.source()
        + " t on "
        + plan.onKey(Side.GOOD)
        + " where "
        + String.join(" and ", given)
        + " and not exists (select from "
        + (parent == null ? foreign.to().quoted() : parent.source())
        + " p where "
        + String.join(" and ", equal)
        + ")";
  }
}
