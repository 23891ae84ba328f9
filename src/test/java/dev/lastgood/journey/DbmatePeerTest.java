package dev.lastgood.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.rehearsal.Peer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The verdict and the step down of numbered SQL, judged by dbmate.
@Tag("peers")
@DisplayNameGeneration(ReplaceUnderscores.class)
class DbmatePeerTest {
  @TempDir Path dir;
  private MigratedShop shop;
  private Peer dbmate;

  @BeforeEach
  void open() throws Exception {
    dbmate = Peer.of("dbmate", "dbmate@2.36.0");
    shop = new MigratedShop(dir, "tool: sql, folder: db/migrations");
    migration(
        "v1",
        "0001_init",
        "create table customer (id int primary key, name text not null)",
        "drop table customer");
    shop.copy("v1", "v2");
    migration(
        "v2",
        "0002_nick",
        "alter table customer add column nick text",
        "alter table customer drop column nick");
    migration(
        "v2",
        "0003_rename",
        "alter table customer rename name to full_name",
        "alter table customer rename full_name to name");
    shop.copy("v2", "v3");
    migration(
        "v3",
        "0004_drop",
        "alter table customer drop column nick",
        "alter table customer add column nick text");
  }

  private void migration(String release, String name, String up, String down) throws Exception {
    shop.write(
        release,
        "db/migrations/" + name + ".sql",
        "-- migrate:up\n%s;\n\n-- migrate:down\n%s;\n".formatted(up, down));
  }

  private String ran(String release, String command) throws Exception {
    List<String> all =
        new ArrayList<>(List.of("--url", shop.plainUrl() + "?sslmode=disable", "--no-dump-schema"));
    all.add(command);
    String said = dbmate.run(shop.release(release), Map.of(), all.toArray(String[]::new));
    assertThat(said).endsWith("exit 0");
    return said;
  }

  @Test
  void dbmate_itself_agrees_with_the_step_down_and_with_its_undo() throws Exception {
    ran("v1", "up");
    shop.good("v1");
    ran("v2", "up");
    shop.live("v2");
    shop.sql("insert into customer (id, full_name, nick) values (1, 'Ann', 'Annie')");
    assertThat(shop.refused("verdict", "--to", "v1").text())
        .contains("STEP_DOWN_FIRST", "3 renames customer.name to full_name", "way down: written");

    shop.done("rollback", "backend", "--yes");
    assertThat(ran("v2", "status")).contains("[X] 0002_nick.sql", "[ ] 0003_rename.sql");
    assertThat(ran("v1", "status")).contains("[X] 0001_init.sql", "Pending: 0");
    assertThat(shop.ask("select name || nick from customer")).isEqualTo("AnnAnnie");
    shop.done("undo", "--yes");
    assertThat(ran("v2", "status")).contains("[X] 0003_rename.sql", "Pending: 0");

    shop.done("rollback", "backend", "--yes", "--to", "backend=v1");
    ran("v2", "up");
    assertThat(shop.ask("select full_name || nick from customer")).isEqualTo("AnnAnnie");
    ran("v3", "up");
    shop.live("v3");
    assertThat(shop.refused("verdict", "--to", "v2").text())
        .contains("NEEDS_RESTORE", "4 drops column customer.nick");
  }
}
