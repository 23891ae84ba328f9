package dev.lastgood.provider.postgres;

import dev.lastgood.provider.PlatformUnreachable;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Several sessions of one database that do the same with one table after the other.
///
/// @param sessions how many at once
record AtOnce(Server server, String database, int sessions) {
  /// What is done with each table; by several threads at once.
  interface Work<T> {
    void with(Session session, T table) throws SQLException;
  }

  /// @param tables in the order in which they are begun
  /// @throws SQLException the first failure; all threads have ended by then
  <T> void each(Collection<T> tables, Duration longest, Work<T> work)
      throws SQLException, PlatformUnreachable {
    var queue = new ConcurrentLinkedQueue<>(tables);
    List<Future<?>> all = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < Math.min(sessions, tables.size()); i++) {
        all.add(
            threads.submit(() -> {
              some(queue, longest, work);
              return true;
            }));
      }
    }
    for (Future<?> one : all) {
      end(one);
    }
  }

  private static void end(Future<?> one) throws SQLException, PlatformUnreachable {
    try {
      one.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case SQLException failed -> throw failed;
        case PlatformUnreachable gone -> throw gone;
        case null, default -> throw new IllegalStateException(e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PlatformUnreachable("interrupted", e);
    }
  }

  private <T> void some(Queue<T> tables, Duration longest, Work<T> work)
      throws SQLException, PlatformUnreachable {
    try (Session session = server.patient(database, longest)) {
      for (T table = tables.poll(); table != null; table = tables.poll()) {
        work.with(session, table);
      }
    }
  }
}
