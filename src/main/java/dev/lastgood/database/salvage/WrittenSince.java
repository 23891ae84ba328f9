package dev.lastgood.database.salvage;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds the differences of one table by the transactions that wrote its rows: only rows written
/// since a mark can be new or different, and only when the numbers of rows do not fit is one gone.
/// Nothing but counts and those rows is read.
final class WrittenSince {
  private static final int FETCH = 5_000;

  /// A table in which this many rows, and a fifth, were written is compared whole: looking up each
  /// row takes longer.
  private static final long MANY = 10_000;

  private final Connection good;
  private final Connection live;
  private final Mark since;

  WrittenSince(Connection good, Connection live, Mark since) {
    this.good = good;
    this.live = live;
    this.since = since;
  }

  /// Adds what it finds. The good state is exactly what the live database was at the mark.
  ///
  /// @return false when it is not the quickest way, or when rows are there that nobody wrote since:
  ///   what was found is of no use then
  boolean exactly(Found found) throws SQLException, IOException {
    Both<long[]> counts =
        Both.ask(() -> count(good, found, Side.GOOD), () -> count(live, found, Side.LIVE));
    long written = counts.live()[1];
    found.goodRows = counts.good()[0];
    found.liveRows = counts.live()[0];
    if (written >= MANY && written > found.liveRows / 5) {
      return false;
    }
    if (written > 0) {
      written(found);
    }
    long missing = found.goodRows - (found.liveRows - found.onlyLive);
    if (missing != 0) {
      gone(found);
    }
    return found.gone.count() == missing;
  }

  /// Adds what it finds. The good state may differ from what the live database was at the mark.
  void loosely(Found found) throws SQLException, IOException {
    written(found);
    gone(found);
  }

  /// As [#loosely], and all that was written, alike or not: of a row that is alike by now it may be
  /// noted that it differs.
  void all(Found found) throws SQLException, IOException {
    try (Cursor rows = Cursor.open(live, found.plan, Side.LIVE, false, since.since())) {
      while (rows.next()) {
        found.different++;
        found.written.add(new Spool.Entry(rows.key(), 2 * rows.size(), ""));
      }
    }
    gone(found);
  }

  private long[] count(Connection connection, Found found, Side side) throws SQLException {
    String sql =
        "select count(*), count(*) filter (where %s) from %s t"
            .formatted(
                side == Side.GOOD ? "false" : since.since(), found.plan.table(side).source());
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return new long[] {row.getLong(1), row.getLong(2)};
    }
  }

  // -- new and different ------------------------------------------------------------------------

  private record Written(List<String> key, long hash, long touched, int size) {}

  private void written(Found found) throws SQLException, IOException {
    try (Cursor rows = Cursor.open(live, found.plan, Side.LIVE, true, since.since())) {
      var batch = new ArrayList<Written>();
      while (rows.next()) {
        batch.add(new Written(rows.key(), rows.hash(), rows.touchedHash(), rows.size()));
        if (batch.size() == FETCH) {
          compare(found, batch);
          batch.clear();
        }
      }
      compare(found, batch);
    }
  }

  private void compare(Found found, List<Written> rows) throws SQLException, IOException {
    if (rows.isEmpty()) {
      return;
    }
    Map<List<String>, long[]> before = before(found.plan, rows);
    for (Written row : rows) {
      long[] then = before.get(row.key());
      if (then == null) {
        found.onlyLive++;
        found.written.add(new Spool.Entry(row.key(), row.size(), ""));
      } else if (then[0] != row.hash()) {
        found.different++;
        found.written.add(new Spool.Entry(row.key(), (int) then[2] + row.size(), ""));
      } else if (then[1] != row.touched()) {
        found.migrated++;
      }
    }
  }

  /// Hashes of the same rows in the good state.
  private Map<List<String>, long[]> before(TablePlan plan, List<Written> rows) throws SQLException {
    String sql =
        "select "
            + Cursor.what(plan, Side.GOOD, true)
            + " from "
            + plan.keysAsTable()
            + " join "
            + plan.table(Side.GOOD).source()
            + " t on "
            + plan.onKey(Side.GOOD);
    int width = plan.key().size();
    var found = new HashMap<List<String>, long[]>();
    try (PreparedStatement statement = good.prepareStatement(sql)) {
      statement.setFetchSize(FETCH);
      Rows.bind(good, statement, rows.stream().map(Written::key).toList());
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          var key = new ArrayList<String>(width);
          for (int i = 1; i <= width; i++) {
            key.add(row.getString(i));
          }
          found.put(
              key,
              new long[] {
                row.getLong(width + 1),
                row.getLong(width + 2),
                Math.min(Integer.MAX_VALUE / 4, row.getLong(width + 3))
              });
        }
      }
    }
    return found;
  }

  // -- gone -------------------------------------------------------------------------------------

  private void gone(Found found) throws SQLException, IOException {
    var differences = new Differences(good, live);
    if (!Buckets.fit(found.plan)) {
      differences.gone(found, Optional.empty());
      return;
    }
    Buckets.Unequal unequal = new Buckets(found.plan, false).unequal(good, live);
    found.goodRows = unequal.goodRows();
    found.liveRows = unequal.liveRows();
    if (!unequal.good().none()) {
      differences.gone(found, Optional.of(unequal));
    }
  }
}
