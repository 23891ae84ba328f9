package dev.lastgood.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.rehearsal.Peer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The verdict and the step down, judged by Prisma, whose state table they read and change. Its
/// engine is fetched from elsewhere when it is used first; the one inside of its package, which it
/// has for databases that are reached through JavaScript, does as well.
@Tag("peers")
@DisplayNameGeneration(ReplaceUnderscores.class)
class PrismaPeerTest {
  private static final String NICK = "20260201000000_nick";
  private static final String RENAME = "20260202000000_rename";
  private static final String DROP = "20260301000000_drop";

  /// The adapter cannot read the type `name` of the catalog, so it is shown as `text`.
  private static final String CONFIG =
      """
      import { defineConfig } from 'prisma/config';
      import { PrismaPg } from '@prisma/adapter-pg';
      import pg from 'pg';
      const shown = (results: any) => {
        for (const result of [results].flat())
          for (const field of result?.fields ?? []) if (field.dataTypeID === 19) field.dataTypeID = 25;
        return results;
      };
      class Client extends (pg.Client as any) {
        query(...words: any[]) {
          const then = words.at(-1);
          if (typeof then === 'function') {
            words[words.length - 1] = (error: any, results: any) => then(error, shown(results));
            return super.query(...words);
          }
          const asked = super.query(...words);
          return asked?.then ? asked.then(shown) : asked;
        }
      }
      const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, idleTimeoutMillis: 100, allowExitOnIdle: true, Client } as any);
      export default defineConfig({
        engine: 'js', experimental: { adapter: true }, schema: 'prisma/schema.prisma',
        adapter: async () => new PrismaPg(pool as any),
      } as any);
      """;

  @TempDir Path dir;
  private MigratedShop shop;
  private Peer prisma;

  @BeforeEach
  void open() throws IOException {
    prisma = Peer.of("prisma", "prisma@6.19.3 @prisma/adapter-pg@6.19.3 pg@8");
    shop = new MigratedShop(dir, "tool: prisma, folder: prisma/migrations");
    shop.modules("v1");
    shop.write("v1", "prisma.config.ts", CONFIG);
    shop.write(
        "v1",
        "prisma/schema.prisma",
        "datasource db {\n  provider = \"postgresql\"\n  url = env(\"DATABASE_URL\")\n}\n");
    shop.write("v1", "prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n");
    migration(
        "v1",
        "20260101000000_init",
        """
        -- CreateTable
        CREATE TABLE "Customer" (
            "id" SERIAL NOT NULL,
            "name" TEXT NOT NULL,

            CONSTRAINT "Customer_pkey" PRIMARY KEY ("id")
        );
        """);
    shop.copy("v1", "v2");
    migration(
        "v2", NICK, "-- AlterTable\nALTER TABLE \"Customer\" ADD COLUMN     \"nick\" TEXT;\n");
    migration("v2", RENAME, "ALTER TABLE \"Customer\" RENAME COLUMN \"name\" TO \"fullName\";\n");
    shop.copy("v2", "v3");
    migration("v3", DROP, "ALTER TABLE \"Customer\" DROP COLUMN \"nick\";\n");
  }

  private void migration(String release, String name, String sql) throws IOException {
    shop.write(release, "prisma/migrations/" + name + "/migration.sql", sql);
  }

  private String told(String release, String... words) throws Exception {
    Path engine = dir.resolve("engine");
    if (!Files.exists(engine)) {
      Files.writeString(engine, "#!/bin/sh\nexit 0\n");
      Files.setPosixFilePermissions(engine, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    return prisma.run(
        shop.release(release),
        Map.of(
            "DATABASE_URL",
            shop.plainUrl(),
            "PRISMA_QUERY_ENGINE_LIBRARY",
            engine.toString(),
            "PRISMA_SCHEMA_ENGINE_BINARY",
            engine.toString(),
            "CHECKPOINT_DISABLE",
            "1"),
        words);
  }

  private void deployed(String release) throws Exception {
    assertThat(told(release, "migrate", "deploy")).endsWith("exit 0");
  }

  private void consistent(String release) throws Exception {
    assertThat(told(release, "migrate", "status"))
        .contains("Database schema is up to date")
        .endsWith("exit 0");
  }

  private void shopOfVersion2() throws Exception {
    deployed("v1");
    shop.good("v1");
    deployed("v2");
    shop.live("v2");
    shop.sql("insert into \"Customer\" (\"fullName\", nick) values ('Ann', 'Annie')");
  }

  @Test
  void prisma_agrees_with_the_step_down_and_with_its_undo() throws Exception {
    shopOfVersion2();
    assertThat(shop.refused("verdict", "--to", "v1").text())
        .contains("STEP_DOWN_FIRST", RENAME + " renames Customer.name to fullName")
        .doesNotContain("was changed");

    shop.done("rollback", "backend", "--yes", "--answer", RENAME + "=step-down");

    // the column that older code does not know stays, and so does its migration
    assertThat(told("v2", "migrate", "status"))
        .contains("not yet been applied", RENAME)
        .doesNotContain(NICK + "\n" + RENAME)
        .endsWith("exit 1");
    assertThat(shop.ask("select name || nick from \"Customer\"")).isEqualTo("AnnAnnie");
    shop.done("undo", "--yes");
    consistent("v2");
    deployed("v2");
    assertThat(shop.ask("select \"fullName\" || nick from \"Customer\"")).isEqualTo("AnnAnnie");
  }

  @Test
  void prisma_applies_again_what_was_stepped_down() throws Exception {
    shopOfVersion2();
    shop.done(
        "rollback",
        "backend",
        "--yes",
        "--answer",
        RENAME + "=step-down",
        "--answer",
        NICK + "=step-down");
    consistent("v1");
    assertThat(
            shop.ask(
                "select count(*) from information_schema.columns where column_name = 'nick'"
                    + " and table_schema = 'public'"))
        .isEqualTo("0");

    deployed("v2");

    consistent("v2");
    assertThat(shop.ask("select \"fullName\" from \"Customer\"")).isEqualTo("Ann");
  }

  @Test
  void what_is_gone_needs_a_restore_and_a_failed_migration_is_asked_about() throws Exception {
    shopOfVersion2();
    deployed("v3");
    shop.live("v3");
    // v2 knows the column that is gone, v1 never did
    assertThat(shop.refused("verdict", "--to", "v2").text())
        .contains("NEEDS_RESTORE", DROP + " drops column Customer.nick");
    assertThat(shop.refused("verdict", "--to", "v1").text()).contains("STEP_DOWN_FIRST");

    migration("v3", "20260401000000_bad", "ALTER TABLE \"Nothing\" ADD COLUMN x INT;\n");
    assertThat(told("v3", "migrate", "deploy")).endsWith("exit 1");
    assertThat(shop.exits(MigratedShop.UNKNOWN, "verdict", "--to", "v1").text())
        .contains("BLOCKED", "20260401000000_bad", "it failed, and how far it came cannot be told");

    assertThat(told("v3", "migrate", "resolve", "--rolled-back", "20260401000000_bad"))
        .endsWith("exit 0");
    assertThat(shop.refused("verdict", "--to", "v1").text()).doesNotContain("it failed");
    migration("v3", "20260401000000_bad", "ALTER TABLE \"Customer\" ADD COLUMN x INT;\n");
    deployed("v3");
    assertThat(shop.refused("verdict", "--to", "v1").text())
        .contains("STEP_DOWN_FIRST")
        .doesNotContain("was changed");
  }
}
