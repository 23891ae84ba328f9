package dev.lastgood.database.salvage;

import dev.lastgood.database.Catalog.Column;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Reads whole rows of one side by their keys.
final class Rows {
  private static final int FETCH = 1_000;

  private Rows() {}

  /// By key, or by hash for a table without one: then every row with that hash is the same.
  static Map<List<String>, Row> fetch(
      Connection connection, TablePlan plan, Side side, List<List<String>> keys)
      throws SQLException {
    String what = columns(plan, side);
    String sql =
        plan.keyed()
            ? "select "
                + what
                + ", "
                + plan.readKey(side)
                + " from "
                + plan.keysAsTable()
                + " join "
                + plan.table(side).source()
                + " t on "
                + plan.onKey(side)
            : "select distinct on (h) "
                + what
                + ", "
                + plan.hash(side)
                + "::text as h from "
                + plan.table(side).source()
                + " t where "
                + plan.hash(side)
                + " in (select k::bigint from unnest(?::text[]) k) order by h";
    var rows = new HashMap<List<String>, Row>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setFetchSize(plan.wide() ? 4 : FETCH);
      bind(connection, statement, keys);
      try (ResultSet found = statement.executeQuery()) {
        while (found.next()) {
          add(rows, plan, side, found);
        }
      }
    }
    return rows;
  }

  private static void add(Map<List<String>, Row> rows, TablePlan plan, Side side, ResultSet found)
      throws SQLException {
    int width = plan.carried().size();
    int more = side == Side.LIVE ? plan.pair().added().size() : 0;
    var key = new ArrayList<String>();
    for (int i = 0; i < Math.max(1, plan.key().size()); i++) {
      key.add(found.getString(width + more + 2 + i));
    }
    rows.put(
        List.copyOf(key),
        new Row(
            values(found, 1, width),
            values(found, width + 1, more),
            found.getLong(width + more + 1)));
  }

  static @Nullable String[] values(ResultSet row, int from, int count) throws SQLException {
    var values = new @Nullable String[count];
    for (int i = 0; i < count; i++) {
      values[i] = row.getString(from + i);
    }
    return values;
  }

  private static String columns(TablePlan plan, Side side) {
    var columns = new ArrayList<String>();
    plan.carried().forEach(m -> columns.add(text(TablePlan.column(m, side))));
    if (side == Side.LIVE) {
      plan.pair().added().forEach(c -> columns.add(text(c)));
    }
    columns.add("t.xmin::text::bigint");
    return columns.stream().collect(Collectors.joining(", "));
  }

  static String text(Column column) {
    return "t." + column.quoted() + "::text";
  }

  /// @param from the first column of what [TablePlan#readKey] reads
  static List<String> key(ResultSet row, int from, TablePlan plan) throws SQLException {
    var key = new ArrayList<String>();
    for (int i = 0; i < plan.key().size(); i++) {
      key.add(row.getString(from + i));
    }
    return List.copyOf(key);
  }

  /// Which rows with these keys the good state has.
  static Set<List<String>> there(Connection good, TablePlan plan, List<List<String>> keys)
      throws SQLException {
    Set<List<String>> there = new HashSet<>();
    if (keys.isEmpty()) {
      return there;
    }
    String sql =
        "select "
            + plan.readKey(Side.GOOD)
            + " from "
            + plan.keysAsTable()
            + " join "
            + plan.table(Side.GOOD).source()
            + " t on "
            + plan.onKey(Side.GOOD);
    try (PreparedStatement ask = good.prepareStatement(sql)) {
      bind(good, ask, keys);
      try (ResultSet rows = ask.executeQuery()) {
        while (rows.next()) {
          there.add(key(rows, 1, plan));
        }
      }
    }
    return there;
  }

  /// Keys stand column by column: one array for each part of the key.
  static void bind(Connection connection, PreparedStatement statement, List<List<String>> keys)
      throws SQLException {
    int width = keys.getFirst().size();
    for (int i = 0; i < width; i++) {
      int at = i;
      statement.setArray(
          i + 1, connection.createArrayOf("text", keys.stream().map(k -> k.get(at)).toArray()));
    }
  }
}
