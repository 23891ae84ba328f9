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

/// The verdict and the step down of numbered SQL, judged by goose.
@Tag("peers")
@DisplayNameGeneration(ReplaceUnderscores.class)
class GoosePeerTest {
  @TempDir Path dir;
  private MigratedShop shop;
  private Peer goose;

  @BeforeEach
  void open() throws Exception {
    goose = Peer.installed("goose", "go install github.com/pressly/goose/v3/cmd/goose@v3.26.0");
    shop = new MigratedShop(dir, "tool: sql, folder: sql, table: goose_db_version");
    migration(
        "v1",
        "00001_init",
        "CREATE TABLE customer (id int PRIMARY KEY, name text NOT NULL);",
        "DROP TABLE customer;");
    shop.copy("v1", "v2");
    migration(
        "v2",
        "00002_nick",
        "ALTER TABLE customer ADD COLUMN nick text;",
        "ALTER TABLE customer DROP COLUMN nick;");
    migration(
        "v2",
        "00003_rename",
        "-- +goose StatementBegin\nALTER TABLE customer RENAME name TO full_name;\n-- +goose StatementEnd",
        "ALTER TABLE customer RENAME full_name TO name;");
    shop.copy("v2", "v3");
    migration(
        "v3",
        "00004_drop",
        "ALTER TABLE customer DROP COLUMN nick;",
        "ALTER TABLE customer ADD COLUMN nick text;");
  }

  private void migration(String release, String name, String up, String down) throws Exception {
    shop.write(
        release,
        "sql/" + name + ".sql",
        "-- +goose Up\n%s\n\n-- +goose Down\n%s\n".formatted(up, down));
  }

  private String ran(String release, String command) throws Exception {
    String said =
        goose.run(
            shop.release(release),
            Map.of(
                "GOOSE_DRIVER",
                "postgres",
                "GOOSE_DBSTRING",
                shop.plainUrl() + "?sslmode=disable",
                "GOOSE_MIGRATION_DIR",
                "sql"),
            command);
    assertThat(said).endsWith("exit 0");
    return said;
  }

  @Test
  void goose_itself_agrees_with_the_step_down_and_with_its_undo() throws Exception {
    ran("v1", "up");
    shop.good("v1");
    ran("v2", "up");
    shop.live("v2");
    shop.sql("insert into customer (id, full_name, nick) values (1, 'Ann', 'Annie')");
    assertThat(shop.refused("verdict", "--to", "v1").text())
        .contains("STEP_DOWN_FIRST", "3 renames customer.name to full_name", "way down: written");

    shop.done("rollback", "backend", "--yes");
    assertThat(ran("v2", "status")).containsPattern("Pending +-- 00003_rename.sql");
    assertThat(ran("v1", "version")).contains("version 2");
    assertThat(shop.ask("select name || nick from customer")).isEqualTo("AnnAnnie");
    shop.done("undo", "--yes");
    assertThat(ran("v2", "status")).doesNotContain("Pending");

    shop.done("rollback", "backend", "--yes", "--to", "backend=v1");
    ran("v2", "up");
    assertThat(shop.ask("select full_name || nick from customer")).isEqualTo("AnnAnnie");
    ran("v3", "up");
    shop.live("v3");
    assertThat(shop.refused("verdict", "--to", "v2").text())
        .contains("NEEDS_RESTORE", "4 drops column customer.nick");
    ran("v3", "down");
    assertThat(shop.done("verdict", "--to", "v2").text())
        .contains("SAFE", "no migration was applied since");
  }
}
