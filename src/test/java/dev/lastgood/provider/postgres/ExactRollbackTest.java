package dev.lastgood.provider.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.database.migration.Tool;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Snapshotting.Taken;
import dev.lastgood.provider.local.Until;
import dev.lastgood.store.PostgresFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `exact: yes`: a slot from the snapshot to the rollback, on a real server under live traffic.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ExactRollbackTest extends ExactHere {
  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true"})
  void a_state_table_under_a_name_of_ones_own_goes_with_the_schema(boolean exact, boolean early)
      throws Exception {
    sql("create table shop_versions (version_num varchar(32) primary key)");
    var named =
        new MigrationSettings(
            Tool.ALEMBIC,
            "versions",
            "backend",
            Optional.of(dir),
            Optional.empty(),
            Optional.empty(),
            Optional.of("shop_versions"),
            List.of(),
            Optional.empty());
    migrations = Optional.of(named).filter(_ -> early);
    Taken taken = platform(Optional.of(exact)).snapshot();
    sql("insert into shop_versions values ('1a2b')", "insert into post (body) values ('new')");
    migrations = Optional.of(named);
    PostgresPlatform platform = platform(Optional.of(exact));

    assertThat(way(platform, taken.kept().id()).losses())
        .anyMatch(l -> l.contains("post"))
        .noneMatch(l -> l.contains("shop_versions"));
    walk(platform, taken.kept().id());

    assertThat(ask(name, "select version_num from shop_versions")).isEmpty();
    assertThat(ask(name, "select count(*) from post")).containsExactly("501");
    sql("insert into shop_versions values ('3c4d')");
    walk(platform, taken.live().id());
    assertThat(ask(name, "select version_num from shop_versions")).containsExactly("1a2b");
  }

  @Test
  void every_row_that_was_confirmed_is_there_once_and_the_migration_is_gone() throws Exception {
    Platform platform = platform(Optional.of(true));
    try (var writer = new Writer(url, "post")) {
      Until.holds("the user has written", () -> writer.count() > 20);
      Taken taken = ((PostgresPlatform) platform).snapshot();
      Until.holds("the user has written", () -> writer.count() > 60);
      together(
          "alter table post add column lang text not null default 'de'",
          "update post set lang = 'en', seen = seen + 1000",
          "insert into \"My Count\" values (99, 99)");
      sql("update \"My Count\" set n = n + 7", "insert into loose values ('bag'), ('bag')");
      Until.holds("the user has written", () -> writer.count() > 120);

      List<String> costs = way(platform, taken.kept().id()).costs();
      String said = walk(platform, taken.kept().id());
      int before = writer.count();
      Until.holds("the user has written", () -> writer.count() > before + 20);

      assertThat(costs)
          .anySatisfy(c -> assertThat(c).contains("replayed, transaction by transaction"))
          .anySatisfy(c -> assertThat(c).contains("taken for the migration's"))
          .anySatisfy(c -> assertThat(c).contains("loose (no primary key"))
          .noneSatisfy(c -> assertThat(c).contains("make it anew"));
      assertThat(said)
          .contains("replayed in the order of their commits")
          .contains("it changed the schema")
          .contains("My Count: 1 inserted");
      List<Long> confirmed = writer.confirmed();
      List<String> ids = ask(name, "select id from post where body like 'at %' order by id");
      assertThat(ids)
          .containsAll(confirmed.stream().map(String::valueOf).toList())
          .doesNotHaveDuplicates();
      assertThat(ask(name, "select count(*) from post where seen <> 0")).containsExactly("0");
      assertThat(ask(name, "select string_agg(n::text, ',') from \"My Count\""))
          .containsExactly("7,7,7,7,7");
      assertThat(ask(name, "select what from loose")).containsExactly("bag", "bag");
    }
    assertThat(slots()).isEmpty();
    for (String database : databases()) {
      run("postgres", "alter database \"" + database + "\" allow_connections true");
      assertThat(ask(database, "select pubname from pg_publication")).isEmpty();
    }
    assertThat(
            ask(
                name,
                "select relname from pg_class where relname in ('replayed', 'migrated', 'skipped')"))
        .isEmpty();
  }

  @Test
  void a_rollback_that_was_refused_can_be_begun_again() throws Exception {
    PostgresPlatform platform = platform(Optional.of(true));
    Taken taken = platform.snapshot();
    together("alter table post add column x int", "update post set seen = 1");
    sql("update \"My Count\" set n = 5");
    List<Act> acts = acts(platform, taken.kept().id());
    acts.subList(0, acts.size() - 1).forEach(a -> done(platform, a));
    sql("update \"My Count\" set n = 6");
    try (Connection user = DriverManager.getConnection(url);
        Statement statement = user.createStatement()) {
      user.setAutoCommit(false);
      statement.execute("update post set body = 'mine' where id = 1");
      assertThat(platform.act(acts.getLast(), "k")).isInstanceOf(Outcome.Refused.class);
      user.commit();
    }

    done(platform(Optional.of(true)), acts.getLast());

    assertThat(ask(name, "select distinct n from \"My Count\"")).containsExactly("6");
    assertThat(ask(name, "select body, seen from post where id = 1")).containsExactly("mine");
    assertThat(slots()).isEmpty();
  }

  @Test
  void a_table_that_was_made_anew_under_its_name_is_compared_with_those_that_refer_to_it()
      throws Exception {
    sql("create table answer (id int primary key, post bigint references post)");
    PostgresPlatform platform = platform(Optional.of(true));
    Taken taken = platform.snapshot();
    sql(
        "update post set body = 'before' where id = 1",
        "update \"My Count\" set n = 3 where id = 0");
    together(
        "create table fresh (id bigint generated by default as identity primary key, body text not null, seen int not null default 0)",
        "insert into fresh select * from post",
        "drop table post cascade",
        "alter table fresh rename to post");
    sql(
        "update post set body = 'after' where id = 2",
        "delete from post where id = 3",
        "insert into post (id, body) values (900, 'new')",
        "insert into answer values (1, 900)");

    assertThat(way(platform, taken.kept().id()).costs())
        .anySatisfy(c -> assertThat(c).contains("post (no longer told by it)"));
    String said = walk(platform, taken.kept().id());

    assertThat(said)
        .contains("no longer told by the slot: answer, post, compared")
        .contains("replayed in the order of their commits")
        .doesNotContain("left out");
    assertThat(changed()).containsExactly("1 before", "2 after", "900 new");
    assertThat(ask(name, "select count(*) from post where id = 3")).containsExactly("0");
    assertThat(ask(name, "select post from answer")).containsExactly("900");
    assertThat(ask(name, "select n from \"My Count\" where id = 0")).containsExactly("3");

    sql("update post set body = 'since' where id = 4", "delete from post where id = 2");
    walk(platform, taken.live().id());
    assertThat(changed()).containsExactly("1 before", "4 since", "900 new");
    assertThat(ask(name, "select count(*) from post")).containsExactly("499");
    assertThat(ask(name, "select post from answer")).containsExactly("900");
  }

  private List<String> changed() {
    return ask(name, "select concat_ws(' ', id, body) from post where body <> 'old' order by id");
  }

  @Test
  void a_table_that_was_taken_out_of_the_publication_is_compared_also_when_it_was_put_back()
      throws Exception {
    PostgresPlatform platform = platform(Optional.of(true));
    Taken taken = platform.snapshot();
    String publication = "alter publication " + slots().getFirst();
    sql(
        "update post set body = 'before' where id = 1",
        publication + " drop table post, \"My Count\"",
        "update post set body = 'after' where id = 2",
        "insert into post (body) values ('new')",
        "update \"My Count\" set n = 3 where id = 0",
        publication + " add table \"My Count\"",
        "update \"My Count\" set n = 4 where id = 1");

    String said = walk(platform, taken.kept().id());

    assertThat(said)
        .contains("no longer told by the slot: My Count, post, compared")
        .doesNotContain("left out");
    assertThat(changed()).containsExactly("1 before", "2 after", "501 new");
    assertThat(ask(name, "select n from \"My Count\" order by id"))
        .containsExactly("3", "4", "0", "0", "0");

    sql("update post set body = 'since' where id = 4");
    walk(platform, taken.live().id());
    assertThat(changed()).containsExactly("1 before", "2 after", "4 since", "501 new");
    assertThat(ask(name, "select n from \"My Count\" where id < 2")).containsExactly("3", "4");
  }

  @Test
  void a_table_that_is_told_no_longer_between_the_steps_is_compared_whole() throws Exception {
    PostgresPlatform platform = platform(Optional.of(true));
    Taken taken = platform.snapshot();
    String publication = "alter publication " + slots().getFirst();
    sql(
        "insert into loose values ('bag')",
        publication + " drop table post",
        "update post set body = 'unheard' where id = 1",
        publication + " set table post, \"My Count\"");
    List<Act> acts = acts(platform, taken.kept().id());
    acts.subList(0, acts.size() - 1).forEach(a -> done(platform, a));
    sql(publication + " drop table \"My Count\"", "update \"My Count\" set n = 3 where id = 0");

    String said = done(platform(Optional.of(true)), acts.getLast());

    assertThat(said).contains("no longer told by the slot: My Count, post, compared");
    assertThat(changed()).containsExactly("1 unheard");
    assertThat(ask(name, "select n from \"My Count\" where id = 0")).containsExactly("3");
  }

  @Test
  void a_slot_that_the_server_gave_up_is_told_and_the_databases_are_compared() throws Exception {
    PostgresPlatform platform = platform(Optional.of(true));
    Taken taken = platform.snapshot();
    sql("update \"My Count\" set n = 3 where id = 0");
    giveUp();

    assertThat(platform.inventory().notes())
        .anySatisfy(n -> assertThat(n).contains("given up by the server", "compares instead"));
    assertThat(way(platform, taken.kept().id()).costs())
        .anySatisfy(c -> assertThat(c).contains("max_slot_wal_keep_size", "compared instead"));
    assertThat(walk(platform, taken.kept().id())).contains("compared instead");
    assertThat(ask(name, "select n from \"My Count\" where id = 0")).containsExactly("3");
    assertThat(slots()).isEmpty();
  }

  @Test
  void a_slot_that_is_given_up_half_way_is_told_and_no_row_is_lost() throws Exception {
    PostgresPlatform platform = platform(Optional.of(true));
    Taken taken = platform.snapshot();
    sql("update \"My Count\" set n = 3 where id = 0");
    List<Act> acts = acts(platform, taken.kept().id());
    acts.subList(0, acts.size() - 1).forEach(a -> done(platform, a));
    sql("update \"My Count\" set n = 4 where id = 1", "delete from post where id = 7");
    giveUp();

    String said = done(platform(Optional.of(true)), acts.getLast());

    assertThat(said).contains("max_slot_wal_keep_size", "compared instead").doesNotContain("left");
    assertThat(ask(name, "select n from \"My Count\" order by id"))
        .containsExactly("3", "4", "0", "0", "0");
    assertThat(ask(name, "select count(*) from post")).containsExactly("499");
  }

  @Test
  void a_slot_that_an_older_version_noted_is_replayed() throws Exception {
    PostgresPlatform platform = platform(Optional.of(true));
    Taken taken = platform.snapshot();
    Path noted = dir.resolve("snapshots").resolve(taken.kept().id()).resolve("slot.json");
    String older = Files.readString(noted).replaceAll("\"files\":\"[^\"]*\",", "");
    assertThat(older).doesNotContain("files");
    Files.writeString(noted, older);
    sql("update \"My Count\" set n = 3 where id = 0");

    String said = walk(platform, taken.kept().id());

    assertThat(said).contains("replayed in the order of their commits");
    assertThat(ask(name, "select n from \"My Count\" where id = 0")).containsExactly("3");
  }

  /// The server drops the log that the slot needs.
  private void giveUp() throws SQLException {
    String keeps = ask("postgres", "show max_slot_wal_keep_size").getFirst();
    run("postgres", "alter system set max_slot_wal_keep_size = '1MB'");
    try {
      run("postgres", "select pg_reload_conf()");
      for (int n = 0; n < 200 && !lost(); n++) {
        run("postgres", "select pg_logical_emit_message(false, 'nobody', 'hears')");
        run("postgres", "select pg_switch_wal(); checkpoint");
      }
      assertThat(lost()).isTrue();
    } finally {
      run("postgres", "alter system set max_slot_wal_keep_size = '" + keeps + "'");
      run("postgres", "select pg_reload_conf()");
    }
  }

  @Test
  void a_state_that_lies_behind_the_slot_is_told_and_compared() throws Exception {
    PostgresPlatform platform = platform(Optional.of(true));
    Taken taken = platform.snapshot();
    String both = "insert into post (id, body) overriding system value values (900, 'both')";
    sql(both);
    List<Act> acts = acts(platform, taken.kept().id());
    done(platform, acts.getFirst());
    String beside = beside();
    // as one that was brought up from a restore point which others came before
    run(beside, both);
    var server = new Server(new Secret("${env:DATABASE_URL}", () -> url), "postgres");
    try (Session session = server.maintenance()) {
      Marker marker = Standing.named(session, beside).orElseThrow().marker().orElseThrow();
      Restoring.mark(
          session, beside, new Marker("", marker.of(), marker.release(), marker.state(), "", true));
    }
    sql("update \"My Count\" set n = 3 where id = 0");
    String said = "";
    for (Act act : acts.subList(1, acts.size())) {
      said = done(platform, act);
    }

    assertThat(said)
        .contains("a restore point, which lies behind the slot: the databases are compared instead")
        .doesNotContain("left out");
    assertThat(ask(name, "select body from post where id = 900")).containsExactly("both");
    assertThat(ask(name, "select n from \"My Count\" where id = 0")).containsExactly("3");
    assertThat(slots()).isEmpty();
    assertThat(traces()).isEmpty();
  }

  @Test
  void an_undo_brings_what_users_wrote_since_and_leaves_what_the_migration_wrote()
      throws Exception {
    PostgresPlatform platform = platform(Optional.of(true));
    Taken taken = platform.snapshot();
    together(
        "alter table post add column lang text not null default 'de'",
        "update post set seen = 9 where id <= 3",
        "insert into \"My Count\" values (99, 99)");
    sql(
        "update post set body = 'before' where id = 2",
        "insert into loose values ('bag')",
        "alter table \"My Count\" rename n to many");
    assertThat(walk(platform, taken.kept().id())).contains("replayed in the order");
    sql(
        "update post set body = 'since' where id in (1, 200)",
        "delete from post where id = 7",
        "insert into \"My Count\" values (50, 5)",
        "insert into loose values ('box')");

    Method undo = way(platform, taken.live().id());
    assertThat(undo.losses()).isEmpty();
    assertThat(undo.costs())
        .contains(
            "carried over, as of now: post: 0 inserted, 2 updated, 1 deleted",
            "carried over, as of now: My Count: 1 inserted, 0 updated, 0 deleted");
    walk(platform, taken.live().id());

    assertThat(
            ask(
                name,
                "select concat_ws(' ', id, body, seen, lang) from post where id in (1, 2, 3, 7, 200) order by id"))
        .containsExactly("1 since 9 de", "2 before 9 de", "3 old 9 de", "200 since 0 de");
    assertThat(ask(name, "select id from \"My Count\" where many <> 0 order by id"))
        .containsExactly("50", "99");
    assertThat(ask(name, "select what from loose order by 1")).containsExactly("bag", "box");

    sql("update post set body = 'third' where id = 3");
    walk(platform, taken.kept().id());
    assertThat(
            ask(name, "select concat_ws(' ', id, body, seen) from post where id <= 3 order by id"))
        .containsExactly("1 since 0", "2 before 0", "3 third 0");
    assertThat(ask(name, "select count(*) from \"My Count\"")).containsExactly("6");
  }

  @Test
  void what_a_named_role_or_application_writes_is_told_and_not_replayed() throws Exception {
    PostgresPlatform platform = platform(Optional.of(true));
    platform.snapshot();
    Taken taken = platform.snapshot();
    run("postgres", "drop role if exists flyway; create role flyway login superuser");
    try {
      String flyway = url.replace("user=postgres", "user=flyway");
      try (Connection connection = DriverManager.getConnection(flyway);
          Statement statement = connection.createStatement()) {
        statement.execute("update \"My Count\" set n = -1 where id <> 0");
      }
      try (Connection connection =
              DriverManager.getConnection(url + "&ApplicationName=nightly%20job");
          Statement statement = connection.createStatement()) {
        statement.execute("delete from post where id > 100");
      }
    } finally {
      run("postgres", "drop role flyway");
    }
    sql("update \"My Count\" set n = 2 where id < 2");

    String said = walk(platform, taken.kept().id());

    assertThat(said)
        .contains("it is of flyway", "it is of postgres as nightly job", "post: 400 deleted");
    assertThat(ask(name, "select n from \"My Count\" order by id"))
        .containsExactly("2", "2", "0", "0", "0");
    assertThat(ask(name, "select count(*) from post")).containsExactly("500");
    for (String database : databases()) {
      run("postgres", "alter database \"" + database + "\" allow_connections true");
      assertThat(ask(database, "select tgname from pg_trigger where tgname like '%lastgood%'"))
          .isEmpty();
    }
  }

  // -- opening ----------------------------------------------------------------------------------

  @Test
  void a_server_that_cannot_be_read_or_would_keep_everything_is_refused_in_words()
      throws Exception {
    String other = PostgresFixture.url();
    assertThatThrownBy(() -> platform(other, Optional.of(true), InstantSource.system()).snapshot())
        .isInstanceOf(PlatformUnreachable.class)
        .hasMessageContaining("wal_level = logical");
    String keeps = ask("postgres", "show max_slot_wal_keep_size").getFirst();
    run("postgres", "alter system set max_slot_wal_keep_size = -1");
    try {
      run("postgres", "select pg_reload_conf()");
      Until.holds(
          "the server has read its settings",
          () -> ask("postgres", "show max_slot_wal_keep_size").getFirst().equals("-1"));

      assertThatThrownBy(() -> platform(Optional.of(true)).snapshot())
          .hasMessageContaining("alter system set max_slot_wal_keep_size");
    } finally {
      run("postgres", "alter system set max_slot_wal_keep_size = '" + keeps + "'");
      run("postgres", "select pg_reload_conf()");
    }
    assertThat(slots()).isEmpty();
    assertThat(dir.resolve("snapshots")).isEmptyDirectory();
  }

  @Test
  void an_ordinary_role_needs_the_right_to_replicate_and_nothing_more() throws Exception {
    run(
        "postgres",
        "drop role if exists plain; create role plain login createdb; alter database "
            + name
            + " owner to plain");
    sql("grant create, usage on schema public to plain");
    sql(
        "alter table post owner to plain",
        "alter table \"My Count\" owner to plain",
        "alter table loose owner to plain");
    try {
      String plain = url.replace("user=postgres", "user=plain");

      assertThatThrownBy(
              () -> platform(plain, Optional.of(true), InstantSource.system()).snapshot())
          .hasMessageContaining("alter role plain replication");
      assertThat(slots()).isEmpty();
      assertThat(ask(name, "select pubname from pg_publication")).isEmpty();

      run("postgres", "alter role plain replication");
      PostgresPlatform platform = platform(plain, Optional.of(true), InstantSource.system());
      Taken taken = platform.snapshot();
      sql("update \"My Count\" set n = 4");
      walk(platform, taken.kept().id());
      assertThat(ask(name, "select distinct n from \"My Count\"")).containsExactly("4");
    } finally {
      close();
      run("postgres", "drop role plain");
    }
  }

  @Test
  void a_name_that_is_taken_gets_a_number() throws Exception {
    InstantSource clock = InstantSource.fixed(Instant.parse("2026-01-02T03:04:05Z"));
    String oid =
        ask("postgres", "select oid from pg_database where datname = '" + name + "'").getFirst();
    String taken = "lastgood_" + oid + "_20260102_030405";
    // of another database, so that nobody sweeps it away
    String other = PostgresFixture.logicalUrl();
    run(
        other.replaceFirst(".*/", "").replaceFirst("\\?.*", ""),
        "select pg_create_logical_replication_slot('" + taken + "', 'pgoutput')");
    try {
      platform(url, Optional.of(true), clock).snapshot();

      assertThat(slots()).contains(taken, taken + "_2");
    } finally {
      run("postgres", "select pg_drop_replication_slot('" + taken + "')");
    }
  }

  @Test
  void a_snapshot_that_failed_leaves_no_slot() throws Exception {
    Path none = Files.createDirectories(dir.resolve("none"));
    Files.writeString(none.resolve("pg_dump"), "#!/bin/sh\nexit 1\n");
    none.resolve("pg_dump").toFile().setExecutable(true);

    assertThatThrownBy(() ->
            platform(url, Optional.of(true), InstantSource.system(), Optional.of(none), 9)
                .snapshot())
        .isInstanceOf(PlatformUnreachable.class);

    assertThat(slots()).isEmpty();
    assertThat(ask(name, "select pubname from pg_publication")).isEmpty();
  }
}
