package dev.lastgood.provider.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Secret;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Snapshotting.Taken;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real replica that is armed before a deploy, and all the states in which it is of no use.
@Tag("peers")
@DisplayNameGeneration(ReplaceUnderscores.class)
class ReplicaTest {
  @TempDir Path dir;
  private ServersHere servers;

  @BeforeEach
  void open() throws Exception {
    servers = new ServersHere("");
    servers.sql(Shop.SCHEMA);
    servers.replicate();
  }

  @AfterEach
  void close() throws Exception {
    servers.close();
  }

  private boolean exact(String snapshot) throws IOException {
    return RestorePoint.in(dir.resolve("snapshots").resolve(snapshot)).orElseThrow().exact();
  }

  private Going.Kept kept(SnapshotAs... as) {
    return new Going.Kept(servers.url(), as)
        .with(
            new ReplicaSettings(
                new Secret("${env:REPLICA_URL}", servers::replicaUrl),
                servers.restart(),
                Optional.empty()));
  }

  @Test
  void it_stops_at_the_deploy_and_is_gone_back_to_again_and_again() throws Exception {
    PostgresPlatform platform = kept(SnapshotAs.POINT).in(dir);
    Taken taken = platform.snapshot();
    String kept = taken.kept().id();
    assertThat(taken.notes())
        .anyMatch(n -> n.startsWith("the replica has stopped at restore point"));
    damage();

    assertThat(Going.methods(platform, kept))
        .extracting(Method::name)
        .containsExactly("replica-beside");
    Going.walk(platform, kept, "replica-beside");

    assertThat(servers.ask("select count(*) from customer where more is not null")).isEqualTo("3");
    assertThat(servers.ask("select count(*) from customer where name = 'Dee'")).isEqualTo("1");
    assertThat(servers.askReplica("select pg_is_in_recovery()"))
        .as("it goes on standing there")
        .isEqualTo("t");

    // The next deploy: it follows on, and stops there. A user is in the middle of something.
    servers.sql("insert into customer (name) values ('Cy')");
    String next;
    try (Connection user = DriverManager.getConnection(servers.url());
        Statement statement = user.createStatement()) {
      user.setAutoCommit(false);
      statement.execute("insert into customer (name) values ('Bob')");
      next = platform.snapshot().kept().id();
      user.commit();
    }
    assertThat(exact(kept)).isTrue();
    assertThat(exact(next)).as("rows can be compared").isFalse();
    damage();
    Going.walk(platform, next, "replica-beside");
    assertThat(servers.ask("select count(*) from customer where name = 'Cy'")).isEqualTo("1");
    assertThatThrownBy(() -> Going.methods(platform, kept))
        .isInstanceOf(PlatformUnreachable.class)
        .hasMessageContaining("bytes of log beyond restore point");
  }

  @Test
  void one_that_is_merely_paused_is_refused_in_words() throws Exception {
    servers.onReplica("select pg_wal_replay_pause()");
    PostgresPlatform platform =
        new Going.Kept(servers.url(), SnapshotAs.DUMP)
            .with(
                new ReplicaSettings(
                    new Secret("${env:REPLICA_URL}", servers::replicaUrl),
                    List.of("false"),
                    Optional.empty()))
            .in(dir);
    Taken taken = platform.snapshot();
    String kept = taken.kept().id();
    assertThat(taken.notes())
        .anyMatch(n -> n.contains("the replica could not be restarted: exit 1"));
    damage();

    List<Method> methods = Going.methods(platform, kept);

    assertThat(methods).extracting(Method::name).containsExactly("restore-beside");
    assertThat(methods.getFirst().costs())
        .anyMatch(c ->
            c.startsWith("not out of the armed replica: ")
                && c.contains("is merely paused, it has no recovery target")
                && c.contains("the damage included"));
  }

  @Test
  void one_that_was_promoted_or_has_gone_on_is_no_source() throws Exception {
    PostgresPlatform platform = kept(SnapshotAs.POINT).in(dir);
    String kept = platform.snapshot().kept().id();
    damage();
    servers.onReplica("select pg_promote()");

    assertThatThrownBy(() -> Going.methods(platform, kept))
        .isInstanceOf(PlatformUnreachable.class)
        .hasMessageContaining("is no replica any more");
  }

  @Test
  void a_server_that_is_no_replica_of_this_one_is_not_armed_and_the_dump_is_there()
      throws Exception {
    try (var other = new ServersHere("")) {
      other.replicate();
      PostgresPlatform platform =
          new Going.Kept(servers.url(), SnapshotAs.DUMP)
              .with(
                  new ReplicaSettings(
                      new Secret("${env:REPLICA_URL}", other::replicaUrl),
                      other.restart(),
                      Optional.empty()))
              .in(dir);

      Taken taken = platform.snapshot();

      assertThat(taken.notes())
          .anyMatch(n -> n.contains("not armed") && n.contains("is a replica of another server"));
      assertThat(Going.methods(platform, taken.kept().id()))
          .extracting(Method::name)
          .containsExactly("restore-beside");
    }
  }

  @Test
  void a_replica_that_is_away_leaves_the_dump_and_says_so() throws Exception {
    PostgresPlatform platform = kept(SnapshotAs.DUMP).in(dir);
    String kept = platform.snapshot().kept().id();
    servers.stop(servers.replica());

    List<Method> methods = Going.methods(platform, kept);

    assertThat(methods).extracting(Method::name).containsExactly("restore-beside");
    assertThat(methods.getFirst().costs())
        .anyMatch(c -> c.startsWith("not out of the armed replica: PostgreSQL at "));
    assertThat(platform.snapshot().notes()).anyMatch(n -> n.contains("the replica is not armed"));
  }

  /// A migration that takes a column away, and a user who goes on.
  private void damage() throws Exception {
    servers.sql("alter table customer drop column more");
    servers.sql("insert into customer (name) values ('Dee')");
  }
}
