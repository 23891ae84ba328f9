package dev.lastgood.database.salvage;

import dev.lastgood.database.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// How the keys of a large table fall into groups, on both sides alike. Where the key begins with
/// an integer of many values, a group is a range of it: an index finds it again, and rows that lie
/// beside each other mostly fall into one, so that the server has its sum at hand. Of other keys it
/// is what shares some bits of the hash of the key.
final class Groups {
  /// Rows in one range, as a power of two: small enough that few changes do not touch all, large
  /// enough that the sums are far fewer than the rows.
  private static final int SMALLEST = 5;

  private static final long MOST_RANGES = 1L << 20;

  /// Each row goes to another sum than the one before: with more of them than a processor keeps at
  /// hand this takes longer than all the hashing.
  private static final long HASHED = 1L << 12;

  /// Rows in one group of a very large table.
  private static final int HASHED_SHIFT = 11;

  private final TablePlan plan;
  private final boolean ranges;
  private final int shift;
  private final long mask;

  private Groups(TablePlan plan, long rows, double perValue) {
    this.plan = plan;
    this.ranges = perValue < 1 << SMALLEST;
    long values = (long) (rows / perValue);
    int wanted = SMALLEST;
    while (wanted > 0 && perValue * (1 << wanted) > 2 << SMALLEST) {
      wanted--;
    }
    while (values >> wanted > MOST_RANGES) {
      wanted++;
    }
    this.shift = wanted;
    long groups = Math.min(rows >> SMALLEST, Math.max(HASHED, rows >> HASHED_SHIFT));
    this.mask = Long.highestOneBit(Math.max(2, groups)) - 1;
  }

  /// @param rows about how many there are
  /// @param live is asked how often the first part of the key repeats
  static Groups of(TablePlan plan, long rows, Connection live) throws SQLException {
    if (plan.key().getFirst().kind() != KeyColumn.Kind.INTEGER) {
      return new Groups(plan, rows, Double.POSITIVE_INFINITY);
    }
    return new Groups(plan, rows, plan.key().size() == 1 ? 1 : perValue(plan, rows, live));
  }

  private static double perValue(TablePlan plan, long rows, Connection live) throws SQLException {
    TableName table = plan.table(Side.LIVE).name();
    try (PreparedStatement statement =
        live.prepareStatement(
            "select n_distinct from pg_catalog.pg_stats where schemaname = ? and tablename = ? and attname = ?"
                + " order by inherited limit 1")) {
      statement.setString(1, table.schema());
      statement.setString(2, table.name());
      statement.setString(3, plan.key().getFirst().match().live().name());
      try (ResultSet row = statement.executeQuery()) {
        double distinct = row.next() ? row.getDouble(1) : 0;
        double values = distinct < 0 ? -distinct * rows : distinct;
        return values == 0 ? Double.POSITIVE_INFINITY : Math.max(1, rows / values);
      }
    }
  }

  /// Asks for the number of each group, of its rows, and what their hashes are together. A row's
  /// hash is mixed with its key, so that rows that change places are noticed. The inner select
  /// hides from the server how many keys there are: it would take each for a group and sort whole
  /// rows.
  ///
  /// @param hash of a row
  String sums(Side side, String hash) {
    return "select %s, count(*), bit_xor(%s) from (select %s as k, %s as h from %s t offset 0) x group by 1 order by 1"
        .formatted(
            ranges ? "k" : "k & " + mask,
            ranges ? "h" : mixed("k", "h"),
            ranges ? first(side) + "::bigint >> " + shift : key(side),
            ranges ? mixed(key(side), hash) : hash,
            plan.table(side).source());
  }

  /// The whole hash of the row is the start: of the other one only 32 bits count.
  private static String mixed(String key, String hash) {
    return "hashint8extended(" + key + ", " + hash + ")";
  }

  /// The key as one number: itself, or its hash.
  private String key(Side side) {
    if (ranges && plan.key().size() == 1) {
      return first(side) + "::bigint";
    }
    var parts = new ArrayList<String>();
    for (KeyColumn column : plan.key()) {
      parts.add(column.hash(side, parts.size()));
    }
    return "(" + String.join(" # ", parts) + ")";
  }

  private String first(Side side) {
    return "t." + TablePlan.column(plan.key().getFirst().match(), side).quoted();
  }

  /// The rows of these groups, which come in order.
  Buckets.Part part(List<Long> groups, Side side) {
    if (!ranges) {
      return new Buckets.Part(
          plan.table(side).source()
              + " t join unnest(?::bigint[]) g(n) on "
              + key(side)
              + " & "
              + mask
              + " = g.n",
          List.of(groups),
          false);
    }
    var from = new ArrayList<Long>();
    var to = new ArrayList<Long>();
    for (long group : groups) {
      long first = group << shift;
      long last = first + (1L << shift) - 1;
      if (!to.isEmpty() && to.getLast() == first - 1) {
        to.set(to.size() - 1, last); // neighbours are read together
      } else {
        from.add(first);
        to.add(last);
      }
    }
    // of the server's own choice it may read the table once and look at every range for each row:
    // it believes that a range holds a ninth of a table
    return new Buckets.Part(
        "unnest(?::bigint[], ?::bigint[]) r(first, last) cross join lateral (select * from "
            + plan.table(side).source()
            + " t where "
            + first(side)
            + " between r.first and r.last offset 0) t",
        List.of(from, to),
        true);
  }
}
