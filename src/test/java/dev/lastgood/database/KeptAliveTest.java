package dev.lastgood.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// A server whose machine is gone is noticed in half a minute, not in two hours.
@DisplayNameGeneration(ReplaceUnderscores.class)
class KeptAliveTest {
  @Test
  void a_socket_asks_after_fifteen_seconds_and_gives_up_after_three_questions() throws Exception {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket socket =
            new KeptAlive().createSocket(server.getInetAddress(), server.getLocalPort())) {
      assertThat(socket.getOption(StandardSocketOptions.SO_KEEPALIVE)).isTrue();
      for (var setting : KeptAlive.SETTINGS.entrySet()) {
        assertThat(socket.getOption(setting.getKey()))
            .as(setting.getKey().name())
            .isEqualTo(setting.getValue());
      }
    }
  }

  /// As the kernel tells it: when it will next do something about a connection nobody uses.
  @Test
  void every_connection_of_a_salvage_is_such_a_socket() throws Exception {
    var states = new TwoStates("create table price (id int primary key)");
    try (Connection connection = states.liveDatabase().reader()) {
      int port =
          Integer.parseInt(
              TwoStates.rows(
                      states.liveUrl(),
                      "select client_port from pg_stat_activity where application_name ="
                          + " 'lastgood-salvage' and datname = current_database()")
                  .getFirst());

      assertThat(seconds(port)).isBetween(0L, 15L);
      for (var setting : Map.of("idle", "15", "interval", "5", "count", "3").entrySet()) {
        assertThat(asked(connection, "show tcp_keepalives_" + setting.getKey()))
            .as("the server does as much for us: " + setting.getKey())
            .isEqualTo(setting.getValue());
      }
      assertThat(connection.isClosed()).isFalse();
    }
  }

  private static String asked(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  private static long seconds(int port) throws IOException {
    for (String file : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      for (String line : Files.readAllLines(Path.of(file))) {
        String[] words = line.strip().split(" +", -1);
        if (words[1].endsWith(":%04X".formatted(port))) {
          String[] timer =
              words[5].split(":", -1); // which one, and hundredths of a second until it
          assertThat(timer[0]).as("it is kept alive: " + line).isEqualTo("02");
          return Long.parseLong(timer[1], 16) / 100;
        }
      }
    }
    throw new AssertionError("no connection from port " + port);
  }
}
