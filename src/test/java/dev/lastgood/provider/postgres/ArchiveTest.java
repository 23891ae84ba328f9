package dev.lastgood.provider.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.provider.Act;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Snapshotting.Taken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real pgBackRest, and an archive without it: a moment is brought back into a throwaway server.
@Tag("peers")
@DisplayNameGeneration(ReplaceUnderscores.class)
class ArchiveTest {
  @TempDir Path dir;
  private ServersHere servers;

  @BeforeEach
  void open() throws Exception {
    if (!Files.isExecutable(Path.of("/usr/bin/pgbackrest")) && System.getenv("CI") == null) {
      Assumptions.abort("no pgBackRest: apt-get install pgbackrest");
    }
    servers =
        new ServersHere("pgbackrest --config=FOLDER/pgbackrest.conf --stanza=main archive-push %p");
    servers.backRest();
    servers.sql(Shop.SCHEMA);
  }

  @AfterEach
  void close() throws Exception {
    if (servers != null) {
      servers.close();
    }
  }

  private Path config() {
    return servers.folder.resolve("pgbackrest.conf");
  }

  private void backRest(String... words) throws Exception {
    servers.as(
        Stream.concat(
                Stream.of("pgbackrest", "--config=" + config(), "--stanza=main"), Stream.of(words))
            .toArray(String[]::new));
  }

  private Going.Kept kept(String... times) {
    return new Going.Kept(servers.url(), SnapshotAs.POINT)
        .with(
            new ArchiveSettings(
                Optional.of("main"),
                Optional.of(config()),
                Optional.empty(),
                Optional.empty(),
                List.of(times),
                Optional.of(servers.folder.resolve("t")),
                Optional.empty()));
  }

  @Test
  void a_snapshot_without_a_dump_comes_back_out_of_pgbackrest_and_nothing_of_it_stays()
      throws Exception {
    backRest("--type=full", "backup");
    servers.sql("insert into customer (name) values ('Cy')");
    PostgresPlatform platform = kept().in(dir);
    Taken taken = platform.snapshot();
    String kept = taken.kept().id();
    assertThat(dir.resolve("snapshots").resolve(kept).resolve(Snapshots.DUMP)).doesNotExist();
    damage();
    archived();

    assertThat(Going.methods(platform, kept))
        .extracting(Method::name)
        .containsExactly("archive-beside");
    Going.walk(platform, kept, "archive-beside");

    assertThat(servers.ask("select string_agg(name, ' ' order by name) from customer"))
        .isEqualTo("Ann Bob Cy Dee");
    assertThat(servers.ask("select count(more) from customer")).isEqualTo("4");
    assertThat(throwaways()).isEmpty();
    assertThat(Orphans.of(servers.folder.resolve("t"))).isEmpty();
    assertThat(dir.resolve("state/fetched/database")).isEmptyDirectory();
    assertThat(servers.ask("show archive_mode")).as("the live server is as it was").isEqualTo("on");

    Going.walk(platform, taken.live().id(), "switch-database");
    assertThat(
            servers.ask(
                "select count(*) from information_schema.columns where column_name = 'more'"))
        .as("the undo")
        .isEqualTo("0");
  }

  @Test
  void a_moment_comes_back_and_one_that_was_never_reached_is_refused() throws Exception {
    backRest("--type=full", "backup");
    servers.sql("insert into customer (name) values ('Cy')");
    String before = now();
    servers.sql("insert into customer (name) values ('Dee')");
    servers.sql("alter table customer drop column more");
    servers.run("postgres", "select pg_switch_wal()");
    String late = "2099-01-01T00:00:00Z";
    PostgresPlatform platform = kept(before, late).in(dir);
    archived();

    List<String> moments =
        platform.inventory().releases().stream()
            .map(dev.lastgood.model.Release::id)
            .filter(i -> i.startsWith("time-"))
            .toList();
    assertThat(moments).hasSize(2);
    Act never = Going.acts(Going.methods(platform, moments.get(1)).getFirst()).getFirst();
    assertThat(platform.act(never, "key").toString())
        .startsWith("Refused")
        .contains("recovery ended before configured recovery target was reached")
        .contains("was not touched");
    assertThat(throwaways()).isEmpty();

    Going.walk(platform, moments.getFirst(), "archive-beside");

    assertThat(servers.ask("select string_agg(name, ' ' order by name) from customer"))
        .isEqualTo("Ann Bob Cy Dee");
    assertThat(servers.ask("select count(more) from customer"))
        .as("Dee was carried over")
        .isEqualTo("4");
  }

