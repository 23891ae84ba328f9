package dev.lastgood.provider.postgres;

import dev.lastgood.provider.PlatformUnreachable;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Gathers the statistics of a restored database, several tables at once: without them the first
/// queries after the switch would be slow ones.
record Analyzing(Server server, String database, int jobs) {
  private static final String LARGEST_FIRST =
      "select c.oid::regclass::text from pg_class c where c.relkind in ('r', 'm')"
          + " and c.relpersistence <> 't' order by c.relpages desc, 1";

  void all(Duration longest) throws SQLException, PlatformUnreachable {
    try (Session session = server.patient(database, longest)) {
      // Of a partitioned table the whole is read besides its parts, and only `analyze` of
      // everything reads no part twice.
      if (session.yes("select exists (select from pg_class where relkind = 'p')")) {
        session.run("analyze");
        return;
      }
      var tables = new ConcurrentLinkedQueue<>(session.list(LARGEST_FIRST, r -> r.getString(1)));
      atOnce(tables, longest);
    }
  }

  private void atOnce(Queue<String> tables, Duration longest)
      throws SQLException, PlatformUnreachable {
    List<Future<?>> all = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < jobs; i++) {
        all.add(
            threads.submit(() -> {
              some(tables, longest);
              return true;
            }));
      }
    }
    for (Future<?> each : all) {
      try {
        each.get();
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
  }

  private void some(Queue<String> tables, Duration longest)
      throws SQLException, PlatformUnreachable {
    try (Session session = server.patient(database, longest)) {
      for (String table = tables.poll(); table != null; table = tables.poll()) {
        session.run("analyze " + table);
      }
    }
  }
}
