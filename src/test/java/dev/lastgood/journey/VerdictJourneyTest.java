package dev.lastgood.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.CommandsHere;
import dev.lastgood.CommandsHere.Said;
import dev.lastgood.store.PostgresFixture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// New code brought migrations, and older code shall come back.
@DisplayNameGeneration(ReplaceUnderscores.class)
class VerdictJourneyTest {
  private static final int DONE = 0;
  private static final int INPUT = 2;
  private static final int ENVIRONMENT = 3;
  private static final int REFUSED = 4;
  private static final int UNKNOWN = 5;
  private static final String INIT = "20260101000000_init";

  @TempDir Path dir;
  private String url = "";
  private CommandsHere ada = new CommandsHere(Path.of("lastgood.yaml"), Map.of());

  @BeforeEach
  void open() throws Exception {
    url = PostgresFixture.url();
    configured("tool: prisma, folder: prisma/migrations", "releases: backend/releases");
    for (String release : new String[] {"v1", "v2"}) {
      Files.createDirectories(dir.resolve("backend/releases").resolve(release));
    }
    point("v1");
  }

  private void configured(String tool, String where) throws IOException {
    Path config = dir.resolve("lastgood.yaml");
    Files.writeString(
        config,
        """
        system: shop
        state: state
        components:
          backend: { platform: release-directory, path: backend }
          database:
            platform: postgres
            url: "${env:DATABASE_URL}"
            migrations: { %s, of: backend, %s, lock-wait: 200ms }
        approvals:
          default: 1
          self: allowed
        """
            .formatted(tool, where));
    ada = new CommandsHere(config, Map.of("DATABASE_URL", url)).as("ada");
  }

  private void point(String release) throws IOException {
    Path link = dir.resolve("backend/current");
    Files.deleteIfExists(link);
    Files.createSymbolicLink(link, Path.of("releases", release));
  }

