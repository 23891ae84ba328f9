package dev.lastgood.provider.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.database.salvage.Prepared;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Snapshotting.Taken;
import dev.lastgood.store.PostgresFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/// When a slot is no longer needed it goes, with all that was made for it, and not before.
@DisplayNameGeneration(ReplaceUnderscores.class)
class LettingGoTest extends ExactHere {
  @Test
  void the_slot_is_dropped_when_the_next_state_is_good_and_not_before() throws Exception {
    PostgresPlatform platform = platform(Optional.of(true));
    Taken first = platform.snapshot();
    assertThat(platform.inventory().notes())
        .anySatisfy(n -> assertThat(n).contains("exact rollback"));

    assertThat(platform.proven(first.kept().id())).isEmpty();
    assertThat(slots()).hasSize(1);

    assertThat(platform.proven(first.live().id()))
        .singleElement()
        .asString()
        .contains(first.kept().id(), "was dropped");
    assertThat(slots()).isEmpty();
    assertThat(ask(name, "select pubname from pg_publication")).isEmpty();
    assertThat(platform.proven(first.live().id())).isEmpty();
  }

  @Test
  void slots_of_removed_snapshots_go_with_them() throws Exception {
    PostgresPlatform platform = platform(url, Optional.of(true), ticking(), Optional.empty(), 1);
    Taken first = platform.snapshot();
    platform.snapshot();
    assertThat(slots()).hasSize(2);

    platform.prune(Set.of());
    assertThat(slots()).hasSize(1);

    assertThat(dir.resolve("snapshots").resolve(first.kept().id())).doesNotExist();
    try (var left = Files.list(dir.resolve("snapshots"))) {
      for (Path one : left.toList()) {
        Snapshots.remove(one);
      }
    }
    assertThat(platform.inventory().notes()).anySatisfy(n -> assertThat(n).contains("for nobody"));
    platform.snapshot();
    assertThat(slots()).hasSize(1);
  }

  @Test
  void who_died_between_the_exchange_and_the_slot_is_followed_by_one_who_lets_go_of_it()
      throws Exception {
    PostgresPlatform platform = platform(Optional.of(true));
    Taken taken = platform.snapshot();
    List<Act> acts = acts(platform, taken.kept().id());
    acts.subList(0, acts.size() - 1).forEach(a -> done(platform, a));
    exchangedAndDied(taken.kept().id());
    assertThat(slots()).hasSize(1);
    assertThat(platform.inventory().notes()).anySatisfy(n -> assertThat(n).contains("for nobody"));

    PostgresPlatform resumed = platform(Optional.of(true));
    Sight before = resumed.look(acts.getLast());
    String said = done(resumed, acts.getLast());

    assertThat(before).isInstanceOf(Sight.Failed.class);
    assertThat(before.seen()).contains("replication slot");
    assertThat(said).contains("is live already");
    assertThat(resumed.look(acts.getLast())).isInstanceOf(Sight.Holds.class);
    assertThat(slots()).isEmpty();
    assertThat(traces()).isEmpty();
    assertThat(
            ask(
                "postgres",
                "select datallowconn from pg_database where datname like '" + name + "\\_before%'"))
        .as("what was live is closed")
        .containsExactly("f");
  }

  private void exchangedAndDied(String release) throws Exception {
    var server = new Server(new Secret("${env:DATABASE_URL}", () -> url), "postgres");
    try (Session turn = server.maintenance()) {
      Scene scene = Scene.look(turn, name);
      Outcome outcome =
          new Switching(server, Duration.ofSeconds(5), InstantSource.system())
              .exchange(turn, scene.present(), scene.beside(release).orElseThrow(), release);
      assertThat(outcome).isInstanceOf(Outcome.Done.class);
    }
  }

  @Test
  void an_exchange_that_fails_at_its_end_leaves_the_slot_whole() throws Exception {
    PostgresPlatform platform = platform(Optional.of(true));
    Taken taken = platform.snapshot();
    sql("update \"My Count\" set n = 5");
    List<Act> acts = acts(platform, taken.kept().id());
    acts.subList(0, acts.size() - 1).forEach(a -> done(platform, a));
    String beside = beside();
    try (Connection somebody = DriverManager.getConnection(urlOf("postgres"));
        Statement statement = somebody.createStatement()) {
      somebody.setAutoCommit(false);
      // holds what the second of the two renames needs
      statement.execute("comment on database \"" + beside + "\" is 'mine'");
      assertThat(platform.act(acts.getLast(), "key")).isInstanceOf(Outcome.Refused.class);
      somebody.rollback();
    }
    assertThat(traces()).as("publication and triggers").hasSize(3);
    sql("update \"My Count\" set n = 6");

    String said = done(platform(Optional.of(true)), acts.getLast());

    assertThat(said).contains("replayed in the order of their commits");
    assertThat(ask(name, "select distinct n from \"My Count\"")).containsExactly("6");
    assertThat(slots()).isEmpty();
    assertThat(traces()).isEmpty();
  }

  @Test
  void without_carrying_over_nothing_of_it_stays_in_the_kept_database() throws Exception {
    PostgresPlatform platform =
        platform(
            url,
            Optional.of(true),
            InstantSource.system(),
            Optional.empty(),
            9,
            Optional.of(false));
    Taken taken = platform.snapshot();
    assertThat(traces()).hasSize(3);

    walk(platform, taken.kept().id());

    assertThat(slots()).isEmpty();
    assertThat(traces()).isEmpty();
  }

