package dev.lastgood.database.salvage;

import dev.lastgood.database.Catalog.ForeignKey;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which of the rows that wait refer to which others of them, by the values users wrote. Values
/// that are equal but spelled otherwise are not found.
final class Leaning {
  private final Map<At, List<At>> children = new HashMap<>();

  /// A row that waits.
  record At(TablePlan plan, List<String> key) {}

  /// What a foreign key looks for: some columns of a table, with values.
  private record Wanted(TablePlan plan, List<String> columns, List<String> values) {}

  /// @param source gives the rows that wait, of each plan
  static Leaning of(List<TablePlan> plans, Circles.Source source) throws SQLException, IOException {
    var leaning = new Leaning();
    var referring = new HashMap<Wanted, List<At>>();
    for (TablePlan plan : plans) {
      source.each(plan, rows -> rows.forEach(r -> refers(plans, plan, r, referring)));
    }
    for (TablePlan plan : plans) {
      List<List<String>> looked =
          referring.keySet().stream()
              .filter(w -> w.plan().equals(plan))
              .map(Wanted::columns)
              .distinct()
              .toList();
      source.each(
          plan,
          rows -> {
            for (Change row : rows) {
              for (List<String> columns : looked) {
                leaning.add(plan, row, columns, referring);
              }
            }
          });
    }
    return leaning;
  }

  private static void refers(
      List<TablePlan> plans, TablePlan plan, Change row, Map<Wanted, List<At>> referring) {
    for (ForeignKey foreign : plan.table(Side.GOOD).foreignKeys()) {
      if (!Circles.comparable(foreign)) {
        continue;
      }
      List<String> columns =
          foreign.columns().stream()
              .map(n -> plan.table(Side.GOOD).column(n).orElseThrow().name())
              .toList();
      List<String> values = values(plan, row, columns);
      plans.stream()
          .filter(p -> !values.isEmpty() && p.name().equals(foreign.to()))
          .forEach(p ->
              referring
                  .computeIfAbsent(
                      new Wanted(p, foreign.toColumns(), values), _ -> new ArrayList<>())
                  .add(new At(plan, row.key())));
    }
  }

  private void add(
      TablePlan plan, Change row, List<String> columns, Map<Wanted, List<At>> referring) {
    List<At> those =
        referring.getOrDefault(new Wanted(plan, columns, values(plan, row, columns)), List.of());
    if (!those.isEmpty()) {
      children.computeIfAbsent(new At(plan, row.key()), _ -> new ArrayList<>()).addAll(those);
    }
  }

  /// Empty when one of them is null or not carried.
  private static List<String> values(TablePlan plan, Change row, List<String> columns) {
    var values = new ArrayList<String>();
    for (String column : columns) {
      for (int i = 0; i < plan.carried().size(); i++) {
        @Nullable String value = row.liveRow().value(i);
        if (value != null && plan.carried().get(i).good().name().equals(column)) {
          values.add(value);
        }
      }
    }
    return values.size() == columns.size() ? List.copyOf(values) : List.of();
  }

  /// Adds the rows that refer to those which are there already, and what refers to them.
  void follow(Map<TablePlan, Set<List<String>>> rows) {
    var open = new ArrayDeque<At>();
    rows.forEach((plan, keys) -> keys.forEach(k -> open.add(new At(plan, k))));
    while (!open.isEmpty()) {
      for (At child : children.getOrDefault(open.remove(), List.of())) {
        if (Objects.requireNonNull(rows.get(child.plan())).add(child.key())) {
          open.add(child);
        }
      }
    }
  }
}
