package dev.lastgood.provider.postgres;

import dev.lastgood.provider.local.Until;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Users who go where they are led: each writes one row after the other, and looks anew where the
/// database is when its connection ends. What the server has confirmed is remembered.
final class Led implements AutoCloseable {
  /// Where the database is now.
  interface Door {
    String url() throws Exception;
  }

  private final Set<String> confirmed = ConcurrentHashMap.newKeySet();
  private final AtomicInteger failed = new AtomicInteger();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean over;

  Led(int users, Door door) {
    for (int n = 0; n < users; n++) {
      String name = "user " + n + " ";
      threads.add(Thread.ofPlatform().daemon().start(() -> work(name, door)));
    }
  }

  private void work(String name, Door door) {
    long row = 0;
    while (!over) {
      try (Connection connection = DriverManager.getConnection(door.url());
          PreparedStatement insert =
              connection.prepareStatement("insert into public.entry (body) values (?)")) {
        while (!over) {
          String body = name + row++;
          insert.setString(1, body);
          insert.execute();
          confirmed.add(body);
          Thread.sleep(3);
        }
      } catch (SQLException e) {
        failed.incrementAndGet();
      } catch (Exception e) {
        return;
      }
    }
  }

  /// Until more of them have written.
  void goOn() {
    int before = confirmed.size();
    Until.holds("users go on", () -> confirmed.size() > before + 10);
  }

  /// Requests that failed, and connections that were refused.
  int failed() {
    return failed.get();
  }

  /// Rows that were confirmed and are not there.
  List<String> missing(String there) {
    Set<String> rows = Set.of(there.split("\n"));
    return confirmed.stream().filter(body -> !rows.contains(body)).sorted().toList();
  }

  /// Nobody writes any more.
  void stop() {
    over = true;
    try {
      for (Thread thread : threads) {
        thread.join(30_000);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    stop();
  }
}
