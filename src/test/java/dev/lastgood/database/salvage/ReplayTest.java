package dev.lastgood.database.salvage;

import static dev.lastgood.database.salvage.SlotHere.together;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.database.DatabaseTrouble;
import dev.lastgood.database.TableName;
import dev.lastgood.database.TwoStates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a replay from a slot carries over, and what it leaves to a person.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ReplayTest {
  private static final String SCHEMA =
      """
      create table customer (id int primary key, name text not null, email text unique, city text, note text);
      create table "Order" (nr int primary key, customer int not null references customer, cents int not null check (cents >= 0),
        "Twice" int generated always as (cents * 2) stored);
      insert into customer select n, 'name ' || n, n || '@example.org', 'Ulm', 'old' from generate_series(1, 20) n;
      insert into "Order" (nr, customer, cents) select n, n, n * 100 from generate_series(1, 10) n;
      """;

  @TempDir Path folder;
  private TwoStates states = TwoStates.logical(SCHEMA);
  private Optional<Prepared> prepared = Optional.empty();
  private int folders;

  @AfterEach
  void drop() {
    prepared.ifPresent(p -> SlotHere.drop(states, p));
  }

  // -- users ------------------------------------------------------------------------------------

  @Test
  void inserts_updates_and_deletes_of_users_are_replayed_in_order() throws Exception {
    keep();
    states.live(
        "insert into customer values (21, 'new', 'n@example.org', null, null)",
        "update customer set city = 'Bonn' where id <= 5",
        "delete from \"Order\" where nr = 10",
        "delete from customer where id = 10",
        "insert into customer values (10, 'again', '10@example.org', 'Rom', '')",
        "insert into \"Order\" (nr, customer, cents) values (30, 21, 7)",
        "update \"Order\" set cents = 9 where nr = 30",
        "insert into customer values (99, 'short-lived', null, null, null)",
        "delete from customer where id = 99");

    Replayed replayed = replay();

    same("customer");
    same("\"Order\"");
    assertThat(replayed.transactions()).isEqualTo(9);
    assertThat(replayed.changes()).isEqualTo(13);
    assertThat(replayed.leftOutRows()).isZero();
    assertThat(replayed.leftOut()).isEmpty();
  }

  @Test
  void repeating_it_finds_nothing_and_the_slot_never_moves() throws Exception {
    keep();
    String before = SlotHere.confirmed(states, prepared.orElseThrow());
    states.live("update customer set city = 'Bonn'");
    replay();

    Replayed second = replay();

    assertThat(second.now()).isZero();
    assertThat(second.changes()).isEqualTo(20);
    assertThat(SlotHere.confirmed(states, prepared.orElseThrow())).isEqualTo(before);
  }

  @Test
  void one_replay_goes_on_where_it_was() throws Exception {
    keep();
    try (Replay replay = open(50_000)) {
      for (int n = 100; n < 105; n++) {
        states.live("insert into customer values (" + n + ", 'n', null, null, null)");
        assertThat(replay.untilNow(this::next).now()).isEqualTo(1);
      }
      replay.rest();
      states.live("delete from customer where id = 104");
      assertThat(replay.untilNow(this::next).now()).isEqualTo(1);
    }

    same("customer");
  }

  @Test
  void values_that_went_from_row_to_row_under_a_unique_rule_arrive() throws Exception {
    keep();
    states.live(
        "update customer set email = 'tmp' where id = 1",
        "update customer set email = '1@example.org' where id = 2",
        "update customer set email = '2@example.org' where id = 1",
        "update customer set email = null where id = 3",
        "insert into customer values (50, 'takes it', '3@example.org', null, null)");

    assertThat(replay().leftOutRows()).isZero();

    same("customer");
  }

  @Test
  void a_changed_key_is_the_same_row_and_its_children_come_along() throws Exception {
    states.live(
        "alter table \"Order\" drop constraint \"Order_customer_fkey\"",
        "alter table \"Order\" add foreign key (customer) references customer on update cascade");
    keep();
    states.live(
        "update customer set id = 1000, city = 'Rom' where id = 1",
        "update customer set note = 'moved' where id = 1000");

    assertThat(replay().leftOutRows()).isZero();

    same("customer");
    same("\"Order\"");
  }

  @Test
  void a_truncated_table_is_emptied_and_every_row_counts() throws Exception {
    keep();
    states.live(
        "insert into \"Order\" (nr, customer, cents) values (77, 1, 1)",
        "truncate \"Order\"",
        "insert into \"Order\" (nr, customer, cents) values (78, 1, 1)");

    Replayed replayed = replay();

    same("\"Order\"");
    TableRound orders = table(replayed, "Order");
    assertThat(orders.deleted()).isEqualTo(11);
    assertThat(orders.applied()).isEqualTo(13);
    assertThat(replayed.skipped()).isEmpty();
  }

  @Test
  void large_values_that_were_not_touched_stay_and_new_ones_arrive() throws Exception {
    states.live(
        "create table large (id int primary key, small int, body text, more bytea)",
        "alter table large alter body set storage external",
        "insert into large select n, 0, repeat(md5(n::text), 3000), null from generate_series(1, 3) n",
        "insert into large values (4, 0, repeat('0123456789', 1000000), decode(repeat('ab', 100000), 'hex'))");
    keep();
    states.live(
        "update large set small = small + 1",
        "update large set body = repeat('x', 10000000) where id = 1",
        "update large set small = 7 where id = 1",
        "update large set id = 44 where id = 4",
        "insert into large values (5, 1, repeat('y', 10000000), null)",
        "update large set small = 2 where id = 5");

    assertThat(replay().leftOutRows()).isZero();

    String sums = "select id, small, md5(body), length(body), md5(more) from large order by id";
    assertThat(states.inGood(sums)).isEqualTo(states.inLive(sums));
  }

  @Test
  void every_type_of_key_is_recognised() throws Exception {
    states.live(
        "create table keys (a numeric, b char(5), c timestamptz, d \"char\", e bytea, f uuid, v text,"
            + " primary key (a, b, c, e, f))",
        "insert into keys select 1.50, 'ab', '2024-02-03 04:05:06.7+00', 'x', '\\x00ff', md5(n::text)::uuid,"
            + " 'v' from generate_series(1, 5) n");
    keep();
    states.live(
        "update keys set v = 'w' where f::text < '8'", "delete from keys where f::text > 'a'");

    assertThat(replay().leftOutRows()).isZero();

    same("keys");
  }

  @Test
  void triggers_rest_and_row_security_hides_nothing() throws Exception {
    states.live(
        "create table mail (id serial primary key, text text)",
        "create function mails() returns trigger language plpgsql as $$ begin insert into mail (text) values ('sent'); return new; end $$",
        "create trigger mails after insert on customer for each row execute function mails()",
        "alter table customer enable row level security",
        "alter table customer force row level security");
    keep();
    states.live("insert into customer values (60, 'one mail', null, null, null)");

    replay();

    same("customer");
    assertThat(states.inGood("select count(*) from mail")).containsExactly("1");
    assertThat(states.inGood("select tgenabled from pg_trigger where tgname = 'mails'"))
        .containsExactly("O");
  }

  @Test
  void partitions_are_written_by_their_root() throws Exception {
    states.live(
        "create table event (id int, day date, what text, primary key (id, day)) partition by range (day)",
        "create table event_1 partition of event for values from ('2024-01-01') to ('2024-02-01')",
        "create table event_2 partition of event for values from ('2024-02-01') to ('2024-03-01')",
        "insert into event select n, date '2024-01-20' + n, 'e' from generate_series(1, 20) n");
    keep();
    states.live(
        "update event set what = 'f' where id % 3 = 0",
        "delete from event where id = 4",
        "update event set day = '2024-02-20' where id = 1",
        "insert into event values (30, '2024-01-02', 'g')");

    assertThat(replay().leftOutRows()).isZero();

    same("event");
  }

  // -- migrations -------------------------------------------------------------------------------

  @Test
  void the_transaction_of_a_migration_is_recognised_by_its_changes_of_the_schema()
      throws Exception {
    keep();
    states.live("update customer set city = 'before' where id = 1");
    together(
        states,
        "alter table customer add column country text",
        "update customer set country = 'DE', note = 'rewritten', city = upper(city)",
        "delete from \"Order\" where nr > 8",
        "insert into customer (id, name) values (500, 'made by the migration')");
    states.live(
        "update customer set name = 'user' where id = 2",
        "update customer set note = 'mine' where id = 3",
        "insert into customer values (70, 'c', null, 'x', 'y', 'FR')");

    Replayed replayed = replay();

    assertThat(
            states.inGood(
                "select id, name, city, note from customer where id in (1, 2, 3, 4, 70, 500) order by id"))
        .containsExactly(
            "1|name 1|before|old",
            "2|user|Ulm|old",
            "3|name 3|Ulm|mine",
            "4|name 4|Ulm|old",
            "70|c|x|y");
    assertThat(states.inGood("select count(*) from \"Order\"")).containsExactly("10");
    assertThat(replayed.skipped()).hasSize(1);
    assertThat(replayed.skipped().getFirst().why()).isEqualTo("it changed the schema");
    assertThat(replayed.skipped().getFirst().rows())
        .isEqualTo("Order: 2 deleted, customer: 1 inserted, customer: 20 updated");
    assertThat(replayed.leftOutRows()).isZero();
    assertThat(table(replayed, "customer").valuesWithoutPlace()).isEqualTo(3);
  }

  @Test
  void a_transaction_without_changes_of_the_schema_may_say_that_it_is_a_migration()
      throws Exception {
    keep();
    together(
        states,
        "select pg_logical_emit_message(true, 'lastgood', 'migration')",
        "update customer set note = 'first'");
    together(
        states,
        "update customer set city = 'late'",
        "select pg_logical_emit_message(true, 'lastgood', 'migration 2')");
    states.live("update customer set name = 'user' where id = 1");

    Replayed replayed = replay();

    assertThat(states.inGood("select distinct note, city from customer"))
        .containsExactly("old|Ulm");
    assertThat(states.inGood("select name from customer where id = 1")).containsExactly("user");
    assertThat(replayed.skipped()).extracting(Skipped::why).containsOnly("it says so").hasSize(2);
  }

  @Test
  void what_a_user_changed_in_a_row_of_the_migration_is_told_from_what_it_had_changed()
      throws Exception {
    states.live("delete from \"Order\"");
    keep();
    together(
        states,
        "alter table customer add column x int",
        "update customer set note = 'migrated', city = 'Hof'");
    states.live("update customer set city = 'Bonn' where id = 1");
    replay();
    states.live(
        "update customer set name = 'again' where id = 1",
        "update customer set city = 'Hof', note = 'mine' where id = 1",
        "update customer set id = 200 where id = 2",
        "update customer set name = 'moved' where id = 200");

    assertThat(replay().leftOutRows()).isZero();

    assertThat(states.inGood("select * from customer where id in (1, 200) order by id"))
        .containsExactly("1|again|1@example.org|Hof|mine", "200|moved|2@example.org|Ulm|old");
  }

  @Test
  void a_row_that_the_migration_made_and_a_user_changed_goes_to_a_file() throws Exception {
    keep();
    together(
        states,
        "alter table customer add column x int",
        "insert into customer (id, name) values (300, 'made')");
    states.live("update customer set name = 'mine' where id = 300");

    Replayed replayed = replay();

    assertThat(states.inGood("select * from customer where id = 300")).isEmpty();
    assertThat(table(replayed, "customer").ambiguous()).isEqualTo(1);
    assertThat(Files.readString(replayed.leftOut().getFirst().resolve("public.customer.csv")))
        .contains("the migration made this row", "\"mine\"");
  }

  @Test
  void renamed_dropped_and_narrowed_columns_are_followed_through_every_form() throws Exception {
    states.live("alter table customer add column size int");
    keep();
    states.live("update customer set city = 'A', size = 1 where id = 1");
    states.live("alter table customer rename column city to town");
    states.live("update customer set town = 'B' where id = 2");
    states.live("alter table customer drop column note", "alter table customer rename to client");
    states.live("update client set town = 'C' where id = 3");
    states.live("alter table client rename column town to place");
    states.live("alter table client alter column size type bigint");
    states.live(
        "update client set place = 'D', size = 4 where id = 4",
        "insert into client (id, name, place, size) values (80, 'too large', 'E', 5000000000)",
        "insert into client (id, name, place, size) values (81, 'fits', 'F', 5)");

    Replayed replayed = replay();

    assertThat(
            states.inGood(
                "select id, city, note, size from customer where id in (1, 2, 3, 4, 80, 81) order by id"))
        .containsExactly("1|A|old|1", "2|B|old|null", "3|C|old|null", "4|D|old|4", "81|F|null|5");
    assertThat(table(replayed, "customer").leftOut())
        .containsExactly(java.util.Map.entry("a number is too large for the good state", 1L));
  }

  @Test
  void rows_that_do_not_fit_go_to_a_file_with_the_reason_and_others_come_through()
      throws Exception {
    keep();
    states.live(
        "alter table \"Order\" drop constraint \"Order_cents_check\"",
        "alter table customer alter column name drop not null");
    states.live(
        "insert into \"Order\" (nr, customer, cents) values (40, 1, -5), (41, 1, 5)",
        "insert into customer values (90, null, null, null, null)",
        "insert into \"Order\" (nr, customer, cents) values (42, 90, 5)",
        "insert into customer values (91, null, null, null, null)",
        "update customer set name = 'now it fits' where id = 91",
        "insert into \"Order\" (nr, customer, cents) values (43, 91, 5)");

    Replayed replayed = replay();

    assertThat(states.inGood("select nr from \"Order\" where nr >= 40 order by 1"))
        .containsExactly("41", "43");
    assertThat(states.inGood("select id from customer where id >= 90")).containsExactly("91");
    assertThat(table(replayed, "Order").leftOutRows()).isEqualTo(2);
    // the one that came to fit counts only if its two changes were not written as one
    assertThat(table(replayed, "customer").leftOutRows()).isBetween(1L, 2L);
    Path left = replayed.leftOut().getFirst();
    assertThat(Files.readString(left.resolve("public.Order.csv")))
        .contains("it does not meet the check Order_cents_check")
        .contains("against the foreign key Order_customer_fkey");
    assertThat(Files.readString(left.resolve("public.customer.csv")))
        .contains("the good state needs a value in name");
  }

  @Test
  void a_deleted_row_that_others_still_refer_to_stays_and_is_in_the_file() throws Exception {
    keep();
    together(states, "alter table customer add column x int", "delete from \"Order\" where nr = 1");
    states.live("delete from customer where id = 1");

    Replayed replayed = replay();

    assertThat(states.inGood("select count(*) from customer where id = 1")).containsExactly("1");
    assertThat(table(replayed, "customer").leftOutRows()).isEqualTo(1);
    assertThat(Files.readString(replayed.leftOut().getFirst().resolve("public.customer.csv")))
        .contains("name 1");
  }

  // -- which tables -----------------------------------------------------------------------------

  private static final String RING =
      "create table users (id int primary key, home int); create table address (id int primary key,"
          + " owner int not null references users on delete cascade); alter table users add foreign"
          + " key (home) references address on delete set null; create table later (id int primary"
          + " key, owner int references users); create table node (id int primary key, next int not"
          + " null references node deferrable); create table a (id int primary key, b int not null);"
          + " create table b (id int primary key, a int not null references a); alter table a add"
          + " foreign key (b) references b deferrable initially deferred";

  @Test
  void deleted_rows_that_refer_to_one_another_go_together() throws Exception {
    states.live(
        RING,
        "insert into users select n from generate_series(1, 6) n",
        "insert into address select 10 * n, n from generate_series(1, 6) n",
        "update users set home = 10 * id",
        "begin; set constraints all deferred; insert into node values (1, 2), (2, 3), (3, 1), (4, 4);"
            + " commit");
    keep();
    states.live(
        "delete from users where id < 4",
        "insert into later values (1, 5)",
        "begin; set constraints all deferred; delete from node where id = 2; delete from node where"
            + " id in (1, 3); commit",
        "delete from node where id = 4");
    // in the good state a row refers to one of them, and stays
    states.good("insert into later values (9, 2)");

    Replayed replayed = replay();

    assertThat(states.inGood("select id from users order by id"))
        .containsExactly("2", "4", "5", "6");
    assertThat(states.inGood("select id from address order by id"))
        .containsExactly("20", "40", "50", "60");
    assertThat(states.inGood("select home from users where id = 2")).containsExactly("20");
    assertThat(states.inGood("select count(*) from node")).containsExactly("0");
    assertThat(states.inGood("select id from later order by id")).containsExactly("1", "9");
    assertThat(replayed.leftOutRows()).isEqualTo(2);
  }

  @Test
  void new_rows_that_refer_to_one_another_come_together() throws Exception {
    states.live(RING);
    keep();
    states.live(
        "begin; set constraints all deferred; insert into node values (1, 2); insert into node values"
            + " (2, 3), (3, 1); commit",
        "begin; insert into a values (1, 10), (2, 20); insert into b values (10, 1), (20, 2); commit",
        "insert into customer values (77, 'new', null, null, null)");

    Replayed replayed = replay();

    assertThat(states.inGood("select id || '>' || next from node order by id"))
        .containsExactly("1>2", "2>3", "3>1");
    assertThat(states.inGood("select a.id from a join b on b.a = a.id and a.b = b.id order by 1"))
        .containsExactly("1", "2");
    assertThat(replayed.leftOutRows()).isZero();
  }

  @Test
  void rows_of_an_older_form_of_the_table_wait_beside_a_ring_and_do_not_bend_it() throws Exception {
    states.live(
        "create table one (id int primary key, legacy int, plain int, other int not null); create"
            + " table other (id int primary key, one int not null references one); alter table one"
            + " add foreign key (other) references other deferrable initially deferred");
    keep();
    together(
        states,
        "alter table customer add column country text",
        "insert into one values (99, 0, 0, 990)",
        "insert into other values (990, 99)");
    states.live(
        "insert into one values (100, 7, 8, 990)",
        "alter table one drop column legacy",
        "begin; insert into one values (1, 5, 10), (2, 6, 20); insert into other values (10, 1), (20,"
            + " 2); commit");

    Replayed replayed = replay();

    assertThat(states.inGood("select id, legacy, plain, other from one order by id"))
        .containsExactly("1|null|5|10", "2|null|6|20");
    assertThat(replayed.leftOutRows()).isEqualTo(1);
  }

  @Test
  void a_row_of_a_ring_that_came_back_under_its_key_is_there() throws Exception {
    states.live(
        RING,
        "insert into users values (1), (2)",
        "insert into address values (10, 1), (20, 2)",
        "update users set home = 10 * id");
    keep();
    states.live(
        "delete from users where id = 1",
        "insert into users values (1)",
        "insert into address values (10, 1)",
        "update users set home = 10 where id = 1",
        "delete from users where id = 1",
        "insert into users values (1)");

    replay();

    assertThat(states.inGood("select id || ' ' || coalesce(home, 0) from users order by id"))
        .isEqualTo(states.inLive("select id || ' ' || coalesce(home, 0) from users order by id"));
    assertThat(states.inGood("select id from address")).containsExactly("20");
  }

  @Test
  void tables_without_a_key_and_those_that_refer_to_them_are_left_to_comparison() throws Exception {
    states.live(
        "create table loose (a int unique, b text)",
        "create table child (id int primary key, loose int references loose (a))",
        "create unlogged table quick (id int primary key)");
    prepared = Optional.of(SlotHere.open(states));

    assertThat(prepared.orElseThrow().told())
        .containsExactlyInAnyOrder(
            new TableName("public", "customer"), new TableName("public", "Order"));
    assertThat(prepared.orElseThrow().others())
        .containsExactlyInAnyOrder(
            "loose (no primary key that names its rows in the log)",
            "child (refers to loose)",
            "quick (no primary key that names its rows in the log)");
    states.live("update loose set b = 'users of it can still write'");
  }

  @Test
  void a_table_that_the_slot_stops_telling_is_seen_while_it_is_replayed() throws Exception {
    states.live("create table gone (id int primary key)", "create table old (id int primary key)");
    keep();
    try (Replay replay =
        new Replay(
            states.goodDatabase(), states.liveDatabase(), prepared.orElseThrow(), Policy.usual())) {
      assertThat(replay.over()).isEmpty();
      states.live(
          "drop table gone",
          "alter table old rename to older",
          "create table old (id int primary key)",
          "alter publication " + prepared.orElseThrow().slot() + " drop table \"Order\"");

      assertThat(replay.over())
          .as("nothing is told of what is called so now; what was dropped is told to its end")
          .containsExactlyInAnyOrder(
              new TableName("public", "Order"), new TableName("public", "old"));
    }
  }

  // -- faults -----------------------------------------------------------------------------------

  @Test
  void sessions_that_end_at_any_moment_neither_lose_a_row_nor_do_it_twice() throws Exception {
    states.live(
        "create table tally (id int primary key, n bigint not null default 0)",
        "insert into tally select n from generate_series(0, 9) n");
    keep();
    for (int n = 0; n < 300; n++) {
      states.live(
          "insert into customer values (" + (1000 + n) + ", 'n', null, null, null)",
          "update tally set n = n + " + n + " where id = " + n % 10);
    }
    var random = new java.util.Random(7);
    int failed = 0;
    for (int n = 0; n < 12; n++) {
      var killer = new Killer(states, random.nextInt(60));
      try (Replay replay = open(20)) {
        replay.untilNow(this::next);
      } catch (DatabaseTrouble e) {
        failed++;
      } finally {
        killer.stop();
      }
    }

    replay();

    assertThat(failed).isPositive();
    same("tally");
    same("customer");
  }

  @Test
  void a_slot_that_the_server_gave_up_is_told() throws Exception {
    keep();
    SlotHere.drop(states, prepared.orElseThrow());
    Prepared gone = prepared.orElseThrow();
    prepared = Optional.empty();

    assertThat(Replay.lost(states.liveDatabase(), gone)).get().asString().contains("was dropped");
    assertThatThrownBy(() -> replay(gone)).isInstanceOf(DatabaseTrouble.class);
  }

  @Test
  void somebody_who_reads_the_slot_is_waited_for() throws Exception {
    keep();
    states.live("update customer set city = 'Bonn'");
    try (Replay first = open(50_000)) {
      first.untilNow(this::next);
      var second = Thread.ofVirtual().unstarted(first::rest);
      try (Replay other = open(50_000)) {
        second.start();
        assertThat(other.untilNow(this::next).now()).isZero();
      }
      second.join();
    }
  }

  // -- hands ------------------------------------------------------------------------------------

  private void keep() throws Exception {
    prepared = Optional.of(SlotHere.open(states));
    states.snapshot();
  }

  private Replay open(int commitEvery) throws DatabaseTrouble {
    return new Replay(
        states.goodDatabase(),
        states.liveDatabase(),
        prepared.orElseThrow(),
        Policy.usual(),
        commitEvery);
  }

  private Replayed replay() throws Exception {
    return replay(prepared.orElseThrow());
  }

  private Replayed replay(Prepared from) throws Exception {
    try (var replay =
        new Replay(states.goodDatabase(), states.liveDatabase(), from, Policy.usual())) {
      return replay.untilNow(this::next);
    }
  }

  private Path next() {
    return folder.resolve("left-" + folders++);
  }

  private static TableRound table(Replayed replayed, String name) {
    return replayed.tables().stream()
        .filter(t -> t.table().name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private void same(String table) {
    String all = "select * from " + table + " order by 1, 2";
    List<String> rows = new ArrayList<>(states.inLive(all));
    assertThat(states.inGood(all)).isEqualTo(rows);
  }
}
