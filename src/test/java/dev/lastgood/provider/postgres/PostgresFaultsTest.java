package dev.lastgood.provider.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.local.Until;
import java.io.IOException;
import java.io.OutputStream;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Bad input and faults: each one clear message, and the database as it was or as it should be.
@DisplayNameGeneration(ReplaceUnderscores.class)
class PostgresFaultsTest {
  @TempDir Path dir;
  private Shop shop;
  private String liveOid = "";

  @BeforeEach
  void open() throws Exception {
    shop = new Shop(dir.resolve("shop"));
    liveOid = oid();
  }

  @AfterEach
  void close() throws IOException {
    shop.close();
  }

  // ---- dumps

  @Test
  void dumps_are_recognised_by_content_and_unusable_ones_are_excluded_with_the_reason()
      throws Exception {
    Path custom = dump("custom.sql", "--format=custom");
    Path plain = dump("plain.dump", "--format=plain");
    Path empty = Files.createFile(dir.resolve("empty.dump"));
    Path sealed = Files.writeString(dir.resolve("sealed.dump"), "Salted__8c1d");
    Path other = Files.writeString(dir.resolve("other.dump"), "hello, world");
    Path cut = cut(plain, "cut.sql", Files.size(plain) / 2);
    Path newer =
        Files.writeString(
            dir.resolve("newer.sql"),
            Files.readString(plain)
                .replaceFirst(
                    "Dumped from database version \\d+", "Dumped from database version 99"));
    Path cluster =
        Files.writeString(
            dir.resolve("cluster.sql"),
            "--\n-- PostgreSQL database cluster dump\n--\n" + Files.readString(plain));
    Path pipe = dir.resolve("pipe.sql");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Path absent = dir.resolve("absent.dump");
    Path tar =
        Files.write(dir.resolve("old.tar"), "toc.dat\0\0\0".getBytes(StandardCharsets.UTF_8));

    Inventory inventory =
        shop.platform(
                Duration.ofSeconds(5),
                custom,
                plain,
                empty,
                tar,
                sealed,
                other,
                cut,
                newer,
                cluster,
                pipe,
                absent)
            .inventory();

    assertThat(inventory.releases())
        .extracting(Release::id)
        .filteredOn(id -> id.startsWith("dump-"))
        .satisfiesExactly(
            id -> assertThat(id).startsWith("dump-custom.sql-"),
            id -> assertThat(id).startsWith("dump-plain.dump-"));
    assertThat(inventory.excluded())
        .extracting(Inventory.Excluded::reason)
        .satisfiesExactly(
            r -> assertThat(r).contains("is empty"),
            r -> assertThat(r).contains("is a dump in tar format", "pg_restore --file=FILE.sql"),
            r -> assertThat(r).contains("is encrypted"),
            r -> assertThat(r).contains("no dump of PostgreSQL"),
            r -> assertThat(r).contains("cut off"),
            r -> assertThat(r).contains("newer than the server's"),
            r -> assertThat(r).contains("whole cluster"),
            r -> assertThat(r).contains("neither a file nor a folder"),
            r -> assertThat(r).contains("is not there"));
    assertThat(inventory.notes())
        .filteredOn(note -> note.startsWith("no way back: "))
        .hasSize(9)
        .contains(
            "no way back: " + empty + " is empty",
            "no way back: " + absent + " is not there",
            "no way back: "
                + cut
                + " is cut off: its last line is not \"PostgreSQL database dump complete\"");
  }

  @Test
  void a_dump_of_another_database_is_none_of_this_one() throws Exception {
    try (Shop neighbour = new Shop(dir.resolve("neighbour"))) {
      Path file = dump(neighbour, "neighbour.dump", "--format=custom");

      assertThat(shop.platform(Duration.ofSeconds(5), file).inventory().excluded())
          .extracting(Inventory.Excluded::reason)
          .containsExactly("is of database " + neighbour.name + ", not of " + shop.name);
    }
  }

