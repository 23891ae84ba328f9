package dev.lastgood.database.salvage;

import dev.lastgood.database.TwoStates;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicBoolean;

/// Ends the sessions of a salvage, of both sides and of the slot, again and again.
final class Killer {
  private final AtomicBoolean over = new AtomicBoolean();
  private final Thread thread;

  /// @param pause in ms, before the first and between two
  Killer(TwoStates states, long pause) {
    thread =
        Thread.ofPlatform()
            .start(() -> {
              try (Connection c =
                      DriverManager.getConnection(
                          states.goodUrl().replaceAll("/[^/?]*\\?", "/postgres?"));
                  Statement s = c.createStatement()) {
                while (!over.get()) {
                  Thread.sleep(pause);
                  s.execute(
                      "select pg_terminate_backend(pid) from pg_stat_activity where application_name ="
                          + " 'lastgood-salvage' order by random() limit 1");
                }
              } catch (SQLException | InterruptedException e) {
                // the test is over
              }
            });
  }

  void stop() throws InterruptedException {
    over.set(true);
    thread.join();
  }
}
