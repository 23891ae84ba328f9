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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A bad migration on a database that is being written to all the time, and the way back.
@DisplayNameGeneration(ReplaceUnderscores.class)
class DatabaseJourneyTest {
  private static final int DONE = 0;
  private static final int WAITING = 6;

  @TempDir Path dir;
  private String url = "";
  private String name = "";
  private CommandsHere ada = new CommandsHere(Path.of("lastgood.yaml"), Map.of());

  @BeforeEach
  void open() throws Exception {
    url = PostgresFixture.url();
    name = url.replaceFirst(".*/", "").replaceFirst("\\?.*", "");
    Path config = dir.resolve("lastgood.yaml");
    Files.writeString(
        config,
        """
        system: shop
        state: state
        components:
          database: { platform: postgres, url: "${env:DATABASE_URL}" }
        approvals:
          default: 1
          self: allowed
          special:
            data-loss: { count: 2 }
        """);
    ada = new CommandsHere(config, Map.of("DATABASE_URL", url)).as("ada");
    run(
        name,
        "create table entry (id bigint generated always as identity primary key, body text);"
            + " create table price (id int primary key, cents int not null);"
            + " insert into price select n, n * 100 from generate_series(1, 1000) n");
  }

  @Test
  void an_account_of_what_is_live_is_refused_and_says_what_there_is_instead() throws Exception {
    done(ada.type("record"));
    done(ada.type("mark", "good", "database"));
    done(ada.type("snapshot", "database"));
    String now =
        ask(
            "postgres",
            "select substring(shobj_description(oid, 'pg_database') from"
                + " 'release=([^ ]+)') from pg_database where datname = '"
                + name
                + "'");

    Said said = ada.type("account", "database", "--to", now);

    assertThat(said.exit()).isEqualTo(4);
    assertThat(said.text())
        .contains(
            "database "
                + now
                + " is live: there is nothing to account for. Another one is named"
                + " with --to; there is: snapshot-");
  }

  @Test
  void a_word_before_the_first_record_counts_for_the_snapshot() throws Exception {
    Files.writeString(dir.resolve("app.env"), "A=1\n");
    Path config = dir.resolve("lastgood.yaml");
    Files.writeString(
        config,
        Files.readString(config)
            .replace(
                "components:\n", "components:\n  app: { platform: env-file, path: app.env }\n"));
    done(ada.type("mark", "good", "database"));

    Said taken = done(ada.type("snapshot", "database"));

    assertThat(taken.text()).contains("it is known good, as database ");
  }

  @Test
  void no_row_that_users_were_told_is_kept_is_missing_after_the_rollback_and_undo_leads_back()
      throws Exception {
    try (var writer = new Writer(url, "entry")) {
      Until.holds("the application writes", () -> writer.count() > 20);
      done(ada.type("record"));
      done(ada.type("mark", "good", "database", "--reason", "it worked all week"));
      List<Long> before = writer.confirmed();
      Said taken = done(ada.type("snapshot", "database"));
      assertThat(taken.text()).contains("known good");

      run(name, "update price set cents = 0; alter table price rename column cents to euros");
      int written = writer.count();
      Until.holds("users go on", () -> writer.count() > written + 20);

      Said asked = ada.type("rollback", "database", "--yes", "--reason", "all prices are zero");
      assertThat(asked.exit()).as(asked.text()).isEqualTo(WAITING);
      assertThat(asked.text()).contains("public.entry:", "inserted").contains("data-loss");
      approvedByTwo();
      Said back = done(ada.type("resume"));
      int then = writer.count();
      Until.holds("users go on afterwards", () -> writer.count() > then + 20);

      assertThat(ask(name, "select sum(cents) from price")).isEqualTo("50050000");
      // Not one row that was ever confirmed is missing, those of during the switch included.
      assertThat(ids(name)).containsAll(before).containsAll(writer.confirmed().subList(0, then));
      assertThat(back.text())
          .contains("carry over what users wrote since")
          .as("what became of the rows, and for how long users waited")
          .containsPattern("[0-9]+ changes? of users carried over")
          .containsPattern("the door was shut for [0-9]+ ms")
          .containsPattern("writers waited [0-9]+ ms");
      String kept = kept();
      assertThat(
              ask(
                  "postgres",
                  "select datallowconn from pg_database where datname = '%s'".formatted(kept)))
          .isEqualTo("f");

      // What users wrote since is carried over, and nothing is lost: nobody else need say yes.
      Said undo = done(ada.type("undo", "--yes", "--reason", "it was the price feed"));
      int undone = writer.count();

      assertThat(undo.text()).contains("carried over, as of now: entry:", "Data lost  none");
      assertThat(ask(name, "select sum(euros) from price")).isEqualTo("0");
      assertThat(ids(name)).containsAll(writer.confirmed().subList(0, undone));
      Until.holds("users go on after the undo", () -> writer.count() > undone + 20);

      done(ada.type("undo", "--yes", "--reason", "it was not"));
      int again = writer.count();

      assertThat(ask(name, "select sum(cents) from price")).isEqualTo("50050000");
      assertThat(ids(name)).containsAll(writer.confirmed().subList(0, again));
      assertThat(kept()).doesNotContain("\n").isNotEqualTo(kept);
    }
  }

  /// Ada said yes when she asked for it.
  private void approvedByTwo() {
    String hash =
        Arrays.stream(ada.type("show", "--plan").text().split("[^0-9a-f]+", -1))
            .filter(w -> w.length() == 64)
            .findFirst()
            .orElseThrow();
    done(ada.as("linus").type("approve", "--yes", "--plan", hash));
  }

  private static Said done(Said said) {
    assertThat(said.exit()).as(said.text()).isEqualTo(DONE);
    return said;
  }

  private String kept() throws SQLException {
    return ask(
        "postgres",
        "select datname from pg_database where datname like '%s\\_before\\_rollback%%'"
            .formatted(name));
  }

  private List<Long> ids(String database) throws SQLException {
    List<Long> ids = new ArrayList<>();
    for (String id : ask(database, "select id from entry").lines().toList()) {
      ids.add(Long.parseLong(id));
    }
    return ids;
  }

  private void run(String database, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(of(database));
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private String ask(String database, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(of(database));
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      var all = new ArrayList<String>();
      while (rows.next()) {
        all.add(rows.getString(1));
      }
      return String.join("\n", all);
    }
  }

  private String of(String database) {
    return url.replace("/" + name + "?", "/" + database + "?");
  }
}