  @Test
  void every_form_of_dump_can_be_gone_back_to() throws Exception {
    Path plain = dump("plain.sql", "--format=plain");
    Path zipped = dir.resolve("zipped");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(zipped))) {
      Files.copy(plain, out);
    }
    int written = 0;
    for (Path file :
        List.of(dump("c", "--format=custom"), dump("d", "--format=directory"), plain, zipped)) {
      shop.sql("alter table customer add column nick text");
      shop.sql("insert into customer (name) values ('Dee')");
      written++;
      Platform platform = shop.platform(Duration.ofSeconds(5), file);
      String id =
          platform.inventory().releases().stream()
              .map(Release::id)
              .filter(i -> i.startsWith("dump-" + file.getFileName() + "-"))
              .findFirst()
              .orElseThrow();

      walk(platform, id);

      assertThat(
              shop.ask(
                  shop.name,
                  "select count(*) from information_schema.columns where column_name = 'nick'"))
          .as("the migration is gone: %s", file)
          .isEqualTo("0");
      assertThat(shop.ask(shop.name, "select count(*) from customer where name = 'Dee'"))
          .as("what users wrote is there: %s", file)
          .isEqualTo(String.valueOf(written));
    }
  }

  @Test
  void a_dump_that_can_hardly_be_of_this_database_is_found_out_before_the_switch()
      throws Exception {
    shop.sql("create table stranger (id int); insert into stranger values (1)");
    Path stranger = dump("stranger.sql", "--format=plain", "--table=stranger");
    shop.sql("alter table stranger rename to a; create table b (id int); create table c (id int)");
    Path few = dump("few.sql", "--format=plain", "--table=a");
    Path bare = dump("bare.sql", "--format=plain", "--schema-only");

    assertThat(refusedWhenVerified(stranger)).contains("none of the 5 tables of the live database");
    assertThat(refusedWhenVerified(few))
        .contains("only 1 of the 5 tables", "not public.Order Lines, public.b, public.c");
    assertThat(refusedWhenVerified(bare)).contains("none of its tables has a row");
  }

  private String refusedWhenVerified(Path dump) throws Exception {
    Platform platform = shop.platform(Duration.ofSeconds(5), dump);
    List<Act> acts = acts(platform, dumpIn(platform));
    assertThat(platform.act(acts.getFirst(), "key")).isInstanceOf(Outcome.Done.class);

    Outcome outcome = platform.act(acts.get(1), "key");

    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    assertThat(oid()).isEqualTo(liveOid);
    return outcome.toString();
  }

  @Test
  void a_damaged_archive_is_refused_and_nothing_of_it_stays() throws Exception {
    Path whole = dump("whole", "--format=custom", "--compress=0");
    Path cut = cut(whole, "cut", Files.size(whole) - 3000);
    Platform platform = shop.platform(Duration.ofSeconds(5), cut);
    String id = dumpIn(platform);

    Outcome outcome = platform.act(acts(platform, id).getFirst(), "key");

    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    assertThat(outcome.toString()).contains("was not touched");
    assertThat(shop.databases()).containsExactly(shop.name);
  }

  @Test
  void a_plain_dump_that_leaves_its_database_is_refused_before_anything_is_made() throws Exception {
    Path file = dump("create.sql", "--format=plain", "--create", "--clean");
    Platform platform = shop.platform(Duration.ofSeconds(5), file);

    Outcome outcome = platform.act(acts(platform, dumpIn(platform)).getFirst(), "key");

    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    assertThat(outcome.toString()).contains("made with --create");
    assertThat(shop.databases()).containsExactly(shop.name);
    assertThat(oid()).isEqualTo(liveOid);
  }

  // ---- snapshots

  @Test
  void a_snapshot_that_does_not_hold_what_its_manifest_says_never_goes_live() throws Exception {
    Path folder = dir.resolve("shop/snapshots").resolve(shop.older());
    Manifest said = Manifest.read(folder);
    var rows = new java.util.TreeMap<>(said.rows());
    rows.put("public.customer", 77L);
    new Manifest(
            said.form(),
            said.release(),
            said.database(),
            said.oid(),
            said.at(),
            said.server(),
            said.bytes(),
            said.mark(),
            said.wal(),
            said.statistics(),
            rows,
            said.shape(),
            said.written(),
            said.departure(),
            said.timeline())
        .write(folder);
    Platform platform = shop.platform();
    List<Act> acts = acts(platform, shop.older());

    assertThat(platform.act(acts.get(0), "key")).isInstanceOf(Outcome.Done.class);
    Outcome verified = platform.act(acts.get(1), "key");
    Outcome switched = platform.act(acts.getLast(), "key");

    assertThat(verified.toString())
        .startsWith("Refused")
        .contains("table public.customer has 2 rows, not 77");
    assertThat(switched.toString()).startsWith("Refused").contains("never verified");
    assertThat(oid()).isEqualTo(liveOid);
  }

  @Test
  void a_snapshot_that_was_interrupted_is_none_and_the_next_one_removes_it() throws Exception {
    Path part =
        Files.createDirectories(dir.resolve("shop/snapshots/snapshot-20200101-000000.part/dump"));

    assertThat(shop.platform().inventory().releases()).hasSize(2);
    shop.platform().snapshot();

    assertThat(part).doesNotExist();
  }

  // ---- what belongs to a database and is in no dump

  @Test
  void rights_settings_owner_and_comment_survive_the_switch() throws Exception {
    String role = shop.name + "_app";
    shop.run("postgres", "create role \"%s\"".formatted(role));
    try {
      shop.sql(
          """
          revoke all on database "%1$s" from public;
          grant connect on database "%1$s" to "%2$s";
          alter database "%1$s" set work_mem = '7MB';
          alter database "%1$s" set app.tenant = 'it''s ours';
          alter role "%2$s" in database "%1$s" set search_path = "$user", 'Order Lines', public;
          alter database "%1$s" connection limit 77;
          """
              .formatted(shop.name, role));
      String facts =
          """
          select array_to_string(array(select a::text from unnest(datacl) a order by 1), ' ') || ' ' || datconnlimit
            || (select string_agg(setconfig::text, ' ' order by setrole) from pg_db_role_setting where setdatabase = d.oid)
          from pg_database d where datname = '%s'\
          """
              .formatted(shop.name);
      var platform = shop.platform();
      List<Act> acts = acts(platform, shop.older());
      perform(platform, acts.getFirst());
      shop.sql(
          """
          alter database "%1$s" set lock_timeout = '8s';
          alter database "%1$s" reset app.tenant;
          revoke connect on database "%1$s" from "%2$s";
          """
              .formatted(shop.name, role));
      String before = shop.ask("postgres", facts);
      acts.subList(1, acts.size()).forEach(a -> perform(platform, a));

      assertThat(oid()).isNotEqualTo(liveOid);
      assertThat(before).contains("lock_timeout=8s").doesNotContain("app.tenant", role);
      assertThat(shop.ask("postgres", facts)).isEqualTo(before);
      assertThat(shop.ask(shop.name, "show work_mem")).isEqualTo("7MB");
    } finally {
      shop.close();
      shop.run("postgres", "drop role \"%s\"".formatted(role));
    }
  }

  @Test
  void the_remark_of_others_in_the_comment_stays_on_both() throws Exception {
    String old = shop.ask("postgres", comment());
    shop.run(
        "postgres",
        "comment on database \"%s\" is %s"
            .formatted(shop.name, Quoted.text("our \\shop's books\n" + old)));

    walk(shop.platform(), shop.older());

    assertThat(shop.ask("postgres", comment())).startsWith("our \\shop's books\n[lastgood ");
  }

  @Test
  void a_database_may_have_any_name() throws Exception {
    String odd = shop.name + " \"Shop\" 'ü' ".repeat(2) + "x".repeat(30);
    String cut = Quoted.fitting(odd, "");
    shop.run(
        "postgres", "alter database \"%s\" rename to %s".formatted(shop.name, Quoted.name(cut)));
    try {
      var encoded = java.net.URLEncoder.encode(cut, java.nio.charset.StandardCharsets.UTF_8);
      var settings =
          new PostgresSettings(
              new dev.lastgood.model.Secret(
                  "${env:DATABASE_URL}",
                  () -> shop.urlOf("NAME").replace("NAME", encoded.replace("+", "%20"))),
              java.util.Optional.of(dir.resolve("odd")),
              List.of(),
              java.util.Optional.empty(),
              java.util.Optional.empty(),
              java.util.Optional.empty(),
              java.util.Optional.empty(),
              java.util.Optional.empty(),
              java.util.Optional.empty(),
              java.util.Optional.empty(),
              java.util.Optional.empty());
      var platform =
          (PostgresPlatform)
              new PostgresKind()
                  .open(
                      "database",
                      settings,
                      new dev.lastgood.provider.Surroundings(
                          dir,
                          Files.createDirectories(dir.resolve("state")),
                          java.time.InstantSource.system()));
      String kept = platform.snapshot().kept().id();

      walk(platform, kept);

      assertThat(platform.inventory().live().map(Release::id)).contains(kept);
    } finally {
      for (String name :
          shop.ask(
                  "postgres",
                  "select datname from pg_database where left(datname, %d) = %s"
                      .formatted(20, Quoted.text(cut.substring(0, 20))))
              .lines()
              .toList()) {
        shop.run("postgres", "drop database %s with (force)".formatted(Quoted.name(name)));
      }
    }
  }

  // ---- the switch

  @Test
  void an_event_trigger_that_refuses_every_change_of_the_schema_hinders_no_way_back()
      throws Exception {
    String refusing =
        """
        create function never() returns event_trigger language plpgsql as
          $$ begin raise exception 'no change of the schema'; end $$;
        create event trigger never on ddl_command_start execute function never();
        """;
    PostgresPlatform platform = shop.platform();
    String kept = platform.snapshot().kept().id();
    shop.sql("insert into customer (name) values ('since then')");
    shop.sql(refusing);

    walk(platform, kept);

    assertThat(oid()).isNotEqualTo(liveOid);
    assertThat(shop.ask(shop.name, "select count(*) from customer where name = 'since then'"))
        .isEqualTo("1");
  }

  @Test
  void a_host_whose_name_is_not_known_is_told_as_that() {
    assertThat(
            Server.why(
                new SQLException(
                    "The connection attempt failed.", new UnknownHostException("db.invalid"))))
        .isEqualTo("the name of the host cannot be resolved");
  }

  @Test
  void a_lock_on_the_database_itself_refuses_the_switch_and_the_door_is_open_again()
      throws Exception {
    Platform platform = shop.platform();
    Act last = allButTheLast(platform);
    try (Connection other = DriverManager.getConnection(shop.urlOf("postgres"));
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("comment on database \"%s\" is 'for an hour'".formatted(shop.name));

      Outcome outcome = platform.act(last, "key");

      assertThat(outcome.toString()).startsWith("Refused").contains("lock", "as it was and open");
      other.rollback();
    }
    assertThat(oid()).isEqualTo(liveOid);
    assertThat(shop.ask(shop.name, "select 1")).isEqualTo("1");
    assertThat(platform.act(last, "key")).isInstanceOf(Outcome.Done.class);
  }

  @Test
  void a_connection_that_is_cut_between_the_two_renames_changes_nothing() throws Exception {
    Platform platform = shop.platform();
    Act last = allButTheLast(platform);
    String beside = shop.databases().getLast();
    Outcome outcome;
    try (Connection other = DriverManager.getConnection(shop.urlOf("postgres"));
        Statement statement = other.createStatement();
        var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      other.setAutoCommit(false);
      // Whoever renames the restored one waits here, with the live one renamed already.
      statement.execute("comment on database \"%s\" is 'wait'".formatted(beside));
      var acting = tasks.submit(() -> platform.act(last, "key"));
      Until.holds("it waits between the renames", () -> waiting(beside));
      shop.run(
          "postgres",
          "select pg_terminate_backend(pid) from pg_stat_activity where query like 'alter database %rename%' and wait_event_type = 'Lock'");
      outcome = acting.get();
      other.rollback();
    }

    assertThat(outcome).isInstanceOf(Outcome.Unknown.class);
    assertThat(oid()).isEqualTo(liveOid);
    assertThat(shop.ask(shop.name, "select 1")).isEqualTo("1");
    assertThat(platform.look(last))
        .as("nobody need wait for it")
        .isInstanceOf(Sight.Failed.class)
        .extracting(Sight::seen)
        .asString()
        .endsWith("and nobody is at it");
    assertThat(platform.act(last, "key")).isInstanceOf(Outcome.Done.class);
  }

  @Test
  void an_ordinary_owner_can_do_it_but_not_end_a_session_of_a_superuser() throws Exception {
    String role = shop.name + "_owner";
    shop.ownedBy(role);
    shop.sql(
        """
        create role "%1$s_app";
        alter role "%1$s_app" in database "%1$s" set statement_timeout = '30s';
        """
            .formatted(shop.name));
    String byHand =
        "as a superuser, right after the switch: alter role \"%1$s_app\" in database \"%1$s\" set \"statement_timeout\" = '30s'"
            .formatted(shop.name);
    try {
      var settings =
          new PostgresSettings(
              new dev.lastgood.model.Secret(
                  "${env:DATABASE_URL}", () -> shop.url.replace("user=postgres", "user=" + role)),
              java.util.Optional.of(dir.resolve("ordinary")),
              List.of(),
              java.util.Optional.empty(),
              java.util.Optional.empty(),
              java.util.Optional.empty(),
              java.util.Optional.empty(),
              java.util.Optional.empty(),
              java.util.Optional.empty(),
              java.util.Optional.empty(),
              java.util.Optional.empty());
      var platform =
          (PostgresPlatform)
              new PostgresKind()
                  .open(
                      "database",
                      settings,
                      new dev.lastgood.provider.Surroundings(
                          dir,
                          Files.createDirectories(dir.resolve("state")),
                          java.time.InstantSource.system()));
      shop.sql(
          "alter table customer enable row level security; alter table customer force row level security");
      assertThatThrownBy(platform::snapshot)
          .hasMessageContaining("row-level security")
          .hasMessageContaining("bypassrls");
      shop.sql(
          "alter table customer no force row level security; alter table customer disable row level security");
      String kept = platform.snapshot().kept().id();
      Inventory inventory = platform.inventory();
      assertThat(
              platform
                  .methods(inventory.live().orElseThrow(), inventory.find(kept).orElseThrow())
                  .getFirst()
                  .costs())
          .anyMatch(c -> c.endsWith(byHand));
      List<Act> acts = acts(platform, kept);
      perform(platform, acts.get(0));
      perform(platform, acts.get(1));
      perform(platform, acts.get(2));
      try (Connection boss = DriverManager.getConnection(shop.url);
          Statement statement = boss.createStatement()) {
        Outcome refused = platform.act(acts.getLast(), "key");

        assertThat(refused.toString())
            .startsWith("Refused")
            .contains("sessions of postgres, a superuser, cannot be ended by this role")
            .doesNotContain("pg_signal_backend");
        statement.execute("select 1");
      }
      assertThat(oid()).isEqualTo(liveOid);

      assertThat(platform.act(acts.getLast(), "key").toString())
          .startsWith("Done")
          .contains(byHand);

      assertThat(oid()).isNotEqualTo(liveOid);
    } finally {
      shop.close();
      shop.run("postgres", "drop role \"%s\", \"%s_app\"".formatted(role, shop.name));
    }
  }

  @Test
  void a_role_without_rights_learns_what_it_needs_before_anything_is_made() throws Exception {
    String role = shop.name + "_reader";
    shop.run("postgres", "create role \"%s\" login".formatted(role));
    try {
      var settings =
          new PostgresSettings(
              new dev.lastgood.model.Secret(
                  "${env:DATABASE_URL}", () -> shop.url.replace("user=postgres", "user=" + role)),
              java.util.Optional.of(dir.resolve("shop/snapshots")),
              List.of(),
              java.util.Optional.empty(),
              java.util.Optional.empty(),
              java.util.Optional.empty(),
              java.util.Optional.empty(),
              java.util.Optional.empty(),
              java.util.Optional.empty(),
              java.util.Optional.empty(),
              java.util.Optional.empty());
      Platform platform =
          new PostgresKind()
              .open(
                  "database",
                  settings,
                  new dev.lastgood.provider.Surroundings(
                      dir, dir, java.time.InstantSource.system()));

      assertThatThrownBy(() -> acts(platform, shop.older()))
          .isInstanceOf(PlatformUnreachable.class)
          .hasMessageContaining("createdb")
          .hasMessageContaining("ownership");
    } finally {
      shop.run("postgres", "drop role \"%s\"".formatted(role));
    }
  }

  // ---- the address

  @Test
  void an_address_that_is_none_is_refused_without_showing_it() {
    for (String bad :
        List.of(
            "hunter2",
            "mysql://u:hunter2@h/d",
            "postgres://u:hunter2@h",
            "postgres://u:hunter2@a,b/d",
            "postgres://u:hunter 2@h/d")) {
      assertThatThrownBy(() -> PostgresUrl.parse(bad, "${env:DATABASE_URL}"))
          .hasMessageContaining("${env:DATABASE_URL}")
          .message()
          .doesNotContain("hunter");
    }
  }

  @Test
  void an_address_is_read_as_applications_write_it() throws Exception {
    PostgresUrl url =
        PostgresUrl.parse(
            "postgresql://shop%40x:p%2Bw+%2F@db.example:6543/my%20shop?schema=public&sslmode=require&pgbouncer=true",
            "url");

    assertThat(url.user()).isEqualTo("shop@x");
    assertThat(url.password()).isEqualTo("p+w+/");
    assertThat(url.place()).isEqualTo("db.example:6543/my shop");
    assertThat(url.tls()).containsOnlyKeys("sslmode");
    assertThat(url).asString().doesNotContain("p+w");
  }

  // ---- helpers

  private Path dump(String name, String... words) throws Exception {
    return dump(shop, name, words);
  }

  private Path dump(Shop of, String name, String... words) throws Exception {
    Path file = dir.resolve(name);
    List<String> all = new ArrayList<>(List.of(words));
    all.add("--file=" + file);
    all.add("--dbname=" + of.url.replace("jdbc:", ""));
    var end =
        new Programs(java.util.Optional.empty())
            .run(Duration.ofMinutes(1), java.util.Map.of(), "pg_dump", all.toArray(String[]::new));
    assertThat(end.output()).as(name).isEmpty();
    return file;
  }

  private Path cut(Path file, String name, long bytes) throws IOException {
    byte[] all = Files.readAllBytes(file);
    return Files.write(dir.resolve(name), java.util.Arrays.copyOf(all, (int) bytes));
  }

  private static String dumpIn(Platform platform) throws PlatformUnreachable {
    return platform.inventory().releases().stream()
        .map(Release::id)
        .filter(i -> i.startsWith("dump-"))
        .findFirst()
        .orElseThrow();
  }

  private static List<Act> acts(Platform platform, String to) throws PlatformUnreachable {
    Inventory inventory = platform.inventory();
    return platform
        .methods(inventory.live().orElseThrow(), inventory.find(to).orElseThrow())
        .getFirst()
        .legs()
        .stream()
        .map(Act.class::cast)
        .toList();
  }

  private static void perform(Platform platform, Act act) {
    assertThat(platform.act(act, "key")).as(act.says()).isInstanceOf(Outcome.Done.class);
    assertThat(platform.look(act)).as(act.says()).isInstanceOf(Sight.Holds.class);
  }

  private static void walk(Platform platform, String to) throws PlatformUnreachable {
    acts(platform, to).forEach(a -> perform(platform, a));
  }

  private Act allButTheLast(Platform platform) throws PlatformUnreachable {
    List<Act> acts = acts(platform, shop.older());
    acts.subList(0, acts.size() - 1).forEach(a -> perform(platform, a));
    return acts.getLast();
  }

  private boolean waiting(String database) {
    try {
      return shop.ask(
              "postgres",
              "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%rename%' and query like '%"
                  + database
                  + "%'")
          .equals("1");
    } catch (SQLException e) {
      return false;
    }
  }

  private String oid() throws SQLException {
    return shop.ask(
        "postgres", "select oid from pg_database where datname = '%s'".formatted(shop.name));
  }

  private String comment() {
    return "select shobj_description(oid, 'pg_database') from pg_database where datname = '%s'"
        .formatted(shop.name);
  }
}
