package dev.lastgood.database.salvage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.database.TwoStates;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is noted when a good state is taken tells what users wrote since, and what is called
/// otherwise now, though the good state was restored from a dump.
@DisplayNameGeneration(ReplaceUnderscores.class)
class DepartureTest {
  private static final String[] SHOP = {
    "create table item (id int primary key, name text, cents int)",
    "insert into item select n, 'item ' || n, n from generate_series(1, 30000) n",
    "create table tag (word text primary key, note text)",
    "insert into tag select 'tag ' || n, 'old' from generate_series(1, 25000) n",
    "analyze"
  };

  @TempDir Path folder;
  private final TwoStates states = new TwoStates(SHOP);

  private Departure departure() throws SQLException {
    try (Connection live = DriverManager.getConnection(states.liveUrl())) {
      return Departure.now(live);
    }
  }

  private Round carry(Departure departure) throws Exception {
    return new Salvage(states.goodDatabase(), states.liveDatabase(), Policy.usual(), 2)
        .since(departure)
        .round(Optional.empty(), folder.resolve("left-out"));
  }

  @Test
  void new_changed_and_deleted_rows_are_found_without_comparing_the_others() throws Exception {
    Departure departure = departure();
    states.rebuilt(SHOP);
    states.live(
        "insert into item values (40000, 'new', 1)",
        "update item set name = 'changed' where id = 7",
        "delete from item where id in (8, 20000)",
        "insert into tag values ('new', 'x')",
        "update tag set note = 'changed' where word = 'tag 9'",
        "delete from tag where word = 'tag 10'");
    // nobody wrote this since; only a comparison of all rows would find it
    states.good("update item set name = 'other' where id = 100");

    Round round = carry(departure);

    assertThat(round.notes()).noneMatch(n -> n.contains("compared whole"));
    assertThat(round.inserted() + round.updated() + round.deleted()).isEqualTo(7);
    assertThat(round.applied()).isEqualTo(7);
    assertThat(
            states.inGood(
                "select name from item where id in (7, 8, 100, 20000, 40000) order by id"))
        .containsExactly("changed", "other", "new");
    assertThat(states.inGood("select note from tag where word in ('new', 'tag 9', 'tag 10')"))
        .containsExactlyInAnyOrder("x", "changed");
  }

  @Test
  void what_users_wrote_into_a_renamed_column_is_carried_over() throws Exception {
    Departure departure = departure();
    states.rebuilt(SHOP);
    states.live(
        "alter table item rename column name to title",
        "update item set title = 'changed' where id = 7");

    Round round = carry(departure);

    assertThat(round.applied()).isEqualTo(1);
    assertThat(states.inGood("select name from item where id = 7")).containsExactly("changed");
  }

  @Test
  void a_table_that_was_made_anew_is_compared_whole_and_it_is_said() throws Exception {
    Departure departure = departure();
    states.rebuilt(SHOP);
    states.live(
        "alter table tag rename to tag_old",
        "create table tag (word text primary key, note text)",
        "insert into tag select * from tag_old where word <> 'tag 10'",
        "update tag set note = 'changed' where word = 'tag 9'",
        "drop table tag_old");

    Round round = carry(departure);

    assertThat(round.notes()).anyMatch(n -> n.contains("compared whole") && n.contains("tag"));
    assertThat(round.updated()).isEqualTo(1);
    assertThat(round.deleted()).isEqualTo(1);
  }

  @Test
  void rows_that_came_in_without_being_written_make_it_compare_the_table() throws Exception {
    states.live(
        "create table older (like item including all)",
        "insert into older values (50000, 'old', 1)");
    Departure departure = departure();
    states.rebuilt(SHOP);
    // the same table, with the rows of another one: nothing in it was written since
    states.live(
        "update pg_class set relfilenode = (select relfilenode from pg_class where oid = 'older'::regclass)"
            + " where oid = 'item'::regclass");

    Round round = carry(departure);

    assertThat(round.notes()).anyMatch(n -> n.contains("compared whole") && n.contains("item"));
    assertThat(round.tables())
        .filteredOn(t -> t.table().name().equals("item"))
        .singleElement()
        .extracting(TableRound::inserted, TableRound::deleted)
        .containsExactly(1L, 30000L);
  }

  @Test
  void what_was_noted_of_another_database_is_not_believed() throws Exception {
    Departure departure = departure();
    states.rebuilt(SHOP);
    states.live("update item set name = 'changed' where id = 7");
    var other =
        new Departure(
            new Mark(departure.mark().system(), 1, departure.mark().transaction(), ""),
            departure.tables());

    Round round = carry(other);

    assertThat(round.notes()).anyMatch(n -> n.contains("not of this database"));
    assertThat(round.applied()).isEqualTo(1);
  }
}