  @Test
  void triggers_go_with_the_last_slot_of_their_database_whatever_others_have() throws Exception {
    String other = PostgresFixture.logicalUrl().replaceFirst(".*/", "").replaceFirst("\\?.*", "");
    run(
        other,
        "select pg_create_logical_replication_slot('lastgood_1_20260102_030405', 'pgoutput')");
    PostgresPlatform platform = platform(url, Optional.of(true), ticking());
    Taken first = platform.snapshot();
    Taken second = platform.snapshot();

    platform.proven(first.live().id());

    assertThat(traces()).as("of the second slot").hasSize(3);

    platform.proven(second.live().id());

    assertThat(traces()).isEmpty();
    assertThat(slots()).containsExactly("lastgood_1_20260102_030405");
  }

  @Test
  void slots_go_with_the_next_snapshot_when_they_are_wanted_no_more() throws Exception {
    platform(Optional.of(true)).snapshot();
    PostgresPlatform without = platform(Optional.of(false));
    assertThat(without.inventory().notes())
        .anySatisfy(n ->
            assertThat(n)
                .contains("of the log, for an exact rollback", "the next snapshot drops it"));

    assertThat(without.snapshot().notes()).isEmpty();

    assertThat(slots()).isEmpty();
    assertThat(traces()).isEmpty();
    assertThat(without.inventory().notes()).isEmpty();
  }

  @Test
  void a_slot_does_not_wait_for_who_holds_a_table_and_its_triggers_go_with_the_next_sweep()
      throws Exception {
    platform(Optional.of(true)).snapshot();
    String slot = slots().getFirst();
    var server = new Server(new Secret("${env:DATABASE_URL}", () -> url), "postgres");
    try (Session session = server.maintenance()) {
      var letting = new LettingGo(server, Duration.ofMillis(300));
      try (Connection dump = DriverManager.getConnection(url);
          Statement statement = dump.createStatement()) {
        dump.setAutoCommit(false);
        statement.execute("select from post");

        assertThat(letting.drop(session, name, slot)).isTrue();

        assertThat(slots()).isEmpty();
        assertThat(traces()).as("triggers").containsOnly("_lastgood_who").hasSize(2);
        assertThat(letting.sweep(session, live(session), Set.of()))
            .singleElement()
            .asString()
            .contains("whose a transaction is stays");
        dump.rollback();
      }

      assertThat(letting.sweep(session, live(session), Set.of())).isEmpty();
      assertThat(traces()).isEmpty();
    }
  }

  private Standing live(Session session) throws Exception {
    return Standing.named(session, name).orElseThrow();
  }

  @Test
  void a_slot_that_cannot_go_is_told_and_does_not_keep_the_others() throws Exception {
    PostgresPlatform platform = platform(url, Optional.of(true), ticking());
    Taken first = platform.snapshot();
    platform.snapshot();
    Prepared prepared =
        SlotFile.of(new Snapshots(dir.resolve("snapshots")), first.kept().id()).orElseThrow();
    String slot = prepared.slot();
    assertThat(slots()).hasSize(2).first().isEqualTo(slot);
    var server = new Server(new Secret("${env:DATABASE_URL}", () -> url), "postgres");
    try (Session reader = server.replication(name, Duration.ofMinutes(1));
        var _ = reading(reader, prepared);
        Session session = server.maintenance()) {
      assertThat(new LettingGo(server).sweep(session, live(session), Set.of()))
          .singleElement()
          .asString()
          .contains(slot, "stays", "is read by somebody");
      assertThat(slots()).containsExactly(slot);
    }
  }

  private static PGReplicationStream reading(Session reader, Prepared prepared) throws Exception {
    return reader
        .connection()
        .unwrap(PGConnection.class)
        .getReplicationAPI()
        .replicationStream()
        .logical()
        .withSlotName(prepared.slot())
        .withStartPosition(LogSequenceNumber.valueOf(prepared.position()))
        .withSlotOption("proto_version", 1)
        .withSlotOption("publication_names", prepared.slot())
        .start();
  }

  @Test
  void a_slot_that_is_being_read_keeps_its_snapshot_until_it_can_go() throws Exception {
    PostgresPlatform platform = platform(url, Optional.of(true), ticking(), Optional.empty(), 1);
    Taken first = platform.snapshot();
    platform.snapshot();
    Prepared prepared =
        SlotFile.of(new Snapshots(dir.resolve("snapshots")), first.kept().id()).orElseThrow();
    String slot = prepared.slot();
    assertThat(slots()).contains(slot);
    var server = new Server(new Secret("${env:DATABASE_URL}", () -> url), "postgres");
    try (Session reader = server.replication(name, Duration.ofMinutes(1));
        var stream = reading(reader, prepared)) {
      assertThat(stream.isClosed()).isFalse();

      assertThatThrownBy(() -> platform.prune(Set.of()))
          .isInstanceOf(PlatformUnreachable.class)
          .hasMessageContaining("is read by somebody");

      assertThat(dir.resolve("snapshots").resolve(first.kept().id())).exists();
      assertThat(ask(name, "select pubname from pg_publication")).contains(slot);
    }

    assertThat(platform.prune(Set.of())).containsExactly(first.kept().id());

    assertThat(slots()).hasSize(1).doesNotContain(slot);
    assertThat(dir.resolve("snapshots").resolve(first.kept().id())).doesNotExist();
  }
}
