package dev.lastgood.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.rehearsal.Peer;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
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
  private MigratedShop shop;
  private Peer knex;

  @BeforeEach
  void open() throws Exception {
    knex = Peer.of("knex", "knex@3 pg@8");
    shop = new MigratedShop(dir, "tool: knex, folder: migrations");
  }

  @Test
  void knex_itself_agrees_with_the_step_down_and_with_its_undo() throws Exception {
    shop.modules("v1");
    shop.write(
        "v1",
        "knexfile.js",
        "module.exports = { client: 'pg', connection: process.env.KNEX_URL };");
    shop.write(
        "v1",
        "migrations/20260101_init.js",
        migration("create table customer (id int primary key, name text)", "drop table customer"));
    shop.copy("v1", "v2");
    shop.write(
        "v2",
        "migrations/20260201_rename.js",
        migration(
            "alter table customer rename name to full_name",
            "alter table customer rename full_name to name"));
    assertThat(told("v1", "migrate:latest")).contains("exit 0");
    shop.good("v1");
    assertThat(told("v2", "migrate:latest")).contains("exit 0");
    shop.sql("insert into customer values (1, 'Ann')");
    shop.live("v2");
    // older code with the newer database: knex refuses to go on
    assertThat(told("v1", "migrate:latest")).contains("corrupt");

    assertThat(shop.refused("verdict", "--to", "v1").text())
        .contains("STEP_DOWN_FIRST", "way down: written");
    shop.done("rollback", "backend", "--yes");

    assertThat(told("v1", "migrate:latest")).contains("Already up to date", "exit 0");
    assertThat(shop.ask("select name from customer")).isEqualTo("Ann");

    shop.done("undo", "--yes");
    assertThat(told("v2", "migrate:latest")).contains("Already up to date", "exit 0");
    assertThat(shop.ask("select full_name from customer")).isEqualTo("Ann");
    assertThat(told("v2", "migrate:down")).contains("20260201_rename.js", "exit 0");
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

  private String told(String release, String command) throws Exception {
    return knex.run(shop.release(release), Map.of("KNEX_URL", shop.plainUrl()), command);
  }
}
