package dev.lastgood.provider.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.model.Release;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.store.PostgresFixture;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A database on a real server that can be read through replication slots.
abstract class ExactHere {
  static final String SCHEMA =
      """
      create table post (id bigint generated always as identity primary key, body text not null, seen int not null default 0);
      create table "My Count" (id int primary key, n bigint not null);
      create table loose (what text);
      insert into post (body) select 'old' from generate_series(1, 500);
      insert into "My Count" select n, 0 from generate_series(0, 4) n;
      """;

  @TempDir Path dir;
  String url = "";
  String name = "";
  Optional<MigrationSettings> migrations = Optional.empty();

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

  static InstantSource ticking() {
    var seconds = new java.util.concurrent.atomic.AtomicLong();
    return () -> Instant.parse("2026-01-02T03:04:05Z").plusSeconds(seconds.incrementAndGet());
  }

  PostgresPlatform platform(Optional<Boolean> exact) {
    return platform(url, exact, InstantSource.system());
  }

  PostgresPlatform platform(String at, Optional<Boolean> exact, InstantSource clock) {
    return platform(at, exact, clock, Optional.empty(), 9);
  }

  PostgresPlatform platform(
      String at, Optional<Boolean> exact, InstantSource clock, Optional<Path> programs, int keep) {
    return platform(at, exact, clock, programs, keep, Optional.empty());
  }

  PostgresPlatform platform(
      String at,
      Optional<Boolean> exact,
      InstantSource clock,
      Optional<Path> programs,
      int keep,
      Optional<Boolean> carry) {
    var settings =
        new PostgresSettings(
            new Secret("${env:DATABASE_URL}", () -> at),
            Optional.of(dir.resolve("snapshots")),
            List.of(),
            Optional.of(keep),
            Optional.of(Duration.ofSeconds(5)),
            carry,
            Optional.empty(),
            programs,
            Optional.empty(),
            migrations,
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            exact,
            List.of("flyway", "nightly job"));
    return (PostgresPlatform)
        new PostgresKind().open("database", settings, new Surroundings(dir, dir, clock));
  }

  static Method way(Platform platform, String to) throws PlatformUnreachable {
    return platform
        .methods(platform.inventory().live().orElseThrow(), Release.of("database", to))
        .getFirst();
  }

  static List<Act> acts(Platform platform, String to) throws PlatformUnreachable {
    List<Act> acts = new ArrayList<>();
    way(platform, to).legs().forEach(l -> acts.add((Act) l));
    return acts;
  }

  /// @return what the last act said
  static String walk(Platform platform, String to) throws PlatformUnreachable {
    String said = "";
    for (Act act : acts(platform, to)) {
      said = done(platform, act);
    }
    return said;
  }

  static String done(Platform platform, Act act) {
    Outcome outcome = platform.act(act, "key");
    assertThat(outcome).isInstanceOf(Outcome.Done.class);
    return ((Outcome.Done) outcome).receipt();
  }

  boolean lost() throws SQLException {
    return ask(
            "postgres",
            "select wal_status from pg_replication_slots where slot_name like 'lastgood%'")
        .contains("lost");
  }

  List<String> slots() throws SQLException {
    return ask(
        "postgres",
        "select slot_name from pg_replication_slots where slot_name like 'lastgood%' order by 1");
  }

  List<String> databases() throws SQLException {
    return ask(
        "postgres",
        "select datname from pg_database where datname = '%1$s' or datname like '%1$s\\_%%' order by 1"
            .formatted(name));
  }

  /// The one that is being made ready.
  String beside() {
    return ask(
            "postgres",
            "select datname from pg_database where datname like '" + name + "\\_restoring%'")
        .getFirst();
  }

  /// Names of what Lastgood made for a slot in the databases there are, live and kept.
  List<String> traces() throws SQLException {
    List<String> all = new ArrayList<>();
    for (String database : databases()) {
      boolean closed =
          ask("postgres", "select datallowconn from pg_database where datname = '" + database + "'")
              .equals(List.of("f"));
      if (closed) {
        run("postgres", "alter database \"" + database + "\" allow_connections true");
      }
      all.addAll(ask(database, "select pubname from pg_publication"));
      all.addAll(
          ask(database, "select tgname from pg_trigger where tgname like '\\_lastgood\\_%'"));
      if (closed) {
        run("postgres", "alter database \"" + database + "\" allow_connections false");
      }
    }
    return all;
  }

  void sql(String... sql) throws SQLException {
    for (String one : sql) {
      run(name, one);
    }
  }

  void together(String... sql) throws SQLException {
    run(name, "begin; " + String.join("; ", sql) + "; commit");
  }

  String urlOf(String database) {
    return url.replace("/" + name + "?", "/" + database + "?");
  }

  void run(String database, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(urlOf(database));
        Statement statement = connection.createStatement()) {
      for (String one :
          sql.startsWith("alter system") ? new String[] {sql} : sql.split("; (?=checkpoint)", -1)) {
        statement.execute(one);
      }
    }
  }

  List<String> ask(String database, String sql) {
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
