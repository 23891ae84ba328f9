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

/// The verdict and the step down, judged by Supabase's command line on a plain PostgreSQL.
@Tag("peers")
@DisplayNameGeneration(ReplaceUnderscores.class)
class SupabasePeerTest {
  private static final String NICK = "20260201000000";
  private static final String RENAME = "20260202000000";
  private static final String DROP = "20260301000000";

  @TempDir Path dir;
  private MigratedShop shop;
  private Peer supabase;

  @BeforeEach
  void open() throws Exception {
    supabase = Peer.of("supabase", "supabase@3.1.0");
    shop = new MigratedShop(dir, "tool: supabase, folder: supabase/migrations");
  }

  private String told(String release, String... words) throws Exception {
    List<String> all = new ArrayList<>(List.of("migration"));
    all.addAll(List.of(words));
    all.addAll(
        List.of(
            "--remote=" + shop.plainUrl().replace("postgres@", "postgres:x@") + "?sslmode=disable",
            "--yes"));
    return supabase.run(
        shop.release(release),
        Map.of("SUPABASE_TELEMETRY_DISABLED", "1", "DO_NOT_TRACK", "1"),
        all.toArray(String[]::new));
  }

  private String ran(String release, String... words) throws Exception {
    String said = told(release, words);
    assertThat(said).endsWith("exit 0");
    return said;
  }

  @Test
  void supabase_itself_agrees_with_the_step_down_and_with_its_undo() throws Exception {
    shop.write("v1", "supabase/config.toml", "project_id = \"shop\"\n");
    migration(
        "v1",
        "20260101000000_init",
        "create table customer (id int primary key, name text not null);");
    shop.copy("v1", "v2");
    migration("v2", NICK + "_nick", "alter table customer add column nick text;");
    migration("v2", RENAME + "_rename", "alter table customer rename column name to full_name;");
    shop.copy("v2", "v3");
    migration("v3", DROP + "_drop", "alter table customer drop column nick;");
    ran("v1", "up");
    shop.good("v1");
    ran("v2", "up");
    shop.live("v2");
    shop.sql("insert into customer (id, full_name, nick) values (1, 'Ann', 'Annie')");
    assertThat(shop.refused("verdict", "--to", "v1").text())
        .contains("STEP_DOWN_FIRST", RENAME + " renames customer.name to full_name");

    shop.done("rollback", "backend", "--yes", "--answer", RENAME + "=step-down");
    assertThat(ran("v2", "list"))
        .contains("`" + NICK + "` | `" + NICK + "`", "`" + RENAME + "` | ` `");
    assertThat(shop.ask("select name || nick from customer")).isEqualTo("AnnAnnie");
    shop.done("undo", "--yes");
    assertThat(ran("v2", "list")).contains("`" + RENAME + "` | `" + RENAME + "`");

    shop.done(
        "rollback", "backend", "--yes", "--to", "backend=v1", "--answer", RENAME + "=step-down");
    ran("v2", "up");
    assertThat(shop.ask("select full_name || nick from customer")).isEqualTo("AnnAnnie");
    ran("v3", "up");
    shop.live("v3");
    assertThat(shop.refused("verdict", "--to", "v2").text())
        .contains("NEEDS_RESTORE", DROP + " drops column customer.nick");
  }

  private void migration(String release, String name, String sql) throws Exception {
    shop.write(release, "supabase/migrations/" + name + ".sql", sql + "\n");
  }
}