  /// What `prisma migrate deploy` leaves: the table and its rows as prisma-engines write them.
  private void prisma(String release, String... migrations) throws Exception {
    sql(
        """
        create table if not exists "_prisma_migrations" (id varchar(36) primary key not null,
          checksum varchar(64) not null, finished_at timestamptz, migration_name varchar(255) not null,
          logs text, rolled_back_at timestamptz, started_at timestamptz not null default now(),
          applied_steps_count integer not null default 0)\
        """);
    for (int i = 0; i < migrations.length; i += 2) {
      Path folder =
          dir.resolve("backend/releases")
              .resolve(release)
              .resolve("prisma/migrations")
              .resolve(migrations[i]);
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("migration.sql"), migrations[i + 1]);
      String known =
          ask(
              "select count(*) from _prisma_migrations where migration_name = '%s'"
                  .formatted(migrations[i]));
      if (known.equals("0")) {
        sql(migrations[i + 1]);
        sql(
            "insert into _prisma_migrations (id, checksum, finished_at, migration_name, started_at)"
                + " values (gen_random_uuid()::text, '%s', clock_timestamp(), '%s', clock_timestamp())"
                    .formatted(sha256(migrations[i + 1]), migrations[i]));
      }
    }
  }

  private static String sha256(String text) throws Exception {
    return HexFormat.of()
        .formatHex(
            MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  private void shop() throws Exception {
    String init =
        "create table customer (id int primary key, name text not null); create table \"Order\""
            + " (id serial primary key, customer int references customer, cents int);";
    prisma("v1", INIT, init);
    prisma("v2", INIT, init);
    sql("insert into customer values (1, 'Ann'), (2, 'Bob')");
    done(ada.type("record"));
    done(ada.type("mark", "good", "backend", "--reason", "worked all week"));
    point("v2");
    done(ada.type("record", "backend", "v2"));
  }

  @Test
  void additions_are_safe_and_the_plan_says_which() throws Exception {
    shop();
    prisma("v2", "20260201000000_nick", "ALTER TABLE customer ADD COLUMN nick TEXT;");

    Said verdict = ada.type("verdict", "--to", "v1");
    assertThat(verdict.exit()).as(verdict.text()).isEqualTo(DONE);
    assertThat(verdict.text()).contains("SAFE", "20260201000000_nick adds customer.nick (TEXT)");

    Said plan = done(ada.type("plan", "backend"));
    assertThat(plan.text())
        .contains("schema of database for backend v1: SAFE")
        .doesNotContain("step-down");
    done(ada.type("rollback", "backend", "--yes"));
    assertThat(live()).isEqualTo("v1");
  }

  @Test
  void what_is_gone_needs_a_restore_and_code_alone_is_refused() throws Exception {
    shop();
    prisma("v2", "20260201000000_drop", "ALTER TABLE customer DROP COLUMN name;");

    Said refused = ada.type("rollback", "backend", "--yes");

    assertThat(refused.exit()).as(refused.text()).isEqualTo(REFUSED);
    assertThat(refused.text()).contains("NEEDS_RESTORE", "drops column customer.name", "--answer");
    assertThat(live()).isEqualTo("v2");
    assertThat(ada.type("verdict", "database", "--to", "v1", "--json").text())
        .contains("\"verdict\" : \"NEEDS_RESTORE\"");
  }

  @Test
  void what_cannot_be_judged_stops_the_plan_until_a_person_answers() throws Exception {
    shop();
    prisma("v2", "20260201000000_do", "DO $$ BEGIN PERFORM 1; END $$;");

    Said verdict = ada.type("verdict");
    assertThat(verdict.exit()).as(verdict.text()).isEqualTo(UNKNOWN);
    Said refused = ada.type("rollback", "backend", "--yes");
    assertThat(refused.exit()).as(refused.text()).isEqualTo(REFUSED);
    assertThat(refused.text()).contains("BLOCKED", "20260201000000_do");
    assertThat(live()).isEqualTo("v2");
    assertThat(ada.type("plan", "backend", "--answer", "20260201000000_do=perhaps").exit())
        .isEqualTo(INPUT);

    Said plan = done(ada.type("plan", "backend", "--answer", "20260201000000_do=safe"));
    assertThat(plan.text()).contains("a person answered: safe");
    done(ada.type("rollback", "backend", "--yes", "--answer", "20260201000000_do=safe"));
    assertThat(live()).isEqualTo("v1");
  }

  @Test
  void the_schema_steps_down_before_the_code_and_undo_brings_both_back_with_what_was_saved()
      throws Exception {
    shop();
    String first = "20260201000000_tags";
    String second = "20260202000000_rename";
    prisma(
        "v2",
        first,
        "CREATE TABLE tag (id serial PRIMARY KEY, word text);"
            + " ALTER TABLE customer ADD COLUMN \"Nick name\" TEXT;"
            + " ALTER TABLE customer ADD CONSTRAINT short CHECK (length(name) < 50);",
        second,
        "ALTER TABLE customer RENAME COLUMN name TO full_name;");
    sql("insert into tag (word) values ('a'), ('b')");
    sql("update customer set \"Nick name\" = 'Annie' where id = 1");

    Said asked = ada.type("rollback", "backend", "--yes");
    assertThat(asked.exit()).as(asked.text()).isEqualTo(REFUSED);
    assertThat(asked.text())
        .contains("STEP_DOWN_FIRST", "nobody wrote a way down of " + second)
        .contains("alter table \"customer\" rename column \"full_name\" to \"name\"");

    String[] answers = {
      "--answer", first + "=step-down", "--answer", second + "=step-down",
    };
    Said plan = done(ada.type(with(answers, "plan", "backend")));
    assertThat(plan.text())
        .contains("take back " + second)
        .contains("customer.Nick name will be dropped; saved before");
    Said back = done(ada.type(with(answers, "rollback", "backend", "--yes")));

    assertThat(live()).isEqualTo("v1");
    assertThat(ask("select string_agg(name, ',' order by id) from customer")).isEqualTo("Ann,Bob");
    assertThat(ask("select migration_name from _prisma_migrations")).isEqualTo(INIT);
    assertThat(ask("select to_regclass('tag')")).isEqualTo("null");
    assertThat(back.text()).contains("tag, customer.Nick name");
    sql("insert into customer values (3, 'Cy')");
    assertThat(ada.type("verdict", "--to", "v1").text()).contains("no migration was applied since");

    done(ada.type("undo", "--yes"));

    assertThat(live()).isEqualTo("v2");
    assertThat(
            ask(
                "select string_agg(full_name || coalesce(\"Nick name\", '-'), ',' order by id) from customer"))
        .isEqualTo("AnnAnnie,Bob-,Cy-");
    assertThat(ask("select string_agg(word, ',' order by id) from tag")).isEqualTo("a,b");
    sql("insert into tag (word) values ('c')");
    assertThat(ask("select max(id) from tag")).isEqualTo("3");
    assertThat(
            ask(
                "select string_agg(migration_name, ',' order by started_at) from _prisma_migrations"))
        .isEqualTo(INIT + "," + first + "," + second);
  }

  @Test
  void what_the_tool_applied_again_is_stepped_down_again() throws Exception {
    shop();
    String id = "20260201000000_rename";
    prisma("v2", id, "ALTER TABLE customer RENAME COLUMN name TO full_name;");
    String[] answer = {"--answer", id + "=step-down"};
    done(ada.type(with(answer, "rollback", "backend", "--yes")));
    prisma("v2", id, "ALTER TABLE customer RENAME COLUMN name TO full_name;");
    point("v2");

    done(ada.type(with(answer, "rollback", "backend", "--yes", "--to", "backend=v1")));

    assertThat(live()).isEqualTo("v1");
    assertThat(ask("select name from customer where id = 1")).isEqualTo("Ann");
    done(ada.type("undo", "--yes"));
    assertThat(ask("select full_name from customer where id = 1")).isEqualTo("Ann");
    assertThat(ask("select count(*) from _lastgood.step where undone_at is null")).isEqualTo("0");
  }

  @Test
  void a_step_that_is_cut_off_in_the_middle_is_taken_back_by_the_server_and_done_by_the_next_try()
      throws Exception {
    shop();
    String id = "20260201000000_rename";
    prisma("v2", id, "ALTER TABLE customer RENAME COLUMN name TO full_name;");
    // a sequence does not go back with a transaction
    sql("create sequence tries");
    Files.writeString(
        dir.resolve("backend/releases/v2/prisma/migrations").resolve(id).resolve("down.sql"),
        "ALTER TABLE customer RENAME COLUMN full_name TO name;"
            + " SELECT CASE WHEN nextval('tries') = 1 THEN pg_terminate_backend(pg_backend_pid()) END;");

    done(ada.type("rollback", "backend", "--yes"));

    assertThat(ask("select last_value from tries")).isEqualTo("2");
    assertThat(ask("select name from customer where id = 1")).isEqualTo("Ann");
    assertThat(ask("select count(*) from _prisma_migrations")).isEqualTo("1");
    assertThat(ask("select count(*) from _lastgood.step")).isEqualTo("1");
    assertThat(live()).isEqualTo("v1");
  }

  @Test
  void a_misspelt_component_does_not_switch_the_verdict_off() throws Exception {
    shop();
    prisma("v2", "20260201000000_drop", "ALTER TABLE customer DROP COLUMN name;");
    Path config = dir.resolve("lastgood.yaml");
    Files.writeString(config, Files.readString(config).replace("of: backend", "of: backnd"));

    Said refused = ada.type("rollback", "backend", "--yes");

    assertThat(refused.exit()).as(refused.text()).isEqualTo(INPUT);
    assertThat(refused.text()).contains("`migrations.of` names backnd");
    assertThat(live()).isEqualTo("v2");
  }

  @Test
  void a_table_in_use_is_waited_for_in_short_tries_and_nothing_queues_behind_it() throws Exception {
    shop();
    String id = "20260201000000_rename";
    prisma("v2", id, "ALTER TABLE customer RENAME COLUMN name TO full_name;");
    try (Connection user = DriverManager.getConnection(url)) {
      user.setAutoCommit(false);
      try (Statement statement = user.createStatement()) {
        statement.execute("select * from customer");
      }
      var rollback =
          Thread.ofVirtual()
              .start(() -> ada.type("rollback", "backend", "--yes", "--answer", id + "=step-down"));
      dev.lastgood.provider.local.Until.holds(
          "the step down waits for the table",
          () ->
              !ask("select count(*) from pg_stat_activity where application_name = 'lastgood' and"
                      + " wait_event_type = 'Lock'")
                  .equals("0"));
      sql("set statement_timeout = '30s'; insert into customer (id, full_name) values (9, 'Dee')");
      user.commit();
      rollback.join();
    }

    assertThat(live()).isEqualTo("v1");
    assertThat(ask("select name from customer where id = 9")).isEqualTo("Dee");
  }

  @Test
  void a_way_down_that_drops_what_was_not_saved_is_taken_back() throws Exception {
    shop();
    String id = "20260201000000_needed";
    prisma(
        "v2",
        id,
        "ALTER TABLE customer ADD COLUMN age INT NOT NULL DEFAULT 1; ALTER TABLE customer ALTER age DROP DEFAULT; ALTER TABLE customer ALTER name SET NOT NULL;");
    Files.writeString(
        dir.resolve("backend/releases/v2/prisma/migrations").resolve(id).resolve("down.sql"),
        "DO $$ BEGIN ALTER TABLE customer DROP COLUMN age; END $$;");
    sql("alter table customer alter name drop not null");

    Said refused = ada.type("rollback", "backend", "--yes");

    assertThat(refused.exit()).as(refused.text()).isNotEqualTo(DONE);
    assertThat(refused.text()).contains("would drop what was not saved: public.customer.age");
    assertThat(ask("select count(age) from customer")).isEqualTo("2");
    assertThat(ask("select count(*) from _prisma_migrations")).isEqualTo("2");
    assertThat(live()).isEqualTo("v2");
  }

  @Test
  void flyway_itself_agrees_with_the_step_down_and_with_its_undo() throws Exception {
    configured("tool: flyway, folder: db", "releases: backend/releases");
    for (String release : new String[] {"v1", "v2"}) {
      Files.createDirectories(dir.resolve("backend/releases").resolve(release).resolve("db"));
      Files.writeString(
          dir.resolve("backend/releases").resolve(release).resolve("db/V1__init.sql"),
          "create table customer (id int primary key, name text);\r\ninsert into customer values (1, 'Ann');\n");
    }
    Path db = dir.resolve("backend/releases/v2/db");
    Files.writeString(db.resolve("V2__more.sql"), "alter table customer rename name to full_name;");
    Files.writeString(db.resolve("U2__more.sql"), "alter table customer rename full_name to name;");
    Flyway older = flyway("v1");
    Flyway newer = flyway("v2");
    older.migrate();
    done(ada.type("record"));
    done(ada.type("mark", "good", "backend", "--reason", "worked all week"));
    newer.migrate();
    point("v2");
    done(ada.type("record", "backend", "v2"));

    Said verdict = ada.type("verdict", "--to", "v1");
    assertThat(verdict.exit()).as(verdict.text()).isEqualTo(REFUSED);
    assertThat(verdict.text())
        .contains("STEP_DOWN_FIRST", "way down: written")
        .doesNotContain("was changed");
    done(ada.type("rollback", "backend", "--yes"));
    assertThat(ask("select name from customer")).isEqualTo("Ann");
    older.validate();
    assertThat(newer.info().pending()).hasSize(1);

    done(ada.type("undo", "--yes"));
    assertThat(ask("select full_name from customer")).isEqualTo("Ann");
    newer.validate();
    assertThat(newer.info().pending()).isEmpty();
  }

  private Flyway flyway(String release) {
    return Flyway.configure()
        .dataSource(url, "postgres", "")
        .locations("filesystem:" + dir.resolve("backend/releases").resolve(release).resolve("db"))
        .load();
  }

  @Test
  void migrations_of_a_commit_are_read_out_of_git() throws Exception {
    shop();
    prisma("v2", "20260201000000_rename", "ALTER TABLE customer RENAME name TO \"Full — name\";");
    Path repository = Files.createDirectories(dir.resolve("repository"));
    git(repository, "init", "-q");
    String before = commit(repository, "v1");
    String after = commit(repository, "v2");
    configured("tool: prisma, folder: prisma/migrations", "repository: repository");
    done(ada.type("record", "backend", "v2", "--commit", after));

    Said verdict = ada.type("verdict", "--to", before);

    assertThat(verdict.exit()).as(verdict.text()).isEqualTo(REFUSED);
    assertThat(verdict.text()).contains("renames customer.name to Full — name");
    configured("tool: prisma, folder: .", "repository: repository/prisma/migrations");
    assertThat(ada.type("verdict", "--to", before).text())
        .contains("renames customer.name to Full — name");
    configured("tool: prisma, folder: prisma/migrations", "repository: repository");
    Said unknown = ada.type("verdict", "--to", "--output=/tmp/x");
    assertThat(unknown.exit()).as(unknown.text()).isIn(INPUT, ENVIRONMENT);
    assertThat(ada.type("verdict", "--to", "nosuch").exit()).isEqualTo(ENVIRONMENT);
  }

  @Test
  void the_account_of_a_component_restores_beside_and_says_what_users_wrote_since()
      throws Exception {
    shop();
    Said taken = done(ada.type("snapshot", "database"));
    String snapshot =
        java.util.Arrays.stream(taken.text().split("[^a-z0-9-]+", -1))
            .filter(w -> w.startsWith("snapshot-2"))
            .findFirst()
            .orElseThrow();
    sql("insert into customer values (3, 'Cy'); update customer set name = 'Anna' where id = 1");
    sql("insert into \"Order\" (customer, cents) values (1, 500)");
    sql("alter table customer add column nick text");

    Said account =
        ada.type(
            "account", "database", "--to", snapshot, "--query", "select sum(id) from customer");

    assertThat(account.exit()).as(account.text()).isEqualTo(DONE);
    assertThat(account.text())
        .contains("Schema: SAFE", "3 rows written by users since: 2 inserted, 1 updated, 0 deleted")
        .contains("customer: 2 rows (live 3)", "select sum(id) from customer: 3 (live 6)");
    assertThat(ask("select count(*) from customer")).isEqualTo("3");
    assertThat(ada.type("account", "database", "--to", "nosuch").text()).contains("has no nosuch");
    assertThat(ada.type("account", "backend").exit()).isEqualTo(INPUT);
    assertThat(ada.type("account").exit()).isEqualTo(INPUT);
    assertThat(ada.type("account", "database", "--live", "env:DATABASE_URL").exit())
        .isEqualTo(INPUT);
  }

  private String commit(Path repository, String release) throws Exception {
    Path from = dir.resolve("backend/releases").resolve(release).resolve("prisma");
    try (var files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path to = repository.resolve("prisma").resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(to);
        } else {
          Files.copy(file, to, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
    git(repository, "add", ".");
    git(
        repository,
        "-c",
        "user.name=ada",
        "-c",
        "user.email=ada@localhost",
        "commit",
        "-q",
        "-m",
        release);
    return git(repository, "rev-parse", "HEAD").strip();
  }

  private static String git(Path repository, String... words) throws Exception {
    var command = new ArrayList<>(java.util.List.of("git", "-C", repository.toString()));
    command.addAll(java.util.List.of(words));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  private static String[] with(String[] more, String... words) {
    var all = new ArrayList<>(java.util.List.of(words));
    all.addAll(java.util.List.of(more));
    return all.toArray(new String[0]);
  }

  private String live() throws IOException {
    return String.valueOf(Files.readSymbolicLink(dir.resolve("backend/current")).getFileName());
  }

  private static Said done(Said said) {
    assertThat(said.exit()).as(said.text()).isEqualTo(DONE);
    return said;
  }

  private void sql(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private String ask(String sql) {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      var all = new ArrayList<String>();
      while (rows.next()) {
        all.add(String.valueOf(rows.getString(1)));
      }
      return String.join("\n", all);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
