package dev.lastgood.database.salvage;

import dev.lastgood.database.Catalog;
import dev.lastgood.database.Catalog.ForeignKey;
import dev.lastgood.database.Catalog.Table;
import dev.lastgood.database.Quote;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Which rows must stay because a row refers to them that stays. Of the rows that are to be
/// deleted, only those are kept in memory that refer to one another.
final class Needing {
  private static final int FETCH = 1_000;

  private final Connection good;

  /// By the row that refers: those to which it does.
  private final Map<At, List<At>> parents = new HashMap<>();

  private final ArrayDeque<At> staying = new ArrayDeque<>();

  private record At(TablePlan plan, List<String> key) {}

  private Needing(Connection good) {
    this.good = good;
  }

  /// @param wanted rows that are to be deleted
  static Needing of(Connection good, Catalog catalog, Map<TablePlan, Set<List<String>>> wanted)
      throws SQLException {
    var needing = new Needing(good);
    for (Table child : catalog.tables().values()) {
      Optional<TablePlan> deleted =
          wanted.keySet().stream().filter(p -> p.name().equals(child.name())).findFirst();
      for (ForeignKey foreign : child.foreignKeys()) {
        for (TablePlan plan : wanted.keySet()) {
          if (plan.name().equals(foreign.to()) && Circles.comparable(foreign)) {
            needing.read(plan, child, foreign, deleted, wanted);
          }
        }
      }
    }
    return needing;
  }

  private void read(
      TablePlan plan,
      Table child,
      ForeignKey foreign,
      Optional<TablePlan> deleted,
      Map<TablePlan, Set<List<String>>> wanted)
      throws SQLException {
    String sql = referring(plan, child, foreign, deleted);
    for (List<List<String>> keys : Deleting.parts(Circles.in(wanted, plan))) {
      try (PreparedStatement ask = good.prepareStatement(sql)) {
        ask.setFetchSize(FETCH);
        Rows.bind(good, ask, keys);
        try (ResultSet rows = ask.executeQuery()) {
          while (rows.next()) {
            var parent = new At(plan, Rows.key(rows, 1, plan));
            Optional<At> row = Optional.empty();
            if (deleted.isPresent()) {
              row =
                  Optional.of(
                      new At(deleted.get(), Rows.key(rows, 1 + plan.key().size(), deleted.get())));
            }
            if (row.filter(r -> Circles.in(wanted, r.plan()).contains(r.key())).isPresent()) {
              parents.computeIfAbsent(row.get(), _ -> new ArrayList<>()).add(parent);
            } else {
              staying.add(parent);
            }
          }
        }
      }
    }
  }

  /// The key of each row, and of each that refers to it where that may be deleted as well.
  private static String referring(
      TablePlan plan, Table child, ForeignKey foreign, Optional<TablePlan> deleted) {
    var names = new ArrayList<String>();
    var read = new ArrayList<String>();
    var equal = new ArrayList<String>();
    for (int i = 0; i < foreign.columns().size(); i++) {
      names.add("f" + i);
      read.add("t." + Quote.name(foreign.toColumns().get(i)));
      equal.add(
          "t." + child.column(foreign.columns().get(i)).orElseThrow().quoted() + " = p.f" + i);
    }
    var keys = new ArrayList<String>();
    for (int i = 0; i < plan.key().size(); i++) {
      names.add("g" + i);
      keys.add("p.g" + i);
    }
    String key = String.join(", ", keys);
    return "select "
        + key
        + deleted.map(d -> ", " + d.readKey(Side.GOOD)).orElse("")
        + " from (select "
        + String.join(", ", read)
        + ", "
        + plan.readKey(Side.GOOD)
        + " from "
        + plan.keysAsTable()
        + " join "
        + plan.table(Side.GOOD).source()
        + " t on "
        + plan.onKey(Side.GOOD)
        + ") p("
        + String.join(", ", names)
        + ")"
        + (deleted.isPresent()
            ? " join " + child.source() + " t on " + String.join(" and ", equal)
            : " where exists (select from "
                + child.source()
                + " t where "
                + String.join(" and ", equal)
                + ")");
  }

  void stays(TablePlan plan, Set<List<String>> keys) {
    keys.forEach(k -> staying.add(new At(plan, k)));
  }

  /// Takes out what stays, and what is needed by it.
  void follow(Map<TablePlan, Set<List<String>>> wanted) {
    while (!staying.isEmpty()) {
      At row = staying.remove();
      Circles.in(wanted, row.plan()).remove(row.key());
      for (At parent : parents.getOrDefault(row, List.of())) {
        if (Circles.in(wanted, parent.plan()).contains(parent.key())) {
          staying.add(parent);
        }
      }
    }
  }
}
