package dev.lastgood.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Users of the database, seen from outside: so many transactions a second, half a dozen writers
/// and as many readers. Whoever loses his connection connects again at once.
final class Load implements AutoCloseable {
  private static final int EACH = 6;

  /// What one kind of user saw.
  static final class Seen {
    final AtomicLong done = new AtomicLong();
    final AtomicLong failed = new AtomicLong();
    private final AtomicLong last = new AtomicLong(System.nanoTime());
    private final AtomicLong gap = new AtomicLong();
    private final AtomicLong slowest = new AtomicLong();

    private void answered(long asked) {
      long now = System.nanoTime();
      gap.accumulateAndGet(now - last.getAndSet(now), Math::max);
      slowest.accumulateAndGet(now - asked, Math::max);
      done.incrementAndGet();
    }

    /// The longest time in which nobody was answered, in milliseconds.
    long gapMillis() {
      return TimeUnit.NANOSECONDS.toMillis(Math.max(gap.get(), System.nanoTime() - last.get()));
    }

    /// The longest anybody waited for one answer, connecting again included.
    long slowestMillis() {
      return TimeUnit.NANOSECONDS.toMillis(slowest.get());
    }

    void forget() {
      gap.set(0);
      slowest.set(0);
      failed.set(0);
      done.set(0);
    }
  }

  final Seen writes = new Seen();
  final Seen reads = new Seen();

  /// Ids of activities the server has confirmed.
  final ConcurrentLinkedQueue<Long> confirmed = new ConcurrentLinkedQueue<>();

  private final List<Thread> threads = new ArrayList<>();
  private final String url;
  private final long deals;
  private volatile boolean over;

  /// @param perSecond transactions that write; as many more read
  Load(String url, Crm crm, int perSecond) {
    this.url = url;
    this.deals = crm.rows("deal");
    for (int i = 0; i < EACH; i++) {
      threads.add(Thread.ofPlatform().daemon().start(() -> work(perSecond, writes, this::write)));
      threads.add(Thread.ofPlatform().daemon().start(() -> work(perSecond, reads, this::read)));
    }
  }

  private interface Use {
    void of(Connection connection) throws SQLException;
  }

  private void work(int perSecond, Seen seen, Use use) {
    long step = TimeUnit.SECONDS.toNanos(EACH) / perSecond;
    long next = System.nanoTime() + ThreadLocalRandom.current().nextLong(step);
    long asked = 0;
    while (!over) {
      try (Connection connection = DriverManager.getConnection(url)) {
        while (!over) {
          if (asked == 0) {
            TimeUnit.NANOSECONDS.sleep(Math.max(0, next - System.nanoTime()));
            asked = System.nanoTime();
            next = Math.max(next + step, asked);
          }
          use.of(connection);
          seen.answered(asked);
          asked = 0;
        }
      } catch (SQLException e) {
        seen.failed.incrementAndGet();
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /// One transaction of some rows: an activity, its deal, and now and then a deletion.
  private void write(Connection connection) throws SQLException {
    long deal = 1 + ThreadLocalRandom.current().nextLong(deals);
    connection.setAutoCommit(false);
    long id;
    try (PreparedStatement insert =
            connection.prepareStatement(
                "insert into activity (deal, kind, note, at) values (?, 1, 'bench', now()) returning id");
        PreparedStatement update =
            connection.prepareStatement("update deal set amount = amount + 1 where id = ?")) {
      insert.setLong(1, deal);
      try (ResultSet row = insert.executeQuery()) {
        row.next();
        id = row.getLong(1);
      }
      update.setLong(1, deal);
      update.executeUpdate();
    }
    if (id % 20 == 0) {
      try (PreparedStatement delete =
          connection.prepareStatement("delete from activity where id = ?")) {
        delete.setLong(1, deal);
        delete.executeUpdate();
      }
    }
    connection.commit();
    confirmed.add(id);
  }

  private void read(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "select d.title, c.name from deal d join contact c on c.id = d.contact where d.id = ?")) {
      statement.setLong(1, 1 + ThreadLocalRandom.current().nextLong(deals));
      try (ResultSet row = statement.executeQuery()) {
        row.next();
      }
    }
  }

  void forget() {
    writes.forget();
    reads.forget();
  }

  /// Until everybody has had his last answer.
  void stop() {
    over = true;
    try {
      for (Thread thread : threads) {
        thread.join(20_000);
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
