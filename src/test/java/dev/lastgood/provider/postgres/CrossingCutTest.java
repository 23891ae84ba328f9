package dev.lastgood.provider.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.model.Secret;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.local.Until;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Over to a replica whose network is lost in the commit that opens the database there.
@Tag("peers")
@DisplayNameGeneration(ReplaceUnderscores.class)
class CrossingCutTest {
  @TempDir Path dir;
  private ServersHere servers;
  private LateNet net;

  @BeforeEach
  void open() throws Exception {
    servers = new ServersHere("");
    servers.sql(Shop.SCHEMA);
    servers.replicate();
    net = new LateNet(servers.replicaPort);
    Files.writeString(
        env(), "DATABASE_URL=postgres://postgres@127.0.0.1:" + servers.port + "/shop\n");
  }

  @AfterEach
  void close() throws Exception {
    net.close();
    servers.close();
  }

  private Path env() {
    return dir.resolve("database.env");
  }

  private interface Happening {
    void now() throws IOException;
  }

  /// @param port by which the replica is reached
  private PostgresPlatform by(int port, String stop, Happening happening) throws IOException {
    return new Going.Kept(servers.url(), SnapshotAs.POINT)
        .with(
            new ReplicaSettings(
                new Secret(
                    "${env:REPLICA_URL}", () -> "postgres://postgres@127.0.0.1:" + port + "/shop"),
                servers.restart(),
                Optional.empty(),
                Optional.of(
                    new ClientsSettings(
                        Optional.empty(),
                        Optional.of(env()),
                        Optional.empty(),
                        List.of("true"),
                        Optional.empty(),
                        Optional.of("127.0.0.1:" + servers.replicaPort)))))
        .in(
            dir,
            InstantSource.system(),
            where -> {
              if (where.equals(stop)) {
                try {
                  happening.now();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              }
            });
  }

  private PostgresPlatform direct() throws IOException {
    return by(servers.replicaPort, "nowhere", () -> {});
  }

  private boolean open(int of) throws SQLException {
    return servers.databases(of).contains("shop");
  }

  /// Up to the switch, whose commit is lost and not yet there.
  private Act cut() throws Exception {
    String kept = direct().snapshot().kept().id();
    servers.sql("insert into customer (name) values ('Dee')");
    PostgresPlatform losing = by(net.port(), "opening", net::loseCommit);
    List<Act> acts = Going.acts(Going.methods(losing, kept).getFirst());
    acts.subList(0, acts.size() - 1).forEach(a -> Going.perform(losing, a));

    Outcome lost = losing.act(acts.getLast(), "key");

    assertThat(lost.toString()).startsWith("Unknown").contains("Nothing is taken back");
    assertThat(net.holds()).isTrue();
    assertThat(open(servers.port) || open(servers.replicaPort)).isFalse();
    return acts.getLast();
  }

  private void arrives() throws Exception {
    net.deliver();
    Until.holds("the commit has arrived", () -> opened());
  }

  private boolean opened() {
    try {
      return open(servers.replicaPort);
    } catch (SQLException e) {
      return false;
    }
  }

  private void endsOnTheNewServer(Act act) throws Exception {
    assertThat(direct().act(act, "key")).isInstanceOf(Outcome.Done.class);
    assertThat(direct().look(act)).isInstanceOf(Sight.Holds.class);
    assertThat(open(servers.port)).isFalse();
    assertThat(servers.askReplica("select count(*) from customer where name = 'Dee'"))
        .isEqualTo("1");
    assertThat(Files.readString(env())).contains(":" + servers.replicaPort + "/shop");
  }

  @Test
  void who_resumes_waits_for_a_commit_that_may_still_arrive() throws Exception {
    Act act = cut();
    assertThat(direct().look(act)).isInstanceOf(Sight.UnderWay.class);

    assertThat(direct().act(act, "key").toString())
        .startsWith("Unknown")
        .contains("somebody else is at shop at 127.0.0.1", "it is not taken back");

    assertThat(open(servers.port)).isFalse();
    arrives();
    net.close();
    endsOnTheNewServer(act);
  }

  /// The network of the one who resumes goes when he is about to open it himself.
  @Test
  void a_switch_is_not_taken_back_by_one_who_loses_the_other_server_while_a_commit_is_on_its_way()
      throws Exception {
    Act act = cut();
    try (var other = new LateNet(servers.replicaPort)) {
      PostgresPlatform resuming = by(other.port(), "pointed", other::down);

      assertThat(resuming.act(act, "key").toString()).startsWith("Unknown");
      arrives();
      assertThat(open(servers.port)).as("both are open").isFalse();
    }
    net.close();
    endsOnTheNewServer(act);
  }

  @Test
  void who_cannot_reach_the_other_server_leaves_it_as_it_is_and_says_what_to_do() throws Exception {
    Act act = cut();
    try (var other = new LateNet(servers.replicaPort)) {
      other.down();

      assertThat(by(other.port(), "nowhere", () -> {}).act(act, "key").toString())
          .startsWith("Unknown")
          .contains(
              "is put aside at", "it is not taken back", "lastgood resume", "rename to \"shop\"");
    }
    assertThat(open(servers.port)).isFalse();
    arrives();
    net.close();
    endsOnTheNewServer(act);
  }

  @Test
  void a_commit_that_never_arrives_is_made_by_who_resumes() throws Exception {
    Act act = cut();
    net.close();
    Until.holds("the server has noticed", () -> direct(act));

    endsOnTheNewServer(act);
  }

  private boolean direct(Act act) {
    try {
      return direct().look(act) instanceof Sight.Failed;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void a_server_that_is_lost_before_the_commit_was_sent_leaves_the_old_one_live() throws Exception {
    String kept = direct().snapshot().kept().id();
    servers.sql("insert into customer (name) values ('Dee')");
    PostgresPlatform losing = by(net.port(), "pointed", net::down);
    List<Act> acts = Going.acts(Going.methods(losing, kept).getFirst());
    acts.subList(0, acts.size() - 1).forEach(a -> Going.perform(losing, a));

    assertThat(losing.act(acts.getLast(), "key").toString())
        .startsWith("Refused")
        .contains("was not switched, it is as it was and open");

    assertThat(open(servers.port)).isTrue();
    assertThat(open(servers.replicaPort)).isFalse();
    Until.holds("the server has noticed", () -> direct(acts.getLast()));
    endsOnTheNewServer(acts.getLast());
  }
}
