package dev.lastgood.database.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What SQL does, in the spellings that migration tools and people use.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ReadingTest {
  private static final Named USER = Named.of("User");
  private static final Named T = Named.of("t");

  @Test
  void every_action_of_an_alter_table_is_a_deed_of_its_own() {
    assertThat(
            Reading.of(
                """
                -- AlterTable
                ALTER TABLE "User" ADD COLUMN "nick" TEXT,
                  ADD COLUMN "age" INTEGER NOT NULL,
                  ADD COLUMN points numeric(10, 2) NOT NULL DEFAULT 0,
                  ALTER COLUMN "height" SET DEFAULT -1,
                  ALTER COLUMN "height" SET DATA TYPE DECIMAL(65,30) USING height::numeric,
                  ALTER "mail" SET NOT NULL,
                  DROP COLUMN IF EXISTS "old" CASCADE,
                  DROP CONSTRAINT "User_fk",
                  ADD CONSTRAINT "User_check" CHECK (points > 0) NOT VALID;
                """))
        .containsExactly(
            new Deed.AddColumn(USER, "nick", "TEXT", false, Deed.Filled.NO, false),
            new Deed.AddColumn(USER, "age", "INTEGER", true, Deed.Filled.NO, false),
            new Deed.AddColumn(USER, "points", "numeric(10, 2)", true, Deed.Filled.YES, false),
            new Deed.Default(USER, "height", Optional.of("-1")),
            new Deed.ChangeType(USER, "height", "DECIMAL(65,30)", true),
            new Deed.NotNull(USER, "mail", true),
            new Deed.DropColumn(USER, "old"),
            new Deed.DropRule(USER, "User_fk"),
            new Deed.AddRule(
                USER,
                Optional.of("User_check"),
                "CHECK",
                List.of(),
                Optional.empty(),
                Optional.of(new Check(Set.of("points"), false))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "NULL",
        "Null::text",
        "(null)",
        "((null)::varchar(20))",
        "cast(null as text)"
      })
  void null_is_no_default(String value) {
    assertThat(
            Reading.of(
                "alter table t add a text default %s not null, alter b set default %s"
                    .formatted(value, value)))
        .containsExactly(
            new Deed.AddColumn(T, "a", "text", true, Deed.Filled.NO, false),
            new Deed.Default(T, "b", Optional.empty()));
  }

  @Test
  void names_are_folded_as_the_server_folds_them() {
    assertThat(
            Reading.of(
                "alter table Shop.Orders rename column TotalCents to \"Total \"\"Cents\"\"\";"
                    + "alter table shop.orders rename to \"Orders\""))
        .containsExactly(
            new Deed.RenameColumn(new Named("shop", "orders"), "totalcents", "Total \"Cents\""),
            new Deed.RenameTable(new Named("shop", "orders"), new Named("shop", "Orders")));
  }

  @Test
  void tables_indexes_and_rows_are_read_by_the_parser() {
    assertThat(
            Reading.of(
                """
                CREATE TABLE IF NOT EXISTS "t" ("id" SERIAL NOT NULL, tags text[], CONSTRAINT p PRIMARY KEY (id));
                CREATE UNIQUE INDEX CONCURRENTLY "t_key" ON "t"("id") WHERE tags is not null;
                update t set a = b.a, c = 1 from b where b.id = t.id;
                delete from t where id in (select 1);
                insert into public.t (a) select 1 on conflict do nothing;
                truncate t, only public."User";
                """))
        .containsExactly(
            new Deed.CreateTable(
                T,
                Map.of("id", "SERIAL", "tags", "text[]"),
                true,
                List.of(named(T, "p", "PRIMARY KEY"))),
            new Deed.CreateIndex(Optional.of(Named.of("t_key")), T, true, List.of("id")),
            new Deed.Rows("UPDATE", T, List.of("a", "c")),
            new Deed.Rows("DELETE", T, List.of()),
            new Deed.Rows("INSERT", new Named("public", "t"), List.of()),
            new Deed.Rows("TRUNCATE", T, List.of()),
            new Deed.Rows("TRUNCATE", new Named("public", "User"), List.of()));
  }

  private static Deed.AddRule named(Named table, String name, String kind) {
    return new Deed.AddRule(
        table, Optional.of(name), kind, List.of(), Optional.empty(), Optional.empty());
  }

  @Test
  void rules_of_a_new_table_are_known_by_name_wherever_they_stand() {
    assertThat(
            Reading.of(
                """
                create table if not exists shop.t (
                  id bigint constraint "T_pk" primary key,
                  a int not null constraint small check (a < 9) unique,
                  b numeric(10, 2) default 0 constraint to_u references u (id) on delete cascade,
                  "check" text,
                  primary key (id),
                  constraint c exclude using gist (a with =),
                  constraint d unique nulls not distinct (a, b));
                """))
        .singleElement()
        .isInstanceOfSatisfying(
            Deed.CreateTable.class,
            t ->
                assertThat(t.rules())
                    .extracting(r -> r.name().orElseThrow() + " " + r.kind())
                    .containsExactly(
                        "T_pk PRIMARY KEY",
                        "small CHECK",
                        "to_u FOREIGN KEY",
                        "c EXCLUDE",
                        "d UNIQUE"));
  }

  @Test
  void functions_views_types_policies_and_triggers_are_made_and_removed() {
    assertThat(
            Reading.of(
                """
                create or replace function shop.f(a int default 1) returns trigger language plpgsql as
                  $body$ begin delete from t; drop table t; return new; end; $body$;
                create function g() returns int begin atomic; select case when true then 1 end; end;
                create trigger touch before update on t for each row execute function f();
                create policy mine on t as restrictive for select using (true);
                create type mood as enum ('good', 'bad;');
                alter type mood add value if not exists 'fair' before 'bad;';
                drop type if exists "Old";
                drop policy if exists mine on t;
                drop index concurrently if exists t_key;
                alter table t enable row level security;
                """))
        .containsExactly(
            new Deed.Make(
                "function", new Named("shop", "f"), Optional.empty(), true, "(a int default 1)"),
            new Deed.Make("function", Named.of("g"), Optional.empty(), false, "()"),
            new Deed.Make("trigger", Named.of("touch"), Optional.of(T), false, ""),
            new Deed.Make("restrictive policy", Named.of("mine"), Optional.of(T), false, ""),
            new Deed.Make("type", Named.of("mood"), Optional.empty(), false, ""),
            new Deed.AddValue(Named.of("mood"), "'fair'"),
            new Deed.Remove("type", Named.of("Old")),
            new Deed.Remove("policy", Named.of("mine")),
            new Deed.DropIndex(Named.of("t_key")),
            new Deed.RowSecurity(T, true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "do $$ begin drop table t; end $$",
        "call clean_up()",
        "select clean_up()",
        "select * into copy_of_t from t",
        "with gone as (delete from t returning *) select * from gone",
        "with gone as (delete from t returning *) insert into u select * from gone",
        "copy t from stdin",
        "\\connect other",
        "alter table t detach partition p",
        "alter table t fold, mutilate",
        "alter table t add column a int; drop",
        "alter policy p on t using (false)",
        "drop owned by shop",
        "this is no SQL at all",
        "create table t (a int",
        "update 'open quote"
      })
  void what_cannot_be_judged_is_said_and_never_guessed(String sql) {
    assertThat(Reading.of(sql)).hasAtLeastOneElementOfType(Deed.Unjudged.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "comment on table t is 'drop table t; '| runs comment",
        "grant select on t to web| runs grant",
        "select setval('t_id_seq', 5)| asks a question",
        "begin| runs begin",
        "alter table t validate constraint c| validates the rule c of t",
        "alter table t owner to web| sets owner to web of t",
        "alter sequence s restart with 4| changes the sequence s",
      })
  void what_programs_do_not_notice_is_nothing(String sql, String says) {
    assertThat(Reading.of(sql)).containsExactly(new Deed.Nothing(says));
  }

  @Test
  void statements_end_where_the_server_ends_them() {
    List<Statement> statements =
        Script.statements(
            """
            select 'a;b', E'it\\'s; not', "c;d", $$e;f$$, $x$ $$;$$ $x$ -- g;h
              /* i; /* j; */ k; */;
            ;
            vacuum t
            """);

    assertThat(statements).hasSize(2);
    assertThat(statements.getLast().line()).isEqualTo(4);
    assertThat(statements.getLast().alone()).isTrue();
  }
}
