package dev.lastgood.database.salvage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.database.DatabaseTrouble;
import dev.lastgood.database.TwoStates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An exchange that is taken back, case by case: the good state became live, users went on there,
/// and the database with the newer schema shall be live again.
@DisplayNameGeneration(ReplaceUnderscores.class)
class TakingBackTest {
  private static final String SHOP =
      "create table \"Customer's\" (id int primary key, \"E Mail\" text unique, name text);"
          + " create table orders (id int primary key, customer int not null references \"Customer's\","
          + " cents numeric(10,2) not null, state text not null default 'new');"
          + " create table visits (page text, hits int);"
          + " insert into \"Customer's\" select i, 'c' || i, 'n' || i from generate_series(1, 10) i;"
          + " insert into orders (id, customer, cents) select i, i, i from generate_series(1, 10) i;"
          + " insert into visits select 'p' || i, i from generate_series(1, 10) i";

  @TempDir Path folder;
  private TwoStates states = new TwoStates();

  @BeforeEach
  void open() {
    states = new TwoStates(SHOP).snapshot();
  }

  private Round exchanged() throws DatabaseTrouble, InterruptedException {
    return new Salvage(states.goodDatabase(), states.liveDatabase(), Policy.usual(), 2)
        .exchanging(new Exchange("one", ""))
        .round(Optional.empty(), folder.resolve("there"));
  }

  private Round back(String files) throws DatabaseTrouble, InterruptedException {
    return new Salvage(states.liveDatabase(), states.goodDatabase(), Policy.usual(), 2)
        .exchanging(new Exchange("two", "one"))
        .round(Optional.empty(), folder.resolve(files));
  }

