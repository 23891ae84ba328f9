package dev.lastgood.database.salvage;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Finds which rows of one table differ, by reading keys and hashes of both sides side by side in
/// one order. Nothing is locked, nothing is kept in memory.
final class Finder {
  private static final int FETCH = 5_000;

  private final Connection good;
  private final Connection live;
  private final Path folder;
  private final boolean noting;

  /// @param noting whether it is noted which rows stay different
  Finder(Connection good, Connection live, Path folder, boolean noting) {
    this.good = good;
    this.live = live;
    this.folder = folder;
    this.noting = noting;
  }

  /// @param since only rows the live database wrote since then can be new or different
  Found find(TablePlan plan, Optional<Mark> since) throws SQLException, IOException {
    var found = new Found(plan, folder);
    try {
      if (!plan.keyed()) {
        multiset(found);
      } else if (since.isPresent()) {
        var written = new WrittenSince(good, live, since.get());
        if (noting) {
          written.all(found);
        } else {
          written.loosely(found);
        }
      } else {
        new Differences(good, live).all(found);
      }
      return found;
    } catch (SQLException | IOException | RuntimeException e) {
      found.close();
      throw e;
    }
  }

  /// As [#find] without a mark, but quicker.
  ///
  /// @param departed of the moment whose state the good one is
  /// @return empty when it cannot be told in this way, or not quicker
  Optional<Found> find(TablePlan plan, Mark departed) throws SQLException, IOException {
    if (!plan.keyed()) {
      return Optional.empty();
    }
    var found = new Found(plan, folder);
    boolean told = false;
    try {
      told = new WrittenSince(good, live, departed).exactly(found);
      return told ? Optional.of(found) : Optional.empty();
    } finally {
      if (!told) {
        found.close();
      }
    }
  }

  /// The rows whose keys were noted since; the table itself is not read.
  Found noted(TablePlan plan, Mark since) throws SQLException, IOException {
    var found = new Found(plan, folder);
    try {
      noted(found, since);
      return found;
    } catch (SQLException | IOException | RuntimeException e) {
      found.close();
      throw e;
    }
  }

  private void noted(Found found, Mark since) throws SQLException, IOException {
    // what users write while rows are carried over is not the doing of a migration, however much
    found.goodRows = Long.MAX_VALUE;
    try (Statement statement = live.createStatement()) {
      statement.setFetchSize(FETCH);
      try (ResultSet rows = statement.executeQuery(Noting.rows(found.plan, since))) {
        int width = found.plan.key().size();
        while (rows.next()) {
          var key = new ArrayList<String>(width);
          for (int i = 1; i <= width; i++) {
            key.add(rows.getString(i));
          }
          boolean there = rows.getBoolean(width + 1);
          int size = (int) Math.min(Integer.MAX_VALUE / 4, 2 * rows.getLong(width + 2));
          (there ? found.written : found.gone).add(new Spool.Entry(key, size, ""));
          found.different += there ? 1 : 0;
        }
      }
    }
  }

  /// A table whose rows have no name: how often each row is there on both sides.
  private void multiset(Found found) throws SQLException, IOException {
    try (Statement one = good.createStatement();
        Statement other = live.createStatement();
        ResultSet a = counted(one, found.plan, Side.GOOD);
        ResultSet b = counted(other, found.plan, Side.LIVE)) {
      boolean moreA = a.next();
      boolean moreB = b.next();
      while (moreA || moreB) {
        int order = !moreA ? 1 : !moreB ? -1 : Long.compare(a.getLong(1), b.getLong(1));
        long here = order <= 0 ? a.getLong(2) : 0;
        long there = order >= 0 ? b.getLong(2) : 0;
        found.goodRows += here;
        found.liveRows += there;
        String hash = Long.toString(order <= 0 ? a.getLong(1) : b.getLong(1));
        int size = Math.max(order <= 0 ? a.getInt(3) : 0, order >= 0 ? b.getInt(3) : 0);
        for (long n = here; n < there; n++) {
          found.onlyLive++;
          found.written.add(new Spool.Entry(List.of(hash), size, ""));
        }
        for (long n = there; n < here; n++) {
          found.gone.add(new Spool.Entry(List.of(hash), size, ""));
        }
        moreA = order <= 0 ? a.next() : moreA;
        moreB = order >= 0 ? b.next() : moreB;
      }
    }
  }

  private static ResultSet counted(Statement statement, TablePlan plan, Side side)
      throws SQLException {
    statement.setFetchSize(FETCH);
    return statement.executeQuery(
        "select "
            + plan.hash(side)
            + " as h, count(*), least(max("
            + plan.size(side)
            + "), 1000000000)::int from "
            + plan.table(side).source()
            + " t group by 1 order by 1");
  }
}
