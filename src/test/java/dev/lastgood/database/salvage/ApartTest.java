package dev.lastgood.database.salvage;

import static dev.lastgood.database.salvage.SlotHere.together;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.database.DatabaseTrouble;
import dev.lastgood.database.TwoStates;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a replay notes of the rows that stay different, so that the exchange can be taken back.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ApartTest {
  private static final String MIGRATION =
      "select pg_logical_emit_message(true, 'lastgood', 'migration')";
  private static final String SHOP =
      """
      create table customer (id int primary key, name text not null, mail text unique, size int);
      create table orders (nr int primary key, customer int references customer, state text not null default 'new');
      create table loose (what text);
      insert into customer select n, 'n' || n, 'm' || n, n from generate_series(1, 20) n;
      insert into orders select n, n, 'new' from generate_series(1, 20) n;
      """;

  @TempDir Path folder;
  private TwoStates states = TwoStates.logical();
  private Optional<Prepared> prepared = Optional.empty();
  private int folders;

  @BeforeEach
  void open() throws Exception {
    states = TwoStates.logical(SHOP);
    prepared = Optional.of(SlotHere.open(states));
    states.snapshot();
  }

  @AfterEach
  void drop() {
    prepared.ifPresent(p -> SlotHere.drop(states, p));
  }

  @Test
  void rows_of_the_migration_stay_and_those_of_users_come() throws Exception {
    together(
        states,
        MIGRATION,
        "insert into customer values (100, 'made', null, 1)",
        "update customer set size = size * 10 where id <= 10",
        "delete from orders where nr in (5, 6)");
    states.live("update customer set name = 'between' where id = 2");
    exchanged();
    states.good(
        "update customer set name = 'since' where id in (1, 15)",
        "update customer set size = 7 where id = 3",
        "delete from orders where nr = 9",
        "update orders set state = 'sent' where nr = 5",
        "insert into customer values (50, 'new', null, 2)");

    Round round = back();

    assertThat(round.leftOutRows()).isZero();
    assertThat(
            states.inLive(
                "select id, name, size from customer where id in (1, 2, 3, 4, 15, 50, 100) order by id"))
        .containsExactly(
            "1|since|10",
            "2|between|20",
            "3|n3|7",
            "4|n4|40",
            "15|since|15",
            "50|new|2",
            "100|made|1");
    assertThat(states.inLive("select nr, state from orders where nr in (5, 6, 9)"))
        .containsExactly("5|sent");
  }

  @Test
  void a_row_that_had_not_fitted_is_not_taken_for_deleted() throws Exception {
    states.live(
        "alter table customer drop constraint customer_mail_key",
        "insert into customer values (30, 'twice', 'm1', 1)");
    assertThat(exchanged()).isEqualTo(1);
    states.good("update customer set name = 'x' where id = 1");

    back();

    assertThat(states.inLive("select id, name from customer where mail = 'm1' order by id"))
        .containsExactly("1|x", "30|twice");
  }

  @Test
  void a_row_that_users_brought_back_into_line_is_deleted_with_them() throws Exception {
    together(states, MIGRATION, "insert into orders values (70, null, 'made'), (71, null, 'made')");
    states.live("delete from orders where nr = 70", "insert into orders values (70, 1, 'mine')");
    exchanged();
    assertThat(states.inGood("select nr, state from orders where nr >= 70"))
        .containsExactly("70|mine");
    states.good("delete from orders where nr = 70");

    back();

    assertThat(states.inLive("select nr from orders where nr >= 70")).containsExactly("71");
  }

  @Test
  void rows_that_a_change_of_the_table_wrote_anew_are_compared() throws Exception {
    states.live("alter table customer alter size type bigint using size * 100");
    states.live("alter table customer alter name type text using upper(name)");
    exchanged();
    states.good(
        "update customer set mail = 'since' where id = 3", "delete from orders where nr = 3");

    Round round = back();

    assertThat(round.leftOutRows()).isZero();
    assertThat(states.inLive("select name, mail, size from customer where id = 3"))
        .containsExactly("N3|since|300");
    assertThat(states.inLive("select count(*) from customer where size >= 100"))
        .containsExactly("20");
  }

  @Test
  void a_column_that_was_dropped_and_made_again_keeps_what_it_has() throws Exception {
    states.live(
        "alter table customer drop column size", "alter table customer add column size int");
    states.live("update customer set size = 5 where id in (1, 2)");
    exchanged();
    states.live("update customer set size = 6 where id = 4");
    exchanged();
    states.good("update customer set name = 'since' where id in (1, 4)");

    back();

    assertThat(
            states.inLive("select id, name, size from customer where id in (1, 2, 4) order by id"))
        .containsExactly("1|since|5", "2|n2|5", "4|since|6");
  }

  @Test
  void a_table_that_the_migration_emptied_and_filled_is_compared() throws Exception {
    together(
        states,
        MIGRATION,
        "truncate orders",
        "insert into orders select n, n, 'made' from generate_series(11, 12) n",
        "insert into orders values (90, null, 'made')");
    exchanged();
    states.good(
        "update orders set state = 'sent' where nr = 11", "delete from orders where nr = 2");

    back();

    assertThat(states.inLive("select nr, state from orders order by nr"))
        .containsExactly("11|sent", "12|made", "90|made");
    states.live("delete from orders where nr = 12");
    new Salvage(states.goodDatabase(), states.liveDatabase(), Policy.usual(), 2)
        .exchanging(new Exchange("three", "two"))
        .round(Optional.empty(), next());
    assertThat(states.inGood("select count(*) from orders where state = 'new'"))
        .as("what the migration emptied is still there")
        .containsExactly("17");
    assertThat(states.inGood("select nr from orders where nr in (12, 90)")).isEmpty();
  }

  @Test
  void a_row_keeps_its_note_under_another_key() throws Exception {
    states.live("delete from orders");
    together(states, MIGRATION, "update customer set size = 1000 where id = 4");
    states.live("update customer set id = 400 where id = 4");
    exchanged();
    states.good("update customer set name = 'since' where id = 400");

    back();

    assertThat(states.inLive("select id, name, size from customer where id in (4, 400)"))
        .containsExactly("400|since|1000");
  }

  @Test
  void renamed_columns_and_tables_without_a_key_come_along() throws Exception {
    together(
        states,
        "alter table customer rename name to title",
        "update customer set title = title || '!' where id <= 2");
    states.live("insert into loose values ('bag')");
    exchanged();
    states.good(
        "update customer set name = 'since' where id = 2",
        "update customer set size = 9 where id = 1",
        "insert into loose values ('box')");

    back();

    assertThat(states.inLive("select title, size from customer where id <= 3 order by id"))
        .containsExactly("n1!|9", "since|2", "n3|3");
    assertThat(states.inLive("select what from loose order by 1")).containsExactly("bag", "box");
  }

  @Test
  void another_process_goes_on_with_the_notes() throws Exception {
    together(states, MIGRATION, "insert into customer values (100, 'made', null, 1)");
    exchanged();
    together(states, MIGRATION, "update customer set size = 0 where id = 7");
    states.live("insert into customer values (31, 'user', null, 1)");
    exchanged();
    exchanged();

    assertThat(notes()).containsExactly("100|MISSING", "7|DIFFERENT");
    states.good("update customer set name = 'since' where id in (7, 31)");
    back();
    assertThat(
            states.inLive(
                "select id, name, size from customer where id in (7, 31, 100) order by id"))
        .containsExactly("7|since|0", "31|since|1", "100|made|1");
  }

  @Test
  void rows_that_are_alike_have_no_note() throws Exception {
    states.live(
        "update customer set name = 'user'",
        "delete from orders where nr < 5",
        "insert into orders select n, 1, 'x' from generate_series(30, 40) n");
    exchanged();

    assertThat(notes()).isEmpty();
  }

  @Test
  void a_commit_that_others_do_not_see_is_not_waited_for_without_end() throws Exception {
    try (Connection user = DriverManager.getConnection(states.liveUrl());
        Statement statement = user.createStatement();
        ResultSet id = statement.executeQuery("select txid_current() & 4294967295");
        Connection reader = states.liveDatabase().reader()) {
      id.next();
      Whole.seeing(reader, List.of(id.getLong(1)), Duration.ofSeconds(30));
    }
    try (Connection user = DriverManager.getConnection(states.liveUrl());
        Statement statement = user.createStatement();
        Connection reader = states.liveDatabase().reader()) {
      user.setAutoCommit(false);
      try (ResultSet id = statement.executeQuery("select txid_current() & 4294967295")) {
        id.next();
        List<Long> open = List.of(id.getLong(1));
        states.live("select txid_current()"); // a later one, or nobody asks about the first

        assertThatThrownBy(() -> Whole.seeing(reader, open, Duration.ofMillis(50)))
            .isInstanceOf(DatabaseTrouble.class)
            .hasMessageContaining("synchronous_standby_names");
      }
    }
  }

  // -- hands ------------------------------------------------------------------------------------

  /// Replayed, and what no slot tells compared, by a process of its own.
  ///
  /// @return how many rows were left out
  private long exchanged() throws Exception {
    Prepared slot = prepared.orElseThrow();
    try (var replay =
        new Replay(states.goodDatabase(), states.liveDatabase(), slot, Policy.usual(), 7)) {
      long left = replay.untilNow(this::next).leftOutRows();
      new Salvage(states.goodDatabase(), states.liveDatabase(), Policy.usual(), 2)
          .exchanging(new Exchange("one", ""))
          .without(slot.told())
          .round(Optional.empty(), next());
      return left;
    }
  }

  private Round back() throws Exception {
    return new Salvage(states.liveDatabase(), states.goodDatabase(), Policy.usual(), 2)
        .exchanging(new Exchange("two", "one"))
        .round(Optional.empty(), next());
  }

  private List<String> notes() {
    return states.inGood(
        "select split_part(key, ':', 2), kind from _lastgood_parting.differs order by 1");
  }

  private Path next() {
    return folder.resolve("left-" + folders++);
  }
}
