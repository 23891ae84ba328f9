package dev.lastgood.database.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What migrations mean to older code.
@DisplayNameGeneration(ReplaceUnderscores.class)
class JudgeTest {
  private static final String FIRST =
      """
      create table customer (id int primary key, name varchar(40) not null, age int, mail text);
      create table bill (id int primary key, cents numeric(10,4));
      create function total() returns int language sql as 'select 1';
      create table place (id int constraint place_pk primary key, code text, area int
        constraint place_area references bill, constraint code_alone unique (code),
        constraint code_short check (length(code) < 9));
      create index place_code on place (code);
      create unique index place_one on place (area);
      """;

  private final Map<String, String> answers = new TreeMap<>();

  private Judgement judged(String... since) {
    Map<String, String> newer = new TreeMap<>(Map.of("1_init/migration.sql", FIRST));
    List<Applied> applied = new ArrayList<>(List.of(Applied.done("1_init")));
    for (int i = 0; i < since.length; i++) {
      newer.put((i + 2) + "_m/migration.sql", since[i]);
      applied.add(Applied.done((i + 2) + "_m"));
    }
    return new Judge(
            "backend v1",
            Tool.PRISMA.read(new TreeMap<>(Map.of("1_init/migration.sql", FIRST))),
            Tool.PRISMA.read(new TreeMap<>(newer)),
            applied,
            answers)
        .judge();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "alter table customer add column nick text| SAFE",
        "alter table customer add column nick text not null default ''| SAFE",
        "alter table customer add column nick text not null| STEP_DOWN_FIRST",
        "create table t (id int); create unique index on t (id); delete from t; drop table t| SAFE",
        "create index on customer (name)| SAFE",
        "create unique index on customer (name)| STEP_DOWN_FIRST",
        "alter table customer rename name to full_name| STEP_DOWN_FIRST",
        "alter table customer rename to client| STEP_DOWN_FIRST",
        "alter table customer alter age set not null| STEP_DOWN_FIRST",
        "alter table customer alter name drop not null| SAFE",
        "alter table customer alter age type bigint| SAFE",
        "alter table customer alter name set data type text| SAFE",
        "alter table customer alter name type varchar(20)| STEP_DOWN_FIRST",
        "alter table customer alter age type text using age::text| BLOCKED",
        "alter table bill alter cents type numeric(10,2)| BLOCKED",
        "alter table elsewhere alter a type text| BLOCKED",
        "alter table customer drop column mail| NEEDS_RESTORE",
        "drop table bill| NEEDS_RESTORE",
        "update customer set name = upper(name)| NEEDS_RESTORE",
        "delete from bill where cents = 0| NEEDS_RESTORE",
        "truncate bill| NEEDS_RESTORE",
        "insert into bill values (1, 2)| SAFE",
        "alter table customer add column n text; update customer set n = name| SAFE",
        "alter table customer add column n text; alter table customer drop column n| SAFE",
        "alter table customer add column n text default '' not null; alter table customer alter column n drop default| STEP_DOWN_FIRST",
        "alter table customer add column n text default ''; alter table customer alter column n drop default| SAFE",
        "alter table customer add column n text; update customer set n = name; alter table customer alter n set not null| STEP_DOWN_FIRST",
        "alter table customer add column n text; alter table customer rename n to m; alter table customer alter m set not null| STEP_DOWN_FIRST",
        "alter table customer add column n text default ''; alter table customer alter n set not null| SAFE",
        "create table t (n text not null default ''); alter table t alter n drop default| SAFE",
        "alter table customer add column n text default null| SAFE",
        "alter table customer add column n text default null; update customer set n = name; alter table customer alter n set not null| STEP_DOWN_FIRST",
        "alter table customer add column n text DEFAULT (NULL::text); alter table customer alter n set not null| STEP_DOWN_FIRST",
        "alter table customer add column n int not null default null| STEP_DOWN_FIRST",
        "alter table customer add column n int not null default CAST(NULL AS int)| STEP_DOWN_FIRST",
        "alter table customer add column n int default nullif(1, 2) not null| SAFE",
        "alter table customer add column n int not null references bill on delete set default| STEP_DOWN_FIRST",
        "alter table customer alter age set default null| STEP_DOWN_FIRST",
        "alter table customer add column n text not null default ''; alter table customer alter n set default Null::text| STEP_DOWN_FIRST",
        "alter table customer add column if not exists mail text; update customer set mail = name| NEEDS_RESTORE",
        "alter table customer add column if not exists mail text; alter table customer drop column mail| NEEDS_RESTORE",
        "alter table customer add column if not exists age text; alter table customer alter age type bigint| SAFE",
        "alter table customer add column if not exists n text; update customer set n = name| SAFE",
        "alter table customer add column n text; alter table customer add column if not exists n text default ''; alter table customer alter n set not null| STEP_DOWN_FIRST",
        "alter table legacy add column if not exists n text; update legacy set n = name| NEEDS_RESTORE",
        "alter table legacy add column if not exists n int; alter table legacy alter n type bigint| BLOCKED",
        "alter table legacy add column n text; update legacy set n = name| SAFE",
        "create table if not exists bill (id int); delete from bill| NEEDS_RESTORE",
        "create table if not exists t (id int); delete from t| SAFE",
        "alter table bill add constraint c check (cents > 0)| STEP_DOWN_FIRST",
        "alter table bill enable row level security| STEP_DOWN_FIRST",
        "create or replace function total() returns int language sql as 'select 2'| BLOCKED",
        "create function other() returns int language sql as 'select 2'| SAFE",
        "create trigger t before insert on bill for each row execute function f()| STEP_DOWN_FIRST",
        "drop function total()| BLOCKED",
        "do $$ begin end $$| BLOCKED",
        "do $$ begin end $$; drop table bill| NEEDS_RESTORE",
        "alter table customer add column n int default 0 unique| STEP_DOWN_FIRST",
        "alter table customer add column n timestamptz not null default now() unique| STEP_DOWN_FIRST",
        "alter table customer add column n int default 0 primary key| STEP_DOWN_FIRST",
        "alter table customer add column n uuid not null default gen_random_uuid() unique| SAFE",
        "alter table customer add column n bigserial unique| SAFE",
        "alter table customer add column n int generated always as identity unique| SAFE",
        "alter table customer add column n int generated always as (age * 2) stored unique| STEP_DOWN_FIRST",
        "alter table customer add column n text default short_id() unique| BLOCKED",
        "alter table customer add column n int unique| SAFE",
        "alter table customer add column n int unique nulls not distinct| STEP_DOWN_FIRST",
        "alter table customer add column n int default 0 not null check (n >= 0)| SAFE",
        "alter table customer add column n text default 'new' check (n in ('new', 'age'))| SAFE",
        "alter table customer add column n int default 0 check (n <= age)| STEP_DOWN_FIRST",
        "alter table customer add column n int check (n is not null)| STEP_DOWN_FIRST",
        "alter table customer add column n int check (n is null or n > 3)| SAFE",
        "alter table customer add column n int check (n > age)| STEP_DOWN_FIRST",
        "create table t (a int); alter table t add column n int default 0 unique| SAFE",
        "alter table customer add column n int; create unique index on customer (n)| SAFE",
        "alter table customer add column n int; create unique index on customer (n, name)| SAFE",
        "alter table customer add column n int; create unique index on customer (n) nulls not distinct| STEP_DOWN_FIRST",
        "alter table customer add column n int default 0; create unique index on customer (n)| STEP_DOWN_FIRST",
        "alter table customer add column n int; create unique index on customer (n); alter table customer alter n set default 0| STEP_DOWN_FIRST",
        "alter table customer add column n int; alter table customer add constraint f foreign key (n) references bill| SAFE",
        "alter table customer add column n int default 1; alter table customer add constraint f foreign key (n) references bill| STEP_DOWN_FIRST",
        "alter table customer add constraint f foreign key (age) references bill| STEP_DOWN_FIRST",
        "alter table customer alter id add generated always as identity| STEP_DOWN_FIRST",
        "alter table customer alter id add generated by default as identity| SAFE",
        "alter table customer alter id set generated always| STEP_DOWN_FIRST",
        "alter table customer enable trigger user| STEP_DOWN_FIRST",
        "insert into bill values (1, 2) on conflict do nothing| SAFE",
        "insert into bill values (1, 2) on conflict (id) do update set cents = 2| NEEDS_RESTORE",
        "alter table bill add column n int; insert into bill values (1, 2) on conflict (id) do update set n = 2| SAFE",
        "alter table customer drop constraint customer_pkey| BLOCKED",
        "drop index \"Customer_mail_key\"| BLOCKED",
        "create unique index u on customer (mail); drop index u| STEP_DOWN_FIRST",
        "alter table customer drop constraint uq_users_email| BLOCKED",
        "ALTER TABLE \"customer\" DROP CONSTRAINT \"app_user_email_3f2a_uniq\"| BLOCKED",
        "ALTER TABLE \"customer\" DROP CONSTRAINT \"UQ_97672ac88f789774dd47f7c8be3\"| BLOCKED",
        "ALTER TABLE \"customer\" DROP CONSTRAINT \"PK_cace4a159ff9f2512dd42373760\"| BLOCKED",
        "DROP INDEX \"index_users_on_email\"| BLOCKED",
        "alter table customer drop constraint customer_age_check| SAFE",
        "alter table customer drop constraint customer_age_fkey| SAFE",
        "alter table place drop constraint place_pk| BLOCKED",
        "alter table place drop constraint code_alone| BLOCKED",
        "alter table place drop constraint code_short| SAFE",
        "alter table place drop constraint place_area| SAFE",
        "drop index place_code| SAFE",
        "drop index place_one| BLOCKED",
        "alter table place rename constraint code_short to c; alter table place drop constraint c| SAFE",
        "alter table place rename constraint code_alone to c_check; alter table place drop constraint c_check| BLOCKED",
        "alter table place rename to site; alter table site drop constraint code_short| STEP_DOWN_FIRST",
        "alter table place rename to site; alter table site drop constraint code_alone| BLOCKED",
        "alter table customer add constraint c check (age > 1); alter table customer drop constraint c| STEP_DOWN_FIRST",
        "alter table customer add column n int constraint c unique; alter table customer drop constraint c| SAFE",
        "create table t (id int constraint t_id primary key); alter table t drop constraint t_id| SAFE",
        "create table t (id int); create unique index t_one on t (id); drop index t_one| SAFE",
        "alter table customer add column s tsvector generated always as (to_tsvector('english', name)) stored not null| STEP_DOWN_FIRST",
        "alter table customer add column s tsvector not null generated always as (to_tsvector('english', mail)) stored| STEP_DOWN_FIRST",
        "alter table customer add column s tsvector generated always as (to_tsvector('english', mail)) stored| SAFE",
        "alter table customer add column s int not null generated always as identity| SAFE",
        "alter table customer add column s int generated by default as identity not null| SAFE",
        "alter table customer add column s int generated always as (age * 2) stored check (s < 100)| STEP_DOWN_FIRST",
        "alter table customer add column s int generated always as (age * 2) stored; alter table customer alter s set not null| STEP_DOWN_FIRST",
        "alter table customer add column s int generated always as (age * 2) stored; alter table customer add constraint c check (s < 9)| STEP_DOWN_FIRST",
        "alter table customer add column s int generated always as (age * 2) stored; create unique index on customer (s)| STEP_DOWN_FIRST",
        "alter table customer add column b boolean check (b is true)| STEP_DOWN_FIRST",
        "alter table customer add column b boolean default true check (b is true)| SAFE",
        "alter table customer add column b text check (not (b is null))| STEP_DOWN_FIRST",
        "alter table customer add column b text check (b is not distinct from 'a')| STEP_DOWN_FIRST",
        "alter table customer add column b text check (b notnull)| STEP_DOWN_FIRST",
        "alter table customer add column b text check (not b isnull)| STEP_DOWN_FIRST",
        "alter table customer add column b int check (b is null or b > 3)| SAFE",
        "alter table customer add column b int check (b > 3 or b is null)| SAFE",
        "alter table customer add column b text check (b is null or b in ('a', 'b'))| SAFE",
        "alter table customer add column b int check (b > 3 and b is not null)| STEP_DOWN_FIRST",
        "alter table customer add column kind text; alter table customer add constraint c check (kind in ('a', 'b'))| SAFE",
        "alter table customer add column kind text; alter table customer add check (kind is not null)| STEP_DOWN_FIRST",
        "alter table customer add column kind text default 'a'; alter table customer add constraint c check (kind in ('a', 'b'))| SAFE",
        "alter table customer add column kind text default 'a' not null; alter table customer add constraint c check (kind in ('a', 'b')); alter table customer alter kind drop default| STEP_DOWN_FIRST",
        "alter table customer add column kind text; alter table customer add constraint c check (kind in ('a', name))| STEP_DOWN_FIRST",
        "alter table customer add column kind text; alter table customer add constraint c check (mail in ('a', 'b'))| STEP_DOWN_FIRST",
        "alter table customer add column kind text; alter table customer add constraint c check (kind in ('a', 'b')); alter table customer alter kind set default 'a'| SAFE",
        "alter table customer add column b boolean default true check (b is true); alter table customer alter b drop default| STEP_DOWN_FIRST",
        "alter table customer add column b boolean default true; alter table customer add check (b is true); alter table customer alter b drop default| STEP_DOWN_FIRST",
        "alter table customer add column s text generated always as (case when mail is not null then name end) stored| SAFE",
        "alter table customer add column n date check (n > date '2020-01-01')| SAFE",
        "alter table customer add column n date check (n > date)| STEP_DOWN_FIRST",
        "alter table customer add column b int check (b is null or b > age)| STEP_DOWN_FIRST",
        "alter table customer add column kind text check (kind::text = any ((array['a'::character varying, 'b'::character varying(20)])::text[]))| SAFE",
        "alter table customer add column d float8 check (d < 4::double precision)| SAFE",
        "alter table customer add column t timestamp check (t < '2030-01-01 00:00'::timestamp(3) without time zone)| SAFE",
        "alter table customer add column kind text check (kind::text = varying)| STEP_DOWN_FIRST",
      })
  void one_migration(String sql, String verdict) {
    assertThat(judged(sql).verdict().word()).isEqualTo(verdict);
  }

  @Test
  void older_code_is_told_that_it_cannot_delete_what_new_rows_refer_to() {
    assertThat(
            judged(
                    "create table review (of int); alter table review add constraint f foreign key (of) references customer (id) on delete restrict")
                .verdict()
                .reasons())
        .anyMatch(r -> r.contains("rows of customer that it refers to cannot be deleted"));
    assertThat(
            judged(
                    "create table review (of int); alter table review add constraint f foreign key (of) references customer (id) on delete cascade")
                .verdict()
                .reasons())
        .noneMatch(r -> r.contains("cannot be deleted"));
  }

  @Test
  void a_name_that_the_target_knows_is_never_new_again() {
    answers.put("2_m", "safe");

    assertThat(
            judged(
                    "alter table customer drop column mail",
                    "alter table customer add mail text; update customer set mail = name")
                .verdict()
                .word())
        .isEqualTo("NEEDS_RESTORE");
    assertThat(
            judged(
                    "alter table customer add m text; alter table customer drop mail; alter table customer rename m to mail",
                    "update customer set mail = name")
                .verdict()
                .word())
        .isEqualTo("NEEDS_RESTORE");
    assertThat(
            judged("drop table bill", "create table bill (id int); drop table bill")
                .verdict()
                .word())
        .isEqualTo("NEEDS_RESTORE");
    assertThat(
            judged(
                    "alter table bill rename to invoice",
                    "create table bill (id int); drop table bill")
                .verdict()
                .word())
        .isEqualTo("NEEDS_RESTORE");
    assertThat(
            judged(
                    "drop function total()",
                    "create function total() returns int language sql as 'select 2'; drop function total()")
                .questions())
        .isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "alter table customer add column if not exists n text; update customer set n = name| NEEDS_RESTORE",
        "alter table customer add column n text; update customer set n = name| SAFE",
        "create table if not exists t (id int); drop table t| NEEDS_RESTORE",
        "create table t (id int); alter table t add column if not exists n text; update t set n = id| SAFE",
        "create or replace function f() returns int language sql as 'select 2'| BLOCKED",
        "alter table customer drop constraint uq_users_email| BLOCKED",
        "drop index index_users_on_email| BLOCKED",
        "alter table customer drop constraint customer_of_fkey| SAFE",
        "create index i on customer (name); drop index i| SAFE",
      })
  void what_the_code_of_the_target_made_cannot_be_known(String sql, String verdict) {
    Migration first = Migration.code("a", Optional.empty(), Optional.empty(), "Python");
    Migration second = Migration.sql("b", sql, Optional.empty(), Optional.empty());

    assertThat(
            new Judge(
                    "v1",
                    List.of(first),
                    List.of(first, second),
                    List.of(Applied.done("a"), Applied.done("b")),
                    Map.of())
                .judge()
                .verdict()
                .word())
        .isEqualTo(verdict);
  }

  @Test
  void what_the_target_did_in_a_block_that_is_not_read_is_not_called_new() {
    Migration first =
        Migration.sql(
            "a",
            "create table t (id int); do $$ begin alter table t add Nick text; end $$",
            Optional.empty(),
            Optional.empty());
    Migration second =
        Migration.sql(
            "b",
            "alter table t add if not exists nick text; update t set nick = 'x'",
            Optional.empty(),
            Optional.empty());

    assertThat(
            new Judge(
                    "v1",
                    List.of(first),
                    List.of(first, second),
                    List.of(Applied.done("a"), Applied.done("b")),
                    Map.of())
                .judge()
                .verdict()
                .word())
        .isEqualTo("NEEDS_RESTORE");
  }

  @Test
  void nothing_since_is_safe_and_says_so() {
    assertThat(judged().verdict().reasons())
        .containsExactly("no migration was applied since backend v1");
  }

  @Test
  void the_worst_of_all_migrations_counts_and_the_reasons_name_them() {
    Judgement judgement =
        judged(
            "alter table customer add column nick text",
            "alter table customer rename name to full_name",
            "alter table bill drop column cents");

    assertThat(judgement.verdict().word()).isEqualTo("NEEDS_RESTORE");
    assertThat(judgement.verdict().reasons())
        .containsExactly(
            "4_m drops column bill.cents: older code needs it, and its values are only in an"
                + " earlier state");
    assertThat(judgement.since()).extracting(Since::id).containsExactly("2_m", "3_m", "4_m");
  }

  @Test
  void what_cannot_be_judged_is_asked_and_an_answer_settles_it() {
    String sql = "select 1;\ndo $$ begin execute 'drop ' || 'table bill'; end $$";
    Judgement open = judged(sql);
    assertThat(open.verdict().word()).isEqualTo("BLOCKED");
    assertThat(open.questions())
        .singleElement()
        .satisfies(q -> assertThat(q.about()).isEqualTo("2_m"))
        .satisfies(q -> assertThat(q.says()).startsWith("line 2, do $$ begin"));

    answers.put("2_m", "safe");
    assertThat(judged(sql).verdict().word()).isEqualTo("SAFE");
    answers.put("2_m", "restore");
    assertThat(judged(sql).verdict().word()).isEqualTo("NEEDS_RESTORE");
    answers.put("2_m", "step-down");
    assertThat(judged(sql).verdict().word()).isEqualTo("STEP_DOWN_FIRST");
    answers.put("7_other", "safe");
    assertThat(judged(sql).notes())
        .containsExactly("the answer about 7_other was not needed: nobody asked");
  }

  @Test
  void missing_changed_failed_and_expected_ones_are_asked_about() {
    List<Migration> wanted =
        Tool.PRISMA.read(
            new TreeMap<>(
                Map.of("1_init/migration.sql", FIRST, "2_wanted/migration.sql", "select 1")));
    List<Migration> newer =
        Tool.PRISMA.read(
            new TreeMap<>(
                Map.of("1_init/migration.sql", FIRST, "4_edited/migration.sql", "select 1")));
    List<Applied> applied =
        List.of(
            new Applied("1_init", false, Optional.of("0000"), Optional.empty(), Optional.empty()),
            Applied.done("3_nowhere"),
            new Applied("4_edited", false, Optional.of("1111"), Optional.empty(), Optional.empty()),
            new Applied("5_failed", true, Optional.empty(), Optional.empty(), Optional.empty()));

    Judgement judgement = new Judge("backend v1", wanted, newer, applied, Map.of()).judge();

    assertThat(judgement.verdict().word()).isEqualTo("BLOCKED");
    assertThat(judgement.questions())
        .extracting(q -> q.about() + ": " + q.says())
        .containsExactly(
            "2_wanted: backend v1 expects it, and it is not applied",
            "3_nowhere: its file is neither in the target nor in what is live",
            "4_edited: its file was changed since: what was run is not what it says",
            "5_failed: it failed, and how far it came cannot be told",
            "5_failed: its file is neither in the target nor in what is live");
    assertThat(judgement.notes())
        .containsExactly("1_init was changed after it was applied: the file is not what was run");
  }

  @Test
  void what_a_tool_writes_down_for_itself_is_none_of_the_migration() {
    Migration printed =
        Migration.code("b", Optional.empty(), Optional.empty(), "Python")
            .printed(
                """
                BEGIN;
                -- Running upgrade a -> b
                ALTER TABLE customer ADD COLUMN nick TEXT;
                UPDATE alembic_version SET version_num='b' WHERE alembic_version.version_num = 'a';
                COMMIT;
                """,
                "alembic_version");

    Judgement judgement =
        new Judge("v1", List.of(), List.of(printed), List.of(Applied.done("b")), Map.of()).judge();

    assertThat(judgement.verdict().word()).isEqualTo("SAFE");
    assertThat(judgement.verdict().reasons()).contains("b adds customer.nick (TEXT)");
  }

  @Test
  void what_a_tool_cannot_print_is_asked() {
    Migration printed =
        Migration.code("shop.0002", Optional.empty(), Optional.empty(), "Python")
            .printed(
                """
                ALTER TABLE customer ADD COLUMN nick TEXT;
                --
                -- Raw Python operation
                --
                -- THIS OPERATION CANNOT BE WRITTEN AS SQL
                """,
                "django_migrations");

    Judgement judgement =
        new Judge("v1", List.of(), List.of(printed), List.of(Applied.done("shop.0002")), Map.of())
            .judge();

    assertThat(judgement.verdict().word()).isEqualTo("BLOCKED");
    assertThat(judgement.verdict().reasons().getFirst()).contains("a part of it is Python");
  }

  @Test
  void migrations_of_packages_count_from_when_they_came() {
    List<Migration> wanted = django("shop/migrations/0001_initial.py");
    List<Migration> newer =
        django("shop/migrations/0001_initial.py", "shop/migrations/0002_nick.py");
    Instant first = Instant.parse("2026-01-01T10:00:00Z");
    Applied auth = at("auth.0001_initial", first);
    Applied initial = at("shop.0001_initial", first.plusSeconds(2));
    Applied sessions = at("sessions.0001_initial", first.plusSeconds(3));
    Applied upgraded = at("auth.0013_wider", first.plusSeconds(90_000));

    assertThat(ofPackages(wanted, newer, auth, initial, sessions))
        .containsExactly("auth.0001_initial", "sessions.0001_initial");
    assertThat(ofPackages(wanted, newer, auth, initial, sessions, upgraded))
        .containsExactly("auth.0001_initial", "sessions.0001_initial", "later auth.0013_wider");
    assertThat(
            ofPackages(
                wanted, newer, initial, at("shop.0002_nick", first.plusSeconds(4)), sessions))
        .containsExactly("later sessions.0001_initial");
    assertThat(ofPackages(List.of(), newer, auth)).containsExactly("later auth.0001_initial");
  }

  private static List<Migration> django(String... paths) {
    var files = new TreeMap<String, String>();
    for (String path : paths) {
      files.put(path, "");
    }
    return Tool.DJANGO.read(files);
  }

  private static Applied at(String id, Instant time) {
    return new Applied(id, false, Optional.empty(), Optional.empty(), Optional.of(time));
  }

  private static List<String> ofPackages(
      List<Migration> wanted, List<Migration> newer, Applied... rows) {
    var packages = new Packages(wanted, newer, List.of(rows));
    List<String> all = new ArrayList<>();
    packages.of(wanted).stream().skip(wanted.size()).forEach(m -> all.add(m.id()));
    packages.since(newer).stream().skip(newer.size()).forEach(m -> all.add("later " + m.id()));
    return all;
  }

  // ---- the way down

  private String down(String sql) {
    return switch (judged(sql).since().getLast().down()) {
      case Since.Down.Sql d -> (d.proposed() ? "proposed: " : "") + d.sql();
      case Since.Down.None d -> "none: " + d.why();
    };
  }

  @Test
  void a_way_down_is_proposed_from_what_the_way_up_does() {
    assertThat(
            down(
                """
                alter table customer add column nick text, alter age set not null;
                alter table customer rename name to "Full Name";
                create table tag (id int);
                create index tag_id on tag (id);
                create unique index name_key on customer ("Full Name");
                alter table bill add constraint positive check (cents > 0);
                alter table customer alter age type bigint;
                """))
        .isEqualTo(
            """
            proposed: alter table "customer" alter column "age" type int;
            alter table "bill" drop constraint "positive";
            drop index "name_key";
            drop table "tag";
            alter table "customer" rename column "Full Name" to "name";
            alter table "customer" alter column "age" drop not null;
            alter table "customer" drop column "nick";
            """);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "drop table bill| none: nobody wrote a way down, and it drops table bill",
        "alter type mood add value 'x'| none: nobody wrote a way down, and it adds 'x' to the type mood",
        "begin; select 1; commit| none: it has its own begin and commit; take it back by hand",
      })
  void where_one_thing_cannot_be_taken_back_nothing_is_proposed(String sql, String says) {
    assertThat(down(sql)).isEqualTo(says);
  }

  // ---- folders

  @Test
  void each_tool_names_its_migrations_as_its_state_table_does() {
    assertThat(
            ids(Tool.FLYWAY, "V2__b.sql", "V10__c.sql", "V1_1__a.sql", "R__view.sql", "U2__b.sql"))
        .containsExactly("1.1", "2", "10", "R__view.sql");
    assertThat(ids(Tool.SUPABASE, "20260101000000_a.sql", "20260102000000_b.sql", "seed.sql"))
        .containsExactly("20260101000000", "20260102000000");
    assertThat(ids(Tool.SQL, "010_b.up.sql", "010_b.down.sql", "9_a.up.sql"))
        .containsExactly("9", "10");
    assertThat(ids(Tool.KNEX, "20260101_a.js", "20260102_b.ts", "helper.d.ts"))
        .containsExactly("20260101_a.js", "20260102_b.ts");
    assertThat(ids(Tool.RAILS, "20260101000000_add.rb")).containsExactly("20260101000000");
    assertThat(ids(Tool.DJANGO, "shop/migrations/0001_initial.py", "shop/migrations/__init__.py"))
        .containsExactly("shop.0001_initial");
  }

  private static List<String> ids(Tool tool, String... paths) {
    var files = new TreeMap<String, String>();
    for (String path : paths) {
      files.put(path, "");
    }
    return tool.read(files).stream().map(Migration::id).toList();
  }

  @Test
  void a_chain_of_alembic_is_in_its_own_order() {
    var files =
        new TreeMap<>(
            Map.of(
                "b.py", "revision = 'b'\ndown_revision = 'c'\n",
                "a.py", "revision: str = \"a\"\ndown_revision: Union[str, None] = \"b\"\n",
                "c.py", "revision = 'c'\ndown_revision = None\n"));

    assertThat(Tool.ALEMBIC.read(files)).extracting(Migration::id).containsExactly("c", "b", "a");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "down_revision = 'a'| print",
        "down_revision = None\\ndepends_on = None| print",
        "down_revision = ('a', 'b')| ask",
        "down_revision = 'a'\\ndepends_on = 'b'| ask",
        "down_revision = None\\ndepends_on: Union[str, None] = ('b',)| ask",
        "down_revision = FIRST| ask",
        "down_revision = 'a'\\ndepends_on = OTHERS| ask",
        "revises = 'a'| ask",
      })
  void only_a_revision_that_stands_on_one_is_printed_alone(String head, String what) {
    Migration read = alembic(head, "def upgrade():\n    op.drop_table('bill')\n");

    assertThat(read.up()).isEmpty();
    assertThat(read.printable()).isEqualTo(what.equals("print"));
    assertThat(read.silent())
        .contains(
            what.equals("print")
                ? "Python, which is not executed"
                : "its own SQL cannot be printed alone");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "def upgrade() -> None:\n    pass\n\n\ndef downgrade() -> None:\n    op.x()\n",
        "def upgrade():\n    \"\"\"Meets\n    again.\"\"\"\n    # nothing\n    pass  # at all\n",
        "def upgrade(): pass\n",
        "def upgrade():\r\n    'Meets.'\r\n    return None\r\n",
      })
  void a_revision_that_does_nothing_is_nothing_to_ask_about(String body) {
    Migration merge = alembic("down_revision = ('a', 'b')", body);

    Judgement judgement =
        new Judge("v1", List.of(), List.of(merge), List.of(Applied.done("m")), Map.of()).judge();

    assertThat(judgement.verdict().word()).isEqualTo("SAFE");
    assertThat(judgement.verdict().reasons()).containsExactly("m does nothing");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "def upgrade():\n    pass; op.drop_table('bill')\n",
        "def upgrade():\n    \"\"\"pass\"\"\"\n    op.drop_table('bill')\n",
        "def upgrade():\n\n# here\n    op.drop_table('bill')\n",
        "def upgrade():\n    pass\n\nupgrade = other\n",
        "def upgrade():\n    pass\n\nif True:\n    def upgrade():\n        op.drop_table('bill')\n",
        "@also\ndef upgrade():\n    pass\n",
        "def upgrade(engine):\n    globals()[engine]()\n",
        "from other import upgrade\n",
        "",
      })
  void a_revision_that_may_do_something_is_asked_about(String body) {
    assertThat(alembic("down_revision = ('a', 'b')", body).up()).isEmpty();
  }

  private static Migration alembic(String head, String body) {
    return Tool.ALEMBIC
        .read(
            new TreeMap<>(
                Map.of("m.py", "revision = 'm'\n" + head.replace("\\n", "\n") + "\n\n" + body)))
        .getFirst();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BEGIN;\n-- Running upgrade a -> b\nUPDATE alembic_version SET version_num='b' WHERE alembic_version.version_num = 'a';\nCOMMIT;\n",
        "-- Running upgrade  -> a\nCREATE TABLE t (id int);\nINSERT INTO alembic_version (version_num) VALUES ('a');\n-- Running upgrade a -> b\nDROP TABLE t;\n",
      })
  void what_alembic_prints_of_nothing_or_of_more_than_one_is_asked_about(String sql) {
    Migration printed =
        Migration.code("b", Optional.empty(), Optional.empty(), "Python")
            .printed(sql, "alembic_version");

    assertThat(
            new Judge("v1", List.of(), List.of(printed), List.of(Applied.done("b")), Map.of())
                .judge()
                .verdict()
                .word())
        .isEqualTo("BLOCKED");
  }

  @Test
  void revisions_of_alembic_may_branch_and_meet_again() {
    var files =
        new TreeMap<>(
            Map.of(
                "1_meet.py",
                "revision: str = 'm'\ndown_revision: Union[str, Sequence[str], None] = (\n    'b',\n    'c',\n)\n",
                "2_b.py",
                "revision = 'b'\ndown_revision = 'a'  # 'x'\n",
                "3_c.py",
                "revision = 'c'\ndown_revision = 'a'\n",
                "4_a.py",
                "revision = 'a'\ndown_revision = None\n",
                "5_d.py",
                "revision = 'd'\ndown_revision = None\ndepends_on = ['c']\n"));

    List<Migration> read = Tool.ALEMBIC.read(files);

    assertThat(read).extracting(Migration::id).containsExactly("a", "b", "c", "d", "m");
    assertThat(Revisions.upTo(List.of(Applied.done("b")), read))
        .extracting(Applied::id)
        .containsExactly("a", "b");
    assertThat(Revisions.upTo(List.of(Applied.done("b"), Applied.done("d")), read))
        .extracting(Applied::id)
        .containsExactly("a", "b", "c", "d");
    assertThat(Revisions.upTo(List.of(Applied.done("elsewhere")), read))
        .extracting(Applied::id)
        .containsExactly("elsewhere");
  }

  @Test
  void sql_that_stands_plainly_in_javascript_is_read_and_nothing_else() {
    var plain =
        new TreeMap<>(
            Map.of(
                "1-a.ts",
                """
                export class A1700000000000 implements MigrationInterface {
                  name = 'A1700000000000'
                  public async up(queryRunner: QueryRunner): Promise<void> {
                    await queryRunner.query(`ALTER TABLE "user" ADD "nick" text`);
                    // then
                    await queryRunner.query('select 1');
                  }
                  public async down(queryRunner: QueryRunner): Promise<void> {
                    await queryRunner.query(`ALTER TABLE "user" DROP COLUMN "nick"`);
                  }
                }
                """,
                "2-b.ts",
                """
                export class B1 { public async up(q) { if (x) await queryRunner.query(`drop table t`); } }
                """,
                "3-c.js",
                """
                class C2 { async up(queryRunner) { await queryRunner.query(`drop table ${name}`); } }
                """));

    List<Migration> read = Tool.TYPEORM.read(plain);

    assertThat(read.getFirst().id()).isEqualTo("A1700000000000");
    assertThat(read.getFirst().up())
        .contains("ALTER TABLE \"user\" ADD \"nick\" text;\nselect 1;\n");
    assertThat(read.getFirst().down()).contains("ALTER TABLE \"user\" DROP COLUMN \"nick\";\n");
    assertThat(read.get(1).up()).isEmpty();
    assertThat(read.get(2).up()).isEmpty();
    assertThat(read.get(2).silent()).contains("JavaScript, which is not executed");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "defaultValue='x', SAFE",
        "defaultValueComputed='now()', SAFE",
        "defaultValue='NULL', STEP_DOWN_FIRST",
        "defaultValueComputed='(null)', STEP_DOWN_FIRST",
        "value='x', STEP_DOWN_FIRST",
        "defaultValueConstraintName='x', STEP_DOWN_FIRST",
      })
  void a_column_of_liquibase_is_given_only_by_a_default(String attribute, String verdict) {
    String xml =
        """
        <databaseChangeLog><changeSet id="1" author="ada"><addColumn tableName="customer">
          <column name="nick" type="text" %s><constraints nullable="false"/></column>
        </addColumn></changeSet></databaseChangeLog>
        """
            .formatted(attribute);
    List<Migration> newer = Tool.LIQUIBASE.read(new TreeMap<>(Map.of("a.xml", xml)));

    assertThat(
            new Judge("v1", List.of(), newer, List.of(Applied.done("ada:1@a.xml")), Map.of())
                .judge()
                .verdict()
                .word())
        .isEqualTo(verdict);
  }

  @Test
  void changelogs_of_liquibase_are_read_in_sql_xml_and_yaml() {
    var files =
        new TreeMap<>(
            Map.of(
                "a.sql",
                """
                --liquibase formatted sql
                --changeset ada:1 splitStatements:true
                alter table customer add column nick text;
                --rollback alter table customer drop column nick;
                --changeset ada:2
                drop table bill;
                """,
                "b.xml",
                """
                <databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog">
                  <changeSet id="3" author="bob"><renameColumn tableName="customer" oldColumnName="a" newColumnName="b"/></changeSet>
                  <changeSet id="4" author="bob"><customChange class="X"/></changeSet>
                </databaseChangeLog>
                """,
                "c.yaml",
                """
                databaseChangeLog:
                  - changeSet:
                      id: 5
                      author: cy
                      changes:
                        - addColumn:
                            tableName: customer
                            columns:
                              - column: { name: age, type: int, constraints: { nullable: false } }
                """,
                "d.xml",
                "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><databaseChangeLog>&e;</databaseChangeLog>"));

    List<Migration> read = Tool.LIQUIBASE.read(files);

    assertThat(read)
        .extracting(m -> m.id() + " | " + m.up().map(String::strip).orElse(m.silent()))
        .containsExactly(
            "ada:1@a.sql | alter table customer add column nick text;",
            "ada:2@a.sql | drop table bill;",
            "bob:3@b.xml | alter table customer rename column a to b",
            "bob:4@b.xml | a change `customChange` is not judged",
            "cy:5@c.yaml | alter table customer add column age int not null",
            "d.xml | the changelog cannot be read");
    assertThat(read.getFirst().down()).contains("alter table customer drop column nick;\n");
  }

  @Test
  void change_sets_in_sql_say_their_way_down_in_three_ways_and_their_file_in_two() {
    var files =
        new TreeMap<>(
            Map.of(
                "a/x.sql",
                """
                --liquibase formatted sql logicalFilePath:db/y.sql
                --changeset ada:1
                alter table customer add column nick text;
                --rollback not required
                --changeset ada:2 logicalFilePath:db/z.sql
                create table tag (id int);
                /* liquibase rollback
                drop table tag;
                */
                --changeset "Ada L":3
                create table bill (id int);
                --rollback empty
                """,
                "b/1.sql",
                "--liquibase formatted sql\n--changeset cy:1\nselect 1;\n",
                "c/1.sql",
                "--liquibase formatted sql\n--changeset cy:1\nselect 2;\n"));

    assertThat(Tool.LIQUIBASE.read(files))
        .extracting(m -> m.id() + " | " + m.down().map(String::strip).orElse("none") + m.silent())
        .containsExactly(
            "ada:1@y.sql | ",
            "ada:2@z.sql | drop table tag;",
            "Ada L:3@y.sql | ",
            "cy:1@1.sql | nonefiles of one name have change sets of one name");
  }
}
