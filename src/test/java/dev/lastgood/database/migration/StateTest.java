package dev.lastgood.database.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.store.PostgresFixture;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// The state tables of the tools, as their sources and manuals define them, on a real server.
@DisplayNameGeneration(ReplaceUnderscores.class)
class StateTest {
  private Connection connection;

  @BeforeEach
  void open() throws SQLException {
    connection = DriverManager.getConnection(PostgresFixture.url());
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  private List<String> read(Tool tool, Optional<String> table, String... known)
      throws SQLException {
    List<Migration> folder =
        Stream.iterate(0, i -> i < known.length, i -> i + 1)
            .map(i ->
                Migration.code(known[i], Optional.empty(), Optional.empty(), "Python")
                    .after(i == 0 ? List.of() : List.of(known[i - 1])))
            .toList();
    return new State(tool, Optional.empty(), table)
        .read(connection, folder).orElseThrow().stream()
            .map(
                a -> a.id() + (a.failed() ? " failed" : "") + a.sql().map(s -> ": " + s).orElse(""))
            .toList();
  }

  private void sql(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void without_a_state_table_nothing_is_known() throws SQLException {
    assertThat(
            new State(Tool.PRISMA, Optional.empty(), Optional.empty()).read(connection, List.of()))
        .isEmpty();
  }

  @Test
  void prisma_knows_finished_failed_and_rolled_back_ones() throws SQLException {
    sql(
        """
        create table "_prisma_migrations" (id varchar(36) primary key, checksum varchar(64) not null, finished_at timestamptz,
          migration_name varchar(255) not null, logs text, rolled_back_at timestamptz,
          started_at timestamptz not null default now(), applied_steps_count int not null default 0);
        insert into "_prisma_migrations" values
          ('1', 'aa', now(), '1_a', null, null, now() - interval '3h', 1),
          ('2', 'bb', null, '2_b', 'error', now(), now() - interval '2h', 0),
          ('3', 'bb', now(), '2_b', null, null, now() - interval '1h', 1),
          ('4', 'cc', null, '3_c', 'error', null, now(), 0)\
        """);

    assertThat(read(Tool.PRISMA, Optional.empty())).containsExactly("1_a", "2_b", "3_c failed");
  }

  @Test
  void flyway_knows_repeatable_failed_and_undone_ones() throws SQLException {
    sql(
        """
        create table flyway_schema_history (installed_rank int primary key, version varchar(50), description varchar(200) not null,
          type varchar(20) not null, script varchar(1000) not null, checksum int, installed_by varchar(100) not null,
          installed_on timestamp not null default now(), execution_time int not null, success boolean not null);
        insert into flyway_schema_history values
          (0, null, '<< Flyway Schema Creation >>', 'SCHEMA', '"public"', null, 'x', now(), 0, true),
          (1, '1', 'a', 'SQL', 'V1__a.sql', 5, 'x', now(), 1, true),
          (2, '2', 'b', 'SQL', 'V2__b.sql', -6, 'x', now(), 1, true),
          (3, null, 'v', 'SQL', 'R__v.sql', 7, 'x', now(), 1, true),
          (4, '2', 'b', 'UNDO_SQL', 'U2__b.sql', 8, 'x', now(), 1, true),
          (5, '3', 'c', 'SQL', 'V3__c.sql', 9, 'x', now(), 1, false)\
        """);

    assertThat(read(Tool.FLYWAY, Optional.empty())).containsExactly("1", "R__v.sql", "3 failed");
  }

  @Test
  void supabase_keeps_the_statements() throws SQLException {
    sql(
        """
        create schema supabase_migrations;
        create table supabase_migrations.schema_migrations (version text primary key, statements text[], name text);
        insert into supabase_migrations.schema_migrations values ('20260101000000', array['select 1', 'drop table t'], 'a')\
        """);

    assertThat(read(Tool.SUPABASE, Optional.empty()))
        .containsExactly("20260101000000: select 1;\ndrop table t");
  }

  @Test
  void liquibase_knex_typeorm_rails_and_django_are_lists() throws SQLException {
    sql(
        """
        create table databasechangelog (id varchar(255) not null, author varchar(255) not null, filename varchar(255) not null,
          dateexecuted timestamp not null, orderexecuted int not null, exectype varchar(10) not null, md5sum varchar(35));
        insert into databasechangelog values ('2', 'bob', 'db/b.xml', now(), 2, 'EXECUTED', '9:x'), ('1', 'ada', 'classpath:db/a.sql', now(), 1, 'EXECUTED', '9:y');
        create table knex_migrations (id serial primary key, name varchar(255), batch int, migration_time timestamptz);
        insert into knex_migrations (name, batch) values ('1_a.js', 1), ('2_b.js', 2);
        create table migrations (id serial primary key, timestamp bigint not null, name varchar not null);
        insert into migrations (timestamp, name) values (2, 'B2'), (1, 'A1');
        create table schema_migrations (version varchar primary key);
        insert into schema_migrations values ('20260102000000'), ('20260101000000');
        create table django_migrations (id bigint generated by default as identity primary key, app varchar(255), name varchar(255), applied timestamptz);
        insert into django_migrations (app, name, applied) values ('shop', '0001_initial', now()), ('auth', '0001_initial', now() - interval '1h')\
        """);

    assertThat(read(Tool.LIQUIBASE, Optional.empty()))
        .containsExactly("ada:1@a.sql", "bob:2@b.xml");
    assertThat(read(Tool.KNEX, Optional.empty())).containsExactly("1_a.js", "2_b.js");
    assertThat(read(Tool.TYPEORM, Optional.empty())).containsExactly("A1", "B2");
    assertThat(read(Tool.RAILS, Optional.empty()))
        .containsExactly("20260101000000", "20260102000000");
    assertThat(read(Tool.DJANGO, Optional.empty()))
        .containsExactly("auth.0001_initial", "shop.0001_initial");
  }

  @Test
  void change_sets_of_one_name_in_files_of_one_name_are_told_apart() throws SQLException {
    sql(
        """
        create table databasechangelog (id varchar(255) not null, author varchar(255) not null, filename varchar(255) not null,
          dateexecuted timestamp not null, orderexecuted int not null, exectype varchar(10) not null, md5sum varchar(35));
        insert into databasechangelog values ('1', 'ada', 'bill/a.sql', now(), 1, 'EXECUTED', '9:x'),
          ('1', 'ada', 'user/a.sql', now(), 2, 'EXECUTED', '9:x'), ('1', 'ada', 'user/b.sql', now(), 3, 'FAILED', '9:x')\
        """);

    assertThat(read(Tool.LIQUIBASE, Optional.empty()))
        .containsExactly(
            "ada:1@a.sql in bill/a.sql", "ada:1@a.sql in user/a.sql", "ada:1@b.sql failed");
  }

  @Test
  void alembic_and_golang_migrate_keep_only_where_they_are() throws SQLException {
    sql("create table alembic_version (version_num varchar(32) primary key)");
    sql("insert into alembic_version values ('b')");
    sql("create table schema_migrations (version bigint primary key, dirty boolean not null)");
    sql("insert into schema_migrations values (20, true)");

    assertThat(read(Tool.ALEMBIC, Optional.empty(), "a", "b", "c")).containsExactly("a", "b");
    assertThat(read(Tool.SQL, Optional.empty(), "10", "20", "30"))
        .containsExactly("10", "20 failed");
  }

  @Test
  void dbmate_and_goose_are_numbered() throws SQLException {
    sql("create table schema_migrations (version varchar(128) primary key)");
    sql("insert into schema_migrations values ('0010'), ('0009')");
    sql(
        "create table goose_db_version (id int generated by default as identity primary key,"
            + " version_id bigint not null, is_applied boolean not null, tstamp timestamp)");
    sql(
        "insert into goose_db_version (version_id, is_applied) values (0, true), (1, true), (2, true)");

    assertThat(read(Tool.SQL, Optional.empty())).containsExactly("9", "10");
    assertThat(read(Tool.SQL, Optional.of("goose_db_version"))).containsExactly("1", "2");
  }
}
