package dev.lastgood.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.rehearsal.Peer;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The verdict about migrations in Ruby, as Active Record applies and takes them back.
@Tag("peers")
@DisplayNameGeneration(ReplaceUnderscores.class)
class RailsPeerTest {
  /// The tasks of Rails, without Rails around them.
  private static final String RAKEFILE =
      """
      require 'active_record'
      include ActiveRecord::Tasks
      DatabaseTasks.env = 'production'
      DatabaseTasks.root = Dir.pwd
      DatabaseTasks.db_dir = 'db'
      DatabaseTasks.migrations_paths = ['db/migrate']
      DatabaseTasks.database_configuration = { 'production' => { 'adapter' => 'postgresql', 'url' => ENV['DATABASE_URL'] } }
      ActiveRecord::Base.configurations = DatabaseTasks.database_configuration
      task(:environment) { ActiveRecord::Base.establish_connection :production }
      load 'active_record/railties/databases.rake'
      """;

  @TempDir Path dir;
  private MigratedShop shop;
  private Peer rake;

  @BeforeEach
  void open() throws Exception {
    String how = "apt-get install ruby-activerecord ruby-pg rake";
    rake = Peer.installed("rake", how);
    String needed = "require 'active_record'; require 'pg'";
    Assumptions.assumeTrue(
        Peer.installed("ruby", how).run(dir, Map.of(), "-e", needed).endsWith("exit 0"),
        "no Active Record: " + how);
    shop = new MigratedShop(dir, "tool: rails, folder: db/migrate");
    shop.write("v1", "Rakefile", RAKEFILE);
    migration(
        "v1",
        "20260101000000",
        "CreateCustomer",
        "create_table(:customers) { |t| t.string :name, null: false }");
    shop.copy("v1", "v2");
    migration("v2", "20260201000000", "AddNick", "add_column :customers, :nick, :text");
    shop.copy("v2", "v3");
    migration("v3", "20260202000000", "RenameName", "rename_column :customers, :name, :full_name");
    shop.copy("v3", "v4");
    migration("v4", "20260301000000", "DropNick", "remove_column :customers, :nick, :text");
  }

  private void migration(String release, String version, String name, String change)
      throws Exception {
    String file = name.replaceAll("(?<=[a-z])([A-Z])", "_$1").toLowerCase(java.util.Locale.ROOT);
    shop.write(
        release,
        "db/migrate/" + version + "_" + file + ".rb",
        "class %s < ActiveRecord::Migration[6.1]\n  def change\n    %s\n  end\nend\n"
            .formatted(name, change));
  }

  private String ran(String release, String... words) throws Exception {
    String said =
        rake.run(
            shop.release(release),
            Map.of(
                "DATABASE_URL", shop.plainUrl(), "RAILS_ENV", "production", "SCHEMA", "/dev/null"),
            words);
    assertThat(said).endsWith("exit 0");
    return said;
  }

  @Test
  void rails_takes_back_what_the_verdict_asks_about_and_the_rollback_goes_on() throws Exception {
    ran("v1", "db:migrate");
    shop.good("v1");
    assertThat(shop.done("verdict", "--to", "v1").text()).contains("SAFE");
    ran("v3", "db:migrate");
    shop.live("v3");
    shop.sql("insert into customers (full_name, nick) values ('Ann', 'Annie')");
    assertThat(shop.exits(MigratedShop.UNKNOWN, "verdict", "--to", "v1").text())
        .contains("BLOCKED", "20260201000000", "20260202000000", "it is written in Ruby");

    assertThat(
            shop.refused(
                    "rollback",
                    "backend",
                    "--yes",
                    "--answer",
                    "20260201000000=safe",
                    "--answer",
                    "20260202000000=step-down")
                .text())
        .contains("20260202000000", "it is written in Ruby");
    assertThat(shop.live()).isEqualTo("v3");
    assertThat(ran("v3", "db:migrate:status")).doesNotContain(" down ");

    ran("v3", "db:rollback");
    shop.done("rollback", "backend", "--yes", "--answer", "20260201000000=safe");
    assertThat(shop.live()).isEqualTo("v1");
    assertThat(ran("v3", "db:migrate:status"))
        .containsPattern("up +20260201000000")
        .containsPattern("down +20260202000000");
    assertThat(shop.ask("select name || nick from customers")).isEqualTo("AnnAnnie");

    ran("v3", "db:migrate");
    ran("v4", "db:migrate");
    shop.live("v4");
    assertThat(ran("v4", "db:migrate:status")).doesNotContain(" down ");
    assertThat(shop.exits(MigratedShop.UNKNOWN, "verdict", "--to", "v3").text())
        .contains("20260301000000")
        .doesNotContain("20260202000000");
  }
}
