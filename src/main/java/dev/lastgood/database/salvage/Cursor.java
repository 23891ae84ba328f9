package dev.lastgood.database.salvage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Keys and hashes of one side in the order of the key, a few thousand at a time.
final class Cursor implements AutoCloseable {
  private static final int FETCH = 5_000;

  private final PreparedStatement statement;
  private final ResultSet rows;
  private final TablePlan plan;
  private final Side side;
  private final int width;
  private @Nullable List<String> key;
  private long count;

  private Cursor(PreparedStatement statement, ResultSet rows, TablePlan plan, Side side) {
    this.statement = statement;
    this.rows = rows;
    this.plan = plan;
    this.side = side;
    this.width = plan.key().size();
  }

  /// @param hashes whether the rows are compared, or only their keys
  /// @param where a condition on `t`; empty: all rows
  static Cursor open(Connection connection, TablePlan plan, Side side, boolean hashes, String where)
      throws SQLException {
    String sql =
        "select "
            + what(plan, side, hashes)
            + " from "
            + plan.table(side).source()
            + " t"
            + (where.isEmpty() ? "" : " where " + where)
            + " order by "
            + plan.orderKey(side);
    return open(connection.prepareStatement(sql), plan, side);
  }

  /// Only some rows.
  static Cursor open(
      Connection connection, TablePlan plan, Side side, boolean hashes, Buckets.Part part)
      throws SQLException {
    String sql =
        "select "
            + what(plan, side, hashes)
            + " from "
            + part.sql()
            + " order by "
            + plan.orderKey(side);
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < part.arrays().size(); i++) {
      statement.setArray(i + 1, connection.createArrayOf("bigint", part.arrays().get(i).toArray()));
    }
    return open(statement, plan, side);
  }

  private static Cursor open(PreparedStatement statement, TablePlan plan, Side side)
      throws SQLException {
    try {
      statement.setFetchSize(FETCH);
      return new Cursor(statement, statement.executeQuery(), plan, side);
    } catch (SQLException e) {
      statement.close();
      throw e;
    }
  }

  /// Key, hash, hash of what a migration touched, and size.
  static String what(TablePlan plan, Side side, boolean hashes) {
    return plan.readKey(side)
        + (hashes ? ", " + plan.hash(side) + ", " + plan.touchedHash(side) : ", 0, 0")
        + ", "
        + plan.size(side);
  }

  /// @return false at the end
  boolean next() throws SQLException {
    if (!rows.next()) {
      key = null;
      return false;
    }
    count++;
    var next = new ArrayList<String>(width);
    for (int i = 1; i <= width; i++) {
      next.add(rows.getString(i));
    }
    List<String> before = key;
    if (before != null && plan.compareKeys(before, next) >= 0) {
      // two rows with one key, or an order that is not ours: comparing on would invent differences
      throw new IllegalStateException(
          plan.name() + ": the keys of the " + side + " side do not come in order");
    }
    key = next;
    return true;
  }

  boolean ended() {
    return key == null;
  }

  List<String> key() {
    return Objects.requireNonNull(key);
  }

  long hash() throws SQLException {
    return rows.getLong(width + 1);
  }

  long touchedHash() throws SQLException {
    return rows.getLong(width + 2);
  }

  int size() throws SQLException {
    return (int) Math.min(Integer.MAX_VALUE / 4, rows.getLong(width + 3));
  }

  long count() {
    return count;
  }

  @Override
  public void close() throws SQLException {
    rows.close();
    statement.close();
  }
}
