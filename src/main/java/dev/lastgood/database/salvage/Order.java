package dev.lastgood.database.salvage;

import dev.lastgood.database.Catalog.ForeignKey;
import dev.lastgood.database.TableName;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Tables with those that others refer to first. A circle is cut anywhere: rows that come too early
/// are tried again.
final class Order {
  private final Map<TableName, Found> found = new TreeMap<>();
  private final Set<TableName> ordered = new LinkedHashSet<>();
  private final Set<TableName> entered = new LinkedHashSet<>();

  private Order(List<Found> tables) {
    tables.forEach(f -> found.put(f.plan.name(), f));
  }

  static List<Found> parentsFirst(List<Found> tables) {
    var order = new Order(tables);
    order.found.keySet().forEach(order::visit);
    var sorted = new ArrayList<Found>();
    for (TableName name : order.ordered) {
      Found table = order.found.get(name);
      if (table != null) {
        sorted.add(table);
      }
    }
    return sorted;
  }

  private void visit(TableName name) {
    Found table = found.get(name);
    if (table == null || !entered.add(name)) {
      return;
    }
    for (ForeignKey foreign : table.plan.table(Side.GOOD).foreignKeys()) {
      visit(foreign.to());
    }
    ordered.add(name);
  }
}
