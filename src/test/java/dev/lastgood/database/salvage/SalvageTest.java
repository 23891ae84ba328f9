package dev.lastgood.database.salvage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.database.DatabaseTrouble;
import dev.lastgood.database.DatabaseUrl;
import dev.lastgood.database.StateTables;
import dev.lastgood.database.TableName;
import dev.lastgood.database.TwoStates;
import dev.lastgood.model.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of what users wrote, on a real server.
@DisplayNameGeneration(ReplaceUnderscores.class)
class SalvageTest {
  private static final String SHOP =
      "create table customers (id int generated always as identity primary key, email text not null"
          + " unique, name text, city varchar(20), loud text generated always as (upper(name))"
          + " stored);"
          + " create table orders (id bigserial primary key, customer_id int not null references"
          + " customers on delete cascade, amount numeric(10,2), at timestamptz not null default"
          + " now(), info jsonb);"
          + " insert into customers (email, name, city) select 'c' || i || '@shop', 'n' || i, 'Ulm'"
          + " from generate_series(1, 10) i;"
          + " insert into orders (customer_id, amount) select i, i * 10 from generate_series(1, 10)"
          + " i";

  @TempDir Path folder;

  private Round carry(TwoStates states, Policy policy)
      throws DatabaseTrouble, InterruptedException {
    return carry(states, policy, Optional.empty(), "left-out");
  }

  private Round carry(TwoStates states, Policy policy, Optional<Mark> since, String name)
      throws DatabaseTrouble, InterruptedException {
    return new Salvage(states.goodDatabase(), states.liveDatabase(), policy, 2)
        .round(since, folder.resolve(name));
  }

  private static DatabaseUrl as(String role, String url) {
    String theirs = url.replaceFirst("user=[^&]*", "user=" + role);
    return new DatabaseUrl(new Secret("${env:DATABASE_URL}", () -> theirs));
  }

