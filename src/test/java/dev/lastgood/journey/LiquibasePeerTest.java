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

/// The verdict and the step down, judged by Liquibase, with changelogs in SQL, XML and YAML that
/// count their change sets from 1 in each file, as many do.
@Tag("peers")
@DisplayNameGeneration(ReplaceUnderscores.class)
class LiquibasePeerTest {
  @TempDir Path dir;
  private MigratedShop shop;
  private Peer liquibase;

  @BeforeEach
  void open() throws Exception {
    liquibase =
        Peer.jars(
            "liquibase",
            "liquibase.integration.commandline.LiquibaseCommandLine",
            "mvn -f src/test/peers/liquibase dependency:copy-dependencies");
    shop = new MigratedShop(dir, "tool: liquibase, folder: db/changes");
    changelog("v1", "1-customer.sql");
    shop.write(
        "v1",
        "db/changes/1-customer.sql",
        """
        --liquibase formatted sql
        --changeset ada:1
        create table customer (id int primary key, name varchar(40) not null);
        """);
    shop.copy("v1", "v2");
    changelog("v2", "1-customer.sql", "2-more.sql", "3-tag.yaml");
    shop.write(
        "v2",
        "db/changes/2-more.sql",
        """
        --liquibase formatted sql
        --changeset ada:1
        alter table customer add column nick text;
        --rollback alter table customer drop column nick;
        --changeset ada:2 labels:later
        alter table customer rename column name to full_name;
        /* liquibase rollback
        alter table customer rename column full_name to name;
        */
        """);
    shop.write(
        "v2",
        "db/changes/3-tag.yaml",
        """
        databaseChangeLog:
          - changeSet:
              id: 1
              author: ada
              changes:
                - createTable:
                    tableName: tag
                    columns:
                      - column: { name: id, type: int, constraints: { primaryKey: true } }
                      - column: { name: word, type: text }
        """);
    shop.copy("v2", "v3");
    changelog("v3", "1-customer.sql", "2-more.sql", "3-tag.yaml", "4-drop.xml");
    shop.write(
        "v3",
        "db/changes/4-drop.xml",
        xml(
            "<changeSet id=\"1\" author=\"ada\"><dropColumn tableName=\"customer\" columnName=\"nick\"/>"
                + "<rollback>alter table customer add column nick text</rollback></changeSet>"));
  }

  private static String xml(String inside) {
    return """
    <?xml version="1.0" encoding="UTF-8"?>
    <databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
      xsi:schemaLocation="http://www.liquibase.org/xml/ns/dbchangelog http://www.liquibase.org/xml/ns/dbchangelog/dbchangelog-latest.xsd">
    %s
    </databaseChangeLog>
    """
        .formatted(inside);
  }

  private void changelog(String release, String... files) throws Exception {
    var includes = new StringBuilder();
    for (String file : files) {
      includes.append("<include file=\"db/changes/").append(file).append("\"/>\n");
    }
    shop.write(release, "db/changelog.xml", xml(includes.toString()));
  }

  private String told(String release, String... words) throws Exception {
    List<String> all =
        new ArrayList<>(
            List.of(
                "--url=" + shop.jdbcUrl(),
                "--username=postgres",
                "--password=",
                "--changelog-file=db/changelog.xml",
                "--search-path=" + shop.release(release),
                "--analytics-enabled=false",
                "--show-banner=false"));
    all.addAll(List.of(words));
    return liquibase.run(shop.release(release), Map.of(), all.toArray(String[]::new));
  }

  private String ran(String release, String... words) throws Exception {
    String said = told(release, words);
    assertThat(said).endsWith("exit 0");
    return said;
  }

  private void shopOfVersion2() throws Exception {
    ran("v1", "update");
    shop.good("v1");
    ran("v2", "update");
    shop.live("v2");
    shop.sql("insert into customer (id, full_name, nick) values (1, 'Ann', 'Annie')");
  }

  @Test
  void liquibase_agrees_with_the_step_down_and_with_its_undo() throws Exception {
    shopOfVersion2();
    assertThat(shop.refused("verdict", "--to", "v1").text())
        .contains("STEP_DOWN_FIRST", "ada:2@2-more.sql renames customer.name to full_name");
    // a table of a changelog in YAML is in the way: only Liquibase itself takes it back
    assertThat(shop.refused("rollback", "backend", "--yes").text())
        .contains("ada:1@3-tag.yaml", "take it back with its own tool");
    ran("v2", "rollback-count", "1");
    assertThat(shop.ask("select to_regclass('tag')")).isEqualTo("null");

    shop.done("rollback", "backend", "--yes");

    assertThat(ran("v1", "status")).contains("is up to date");
    assertThat(ran("v2", "status", "--verbose"))
        .contains("2 changesets have not been applied", "2-more.sql::2::ada");
    assertThat(shop.ask("select name || nick from customer")).isEqualTo("AnnAnnie");

    shop.done("undo", "--yes");
    assertThat(ran("v2", "status", "--verbose"))
        .contains("1 changeset has not been applied", "3-tag.yaml::1::ada");
    ran("v2", "update");
    assertThat(ran("v2", "status")).contains("is up to date");
    assertThat(shop.ask("select full_name || nick from customer")).isEqualTo("AnnAnnie");
    ran("v2", "rollback-count", "2");
    assertThat(shop.ask("select name || nick from customer")).isEqualTo("AnnAnnie");
  }

  @Test
  void liquibase_applies_again_what_was_stepped_down_and_what_is_gone_needs_a_restore()
      throws Exception {
    shopOfVersion2();
    ran("v2", "rollback-count", "1");
    shop.done("rollback", "backend", "--yes", "--answer", "ada:1@2-more.sql=step-down");
    assertThat(ran("v2", "status")).contains("3 changesets have not been applied");

    ran("v2", "update");

    assertThat(ran("v2", "status")).contains("is up to date");
    assertThat(shop.ask("select full_name from customer")).isEqualTo("Ann");
    ran("v3", "update");
    shop.live("v3");
    assertThat(shop.refused("verdict", "--to", "v2").text())
        .contains("NEEDS_RESTORE", "ada:1@4-drop.xml drops column customer.nick");
  }
}
