package dev.lastgood.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.CommandsHere;
import dev.lastgood.CommandsHere.Said;
import dev.lastgood.provider.local.Until;
import dev.lastgood.provider.postgres.Writer;
import dev.lastgood.store.PostgresFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A bad migration damaged two tables of a database that is written to all the time. Only they go
/// back, and nobody's session ends.
@DisplayNameGeneration(ReplaceUnderscores.class)
class TablesJourneyTest {
  private static final int DONE = 0;
  private static final int INPUT = 2;
  private static final int ENVIRONMENT = 3;

  @TempDir Path dir;
  private String url = "";
  private CommandsHere ada = new CommandsHere(Path.of("lastgood.yaml"), Map.of());

  @BeforeEach
  void open() throws Exception {
    url = PostgresFixture.url();
    Path config = dir.resolve("lastgood.yaml");
    Files.writeString(
        config,
        """
        system: shop
        state: state
        components:
          database: { platform: postgres, url: "${env:DATABASE_URL}" }
        """);
    ada = new CommandsHere(config, Map.of("DATABASE_URL", url)).as("ada");
    run(
        "create table entry (id bigint generated always as identity primary key, body text, at timestamptz default now());"
            + " create table visit (id bigint generated always as identity primary key, body text);"
            + " create table \"Unit Price\" (id int primary key, cents int not null, picture text);"
            + " insert into \"Unit Price\" select n, n * 100 from generate_series(1, 1000) n;"
            + " update \"Unit Price\" set picture = repeat('0123456789', 1048576) where id = 7");
  }

  @Test
  void two_tables_go_back_under_traffic_and_no_confirmed_row_is_lost_there_and_back()
      throws Exception {
    try (var entries = new Writer(url, "entry");
        var visits = new Writer(url, "visit")) {
      Until.holds("users write", () -> entries.count() > 20 && visits.count() > 20);
      done(ada.type("snapshot", "database"));
      String snapshot = snapshot();
      run("update \"Unit Price\" set cents = 0; alter table entry drop column at");
      String sessions = sessions();
      String visit = ask("select oid from pg_class where relname = 'visit'");

      Said back =
          done(
              ada.type(
                  "rollback",
                  "database",
                  "--to",
                  "database=" + snapshot,
                  "--tables",
                  "entry,\"Unit Price\"",
                  "--yes",
                  "--reason",
                  "all prices are zero"));
      int then = entries.count();
      Until.holds("users go on", () -> entries.count() > then + 20);

      assertThat(back.text())
          .contains("only Unit Price, entry go back", "written since")
          .doesNotContain("public.visit:");
      assertThat(ask("select sum(cents) || ' ' || max(length(picture)) from \"Unit Price\""))
          .isEqualTo("50050000 10485760");
      assertThat(ids("entry")).containsAll(entries.confirmed().subList(0, then));
      assertThat(
              ask(
                  "select count(*) from pg_attribute where attrelid = 'entry'::regclass and attname = 'at'"))
          .isEqualTo("1");
      assertThat(sessions()).as("nobody's session ended").isEqualTo(sessions);
      assertThat(ask("select oid from pg_class where relname = 'visit'")).isEqualTo(visit);
      List<Long> confirmed = visits.confirmed();
      assertThat(ids("visit")).containsAll(confirmed);
      assertThat(ada.type("status").text()).contains("_lastgood_kept_", "drop schema");

      Said undo = done(ada.type("undo", "--yes", "--reason", "it was the price feed"));
      int undone = entries.count();
      Until.holds("users go on after the undo", () -> entries.count() > undone + 20);

      assertThat(undo.text())
          .contains("carried over, as of now: entry:", "nobody's session ended")
          .containsPattern("[0-9]+ changes? of users carried over");
      assertThat(ask("select sum(cents) from \"Unit Price\"")).isEqualTo("0");
      assertThat(ids("entry")).containsAll(entries.confirmed().subList(0, undone));
      assertThat(sessions()).as("nobody's session ended").isEqualTo(sessions);

      done(ada.type("undo", "--yes", "--reason", "it was not"));
      int again = entries.count();

      assertThat(ask("select sum(cents) from \"Unit Price\"")).isEqualTo("50050000");
      assertThat(ids("entry")).containsAll(entries.confirmed().subList(0, again));
    }
  }

  @Test
  void what_cannot_be_is_refused_and_nothing_is_changed() throws Exception {
    done(ada.type("snapshot", "database"));
    String to = "database=" + snapshot();
    run("create materialized view sums as select count(*) from entry");

    Said unknown = ada.type("rollback", "--to", to, "--tables", "entri", "--yes", "--reason", "x");
    Said tied = ada.type("rollback", "--to", to, "--tables", "entry", "--yes", "--reason", "x");

    assertThat(unknown.exit()).as(unknown.text()).isEqualTo(INPUT);
    assertThat(unknown.text()).contains("no table entri", "did you mean `entry`?");
    assertThat(tied.exit()).as(tied.text()).isEqualTo(ENVIRONMENT);
    assertThat(tied.text()).contains("public.sums reads it", "leave out --tables");
    assertThat(ask("select count(*) from pg_namespace where nspname ~ '^_lastgood'"))
        .isEqualTo("0");
  }

  private static Said done(Said said) {
    assertThat(said.exit()).as(said.text()).isEqualTo(DONE);
    return said;
  }

  private String snapshot() throws SQLException {
    return "snapshot-"
        + ask(
            "select substring(shobj_description(oid, 'pg_database') from 'release=after-([0-9-]+)')"
                + " from pg_database where datname = current_database()");
  }

  private String sessions() throws SQLException {
    return ask(
        "select pid || ' ' || backend_start from pg_stat_activity where datname = current_database()"
            + " and application_name = 'shop' order by 1");
  }

  private List<Long> ids(String table) throws SQLException {
    List<Long> ids = new ArrayList<>();
    for (String id : ask("select id from " + table).lines().toList()) {
      ids.add(Long.parseLong(id));
    }
    return ids;
  }

  private void run(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private String ask(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      var all = new ArrayList<String>();
      while (rows.next()) {
        all.add(rows.getString(1));
      }
      return String.join("\n", all);
    }
  }
}
