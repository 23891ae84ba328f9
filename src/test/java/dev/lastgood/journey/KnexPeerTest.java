package dev.lastgood.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.CommandsHere;
import dev.lastgood.CommandsHere.Said;
import dev.lastgood.rehearsal.Peer;
import dev.lastgood.store.PostgresFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The step down, judged by the tool whose state table it changes.
@Tag("peers")
@DisplayNameGeneration(ReplaceUnderscores.class)
class KnexPeerTest {
  @TempDir Path dir;
  private String url = "";

  @Test
  void knex_itself_agrees_with_the_step_down_and_with_its_undo() throws Exception {
    Peer knex = Peer.of("knex", "knex@3 pg@8");
    url = PostgresFixture.url();
    String first =
        migration("create table customer (id int primary key, name text)", "drop table customer");
    String second =
        migration(
            "alter table customer rename name to full_name",
            "alter table customer rename full_name to name");
    release("v1", "20260101_init.js", first);
    release("v2", "20260101_init.js", first);
    release("v2", "20260201_rename.js", second);
    Path config =
        Files.writeString(
            dir.resolve("lastgood.yaml"),
            """
            system: shop
            state: state
            components:
              backend: { platform: release-directory, path: backend }
              database:
                platform: postgres
                url: "${env:DATABASE_URL}"
                migrations: { tool: knex, folder: migrations, of: backend, releases: backend/releases }
            approvals: { default: 1, self: allowed }
            """);
    var ada = new CommandsHere(config, Map.of("DATABASE_URL", url)).as("ada");
    point("v1");
    assertThat(told(knex, "v1", "migrate:latest")).contains("exit 0");
    done(ada.type("record"));
    done(ada.type("mark", "good", "backend", "--reason", "worked all week"));
    assertThat(told(knex, "v2", "migrate:latest")).contains("exit 0");
    ask("insert into customer values (1, 'Ann') returning id");
    point("v2");
    // older code with the newer database: knex refuses to go on
    assertThat(told(knex, "v1", "migrate:latest")).contains("corrupt");

    assertThat(ada.type("verdict", "--to", "v1").text())
        .contains("STEP_DOWN_FIRST", "way down: written");
    done(ada.type("rollback", "backend", "--yes"));

    assertThat(told(knex, "v1", "migrate:latest")).contains("Already up to date", "exit 0");
    assertThat(ask("select name from customer")).isEqualTo("Ann");

    done(ada.type("undo", "--yes"));
    assertThat(told(knex, "v2", "migrate:latest")).contains("Already up to date", "exit 0");
    assertThat(ask("select full_name from customer")).isEqualTo("Ann");
    assertThat(told(knex, "v2", "migrate:down")).contains("20260201_rename.js", "exit 0");
  }

  private static String migration(String up, String down) {
    return """
    exports.up = async function (knex) {
      await knex.raw(`%s`);
    };
    exports.down = async function (knex) {
      await knex.raw(`%s`);
    };
    """
        .formatted(up, down);
  }

  private void release(String release, String file, String text) throws Exception {
    Path folder = dir.resolve("backend/releases").resolve(release);
    Files.createDirectories(folder.resolve("migrations"));
    Files.writeString(folder.resolve("migrations").resolve(file), text);
    Path modules = folder.resolve("node_modules");
    if (!Files.exists(modules)) {
      String peers = System.getenv("LASTGOOD_PEERS");
      assertThat(peers).as("LASTGOOD_PEERS, where knex and pg are installed").isNotNull();
      Files.createSymbolicLink(modules, Path.of(peers, "node_modules"));
    }
    Files.writeString(
        folder.resolve("knexfile.js"),
        "module.exports = { client: 'pg', connection: process.env.KNEX_URL };");
  }

  private String told(Peer knex, String release, String command) throws Exception {
    return knex.run(
        dir.resolve("backend/releases").resolve(release),
        Map.of(
            "KNEX_URL",
            url.replace("jdbc:", "").replaceFirst("\\?.*", "").replace("//", "//postgres@")),
        command);
  }

  private void point(String release) throws Exception {
    Path link = dir.resolve("backend/current");
    Files.deleteIfExists(link);
    Files.createSymbolicLink(link, Path.of("releases", release));
  }

  private static void done(Said said) {
    assertThat(said.exit()).as(said.text()).isZero();
  }

  private String ask(String sql) throws Exception {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? String.valueOf(rows.getString(1)) : "";
    }
  }
}
