package dev.lastgood.provider.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.model.Secret;
import dev.lastgood.provider.local.Until;
import dev.lastgood.store.PeerPostgres;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Where a replica becomes a server of its own, on servers of each version.
@Tag("peers")
@DisplayNameGeneration(ReplaceUnderscores.class)
class PromotionTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int DEBIAN = 15;

  /// Root's own folders are closed to the user the server runs as.
  @TempDir static Path open;

  private static ServersHere servers(int version) throws Exception {
    Path bin = version == DEBIAN ? ServersHere.BIN : PeerPostgres.bin(open, version);
    var servers = new ServersHere("", bin);
    servers.sql(Shop.SCHEMA);
    servers.replicate();
    return servers;
  }

  private static Server server(String url) {
    return new Server(new Secret("${env:URL}", () -> url), "postgres");
  }

  private static Replica replica(ServersHere servers) {
    return new Replica(
        new ReplicaSettings(
            new Secret("${env:REPLICA_URL}", servers::replicaUrl),
            servers.restart(),
            Optional.empty()),
        server(servers.replicaUrl()),
        server(servers.url()));
  }

  private static RestorePoint point(ServersHere servers, String name) throws Exception {
    Server primary = server(servers.url());
    try (Session view = primary.maintenance()) {
      return new Points(primary, InstantSource.system()).make(view, name);
    }
  }

  /// What comes after the point, until the replica has received it.
  private static void damage(ServersHere servers) throws SQLException {
    servers.sql("alter table customer drop column more");
    servers.sql("insert into customer (name) values ('Dee')");
    String end = servers.ask("select pg_current_wal_lsn()");
    Until.holds(
        "the log is there",
        () -> says(servers, "select coalesce(pg_last_wal_receive_lsn() >= '" + end + "', false)"));
  }

  private static boolean says(ServersHere servers, String question) {
    try {
      return servers.askReplica(question).equals("t");
    } catch (SQLException e) {
      return false;
    }
  }

  private static void isAtThePoint(ServersHere servers, RestorePoint point) throws SQLException {
    assertThat(servers.askReplica("select pg_is_in_recovery()")).isEqualTo("f");
    assertThat(servers.askReplica("select pg_last_wal_replay_lsn()")).isEqualTo(point.lsn());
    assertThat(servers.askReplica("select count(more) || ' ' || count(*) from customer"))
        .isEqualTo("2 2");
    assertThat(servers.askReplica("show default_transaction_read_only")).isEqualTo("on");
  }

  @ParameterizedTest
  @ValueSource(ints = {15, 16, 17, 18})
  void it_becomes_a_server_at_the_point_and_not_one_byte_beyond(int version) throws Exception {
    try (ServersHere servers = servers(version)) {
      Replica replica = replica(servers);
      replica.arm("deploy");
      RestorePoint point = point(servers, "deploy");
      damage(servers);

      assertThat(replica.promote(point, PATIENCE, _ -> {})).isEmpty();

      isAtThePoint(servers, point);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {15, 16, 17, 18})
  void paused_by_hand_before_the_point_it_is_not_promoted_until_it_was_resumed_and_is_there(
      int version) throws Exception {
    try (ServersHere servers = servers(version)) {
      Replica replica = replica(servers);
      replica.arm("deploy");
      servers.onReplica("select pg_wal_replay_pause()");
      RestorePoint point = point(servers, "deploy");
      damage(servers);
      Until.holds(
          "it has paused",
          () -> says(servers, "select pg_get_wal_replay_pause_state() = 'paused'"));

      assertThat(replica.promote(point, PATIENCE, _ -> {}).orElse("promoted"))
          .contains("is paused before restore point deploy", "select pg_wal_replay_resume()");
      assertThat(servers.askReplica("select pg_is_in_recovery()")).isEqualTo("t");
      assertThat(servers.askReplica("show default_transaction_read_only")).isEqualTo("off");

      servers.onReplica("select pg_wal_replay_resume()");
      assertThat(replica.promote(point, PATIENCE, _ -> {})).isEmpty();

      isAtThePoint(servers, point);
    }
  }

  @Test
  void one_that_has_replayed_much_since_its_last_checkpoint_is_at_the_point_too() throws Exception {
    try (ServersHere servers = servers(DEBIAN)) {
      servers.sql("create table large as select repeat('x', 1000) from generate_series(1, 80000)");
      Replica replica = replica(servers);
      replica.arm("deploy");
      RestorePoint point = point(servers, "deploy");
      damage(servers);

      assertThat(replica.promote(point, PATIENCE, _ -> {})).isEmpty();

      isAtThePoint(servers, point);
    }
  }
}
