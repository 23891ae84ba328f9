package dev.lastgood.database.salvage;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/// Sums of hashes by groups of keys. Most groups of a large table are equal on both sides, and then
/// no row of them is sent anywhere.
final class Buckets {
  /// Tables with fewer rows are read whole.
  private static final long LARGE = 20_000;

  /// Enough for the sums of ten million rows; of more, the server puts some aside.
  private static final String MEMORY =
      "select set_config('work_mem', greatest(pg_size_bytes(current_setting('work_mem')) >> 10, 64 << 10) || 'kB', true)";

  private final TablePlan plan;
  private final boolean rows;

  /// @param rows whether rows are compared, or only which keys there are
  Buckets(TablePlan plan, boolean rows) {
    this.plan = plan;
    this.rows = rows;
  }

  static boolean fit(TablePlan plan) {
    return plan.keyed() && most(plan) >= LARGE;
  }

  private static long most(TablePlan plan) {
    return Math.max(plan.table(Side.GOOD).rows(), plan.table(Side.LIVE).rows());
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
    Groups by = Groups.of(plan, most(plan), live);
    var groups = new ArrayList<Long>();
    long all = 0;
    long goodRows = 0;
    long liveRows = 0;
    try (Statement here = good.createStatement();
        Statement there = live.createStatement()) {
      Both<ResultSet> sums =
          Both.ask(() -> sums(here, by, Side.GOOD), () -> sums(there, by, Side.LIVE));
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
        by.part(groups, Side.GOOD),
        by.part(groups, Side.LIVE),
        groups.size() > all * 3 / 4,
        goodRows,
        liveRows);
  }

  /// @return with no rows at the end
  private static Sum next(ResultSet sums) throws SQLException {
    return sums.next() ? new Sum(sums.getLong(1), sums.getLong(2), sums.getLong(3)) : END;
  }

  private static final Sum END = new Sum(0, 0, 0);

  private ResultSet sums(Statement statement, Groups by, Side side) throws SQLException {
    statement.execute(MEMORY);
    statement.setFetchSize(20_000);
    return statement.executeQuery(by.sums(side, rows ? plan.hash(side) : "0"));
  }
}
