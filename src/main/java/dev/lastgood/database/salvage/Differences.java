package dev.lastgood.database.salvage;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;

/// Finds the differences of one table by reading keys and hashes of both sides side by side in one
/// order.
final class Differences {
  private final Connection good;
  private final Connection live;

  Differences(Connection good, Connection live) {
    this.good = good;
    this.live = live;
  }

  /// Rows that are new, different or gone.
  void all(Found found) throws SQLException, IOException {
    if (!Buckets.fit(found.plan)) {
      merge(found, true, Optional.empty());
      return;
    }
    Buckets.Unequal unequal = new Buckets(found.plan, true).unequal(good, live);
    found.goodRows = unequal.goodRows();
    found.liveRows = unequal.liveRows();
    if (!unequal.good().none()) {
      merge(found, true, Optional.of(unequal));
    }
  }

  /// Only rows that are gone.
  ///
  /// @param where they are; empty: anywhere
  void gone(Found found, Optional<Buckets.Unequal> where) throws SQLException, IOException {
    merge(found, false, where);
  }

  private void merge(Found found, boolean hashes, Optional<Buckets.Unequal> where)
      throws SQLException, IOException {
    Optional<Buckets.Unequal> part = where.filter(w -> !w.most());
    boolean indexed = part.filter(p -> p.good().indexed()).isPresent();
    if (indexed) {
      // a copy that was never analysed looks small to the planner, and it would read all of it
      seqscan("off");
    }
    TablePlan plan = found.plan;
    Both<Cursor> both =
        Both.ask(
            () -> open(good, plan, Side.GOOD, hashes, part.map(Buckets.Unequal::good)),
            () -> open(live, plan, Side.LIVE, hashes, part.map(Buckets.Unequal::live)));
    try (Cursor a = both.good();
        Cursor b = both.live()) {
      merge(found, a, b, hashes);
      if (part.isEmpty()) {
        found.goodRows = a.count();
        found.liveRows = b.count();
      }
    }
    if (indexed) {
      seqscan("on");
    }
  }

  private static Cursor open(
      Connection connection, TablePlan plan, Side side, boolean hashes, Optional<Buckets.Part> part)
      throws SQLException {
    return part.isPresent()
        ? Cursor.open(connection, plan, side, hashes, part.get())
        : Cursor.open(connection, plan, side, hashes, "");
  }

  private void seqscan(String word) throws SQLException {
    for (Connection connection : List.of(good, live)) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("set local enable_seqscan = " + word);
      }
    }
  }

  private static void merge(Found found, Cursor a, Cursor b, boolean hashes)
      throws SQLException, IOException {
    a.next();
    b.next();
    while (!a.ended() || !b.ended()) {
      int order = a.ended() ? 1 : b.ended() ? -1 : found.plan.compareKeys(a.key(), b.key());
      if (order < 0) {
        found.gone.add(new Spool.Entry(a.key(), a.size(), ""));
      } else if (hashes && order > 0) {
        found.onlyLive++;
        found.written.add(new Spool.Entry(b.key(), b.size(), ""));
      } else if (hashes) {
        same(found, a, b);
      }
      if (order <= 0) {
        a.next();
      }
      if (order >= 0) {
        b.next();
      }
    }
  }

  private static void same(Found found, Cursor a, Cursor b) throws SQLException, IOException {
    if (a.hash() != b.hash()) {
      found.different++;
      found.written.add(new Spool.Entry(b.key(), a.size() + b.size(), ""));
    } else if (a.touchedHash() != b.touchedHash()) {
      found.migrated++;
    }
  }
}