  @Test
  void what_the_archive_lacks_is_told_before_it_is_needed() throws Exception {
    PostgresPlatform platform = kept().in(dir);
    String early = platform.snapshot().kept().id();
    assertThatThrownBy(() -> Going.methods(platform, early))
        .isInstanceOf(PlatformUnreachable.class)
        .hasMessageContaining("pgBackRest says of stanza main: no valid backups");

    backRest("--type=full", "backup");
    assertThatThrownBy(() -> Going.methods(platform, early))
        .isInstanceOf(PlatformUnreachable.class)
        .hasMessageContaining("has no backup that was complete before");

    String unarchived = platform.snapshot().kept().id();
    archived();
    RestorePoint point =
        RestorePoint.in(dir.resolve("snapshots").resolve(unarchived)).orElseThrow();
    new RestorePoint(point.name(), "7F/0", point.system(), true, point.at())
        .write(dir.resolve("snapshots").resolve(unarchived));
    assertThatThrownBy(() -> Going.methods(platform, unarchived))
        .isInstanceOf(PlatformUnreachable.class)
        .hasMessageContaining("look whether archiving works");

    try (var other = new ServersHere("")) {
      other.sql(Shop.SCHEMA);
      PostgresPlatform foreign =
          new Going.Kept(
                  other.url(),
                  List.of(SnapshotAs.POINT),
                  Optional.empty(),
                  Optional.empty(),
                  kept().archive())
              .in(dir.resolve("foreign"));
      String theirs = foreign.snapshot().kept().id();
      assertThatThrownBy(() -> Going.methods(foreign, theirs))
          .isInstanceOf(PlatformUnreachable.class)
          .hasMessageContaining("the backups are of another server");
    }
  }

  @Test
  void a_damaged_backup_is_refused_in_words_and_nothing_of_it_stays() throws Exception {
    backRest("--type=full", "backup");
    PostgresPlatform platform = kept().in(dir);
    String kept = platform.snapshot().kept().id();
    archived();
    Act act = Going.acts(Going.methods(platform, kept).getFirst()).getFirst();
    try (Stream<Path> files = Files.walk(servers.folder.resolve("repo/backup"))) {
      for (Path each : files.filter(f -> f.toString().endsWith("pg_control.lz4")).toList()) {
        servers.write(each, "cut");
      }
    }

    assertThat(platform.act(act, "key").toString())
        .startsWith("Refused")
        .contains("pgbackrest: exit ")
        .contains("was not touched");
    assertThat(throwaways()).isEmpty();
    assertThat(servers.ask("select count(*) from pg_database where datname like 'shop\\_%'"))
        .isEqualTo("0");
  }

  @Test
  void what_died_halfway_is_found_ended_and_removed_by_the_next_attempt() throws Exception {
    backRest("--type=full", "backup");
    PostgresPlatform platform = kept().in(dir);
    String kept = platform.snapshot().kept().id();
    archived();
    Act act = Going.acts(Going.methods(platform, kept).getFirst()).getFirst();
    // As if its Lastgood had been killed while it was read: the server runs on.
    Path left = servers.folder.resolve("t/database/throwaway-1abcdef");
    RunAs as = RunAs.of(kept().archive().orElseThrow());
    as.make(left);
    as.make(left.resolve("data"));
    backRest(
        "--pg1-path=" + left.resolve("data"),
        "--type=immediate",
        "--target-action=pause",
        "restore");
    var throwaway = new Throwaway(left, new Programs(Optional.empty()), as, "postgres", "");
    assertThat(throwaway.replay(java.time.Duration.ofMinutes(1)).reached()).isTrue();
    assertThat(platform.inventory().notes()).anyMatch(n -> n.startsWith(left.toString()));

    Going.perform(platform, act);

    assertThat(throwaways()).isEmpty();
    assertThat(Orphans.of(left)).isEmpty();
  }

  @Test
  void a_base_backup_and_a_restore_command_do_as_well() throws Exception {
    servers.close();
    servers = new ServersHere("mkdir -p FOLDER/wal; cp %p FOLDER/wal/%f");
    servers.sql(Shop.SCHEMA);
    Path base = servers.folder.resolve("base");
    servers.as(
        "/usr/lib/postgresql/15/bin/pg_basebackup",
        "--pgdata=" + base,
        "--host=127.0.0.1",
        "--port=" + servers.port,
        "--username=postgres",
        "--checkpoint=fast",
        "--wal-method=none",
        "--no-sync");
    var archive =
        new ArchiveSettings(
            Optional.empty(),
            Optional.empty(),
            Optional.of(base),
            Optional.of("cp " + servers.folder + "/wal/%f \"%p\""),
            List.of(),
            Optional.of(servers.folder.resolve("t")),
            Optional.empty());
    servers.sql("insert into customer (name) values ('Cy')");
    PostgresPlatform platform =
        new Going.Kept(servers.url(), SnapshotAs.POINT).with(archive).in(dir);
    String kept = platform.snapshot().kept().id();
    damage();
    servers.archived("wal");

    Going.walk(platform, kept, "archive-beside");

    assertThat(servers.ask("select string_agg(name, ' ' order by name) from customer"))
        .isEqualTo("Ann Bob Cy Dee");
    assertThat(throwaways()).isEmpty();
    assertThat(base.resolve("recovery.signal")).as("the backup is as it was").doesNotExist();

    Files.delete(base.resolve("backup_label"));
    String next = platform.snapshot().kept().id();
    assertThatThrownBy(() -> Going.methods(platform, next))
        .isInstanceOf(PlatformUnreachable.class)
        .hasMessageContaining("is no base backup");
  }

  private void damage() throws SQLException {
    servers.sql("alter table customer drop column more");
    servers.sql("insert into customer (name) values ('Dee')");
  }

  private String now() throws SQLException {
    return servers.ask(
        "select to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
  }

  /// Until everything that was written is in the archive.
  private void archived() throws SQLException {
    servers.archived("repo/archive");
  }

  private List<Path> throwaways() throws IOException {
    Path folder = servers.folder.resolve("t/database");
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.toList();
    }
  }
}
