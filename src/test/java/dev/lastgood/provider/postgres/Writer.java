package dev.lastgood.provider.postgres;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/// A user's application: writes one row after the other, connects again when its connection ends,
/// and remembers what the server has confirmed.
public final class Writer implements AutoCloseable {
  private final String url;
  private final String table;
  private final List<Long> confirmed = new CopyOnWriteArrayList<>();
  private final AtomicLong longestGap = new AtomicLong();
  private final Thread thread;
  private volatile boolean over;

  /// @param table with a column `body text` and a generated `id`
  public Writer(String url, String table) {
    this.url = url + "&ApplicationName=shop";
    this.table = table;
    this.thread = Thread.ofPlatform().daemon().start(this::work);
  }

  private void work() {
    long last = System.nanoTime();
    while (!over) {
      try (Connection connection = DriverManager.getConnection(url);
          PreparedStatement insert =
              connection.prepareStatement(
                  "insert into " + table + " (body) values (?) returning id")) {
        while (!over) {
          insert.setString(1, "at " + last);
          try (ResultSet row = insert.executeQuery()) {
            row.next();
            confirmed.add(row.getLong(1));
          }
          long now = System.nanoTime();
          longestGap.accumulateAndGet(now - last, Math::max);
          last = now;
          Thread.sleep(2);
        }
      } catch (SQLException e) {
        Thread.onSpinWait(); // ended by the switch: connect again
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  public int count() {
    return confirmed.size();
  }

  /// Ids the server has confirmed until now, oldest first.
  public List<Long> confirmed() {
    return List.copyOf(confirmed);
  }

  /// The longest time between two confirmations, in milliseconds.
  public long longestGapMillis() {
    return longestGap.get() / 1_000_000;
  }

  @Override
  public void close() {
    over = true;
    try {
      thread.join(20_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
