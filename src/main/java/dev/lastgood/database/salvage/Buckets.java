package dev.lastgood.database.salvage;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Sums of hashes by groups of keys. Most groups of a large table are equal on both sides, and then
/// no row of them is sent anywhere. A group is a range of an integer key, which an index finds
/// again; of other keys it is what shares some bits of the hash of the key.
final class Buckets {
  /// Tables with fewer rows are read whole.
  private static final long LARGE = 20_000;

  /// Keys in one group, as a power of two: small enough that few changes do not touch all, large
  /// enough that the sums are far fewer than the rows.
  private static final int SMALLEST = 5;

  private static final long MOST_GROUPS = 1L << 20;

  private final TablePlan plan;
  private final boolean rows;
  private final int shift;

  /// @param rows whether rows are compared, or only which keys there are
  Buckets(TablePlan plan, boolean rows) {
    this.plan = plan;
    this.rows = rows;
    int wanted = SMALLEST;
    while (most(plan) >> wanted > MOST_GROUPS) {
      wanted++;
    }
    this.shift = wanted;
  }

  static boolean fit(TablePlan plan) {
    return plan.keyed() && most(plan) >= LARGE;
  }

  private static long most(TablePlan plan) {
    return Math.max(plan.table(Side.GOOD).rows(), plan.table(Side.LIVE).rows());
  }

  private boolean ranges() {
    return plan.key().size() == 1 && plan.key().getFirst().kind() == KeyColumn.Kind.INTEGER;
  }

  /// Some rows of a table.
  ///
  /// @param sql what stands after `from` and calls the rows `t`; each `?` is one of the arrays
  /// @param arrays of numbers
  /// @param indexed whether an index finds them
  record Part(String sql, List<List<Long>> arrays, boolean indexed) {
    boolean none() {
      return arrays.getFirst().isEmpty();
    }
  }

  private record Sum(long group, long rows, long hash) {}

  /// What differs.
  ///
  /// @param most whether it is so much that reading all is quicker
  record Unequal(Part good, Part live, boolean most, long goodRows, long liveRows) {}

  Unequal unequal(Connection good, Connection live) throws SQLException, IOException {
    var groups = new ArrayList<Long>();
    long all = 0;
    long goodRows = 0;
    long liveRows = 0;
    try (Statement here = good.createStatement();
        Statement there = live.createStatement()) {
      Both<ResultSet> sums = Both.ask(() -> sums(here, Side.GOOD), () -> sums(there, Side.LIVE));
      Sum a = next(sums.good());
      Sum b = next(sums.live());
      while (a.rows() > 0 || b.rows() > 0) {
        all++;
        boolean mine = b.rows() == 0 || (a.rows() > 0 && a.group() <= b.group());
        boolean theirs = a.rows() == 0 || (b.rows() > 0 && b.group() <= a.group());
        if (!a.equals(b)) {
          groups.add(mine ? a.group() : b.group());
        }
        if (mine) {
          goodRows += a.rows();
          a = next(sums.good());
        }
        if (theirs) {
          liveRows += b.rows();
          b = next(sums.live());
        }
      }
    }
    return new Unequal(
        part(groups, Side.GOOD),
        part(groups, Side.LIVE),
        groups.size() > all / 3,
        goodRows,
        liveRows);
  }

  /// @return with no rows at the end
  private static Sum next(ResultSet sums) throws SQLException {
    return sums.next() ? new Sum(sums.getLong(1), sums.getLong(2), sums.getLong(3)) : END;
  }

  private static final Sum END = new Sum(0, 0, 0);

  private ResultSet sums(Statement statement, Side side) throws SQLException {
    String sql = ranges() ? byRange(side) : byHash(side);
    statement.setFetchSize(20_000);
    return statement.executeQuery(sql);
  }

  private String byRange(Side side) {
    String key = number(side);
    String hash = "hashint8extended(" + (rows ? plan.hash(side) + ", " + key : key + ", 0") + ")";
    return "select %s >> %d, count(*), bit_xor(%s) from %s t group by 1 order by 1"
        .formatted(key, shift, hash, plan.table(side).source());
  }

  /// The hash of the key is made once a row.
  private String byHash(Side side) {
    return "select k & %d, count(*), bit_xor(%s) from (select %s as k%s from %s t offset 0) x group by 1 order by 1"
        .formatted(
            mask(),
            rows ? "hashint8extended(h, k)" : "k",
            number(side),
            rows ? ", " + plan.hash(side) + " as h" : "",
            plan.table(side).source());
  }

  private long mask() {
    return (Long.highestOneBit(Math.max(1, most(plan) >> shift)) << 1) - 1;
  }

  /// The key as one number: itself, or its hash.
  private String number(Side side) {
    if (ranges()) {
      return column(side) + "::bigint";
    }
    return "hash_record_extended(row("
        + plan.key().stream().map(k -> k.hashed(side)).collect(Collectors.joining(", "))
        + "), 0)";
  }

  private String column(Side side) {
    return "t." + TablePlan.column(plan.key().getFirst().match(), side).quoted();
  }

  private Part part(List<Long> groups, Side side) {
    if (!ranges()) {
      return new Part(
          plan.table(side).source()
              + " t join unnest(?::bigint[]) g(n) on "
              + number(side)
              + " & "
              + mask()
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
    return new Part(
        "unnest(?::bigint[], ?::bigint[]) r(first, last) cross join lateral (select * from "
            + plan.table(side).source()
            + " t where "
            + column(side)
            + " between r.first and r.last offset 0) t",
        List.of(from, to),
        true);
  }
}