  private static TableRound of(Round round, String table) {
    return round.tables().stream()
        .filter(t -> t.table().name().equals(table))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void new_changed_and_deleted_rows_are_carried_over() throws Exception {
    var states = new TwoStates(SHOP).snapshot();
    states.live(
        "insert into customers (email, name) values ('new@shop', 'New')",
        "insert into orders (customer_id, amount, info) values (11, 5.50, '{\"a\": [1.0]}')",
        "update customers set name = 'Changed' where id = 3",
        "delete from customers where id = 7");

    Round round = carry(states, Policy.usual());

    assertThat(of(round, "customers"))
        .extracting(
            TableRound::inserted, TableRound::updated, TableRound::deleted, TableRound::applied)
        .containsExactly(1L, 1L, 1L, 3L);
    assertThat(round.leftOut()).isEmpty();
    for (String table : new String[] {"customers", "orders"}) {
      String all = "select * from " + table + " order by 1";
      assertThat(states.inGood(all)).isEqualTo(states.inLive(all));
    }
  }

  private static final String PRISMA =
      "create table _prisma_migrations (id varchar(36) primary key, checksum varchar(64) not null,"
          + " finished_at timestamptz, migration_name varchar(255) not null, logs text,"
          + " rolled_back_at timestamptz, started_at timestamptz not null default now(),"
          + " applied_steps_count int not null default 0)";

  @Test
  void what_a_migration_tool_noted_goes_with_the_schema_and_not_with_users() throws Exception {
    var states =
        new TwoStates(SHOP, PRISMA, "create table alembic_version (version_num varchar(32))")
            .snapshot();
    states.live(
        "alter table orders add gift boolean",
        "insert into _prisma_migrations (id, checksum, migration_name) values ('1', 'c', '2_gift')",
        "insert into alembic_version values ('1a2b')",
        "create table flyway_schema_history (installed_rank int primary key, script text, checksum"
            + " int, installed_on timestamp)",
        "insert into flyway_schema_history values (1, 'V2__gift.sql', 1, now())",
        "insert into customers (email) values ('new@shop')");

    Round round = carry(states, Policy.usual());

    assertThat(states.inGood("select count(*) from _prisma_migrations")).containsExactly("0");
    assertThat(states.inGood("select count(*) from alembic_version")).containsExactly("0");
    assertThat(round.found()).isEqualTo(1);
    assertThat(round.tables()).noneMatch(t -> t.table().name().contains("flyway"));
    assertThat(round.notes())
        .anyMatch(n -> n.startsWith("_prisma_migrations is where a migration tool notes"))
        .anyMatch(n -> n.startsWith("flyway_schema_history is where"));
  }

  @Test
  void a_state_table_of_a_persons_own_naming_goes_with_the_schema_too() throws Exception {
    var states =
        new TwoStates(SHOP, "create table shop_versions (version_num varchar(32) primary key)")
            .snapshot();
    states.live(
        "insert into shop_versions values ('1a2b')",
        "insert into customers (email) values ('new@shop')");

    Round round =
        carry(
            states,
            Policy.usual()
                .knowing(new StateTables(Set.of(new TableName("public", "shop_versions"))))
                .knowing(new StateTables(Set.of(new TableName("public", "of_the_settings")))));

    assertThat(states.inGood("select count(*) from shop_versions")).containsExactly("0");
    assertThat(round.found()).isEqualTo(1);
    assertThat(round.notes()).anyMatch(n -> n.startsWith("shop_versions is where a migration"));
  }

  @Test
  void repeating_a_round_finds_nothing_more() throws Exception {
    var states = new TwoStates(SHOP).snapshot();
    states.live("insert into customers (email) values ('x')", "delete from orders where id = 1");

    carry(states, Policy.usual());
    Round again = carry(states, Policy.usual(), Optional.empty(), "again");

    assertThat(again.found()).isZero();
  }

  @Test
  void a_catch_up_round_looks_only_at_what_was_written_since() throws Exception {
    var states = new TwoStates(SHOP).snapshot();
    states.live("insert into customers (email) values ('first')");
    Round first = carry(states, Policy.usual());
    states.live(
        "insert into customers (email) values ('second')",
        "update orders set amount = 99 where id = 2",
        "delete from orders where id = 5");

    Round second = carry(states, Policy.usual(), Optional.of(first.mark()), "second");

    assertThat(second.incremental()).isTrue();
    assertThat(second.inserted()).isEqualTo(1);
    assertThat(second.updated()).isEqualTo(1);
    assertThat(second.deleted()).isEqualTo(1);
    assertThat(states.inGood("select * from orders order by 1"))
        .isEqualTo(states.inLive("select * from orders order by 1"));
  }

  @Test
  void a_mark_of_another_database_is_not_believed() throws Exception {
    var states = new TwoStates(SHOP).snapshot();
    states.live("insert into customers (email) values ('x')");

    Round round =
        carry(
            states, Policy.usual(), Optional.of(new Mark("1", 2, Long.MAX_VALUE, "")), "left-out");

    assertThat(round.incremental()).isFalse();
    assertThat(round.applied()).isEqualTo(1);
    assertThat(round.notes()).anySatisfy(n -> assertThat(n).contains("everything was compared"));
  }

  @Test
  void what_only_the_migration_touched_is_not_taken_for_users() throws Exception {
    var states = new TwoStates(SHOP).snapshot();
    states.live(
        "alter table customers rename column name to full_name",
        "alter table customers add column score int not null default 7",
        "alter table orders alter column amount type bigint using (amount * 100)",
        "insert into customers (email, full_name) values ('new', 'New One')",
        "update customers set full_name = 'Renamed' where id = 2");

    Round round = carry(states, Policy.usual());

    assertThat(of(round, "orders"))
        .extracting(TableRound::found, TableRound::migrated)
        .containsExactly(0L, 10L);
    assertThat(states.inGood("select name from customers where id in (2, 11) order by id"))
        .containsExactly("Renamed", "New One");
    assertThat(states.inGood("select amount from orders where id = 1")).containsExactly("10.00");
  }

  @Test
  void a_price_changed_after_its_column_became_wider_is_carried_over() throws Exception {
    var states = new TwoStates(SHOP).snapshot();
    states.live(
        "alter table orders alter column amount type numeric(12,2)",
        "update orders set amount = 99.90 where id = 4",
        "update orders set amount = 99999999990 / 10.0 where id = 5");

    Round round = carry(states, Policy.usual());

    assertThat(of(round, "orders"))
        .extracting(TableRound::migrated, TableRound::applied, TableRound::leftOutRows)
        .containsExactly(0L, 1L, 1L);
    assertThat(states.inGood("select id, amount from orders where id < 6 order by id"))
        .containsExactly("1|10.00", "2|20.00", "3|30.00", "4|99.90", "5|50.00");
  }

  @Test
  void a_row_that_users_and_the_migration_changed_goes_to_the_policy() throws Exception {
    var states = new TwoStates(SHOP).snapshot();
    states.live(
        "alter table orders alter column amount type bigint using (amount * 100)",
        "update orders set at = '2030-01-01' where id = 4");

    Round asked = carry(states, Policy.usual(), Optional.empty(), "asked");
    assertThat(of(asked, "orders"))
        .extracting(TableRound::updated, TableRound::ambiguous, TableRound::applied)
        .containsExactly(1L, 1L, 0L);
    assertThat(Files.readString(folder.resolve("asked/public.orders.csv")))
        .contains("policy: ask")
        .contains("4000");
    assertThat(states.inGood("select amount from orders where id = 4")).containsExactly("40.00");

    carry(states, Policy.usual().with(Policy.Ambiguous.KEEP_LIVE), Optional.empty(), "live");
    assertThat(states.inGood("select amount, at::date from orders where id = 4"))
        .containsExactly("4000.00|2030-01-01");
  }

  @Test
  void what_does_not_fit_the_good_state_is_in_a_private_file_with_the_reason() throws Exception {
    var states = new TwoStates(SHOP).snapshot();
    states.live(
        "alter table customers alter column city type text",
        "alter table customers drop constraint customers_email_key",
        "insert into customers (email, city) values ('long', repeat('x', 21))",
        "insert into customers (email, city) values ('c1@shop', 'twice')",
        "insert into customers (email, city) values ('fits', 'Ulm')");

    Round round = carry(states, Policy.usual());

    assertThat(of(round, "customers").applied()).isEqualTo(1);
    assertThat(of(round, "customers").leftOut())
        .containsOnly(
            Map.entry("a text is too long for the good state", 1L),
            Map.entry(
                "another row has the same value, against the unique rule customers_email_key", 1L));
    Path file = folder.resolve("left-out/public.customers.csv");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(Files.readAllLines(file)).hasSize(3);
    assertThat(of(round, "customers").examples())
        .noneSatisfy(e -> assertThat(e).contains("c1@shop"));
  }

  @Test
  void a_value_that_would_be_rounded_is_left_out() throws Exception {
    var states = new TwoStates(SHOP).snapshot();
    states.live(
        "alter table orders alter column amount type numeric",
        "insert into orders (customer_id, amount) values (1, 1.234), (1, 1.230)");

    Round round = carry(states, Policy.usual());

    assertThat(of(round, "orders"))
        .extracting(TableRound::applied, TableRound::leftOutRows)
        .containsExactly(1L, 1L);
    assertThat(of(round, "orders").leftOut().firstKey()).contains("would not be the same");
  }

  @Test
  void a_folder_that_exists_is_never_overwritten_and_nothing_is_done() throws Exception {
    var states = new TwoStates(SHOP).snapshot();
    states.live("insert into customers (email) values ('x')");
    Files.createDirectory(folder.resolve("left-out"));

    assertThatThrownBy(() -> carry(states, Policy.usual()))
        .isInstanceOf(DatabaseTrouble.class)
        .hasMessageContaining("exists already");
    assertThat(states.inGood("select count(*) from customers")).containsExactly("10");
  }

  @Test
  void triggers_of_users_do_not_fire_and_are_as_before_afterwards() throws Exception {
    var states =
        new TwoStates(
                SHOP
                    + "; create table mails (who int); create function mail() returns trigger"
                    + " language plpgsql as 'begin insert into mails values (new.id); return new;"
                    + " end'; create trigger mail after insert on customers for each row execute"
                    + " function mail()")
            .snapshot();
    states.live("insert into customers (email) values ('x')");

    carry(states, Policy.usual());

    assertThat(states.inGood("select * from mails")).containsExactly("11");
    states.good("insert into customers (email) values ('y')");
    assertThat(states.inGood("select count(*) from mails")).containsExactly("2");
  }

  @Test
  void sequences_are_past_both_sides() throws Exception {
    var states = new TwoStates(SHOP).snapshot();
    states.live(
        "select setval('orders_id_seq', 500)",
        "insert into orders (id, customer_id) values (900, 1)");

    carry(states, Policy.usual());

    assertThat(states.inGood("select nextval('orders_id_seq')")).containsExactly("901");
  }

  @Test
  void a_table_without_key_is_compared_as_a_bag_of_rows() throws Exception {
    var states =
        new TwoStates(
                "create table log (line text); insert into log values ('a'),('a'),('b'),(null)")
            .snapshot();
    states.live("insert into log values ('a'), (null)", "delete from log where line = 'b'");

    Round round = carry(states, Policy.usual());

    assertThat(of(round, "log"))
        .extracting(TableRound::inserted, TableRound::deleted, TableRound::applied)
        .containsExactly(2L, 1L, 3L);
    assertThat(states.inGood("select line, count(*) from log group by 1 order by 1"))
        .containsExactly("a|3", "null|2");
    assertThat(of(round, "log").note()).contains("has no key");
  }

  @Test
  void names_and_values_of_every_kind_come_through() throws Exception {
    var states =
        new TwoStates(
                "create type mood as enum ('sad', 'it''s ok'); create schema \"My \"\"Schema\";"
                    + " create table \"My \"\"Schema\".\"A b\"\"c\" (\"Key 1\" text, \"k\" mood, d"
                    + " date, primary key (\"Key 1\", k), raw bytea, tags text[], grid int[][], doc"
                    + " json, f float8, ts timestamp, tz timestamptz, n numeric, iv interval, u"
                    + " uuid, ip inet, r int4range, b bit(3), c char(4), x xml)")
            .snapshot();
    states.live(
        "insert into \"My \"\"Schema\".\"A b\"\"c\" values (E'q\\'\\\\\\n\\t\"', 'it''s ok',"
            + " '0044-03-15 BC', '\\x00ff', array['a,b', null, '\"'], '{{1,2},{3,4}}', '{\"a\" : "
            + " 1.0}', '0.1'::float8 + 0.2, 'infinity', '2024-06-01 12:00+05:30', 1.500, '1 mon"
            + " 2 days', '00000000-0000-0000-0000-000000000001', '10.0.0.0/8', '[1,5)', '101',"
            + " 'ab', '<a>1</a>'), ('', 'sad', null, '', '{}', null, 'null', 'NaN', null, null,"
            + " 'NaN', null, null, null, null, null, null, null)",
        "insert into \"My \"\"Schema\".\"A b\"\"c\" (\"Key 1\", k) values ('ümlaut\uD83D\uDE00', 'sad')");
    String all =
        "select t::text from \"My \"\"Schema\".\"A b\"\"c\" t order by \"Key 1\" collate \"C\"";

    Round round = carry(states, Policy.usual());

    assertThat(round.applied()).isEqualTo(3);
    assertThat(states.inGood(all)).isEqualTo(states.inLive(all));
    states.live("update \"My \"\"Schema\".\"A b\"\"c\" set n = 1.50, grid = '{1,2,3,4}', d = null");
    assertThat(carry(states, Policy.usual(), Optional.empty(), "2").updated()).isEqualTo(3);
    assertThat(states.inGood(all)).isEqualTo(states.inLive(all));
  }

  @Test
  void rows_that_refer_to_one_another_arrive_whole_when_one_may_be_null_first() throws Exception {
    var states =
        new TwoStates(
                "create table users (id int primary key, home int); create table address (id int"
                    + " primary key, owner int not null references users); alter table users add"
                    + " foreign key (home) references address; create table later (id int primary"
                    + " key, of int not null references users)")
            .snapshot();
    states.live(
        "insert into users values (1, null); insert into address values (1, 1); update users set home = 1",
        "insert into later values (1, 1)",
        "insert into users values (2, 1)");

    Round round = carry(states, Policy.usual());

    assertThat(round.leftOutRows()).isZero();
    for (String table : new String[] {"users", "address", "later"}) {
      String all = "select * from " + table + " order by 1";
      assertThat(states.inGood(all)).isEqualTo(states.inLive(all));
    }
  }

  @Test
  void rows_of_a_circle_wait_for_the_end_of_the_transaction_where_the_rule_may() throws Exception {
    var states =
        new TwoStates(
                "create table a (id int primary key, b int not null); create table b (id int primary"
                    + " key, a int not null references a deferrable); alter table a add foreign key"
                    + " (b) references b deferrable initially deferred")
            .snapshot();
    states.live(
        "begin; set constraints all deferred; insert into a values (1, 1); insert into b values (1,"
            + " 1); commit");

    Round round = carry(states, Policy.usual());

    assertThat(round.leftOutRows()).isZero();
    assertThat(states.inGood("select a.id, b.id from a join b on b.a = a.id and a.b = b.id"))
        .containsExactly("1|1");
  }

  @Test
  void a_row_that_cannot_come_takes_its_circle_along_and_no_other() throws Exception {
    var states =
        new TwoStates(
                "create table users (id int primary key, name text check (name <> 'bad'), home int);"
                    + " create table address (id int primary key, owner int not null references users"
                    + " deferrable initially deferred); alter table users add foreign key (home)"
                    + " references address; create table a (id int primary key, b int not null"
                    + " references address deferrable initially deferred)")
            .snapshot();
    states.live(
        "alter table users drop constraint users_name_check",
        "insert into users values (1, 'good', null), (2, 'bad', null), (3, 'guest', null)",
        "insert into address values (1, 1), (2, 2)",
        "update users set home = id where id < 3; update users set home = 2 where id = 3",
        "insert into a values (1, 1), (2, 2)");

    Round round = carry(states, Policy.usual());

    assertThat(states.inGood("select id, home from users")).containsExactly("1|1");
    assertThat(states.inGood("select id from address")).containsExactly("1");
    assertThat(states.inGood("select id from a")).containsExactly("1");
    assertThat(round.leftOutRows()).isEqualTo(4);
    assertThat(round.applied()).isEqualTo(3);
  }

  @Test
  void a_long_chain_under_a_row_that_does_not_fit_takes_no_other_circle_along() throws Exception {
    var states =
        new TwoStates(
                "create table nodes (id int primary key, name text check (name <> 'bad'), up int"
                    + " references nodes); create table a (id int primary key, b int); create table"
                    + " b (id int primary key, a int not null references a); alter table a add"
                    + " foreign key (b) references b")
            .snapshot();
    states.live(
        "alter table nodes drop constraint nodes_name_check",
        "insert into nodes select i, case i when 1 then 'bad' else 'n' end, nullif(i - 1, 0) from"
            + " generate_series(1, 40) i",
        "insert into a values (1, null); insert into b values (1, 1); update a set b = 1");

    Round round = carry(states, Policy.usual());

    assertThat(states.inGood("select a.id, b.id from a join b on a.b = b.id and b.a = a.id"))
        .containsExactly("1|1");
    assertThat(states.inGood("select id from nodes")).isEmpty();
    assertThat(round.applied()).isEqualTo(2);
    assertThat(round.leftOutRows()).isEqualTo(40);
  }

  @Test
  void a_reference_of_a_circle_is_known_by_what_the_rule_calls_equal() throws Exception {
    var states =
        new TwoStates(
                "create schema kinds; create extension citext schema kinds; create table a (id int"
                    + " primary key, name kinds.citext not null unique, b kinds.citext not null);"
                    + " create table b (id int primary key, name kinds.citext not null unique, a"
                    + " kinds.citext not null references a (name) deferrable initially deferred);"
                    + " alter table a add foreign key (b) references b (name) deferrable initially"
                    + " deferred")
            .snapshot();
    states.live(
        "begin; insert into a values (1, 'Ann', 'bob'); insert into b values (1, 'Bob', 'ann');"
            + " commit");

    Round round = carry(states, Policy.usual());

    assertThat(round.leftOutRows()).isZero();
    assertThat(states.inGood("select a.name, b.name from a, b")).containsExactly("Ann|Bob");
  }

  @Test
  void a_rule_that_may_wait_has_a_namesake_that_may_not() throws Exception {
    var states =
        new TwoStates(
                "create table a (id int primary key, b int not null); create table b (id int primary"
                    + " key, a int not null constraint same references a deferrable initially"
                    + " deferred); alter table a add constraint own foreign key (b) references b"
                    + " deferrable initially deferred; create table c (id int primary key, a int"
                    + " constraint same references a)")
            .snapshot();
    states.live(
        "begin; insert into a values (1, 1); insert into b values (1, 1); commit",
        "insert into c values (1, 1)");

    Round round = carry(states, Policy.usual());

    assertThat(round.leftOutRows()).isZero();
    assertThat(states.inGood("select a.id, b.id, c.id from a, b, c")).containsExactly("1|1|1");
  }

  @Test
  void rules_of_tables_of_another_session_are_not_touched() throws Exception {
    String role = "fk_" + System.nanoTime();
    var states =
        new TwoStates(
                "create role "
                    + role
                    + " login; create table t (id int primary key, up int references t deferrable)",
                "alter table t owner to " + role)
            .snapshot();
    states.live("insert into t values (2, 1), (1, 2)");
    try (Connection other = DriverManager.getConnection(states.goodUrl());
        Statement statement = other.createStatement()) {
      statement.execute(
          "create temporary table mine (id int primary key, up int references mine deferrable)");

      Round round =
          new Salvage(as(role, states.goodUrl()), as(role, states.liveUrl()), Policy.usual(), 1)
              .round(Optional.empty(), folder.resolve("left-out"));

      assertThat(round.applied()).isEqualTo(2);
    }
  }

  @Test
  void deleted_rows_that_refer_to_one_another_go_together() throws Exception {
    var states =
        new TwoStates(
                "create table orders (id int primary key, latest int); create table invoice (id int"
                    + " primary key, of int not null references orders deferrable initially"
                    + " deferred); alter table orders add foreign key (latest) references invoice"
                    + " deferrable initially deferred; begin; insert into orders select i, i from"
                    + " generate_series(1, 20) i; insert into invoice select i, i from"
                    + " generate_series(1, 20) i; commit; create table stays (id int primary key,"
                    + " of int references orders)",
                "insert into stays values (1, 2)")
            .snapshot();
    states.live(
        "alter table stays drop constraint stays_of_fkey",
        "begin; delete from orders where id < 3; delete from invoice where id < 3; commit");

    Round round = carry(states, Policy.usual());

    String gone = "select o.id, i.id from orders o full join invoice i on i.id = o.id where";
    assertThat(states.inGood(gone + " o.id < 3 or i.id < 3")).containsExactly("2|2");
    assertThat(round.applied()).isEqualTo(2);
    assertThat(round.leftOutRows()).isEqualTo(2);
  }

  @Test
  void deleted_rows_that_cannot_go_keep_no_others_from_going() throws Exception {
    var states =
        new TwoStates(
                "create table a (id int primary key, b int); create table b (id int primary key, a"
                    + " int not null references a); alter table a add foreign key (b) references b;"
                    + " insert into a values (1, null); insert into b values (1, 1); update a set b ="
                    + " 1",
                "create table c (id int primary key, d int not null, a int references a on delete"
                    + " cascade); create table d (id int primary key, c int not null references c"
                    + " deferrable); alter table c add foreign key (d) references d deferrable",
                "begin; set constraints all deferred; insert into c values (1, 1, 1), (2, 2, null);"
                    + " insert into d values (1, 1), (2, 2); commit")
            .snapshot();
    states.live(
        "begin; set constraints all deferred; delete from c; delete from d; update a set b = null;"
            + " delete from b; delete from a; commit");

    Round round = carry(states, Policy.usual());

    assertThat(states.inGood("select a.id, b.id from a, b where a.b = b.id and b.a = a.id"))
        .containsExactly("1|1");
    assertThat(states.inGood("select id from c union all select id from d")).isEmpty();
    assertThat(round.applied()).isEqualTo(4);
    assertThat(round.leftOutRows()).isEqualTo(2);
  }

  @Test
  void an_account_goes_with_the_addresses_of_which_it_names_one() throws Exception {
    var states =
        new TwoStates(
                "create table users (id int primary key, home int); create table addresses (id int"
                    + " primary key, of int not null references users on delete cascade); alter"
                    + " table users add foreign key (home) references addresses on delete set null;"
                    + " insert into users select i, null from generate_series(1, 40) i; insert into"
                    + " addresses select i, i from generate_series(1, 40) i; update users set home ="
                    + " id; create table notes (id int primary key, of int references addresses on"
                    + " delete cascade); insert into notes values (1, 2)",
                "insert into users values (50, 3)")
            .snapshot();
    states.live(
        "alter table notes drop constraint notes_of_fkey",
        "delete from users where id in (1, 2, 3)");

    Round round = carry(states, Policy.usual());

    assertThat(states.inGood("select id, home from users where id in (1, 2, 3, 50) order by 1"))
        .containsExactly("2|2", "50|null");
    assertThat(states.inGood("select id from addresses where id < 4")).containsExactly("2");
    assertThat(states.inGood("select id from notes")).containsExactly("1");
    assertThat(round.applied()).isEqualTo(5);
    assertThat(of(round, "addresses").leftOut()).containsOnlyKeys("rows that stay refer to it");
  }

  @Test
  void a_deleted_parent_never_takes_rows_along_that_nobody_deleted() throws Exception {
    var states = new TwoStates(SHOP).snapshot();
    states.live(
        "alter table orders drop constraint orders_customer_id_fkey",
        "delete from customers where id = 3");

    Round round = carry(states, Policy.usual());

    assertThat(states.inGood("select count(*) from orders")).containsExactly("10");
    assertThat(of(round, "customers").leftOut()).containsOnlyKeys("rows that stay refer to it");
  }

  @Test
  void a_tree_and_a_circle_of_references_arrive_whole() throws Exception {
    var states =
        new TwoStates(
                "create table nodes (id uuid primary key, parent uuid references nodes);"
                    + " create table a (id int primary key, b int); create table b (id int primary"
                    + " key, a int references a deferrable initially deferred); alter table a add"
                    + " foreign key (b) references b deferrable")
            .snapshot();
    states.live(
        "insert into nodes select ('00000000-0000-0000-0000-' || lpad((1000 - i)::text, 12,"
            + " '0'))::uuid, case when i > 0 then ('00000000-0000-0000-0000-' || lpad((1001 -"
            + " i)::text, 12, '0'))::uuid end from generate_series(0, 700) i",
        "begin; set constraints all deferred; insert into a values (1, 1); insert into b values (1,"
            + " 1); commit");

    Round round = carry(states, Policy.usual());

    assertThat(states.inGood("select count(*) from nodes")).containsExactly("701");
    assertThat(round.leftOutRows()).isZero();
    assertThat(states.inGood("select * from a")).containsExactly("1|1");
  }

  @Test
  void the_good_state_is_matched_by_name_when_it_comes_from_a_dump() throws Exception {
    var states = new TwoStates("create table t (id int primary key, old text, x int)");
    states.live("insert into t values (1, 'a', 1), (2, 'b', 2)");
    states.rebuilt(
        "create table t (x int, id int primary key, old text)",
        "insert into t (id, old, x) values (1, 'a', 1), (2, 'b', 2)");
    states.live(
        "alter table t rename old to fresh",
        "update t set fresh = 'c' where id = 2",
        "insert into t values (3, 'new', 3)");

    Round round = carry(states, Policy.usual().renaming(Map.of("public.t.old", "fresh")));

    assertThat(round.applied()).isEqualTo(2);
    assertThat(states.inGood("select id, old, x from t order by id"))
        .containsExactly("1|a|1", "2|c|2", "3|new|3");
  }

  @Test
  void many_rows_deleted_at_once_look_like_a_migration_and_are_asked_about() throws Exception {
    var states =
        new TwoStates(
                "create table t (id int primary key); insert into t select generate_series(1, 300)")
            .snapshot();
    states.live("delete from t where id > 100", "insert into t values (1000)");

    Round round = carry(states, Policy.usual());

    assertThat(of(round, "t"))
        .extracting(TableRound::deleted, TableRound::ambiguous, TableRound::applied)
        .containsExactly(200L, 200L, 1L);
    assertThat(states.inGood("select count(*) from t")).containsExactly("301");
  }

  @Test
  void rows_the_migration_wrote_last_are_known_by_its_transaction() throws Exception {
    var states = new TwoStates(SHOP).snapshot();
    long migration =
        Long.parseLong(
            states
                .inLive(
                    "with w as (insert into customers (email) values ('seed') returning xmin) select"
                        + " xmin from w")
                .getFirst());
    states.live("insert into customers (email) values ('user')");

    Round round = carry(states, Policy.usual().migratedBy(Set.of(migration)));

    assertThat(of(round, "customers"))
        .extracting(TableRound::inserted, TableRound::migrated)
        .containsExactly(1L, 1L);
  }

  @Test
  void a_rehearsal_counts_and_leaves_the_good_state_as_it_was() throws Exception {
    var states = new TwoStates(SHOP).snapshot();
    states.live(
        "insert into customers (email) values ('x')",
        "create table news (a int); insert into news" + " values (1), (2)");

    Round round =
        new Salvage(states.goodDatabase(), states.liveDatabase(), Policy.usual(), 2)
            .rehearse(Optional.empty());

    assertThat(round.kept()).isFalse();
    assertThat(round.applied()).isEqualTo(1);
    assertThat(of(round, "news").leftOut())
        .containsEntry("the table does not exist in the good state", 2L);
    assertThat(states.inGood("select count(*) from customers")).containsExactly("10");
    assertThat(states.inGood("select last_value from customers_id_seq")).containsExactly("10");
  }

  @Test
  void rows_of_a_table_that_the_good_state_lacks_are_in_both_files_and_can_be_run_by_hand()
      throws Exception {
    var states = new TwoStates(SHOP).snapshot();
    String news =
        "create table \"New's\" (id int generated always as identity, \"a;b\" text, twice int generated always as (id * 2) stored)";
    states.live(news, "insert into \"New's\" (\"a;b\") values ('it''s; so\nhere'), (null)");

    carry(states, Policy.usual());

    assertThat(Files.readAllLines(folder.resolve("left-out/public.New%27s.csv")))
        .hasSize(4); // one value has two lines
    states.good(news);
    states.good(Files.readString(folder.resolve("left-out/public.New%27s.sql")));
    assertThat(states.inGood("select * from \"New's\" order by id"))
        .isEqualTo(states.inLive("select * from \"New's\" order by id"));
  }

  @Test
  void large_values_are_carried_in_little_memory() throws Exception {
    var states = new TwoStates("create table files (id int primary key, raw bytea)").snapshot();
    states.live(
        "insert into files select i, decode(repeat(md5(i::text), 655360), 'hex') from"
            + " generate_series(1, 4) i");

    carry(states, Policy.usual());

    String sums = "select id, length(raw), md5(raw) from files order by id";
    assertThat(states.inGood(sums)).isEqualTo(states.inLive(sums)).hasSize(4);
    assertThat(states.inGood("select min(length(raw)) from files")).containsExactly("10485760");
  }

  @Test
  void large_objects_are_carried_over_under_their_numbers() throws Exception {
    var states =
        new TwoStates(
                "create table files (id int primary key, raw oid); insert into files values"
                    + " (1, lo_from_bytea(900001, 'kept')), (2, lo_from_bytea(900002, 'older')),"
                    + " (3, lo_from_bytea(900003, 'unlinked later'))")
            .snapshot();
    states.live(
        "insert into files values (4, lo_from_bytea(900004, decode(repeat('ab', 3000001), 'hex')))",
        "grant select on large object 900004 to public",
        "select lo_put(900002, 0, 'newer')",
        "delete from files where id = 3",
        "select lo_unlink(900003)");

    Round round = carry(states, Policy.usual());

    assertThat(of(round, "pg_largeobject"))
        .extracting(
            TableRound::inserted, TableRound::updated, TableRound::applied, TableRound::note)
        .containsExactly(1L, 1L, 2L, "1 that the live database does not have any more stay");
    String all =
        "select id, md5(lo_get(raw)), lomacl from files join pg_largeobject_metadata m on m.oid ="
            + " raw order by 1";
    assertThat(states.inGood(all)).isEqualTo(states.inLive(all)).hasSize(3);
    states.live("select lo_put(900001, 1, 'EPT, AND LONGER')");

    Round next = carry(states, Policy.usual(), Optional.of(round.mark()), "next");

    assertThat(of(next, "pg_largeobject"))
        .extracting(TableRound::inserted, TableRound::updated, TableRound::applied)
        .containsExactly(0L, 1L, 1L);
    assertThat(states.inGood(all)).isEqualTo(states.inLive(all));
  }

  @Test
  void large_objects_of_an_ordinary_owner_are_carried_over_too() throws Exception {
    var states =
        new TwoStates(
            "create table files (id int primary key, raw oid)",
            "do $$ begin create role clerk login; exception when duplicate_object then end $$",
            "alter table files owner to clerk");
    states.snapshot();
    states.live(
        "insert into files values (1, lo_from_bytea(900007, 'mine')), (2, lo_from_bytea(900008,"
            + " 'of another'))",
        "alter large object 900007 owner to clerk");

    Round round =
        new Salvage(as("clerk", states.goodUrl()), as("clerk", states.liveUrl()), Policy.usual(), 2)
            .round(Optional.empty(), folder.resolve("left-out"));

    assertThat(of(round, "pg_largeobject"))
        .extracting(TableRound::inserted, TableRound::applied)
        .containsExactly(2L, 1L);
    assertThat(of(round, "pg_largeobject").leftOut())
        .containsExactly(Map.entry("the role may not read it", 1L));
    assertThat(states.inGood("select convert_from(lo_get(900007), 'utf8')"))
        .containsExactly("mine");
  }

  @Test
  void a_database_is_not_salvaged_into_itself() {
    var states = new TwoStates(SHOP);
    assertThatThrownBy(() ->
            new Salvage(states.liveDatabase(), states.liveDatabase(), Policy.usual(), 1)
                .rehearse(Optional.empty()))
        .isInstanceOf(DatabaseTrouble.class)
        .hasMessageContaining("one and the same");
  }
}
