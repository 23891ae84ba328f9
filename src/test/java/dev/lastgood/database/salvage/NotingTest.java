package dev.lastgood.database.salvage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.database.TwoStates;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Triggers that note what users write, so that the last round need not look for it.
@DisplayNameGeneration(ReplaceUnderscores.class)
class NotingTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path dir;
  private TwoStates states = new TwoStates();
  private int folders;

  @BeforeEach
  void open() {
    states =
        new TwoStates(
                "create table person (id int primary key, name text)",
                "create table visit (at timestamptz, person int references person on delete cascade,"
                    + " note text, primary key (at, person))",
                "create table \"Odd $note$ 'Name'\" (\"the key\" text primary key, v int)",
                "create table heap (a int)",
                "insert into person select n, 'p' || n from generate_series(1, 500) n",
                "insert into visit select timestamptz '2026-01-01 00:00+00' + n * interval '1 hour',"
                    + " n, 'x' from generate_series(1, 300) n")
            .snapshot();
  }

  @Test
  void every_kind_of_write_is_carried_over_by_its_note_alone() throws Exception {
    try (var rounds = salvage().open()) {
      assertThat(rounds.note(PATIENCE)).isEmpty();
      Round first = rounds.round(Optional.empty(), folder());
      states.live(
          "set timezone = 'Asia/Tokyo'; insert into visit values"
              + " ('2026-06-01 12:00+00', 7, 'from Tokyo')",
          "update person set name = 'changed' where id = 5",
          "update person set id = 9400 where id = 400",
          "update visit set note = 'y' where person = 8",
          "delete from person where id = 9",
          "insert into \"Odd $note$ 'Name'\" values ('k', 1) on conflict do nothing",
          "insert into heap values (1), (1)");

      Round second = rounds.round(Optional.of(first.mark()), folder());

      // the cascade took one visit along
      assertThat(List.of(second.inserted(), second.updated(), second.deleted()))
          .containsExactly(5L, 2L, 3L);
      same("select * from person order by id");
      same("select at at time zone 'UTC', person, note from visit order by 1, 2");
      same("select * from \"Odd $note$ 'Name'\"");
      same("select * from heap");
      rounds.noteNoMore(PATIENCE);
      nothingIsLeft();
    }
  }

  @Test
  void of_more_tables_than_the_server_has_locks_for_it_is_taken_away_too() throws Exception {
    String some =
        "do $$ begin for i in %d..%d loop execute format('create table t%%s (id int primary key)', i); end loop; end $$";
    states =
        TwoStates.narrow(some.formatted(1, 120), some.formatted(121, 240), some.formatted(241, 360))
            .snapshot();

    try (var rounds = salvage().open()) {
      assertThat(rounds.note(PATIENCE)).isEmpty();
      states.live("insert into t300 values (7)");
      assertThat(states.inLive("select key[1] from _lastgood_noting.noted")).containsExactly("7");
      try (Connection holder = java.sql.DriverManager.getConnection(states.liveUrl())) {
        assertThat(Noting.endAtOnce(holder)).as("too much for one transaction").isFalse();
      }

      rounds.noteNoMore(PATIENCE);
      nothingIsLeft();
    }
  }

  @Test
  void a_table_that_was_emptied_is_compared_whole() throws Exception {
    try (var rounds = salvage().open()) {
      rounds.note(PATIENCE);
      Round first = rounds.round(Optional.empty(), folder());
      states.live("truncate visit", "insert into visit values ('2026-06-01', 1, 'again')");

      Round second = rounds.round(Optional.of(first.mark()), folder());

      assertThat(second.found()).isEqualTo(301);
      rounds.noteNoMore(PATIENCE);
    }
  }

  @Test
  void users_write_on_although_a_column_of_the_key_was_renamed() throws Exception {
    try (var rounds = salvage().open()) {
      rounds.note(PATIENCE);
      states.live(
          "alter table person rename id to number",
          "insert into person (number, name) values (7777, 'new')");

      Round round = rounds.round(Optional.empty(), folder());

      assertThat(round.mark().noting()).as("the notes do not fit any more").isEmpty();
      assertThat(states.inLive("select count(*) from person where number = 7777"))
          .containsExactly("1");
      rounds.noteNoMore(PATIENCE);
    }
  }

  @Test
  void a_mark_from_before_the_notes_is_not_believed_to_be_covered_by_them() throws Exception {
    try (var rounds = salvage().open()) {
      Round first = rounds.round(Optional.empty(), folder());
      states.live("delete from visit where person = 3");
      rounds.note(PATIENCE);

      Round second = rounds.round(Optional.of(first.mark()), folder());

      assertThat(second.deleted()).isEqualTo(1);
      same("select at, person from visit order by 1, 2");
      rounds.noteNoMore(PATIENCE);
    }
  }

  @Test
  void somebody_who_holds_a_table_for_long_is_not_waited_for_and_nothing_is_left()
      throws Exception {
    try (var rounds = salvage().open();
        Connection other = DriverManager.getConnection(states.liveUrl());
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("update person set name = 'mine' where id = 1");

      Optional<String> why = rounds.note(Duration.ofMillis(300));

      assertThat(why).get().asString().contains("lock");
      nothingIsLeft();
      other.rollback();
    }
  }

  @Test
  void who_does_not_own_the_tables_reads_them_instead() throws Exception {
    states.live(
        "create role noting_reader login",
        "grant select on all tables in schema public to noting_reader");
    try {
      String url = states.liveUrl().replace("user=postgres", "user=noting_reader");
      var live =
          new dev.lastgood.database.DatabaseUrl(
              new dev.lastgood.model.Secret("${env:L}", () -> url));
      try (var rounds = new Salvage(states.goodDatabase(), live, Policy.usual(), 2).open()) {
        assertThat(rounds.note(PATIENCE)).get().asString().contains("permission denied");
      }
      nothingIsLeft();
    } finally {
      states.live("drop owned by noting_reader", "drop role noting_reader");
    }
  }

  private Salvage salvage() {
    return new Salvage(states.goodDatabase(), states.liveDatabase(), Policy.usual(), 2);
  }

  private Path folder() {
    return dir.resolve("left-out-" + folders++);
  }

  private void same(String sql) {
    assertThat(states.inGood(sql)).as(sql).isEqualTo(states.inLive(sql));
  }

  private void nothingIsLeft() throws SQLException {
    assertThat(
            states.inLive(
                "select (select count(*) from pg_namespace where nspname like '\\_lastgood%')"
                    + " + (select count(*) from pg_trigger where not tgisinternal)"))
        .containsExactly("0");
  }
}
