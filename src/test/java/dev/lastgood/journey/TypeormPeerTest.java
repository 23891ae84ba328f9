package dev.lastgood.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.rehearsal.Peer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The verdict and the step down, judged by TypeORM, with migrations as it generates them.
@Tag("peers")
@DisplayNameGeneration(ReplaceUnderscores.class)
class TypeormPeerTest {
  private static final String INIT = "Init1760000000000";
  private static final String NICK = "Nick1760000001000";
  private static final String RENAME = "Rename1760000002000";
  private static final String DROP = "Drop1760000003000";

  @TempDir Path dir;
  private MigratedShop shop;
  private Peer typeorm;

  @BeforeEach
  void open() throws Exception {
    typeorm = Peer.of("typeorm", "typeorm@1.1.1 pg@8");
    shop = new MigratedShop(dir, "tool: typeorm, folder: migrations");
    shop.modules("v1");
    shop.write(
        "v1",
        "source.js",
        """
        const { DataSource, EntitySchema } = require('typeorm');
        module.exports = new DataSource({
          type: 'postgres', url: process.env.DATABASE_URL, migrations: ['migrations/*.js'],
          entities: [new EntitySchema({ name: 'customer', columns: {
            id: { type: 'int', primary: true, generated: true }, name: { type: 'varchar' } } })],
        });
        """);
    generated("v1", "Init", "1760000000000");
    shop.copy("v1", "v2");
    changed(
        "v2",
        "name: { type: 'varchar' }",
        "name: { type: 'varchar' }, nick: { type: 'text', nullable: true }");
    shop.sql(
        "create table customer (id serial constraint \"PK_a7a13f4cacb744524e44dfdad32\" primary key, name varchar not null)");
    generated("v2", "Nick", "1760000001000");
    shop.sql("drop table customer");
    // a renamed column is a dropped and a new one to the generator, so people write it themselves
    written(
        "v2",
        "Rename",
        "1760000002000",
        "ALTER TABLE \"customer\" RENAME COLUMN \"name\" TO \"fullName\"",
        "ALTER TABLE \"customer\" RENAME COLUMN \"fullName\" TO \"name\"");
    shop.copy("v2", "v3");
    written(
        "v3",
        "Drop",
        "1760000003000",
        "ALTER TABLE \"customer\" DROP COLUMN \"nick\"",
        "ALTER TABLE \"customer\" ADD \"nick\" text");
  }

  private void changed(String release, String from, String to) throws IOException {
    shop.write(release, "source.js", shop.read(release, "source.js").replace(from, to));
  }

  private void generated(String release, String name, String time) throws Exception {
    assertThat(
            told(
                release,
                "migration:generate",
                "migrations/" + name,
                "-d",
                "source.js",
                "-o",
                "-t",
                time))
        .endsWith("exit 0");
  }

  private void written(String release, String name, String time, String up, String down)
      throws Exception {
    assertThat(told(release, "migration:create", "migrations/" + name, "-o", "-t", time))
        .endsWith("exit 0");
    String file = "migrations/" + time + "-" + name + ".js";
    String text = shop.read(release, file);
    String made =
        text.replaceFirst(
                "(async up\\(queryRunner\\) \\{)\\s*\\}",
                "$1 await queryRunner.query(`" + up + "`); }")
            .replaceFirst(
                "(async down\\(queryRunner\\) \\{)\\s*\\}",
                "$1 await queryRunner.query(`" + down + "`); }");
    assertThat(made).contains(up, down);
    shop.write(release, file, made);
  }

  private String told(String release, String... words) throws Exception {
    return typeorm.run(shop.release(release), Map.of("DATABASE_URL", shop.plainUrl()), words);
  }

  private void migrated(String release) throws Exception {
    assertThat(told(release, "migration:run", "-d", "source.js")).endsWith("exit 0");
  }

  private String shown(String release) throws Exception {
    return told(release, "migration:show", "-d", "source.js");
  }

  private void shopOfVersion2() throws Exception {
    migrated("v1");
    shop.good("v1");
    migrated("v2");
    shop.live("v2");
    shop.sql("insert into customer (\"fullName\", nick) values ('Ann', 'Annie')");
  }

  @Test
  void typeorm_agrees_with_the_step_down_and_with_its_undo() throws Exception {
    shopOfVersion2();
    assertThat(shop.refused("verdict", "--to", "v1").text())
        .contains(
            "STEP_DOWN_FIRST", RENAME + " renames customer.name to fullName", "way down: written");

    shop.done("rollback", "backend", "--yes");

    assertThat(shown("v2")).contains("[X] 2 " + NICK, "[ ] " + RENAME);
    assertThat(shown("v1")).contains("[X] 1 " + INIT).doesNotContain("[ ]");
    assertThat(shop.ask("select name || nick from customer")).isEqualTo("AnnAnnie");

    shop.done("undo", "--yes");
    assertThat(shown("v2")).contains("[X] 3 " + RENAME).doesNotContain("[ ]");
    assertThat(shop.ask("select \"fullName\" || nick from customer")).isEqualTo("AnnAnnie");
    assertThat(told("v2", "migration:revert", "-d", "source.js"))
        .contains(RENAME)
        .endsWith("exit 0");
    migrated("v2");
    assertThat(shown("v2")).doesNotContain("[ ]");
  }

  @Test
  void typeorm_applies_again_what_was_stepped_down_and_what_is_gone_needs_a_restore()
      throws Exception {
    shopOfVersion2();
    shop.done("rollback", "backend", "--yes");

    migrated("v2");

    assertThat(shown("v2")).doesNotContain("[ ]");
    assertThat(shop.ask("select \"fullName\" from customer")).isEqualTo("Ann");
    migrated("v3");
    shop.live("v3");
    assertThat(shop.refused("verdict", "--to", "v2").text())
        .contains("NEEDS_RESTORE", DROP + " drops column customer.nick");
  }
}
