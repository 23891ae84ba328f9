package dev.lastgood.database.salvage;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/// Sums of the row hashes by ranges of an integer key. Most ranges of a large table are equal on
/// both sides, and then no row of them is sent anywhere.
final class Buckets {
  /// Tables with fewer rows are read whole.
  private static final long LARGE = 20_000;

  /// Keys in one bucket, as a power of two: small enough that few changes do not touch all, large
  /// enough that the sums are far fewer than the rows.
  private static final int SMALLEST = 7;

  private static final long MOST_BUCKETS = 1L << 20;

  private final TablePlan plan;
  private final int shift;

  Buckets(TablePlan plan) {
    this.plan = plan;
    int wanted = SMALLEST;
    while (rows(plan) >> wanted > MOST_BUCKETS) {
      wanted++;
    }
    this.shift = wanted;
  }

  static boolean fit(TablePlan plan) {
    return plan.key().size() == 1
        && plan.key().getFirst().kind() == KeyColumn.Kind.INTEGER
        && rows(plan) >= LARGE;
  }

  private static long rows(TablePlan plan) {
    return Math.max(plan.table(Side.GOOD).rows(), plan.table(Side.LIVE).rows());
  }

  /// Keys from the first to the last, both included.
  record Range(long from, long to) {}

  private record Sum(long rows, long hash) {}

  /// The ranges in which something differs, in order.
  List<Range> unequal(Connection good, Connection live, Found found) throws SQLException {
    var here = new HashMap<Long, Sum>();
    var there = new HashMap<Long, Sum>();
    both(good, live, here, there);
    here.values().forEach(s -> found.goodRows += s.rows());
    there.values().forEach(s -> found.liveRows += s.rows());
    var all = new TreeSet<>(here.keySet());
    all.addAll(there.keySet());
    var ranges = new ArrayList<Range>();
    for (long bucket : all) {
      Sum a = here.get(bucket);
      if (a == null || !a.equals(there.get(bucket))) {
        add(ranges, bucket);
      }
    }
    return ranges;
  }

  /// Neighbours are read together.
  private void add(List<Range> ranges, long bucket) {
    long from = bucket << shift;
    long to = from + (1L << shift) - 1;
    if (!ranges.isEmpty() && ranges.getLast().to() == from - 1) {
      ranges.set(ranges.size() - 1, new Range(ranges.getLast().from(), to));
    } else {
      ranges.add(new Range(from, to));
    }
  }

  private void both(Connection good, Connection live, Map<Long, Sum> here, Map<Long, Sum> there)
      throws SQLException {
    CompletableFuture<Optional<SQLException>> other =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                sums(good, Side.GOOD, here);
                return Optional.empty();
              } catch (SQLException e) {
                return Optional.of(e);
              }
            },
            task -> Thread.ofVirtual().start(task));
    Optional<SQLException> mine = Optional.empty();
    try {
      sums(live, Side.LIVE, there);
    } catch (SQLException e) {
      mine = Optional.of(e);
    }
    // the connection must be idle before anybody closes it
    Optional<SQLException> failed = mine.or(other::join);
    other.join();
    if (failed.isPresent()) {
      throw failed.get();
    }
  }

  private void sums(Connection connection, Side side, Map<Long, Sum> into) throws SQLException {
    String key = "t." + TablePlan.column(plan.key().getFirst().match(), side).quoted() + "::bigint";
    String sql =
        "select %s >> %d, count(*), bit_xor(hashint8extended(%s, %s)) from %s t group by 1"
            .formatted(key, shift, plan.hash(side), key, plan.table(side).source());
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(20_000);
      try (ResultSet rows = statement.executeQuery(sql)) {
        while (rows.next()) {
          into.put(rows.getLong(1), new Sum(rows.getLong(2), rows.getLong(3)));
        }
      }
    }
  }
}