  private static TableRound of(Round round, String table) {
    return round.tables().stream()
        .filter(t -> t.table().name().equals(table))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void a_row_that_had_not_fitted_the_older_schema_is_not_taken_for_deleted() throws Exception {
    states.live(
        "alter table \"Customer's\" drop constraint \"Customer's_E Mail_key\"",
        "insert into \"Customer's\" values (11, 'c1', 'the same mail twice')");
    assertThat(exchanged().leftOutRows()).isEqualTo(1);
    states.good("delete from orders where id = 3", "delete from \"Customer's\" where id = 3");

    Round round = back("back");

    assertThat(round.found()).isEqualTo(2);
    assertThat(round.applied()).isEqualTo(2);
    assertThat(states.inLive("select id from \"Customer's\" where id in (3, 11)"))
        .containsExactly("11");
  }

  @Test
  void users_values_come_and_those_the_migration_wrote_stay() throws Exception {
    states.live("update orders set state = 'paid'");
    // nobody can tell whose change of all rows this was: the good state keeps its own
    states.live("alter table orders alter column state set default 'paid'");
    states.live(
        "insert into orders (id, customer, cents) select i, 1, 1 from generate_series(11, 400) i");
    states.good(
        "insert into orders (id, customer, cents) select i, 1, 1 from generate_series(11, 400) i");
    states.live("update orders set state = 'paid'");
    exchanged();
    assertThat(states.inGood("select distinct state from orders")).containsExactly("new");
    states.good(
        "update orders set cents = 99 where id = 5",
        "update orders set state = 'sent' where id = 6");

    back("back");

    assertThat(
            states.inLive("select id, cents, state from orders where id in (5, 6, 7) order by 1"))
        .containsExactly("5|99.00|paid", "6|6.00|sent", "7|7.00|paid");
  }

  @Test
  void a_value_that_was_changed_and_changed_back_between_rounds_is_as_users_left_it()
      throws Exception {
    states.live(
        "insert into orders (id, customer, cents) select i, 1, 1 from generate_series(11, 400) i");
    states.good(
        "insert into orders (id, customer, cents) select i, 1, 1 from generate_series(11, 400) i");
    states.live("update orders set state = 'paid'");
    exchanged();
    states.good("update orders set state = 'sent' where id = 6");
    back("back-1");
    assertThat(states.inLive("select state from orders where id = 6")).containsExactly("sent");
    states.good("update orders set state = 'new' where id = 6");

    back("back-2");

    assertThat(states.inLive("select state from orders where id = 6")).containsExactly("new");
  }

  @Test
  void new_columns_get_their_default_and_without_one_the_row_goes_into_a_file() throws Exception {
    states.live(
        "alter table \"Customer's\" add column since date not null default '2000-01-01'",
        "alter table orders add column place text",
        "update orders set place = 'Ulm'",
        "alter table orders alter column place set not null",
        "alter table orders add constraint small check (cents < 100)");
    exchanged();
    states.good(
        "insert into \"Customer's\" values (20, 'c20', 'new')",
        "insert into orders (id, customer, cents) values (20, 20, 5)",
        "update orders set cents = 500 where id = 1",
        "update orders set cents = 50 where id = 2");

    Round round = back("back");

    assertThat(states.inLive("select since from \"Customer's\" where id = 20"))
        .containsExactly("2000-01-01");
    assertThat(states.inLive("select cents, place from orders where id < 3 order by id"))
        .containsExactly("1.00|Ulm", "50.00|Ulm");
    assertThat(of(round, "orders").leftOut())
        .containsOnlyKeys(
            "the kept database needs a value in place", "it does not meet the check small");
    assertThat(Files.readString(folder.resolve("back/public.orders.csv")))
        .contains("\"20\",\"20\",\"5.00\"", "\"1\",\"1\",\"500.00\"");
  }

  @Test
  void a_renamed_column_gets_what_users_wrote_under_its_old_name() throws Exception {
    states.live("alter table \"Customer's\" rename column \"E Mail\" to \"Mail \"\"Address\"\"\"");
    exchanged();
    states.good("update \"Customer's\" set \"E Mail\" = 'other' where id = 4");

    back("back");

    assertThat(states.inLive("select \"Mail \"\"Address\"\"\" from \"Customer's\" where id = 4"))
        .containsExactly("other");
  }

  @Test
  void where_a_type_was_changed_the_kept_value_stays_and_the_users_is_in_a_file() throws Exception {
    states.live("alter table orders alter column cents type bigint using (cents * 100)::bigint");
    exchanged();
    states.good(
        "update orders set state = 'sent', cents = 77 where id = 5",
        "update orders set cents = 88 where id = 6",
        "insert into orders (id, customer, cents) values (30, 1, 12)");

    Round round = back("back");

    assertThat(
            states.inLive("select id, cents, state from orders where id in (5, 6, 7) order by 1"))
        .containsExactly("5|500|sent", "6|600|new", "7|700|new");
    assertThat(of(round, "orders").valuesWithoutPlace()).isEqualTo(1);
    assertThat(of(round, "orders").leftOut().keySet())
        .satisfiesExactly(
            r -> assertThat(r).isEqualTo("a value is not one the kept database's type knows"),
            r -> assertThat(r).contains("only in columns whose type a migration changed"));
    assertThat(Files.readString(folder.resolve("back/public.orders.columns.csv")))
        .contains("\"5\",\"5\",\"77.00\"");
    assertThat(Files.readString(folder.resolve("back/public.orders.csv")))
        .contains("\"6\",\"6\",\"88.00\"", "\"30\",\"1\",\"12.00\"");
  }

  @Test
  void two_rows_under_one_key_are_never_made_one() throws Exception {
    states.live(
        "alter table \"Customer's\" drop constraint \"Customer's_E Mail_key\"",
        "insert into \"Customer's\" values (11, 'c1', 'one person')");
    exchanged();
    states.good("insert into \"Customer's\" values (11, 'c11', 'another one')");

    Round round = back("back");

    assertThat(round.applied()).isZero();
    assertThat(of(round, "Customer's").leftOut().keySet())
        .singleElement()
        .asString()
        .contains("another row with this key");
    assertThat(states.inLive("select name from \"Customer's\" where id = 11"))
        .containsExactly("one person");
    assertThat(Files.readString(folder.resolve("back/public.Customer%27s.csv")))
        .contains("another one");
  }

  @Test
  void without_a_key_rows_are_carried_over_unless_some_differed_before() throws Exception {
    exchanged();
    states.good(
        "insert into visits values ('new', 1)",
        "delete from visits where page = 'p3'",
        "update visits set hits = 100 where page = 'p4'");

    back("back");

    String all = "select * from visits order by 1";
    assertThat(states.inLive(all)).isEqualTo(states.inGood(all));
  }

  @Test
  void a_table_without_a_key_whose_rows_differed_is_left_alone() throws Exception {
    states.good("alter table visits add check (hits < 1000)");
    states.live("insert into visits values ('much', 5000)");
    exchanged();
    states.good("insert into visits values ('new', 1)", "delete from visits where page = 'p3'");

    Round round = back("back");

    assertThat(of(round, "visits").note()).contains("no key", "differed");
    assertThat(of(round, "visits").leftOutRows()).isEqualTo(1);
    assertThat(states.inLive("select count(*) from visits")).containsExactly("11");
    assertThat(Files.readString(folder.resolve("back/public.visits.csv"))).contains("\"new\"");
  }

  @Test
  void tables_that_only_the_older_schema_has_go_into_a_file() throws Exception {
    states.live("drop table visits");
    exchanged();
    states.good("insert into visits values ('new', 1)");

    Round round = back("back");

    assertThat(of(round, "visits").leftOut())
        .containsOnlyKeys("the table does not exist in the kept database");
    assertThat(of(round, "visits").leftOutRows()).isEqualTo(1);
  }

  @Test
  void rewriting_and_freezing_the_tables_takes_nothing_from_what_is_known() throws Exception {
    states.live("update orders set state = 'paid' where id < 4");
    states.good("alter table orders add check (state <> 'paid')");
    assertThat(exchanged().leftOutRows()).isEqualTo(3);
    states.good(
        "update orders set cents = 99 where id in (1, 9)", "delete from orders where id = 2");
    states.good("vacuum full", "vacuum (freeze)");

    Round round = back("back");

    assertThat(round.applied()).isEqualTo(3);
    assertThat(
            states.inLive(
                "select id, cents, state from orders where id in (1, 2, 3, 9) order by 1"))
        .containsExactly("1|99.00|paid", "3|3.00|paid", "9|99.00|new");
  }

  @Test
  void without_the_notes_nothing_is_guessed() throws Exception {
    exchanged();
    states.good("delete from orders where id = 1", "drop schema _lastgood_parting cascade");

    assertThatThrownBy(() -> back("back"))
        .isInstanceOf(DatabaseTrouble.class)
        .hasMessageContaining("_lastgood_parting")
        .hasMessageContaining("gone");
    assertThat(states.inLive("select count(*) from orders")).containsExactly("10");
  }

  @Test
  void notes_of_another_database_are_none() throws Exception {
    exchanged();
    // a copy has the notes, and another number
    String copy = states.goodUrl().replaceFirst("_good\\?", "_copy?");
    String name = copy.replaceAll(".*/([^?]*)\\?.*", "$1");
    TwoStates.run(
        copy.replace("/" + name + "?", "/postgres?"),
        "create database " + name + " template " + name.replaceFirst("_copy$", "_good"));

    assertThat(
            Parted.other(
                new dev.lastgood.database.DatabaseUrl(
                    new dev.lastgood.model.Secret("copy", () -> copy)),
                "one"))
        .isEmpty();
    assertThat(Parted.other(states.goodDatabase(), "one")).isPresent();
    assertThat(Parted.other(states.goodDatabase(), "two")).isEmpty();
  }
}
