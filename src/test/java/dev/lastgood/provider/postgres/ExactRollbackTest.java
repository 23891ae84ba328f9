package dev.lastgood.provider.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Release;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Snapshotting.Taken;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.Until;
import dev.lastgood.store.PostgresFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `exact: yes`: a slot from the snapshot to the rollback, on a real server under live traffic.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ExactRollbackTest {
  private static final String SCHEMA =
      """
      create table post (id bigint generated always as identity primary key, body text not null, seen int not null default 0);
      create table "My Count" (id int primary key, n bigint not null);
      create table loose (what text);
      insert into post (body) select 'old' from generate_series(1, 500);
      insert into "My Count" select n, 0 from generate_series(0, 4) n;
      """;

  @TempDir Path dir;
  private String url = "";
  private String name = "";

  @BeforeEach
  void open() throws SQLException {
    url = PostgresFixture.logicalUrl();
    name = url.replaceFirst(".*/", "").replaceFirst("\\?.*", "");
    sql(SCHEMA);
  }

  @AfterEach
  void close() throws SQLException {
    for (String slot : slots()) {
      run("postgres", "select pg_drop_replication_slot('" + slot + "')");
    }
    for (String database : databases()) {
      run("postgres", "drop database \"" + database + "\" with (force)");
    }
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
  void a_slot_that_the_server_gave_up_is_told_and_the_databases_are_compared() throws Exception {
    PostgresPlatform platform = platform(Optional.of(true));
    Taken taken = platform.snapshot();
    sql("update \"My Count\" set n = 3 where id = 0");
    String keeps = ask("postgres", "show max_slot_wal_keep_size").getFirst();
    run("postgres", "alter system set max_slot_wal_keep_size = '1MB'");
    try {
      run("postgres", "select pg_reload_conf()");
      for (int n = 0; n < 20 && !lost(); n++) {
        sql("insert into loose select repeat(md5(n::text), 30) from generate_series(1, 30000) n");
        run("postgres", "select pg_switch_wal(); checkpoint");
      }
      assertThat(lost()).isTrue();
    } finally {
      run("postgres", "alter system set max_slot_wal_keep_size = '" + keeps + "'");
      run("postgres", "select pg_reload_conf()");
    }

    assertThat(platform.inventory().notes())
        .anySatisfy(n -> assertThat(n).contains("given up by the server", "compares instead"));
    assertThat(way(platform, taken.kept().id()).costs())
        .anySatisfy(c -> assertThat(c).contains("max_slot_wal_keep_size", "compared instead"));
    assertThat(walk(platform, taken.kept().id())).contains("compared instead");
    assertThat(ask(name, "select n from \"My Count\" where id = 0")).containsExactly("3");
    assertThat(slots()).isEmpty();
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

  // -- letting go -------------------------------------------------------------------------------

  @Test
  void the_slot_is_dropped_when_the_next_state_is_good_and_not_before() throws Exception {
    PostgresPlatform platform = platform(Optional.of(true));
    Taken first = platform.snapshot();
    assertThat(platform.inventory().notes())
        .anySatisfy(n -> assertThat(n).contains("exact rollback"));

    assertThat(platform.proven(first.kept().id())).isEmpty();
    assertThat(slots()).hasSize(1);

    assertThat(platform.proven(first.live().id()))
        .singleElement()
        .asString()
        .contains(first.kept().id(), "was dropped");
    assertThat(slots()).isEmpty();
    assertThat(ask(name, "select pubname from pg_publication")).isEmpty();
    assertThat(platform.proven(first.live().id())).isEmpty();
  }

  @Test
  void slots_of_removed_snapshots_go_with_them() throws Exception {
    PostgresPlatform platform = platform(url, Optional.of(true), ticking(), Optional.empty(), 1);
    Taken first = platform.snapshot();
    platform.snapshot();
    assertThat(slots()).hasSize(2);

    platform.prune(Set.of());
    assertThat(slots()).hasSize(1);

    assertThat(dir.resolve("snapshots").resolve(first.kept().id())).doesNotExist();
    try (var left = Files.list(dir.resolve("snapshots"))) {
      for (Path one : left.toList()) {
        Snapshots.remove(one);
      }
    }
    assertThat(platform.inventory().notes()).anySatisfy(n -> assertThat(n).contains("for nobody"));
    platform.snapshot();
    assertThat(slots()).hasSize(1);
  }

  // -- hands ------------------------------------------------------------------------------------

  private static InstantSource ticking() {
    var seconds = new java.util.concurrent.atomic.AtomicLong();
    return () -> Instant.parse("2026-01-02T03:04:05Z").plusSeconds(seconds.incrementAndGet());
  }

  private PostgresPlatform platform(Optional<Boolean> exact) {
    return platform(url, exact, InstantSource.system());
  }

  private PostgresPlatform platform(String at, Optional<Boolean> exact, InstantSource clock) {
    return platform(at, exact, clock, Optional.empty(), 9);
  }

  private PostgresPlatform platform(
      String at, Optional<Boolean> exact, InstantSource clock, Optional<Path> programs, int keep) {
    var settings =
        new PostgresSettings(
            new Secret("${env:DATABASE_URL}", () -> at),
            Optional.of(dir.resolve("snapshots")),
            List.of(),
            Optional.of(keep),
            Optional.of(Duration.ofSeconds(5)),
            Optional.empty(),
            Optional.empty(),
            programs,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            exact,
            List.of("flyway", "nightly job"));
    return (PostgresPlatform)
        new PostgresKind().open("database", settings, new Surroundings(dir, dir, clock));
  }

  private static Method way(Platform platform, String to) throws PlatformUnreachable {
    return platform
        .methods(platform.inventory().live().orElseThrow(), Release.of("database", to))
        .getFirst();
  }

  private static List<Act> acts(Platform platform, String to) throws PlatformUnreachable {
    List<Act> acts = new ArrayList<>();
    way(platform, to).legs().forEach(l -> acts.add((Act) l));
    return acts;
  }

  /// @return what the last act said
  private static String walk(Platform platform, String to) throws PlatformUnreachable {
    String said = "";
    for (Act act : acts(platform, to)) {
      said = done(platform, act);
    }
    return said;
  }

  private static String done(Platform platform, Act act) {
    Outcome outcome = platform.act(act, "key");
    assertThat(outcome).isInstanceOf(Outcome.Done.class);
    return ((Outcome.Done) outcome).receipt();
  }

  private boolean lost() throws SQLException {
    return ask(
            "postgres",
            "select wal_status from pg_replication_slots where slot_name like 'lastgood%'")
        .contains("lost");
  }

  private List<String> slots() throws SQLException {
    return ask(
        "postgres",
        "select slot_name from pg_replication_slots where slot_name like 'lastgood%' order by 1");
  }

  private List<String> databases() throws SQLException {
    return ask(
        "postgres",
        "select datname from pg_database where datname = '%1$s' or datname like '%1$s\\_%%' order by 1"
            .formatted(name));
  }

  private void sql(String... sql) throws SQLException {
    for (String one : sql) {
      run(name, one);
    }
  }

  private void together(String... sql) throws SQLException {
    run(name, "begin; " + String.join("; ", sql) + "; commit");
  }

  private String urlOf(String database) {
    return url.replace("/" + name + "?", "/" + database + "?");
  }

  private void run(String database, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(urlOf(database));
        Statement statement = connection.createStatement()) {
      for (String one :
          sql.startsWith("alter system") ? new String[] {sql} : sql.split("; (?=checkpoint)", -1)) {
        statement.execute(one);
      }
    }
  }

  private List<String> ask(String database, String sql) {
    try (Connection connection = DriverManager.getConnection(urlOf(database));
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> all = new ArrayList<>();
      while (rows.next()) {
        all.add(rows.getString(1));
      }
      return all;
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }
}
