package dev.lastgood.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.database.SchemaDiff.Change;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What migrations did, read from two real catalogs, and what it means to old code.
@DisplayNameGeneration(ReplaceUnderscores.class)
class SchemaDiffTest {
  private static final TableName T = new TableName("public", "t");

  private final TwoStates states =
      new TwoStates(
              "create table t (id int primary key, name varchar(10), n numeric(10,2)); create table"
                  + " other (id int)")
          .snapshot();

  private SchemaDiff diff() throws DatabaseTrouble, SQLException {
    try (Connection good = states.goodDatabase().reader();
        Connection live = states.liveDatabase().reader()) {
      return SchemaDiff.of(CatalogReader.read(good), CatalogReader.read(live), Map.of());
    }
  }

  private SchemaVerdict verdict(String... migration) throws DatabaseTrouble, SQLException {
    states.live(migration);
    return SchemaVerdict.of(diff());
  }

  @Test
  void the_same_schema_is_safe() throws Exception {
    assertThat(verdict())
        .isEqualTo(new SchemaVerdict.Safe(java.util.List.of("the schemas are the same")));
  }

  @Test
  void what_was_only_added_is_safe() throws Exception {
    var verdict =
        verdict(
            "create table more (id int)",
            "alter table t add column x text, add column y int not null default 1",
            "alter table t alter column name type text");

    assertThat(verdict).isInstanceOf(SchemaVerdict.Safe.class);
    assertThat(verdict.reasons()).contains("t.x is new", "more is new");
  }

  @Test
  void a_column_that_old_code_cannot_fill_needs_a_step_down() throws Exception {
    assertThat(verdict("alter table t add column x text not null"))
        .isEqualTo(
            new SchemaVerdict.StepDownFirst(
                java.util.List.of(
                    "t.x is new and must not be null, and old code does not see to it")));
  }

  @Test
  void a_rename_is_seen_where_both_are_of_one_descent() throws Exception {
    assertThat(verdict("alter table t rename name to title", "alter table t rename to things"))
        .isInstanceOf(SchemaVerdict.StepDownFirst.class);
    assertThat(diff().changes())
        .contains(
            new Change.ColumnRenamed(T, "name", "title"),
            new Change.TableRenamed(T, new TableName("public", "things")));
  }

  @Test
  void a_narrower_type_and_a_new_rule_need_a_step_down() throws Exception {
    assertThat(
            verdict(
                    "alter table t alter column name type varchar(3)",
                    "alter table t add constraint positive check (n > 0)")
                .word())
        .isEqualTo("STEP_DOWN_FIRST");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "numeric(10,2)| numeric(12,2)| true",
        "numeric(10,2)| numeric(10,2)[]| false",
        "numeric(10,2)| numeric(12,3)| false",
        "numeric(10,2)| numeric(12)| false",
        "numeric(10)| numeric(12,0)| true",
        "numeric(10,2)| numeric(8,2)| false",
        "numeric(10,2)| numeric| true",
        "numeric| numeric(12,2)| false",
        "timestamp(3)| timestamp(6)| true",
        "timestamp(3)| timestamp| true",
        "timestamp| timestamp(6)| true",
        "timestamptz(0)| timestamptz(3)| true",
        "timestamp(3)| timestamp(0)| false",
        "timestamp| timestamp(3)| false",
        "timestamp(3)| timestamptz(3)| false",
        "price| numeric(14,2)| false",
        "price| numeric| true",
        "numeric(10,2)| price| false",
        "timestamp| moment| false",
        "moment| timestamp| true",
      })
  void a_type_is_wider_only_where_no_value_is_spelled_otherwise(
      String from, String to, boolean wider) throws Exception {
    var types =
        new TwoStates(
                "create domain price as numeric(12,2); create domain moment as timestamp(3);"
                    + " create table w (id int primary key, v "
                    + from
                    + ")")
            .snapshot();
    types.live("alter table w drop column v, add column v " + to);
    try (Connection good = types.goodDatabase().reader();
        Connection live = types.liveDatabase().reader()) {
      var pair =
          SchemaDiff.of(CatalogReader.read(good), CatalogReader.read(live), Map.of())
              .pairs()
              .getFirst();
      var column = pair.columns().getLast();
      assertThat(Widening.wider(column.good(), column.live())).isEqualTo(wider);
      assertThat(column.faithful()).isEqualTo(wider);
    }
  }

  @Test
  void a_new_column_that_is_computed_and_must_not_be_null_can_refuse_what_old_code_writes()
      throws Exception {
    assertThat(
            verdict("alter table t add column x text generated always as (upper(name)) stored")
                .word())
        .isEqualTo("SAFE");
    assertThat(verdict("alter table t alter column x set not null").word())
        .isEqualTo("STEP_DOWN_FIRST");
  }

  @Test
  void what_was_dropped_needs_the_earlier_state() throws Exception {
    assertThat(verdict("alter table t drop column name").word()).isEqualTo("NEEDS_RESTORE");
  }

  @Test
  void a_column_dropped_and_made_again_is_the_same_to_old_code() throws Exception {
    states.live("alter table t drop column name", "alter table t add column name varchar(10)");

    assertThat(diff().changes()).isEmpty();
  }

  @Test
  void databases_without_a_table_in_common_are_blocked() throws Exception {
    var other = new TwoStates("create table something_else (a int)");
    try (Connection good = states.goodDatabase().reader();
        Connection live = other.liveDatabase().reader()) {
      var diff = SchemaDiff.of(CatalogReader.read(good), CatalogReader.read(live), Map.of());
      assertThat(SchemaVerdict.of(diff)).isInstanceOf(SchemaVerdict.Blocked.class);
    }
  }

  @Test
  void a_url_is_never_in_a_message() {
    var url =
        new DatabaseUrl(new dev.lastgood.model.Secret("env:X", () -> "postgres://u:pa ss@h/x"));
    org.assertj.core.api.Assertions.assertThatThrownBy(url::reader)
        .hasMessageContaining("env:X")
        .hasMessageNotContaining("pa ss");
    var unknown =
        new DatabaseUrl(new dev.lastgood.model.Secret("env:Y", () -> "jdbc:oracle:secret"));
    org.assertj.core.api.Assertions.assertThatThrownBy(unknown::reader)
        .hasMessageContaining("env:Y")
        .hasMessageNotContaining("secret");
  }
}
