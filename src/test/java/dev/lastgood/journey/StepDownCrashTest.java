package dev.lastgood.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.provider.local.Until;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Lastgood is killed with SIGKILL at each moment of a step down and of the way up again: before,
/// inside and after the transaction of each migration. Right then each migration is there with its
/// row, or gone with its row and kept in `_lastgood`; after `resume` the run is proven.
@DisplayNameGeneration(ReplaceUnderscores.class)
class StepDownCrashTest {
  private static final String[] DOWN = {
    "rollback",
    "backend",
    "--to",
    "backend=v1",
    "--yes",
    "--reason",
    "names are wrong",
    "--answer",
    "2=step-down",
    "--answer",
    "3=step-down",
    "--answer",
    "4=step-down",
  };
  private static final String[] UP = {"undo", "--yes", "--reason", "they were right"};

  /// Newest first.
  private static final List<Integer> MIGRATIONS = List.of(4, 3, 2);

  @TempDir Path dir;
  private MigratedShop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new MigratedShop(dir, "tool: sql, folder: db, lock-wait: 60s");
    shop.sql("create table schema_migrations (version varchar primary key)");
    applied(
        "v1",
        1,
        "create table customer (id int primary key, name text not null)",
        "drop table customer");
    shop.good("v1");
    shop.copy("v1", "v2");
    applied(
        "v2",
        2,
        "alter table customer rename name to full_name",
        "alter table customer rename full_name to name");
    applied("v2", 3, "create table tag (id serial primary key, word text)", "drop table tag");
    applied(
        "v2",
        4,
        "alter table customer add column nick text",
        "alter table customer drop column nick");
    shop.sql("insert into customer select n, 'c' || n, 'n' || n from generate_series(1, 500) n");
    shop.sql("insert into tag (word) select 't' || n from generate_series(1, 300) n");
    shop.live("v2");
  }

  /// Each script meets a lock in its middle, so that a test can stop it there.
  private void applied(String release, int version, String up, String down) throws Exception {
    String stop = ";\nselect pg_advisory_xact_lock(" + version + ");\n";
    shop.write(release, "db/" + version + "_m.up.sql", up + stop);
    shop.write(release, "db/" + version + "_m.down.sql", down + stop);
    shop.sql(up);
    shop.sql("insert into schema_migrations values ('" + version + "')");
  }

  @Test
  void killed_inside_the_transaction_of_each_migration() throws Exception {
    for (int migration : MIGRATIONS) {
      killedInside(migration, DOWN);
      allDown("killed inside of " + migration);
      shop.done(UP);
      allUp("undone after " + migration);
    }
  }

  @Test
  void killed_inside_the_transaction_of_each_migration_on_the_way_up() throws Exception {
    for (int migration : MIGRATIONS) {
      shop.done(DOWN);
      killedInside(migration, UP);
      allUp("killed inside of " + migration);
    }
  }

  @Test
  @Tag("peers")
  void killed_at_an_entry_of_the_journal() throws Exception {
    int n = 1;
    while (killed((n % 2 == 0 ? "before:" : "after:") + n)) {
      n++;
    }
    assertThat(n).isGreaterThan(8);
  }

  private boolean killed(String point) throws Exception {
    boolean down = died(point, DOWN);
    allDown(point);
    boolean up = died(point, UP);
    allUp(point);
    return down || up;
  }

  private boolean died(String point, String... words) throws Exception {
    try (Child child = Child.dyingAt(point, dir, shop.environment(), words)) {
      boolean killed = child.killed();
      assertThat(killed || child.exit() == MigratedShop.DONE)
          .as(point + child.out() + child.err())
          .isTrue();
      nothingLost(point);
      if (killed) {
        resumed();
      }
      return killed;
    }
  }

  private void resumed() {
    if (!shop.ada.type("show", "--json").text().contains("PROVEN")) {
      shop.done("resume");
    }
    assertThat(shop.ada.type("show", "--json").text()).contains("PROVEN");
  }

  /// The server does not notice at once that nobody is there any more: `resume` meets the dead
  /// one's transaction.
  private void killedInside(int migration, String... words) throws Exception {
    String at = words[0] + " killed inside of " + migration;
    Thread resume = new Thread(this::resumed);
    try (Connection holder = DriverManager.getConnection(shop.jdbcUrl());
        Statement lock = holder.createStatement();
        Child child = Child.dyingAt("none:0", dir, shop.environment(), words)) {
      lock.execute("select pg_advisory_lock(" + migration + ")");
      Until.holds(at + ": it is inside", Until.MINUTES, () -> waiting() == 1 || !child.alive());
      assertThat(child.alive()).as(child.out() + child.err()).isTrue();
      nothingHalf(at);
      child.kill();
      assertThat(child.killed()).isTrue();
      assertThat(waiting()).as("the server has not noticed").isEqualTo(1);
      nothingHalf(at);
      resume.start();
      Until.holds(at + ": resume waits", Until.MINUTES, () -> waiting() == 2 || !resume.isAlive());
      nothingHalf(at);
    }
    resume.join();
    assertThat(shop.ada.type("show", "--json").text()).as(at).contains("PROVEN");
  }

  private int waiting() {
    return Integer.parseInt(
        shop.ask(
            "select count(distinct pid) from pg_locks where not granted"
                + " and (database is null or database = (select oid from pg_database where datname = current_database()))"));
  }

  /// Each migration is there with its row, or gone with its row and kept. The catalogue tells it,
  /// so that nobody waits for a table that is just changed.
  private void nothingHalf(String at) {
    for (int migration : MIGRATIONS) {
      boolean row =
          yes("exists (select from schema_migrations where version = '" + migration + "')");
      assertThat(there(migration)).as("%s: migration %s and its row", at, migration).isEqualTo(row);
      assertThat(kept(migration)).as("%s: migration %s is kept", at, migration).isEqualTo(!row);
    }
  }

  /// What users wrote is where it was, or saved.
  private void nothingLost(String at) {
    nothingHalf(at);
    for (int migration : MIGRATIONS) {
      assertThat(kept(migration) ? saved(migration) : written(migration))
          .as("%s: rows of migration %s", at, migration)
          .isTrue();
    }
  }

  private boolean yes(String condition) {
    return shop.ask("select " + condition).equals("t");
  }

  private boolean kept(int migration) {
    return !shop.ask("select to_regclass('_lastgood.step')").equals("null")
        && yes(
            "exists (select from _lastgood.step where undone_at is null and migration = '"
                + migration
                + "')");
  }

  private boolean there(int migration) {
    return switch (migration) {
      case 2 -> column("full_name");
      case 3 -> !shop.ask("select to_regclass('public.tag')").equals("null");
      default -> column("nick");
    };
  }

  private boolean written(int migration) {
    return switch (migration) {
      case 2 -> yes("(select count(*) = 500 from customer where full_name = 'c' || id)");
      case 3 -> yes("(select count(*) = 300 and max(id) = 300 from tag where word = 't' || id)");
      default -> yes("(select count(*) = 500 from customer where nick = 'n' || id)");
    };
  }

  private boolean column(String name) {
    return yes(
        "exists (select from information_schema.columns where table_schema = 'public'"
            + " and table_name = 'customer' and column_name = '"
            + name
            + "')");
  }

  private boolean saved(int migration) {
    String into =
        shop.ask(
            "select saved -> 0 ->> 'into' from _lastgood.step where undone_at is null"
                + " and migration = '"
                + migration
                + "'");
    return switch (migration) {
      case 2 -> into.equals("null");
      case 3 -> yes("(select count(*) = 300 from _lastgood." + into + " where word = 't' || id)");
      default -> yes("(select count(*) = 500 from _lastgood." + into + " where nick = 'n' || id)");
    };
  }

  private void allDown(String at) {
    nothingLost(at);
    assertThat(shop.ask("select string_agg(version, ' ') from schema_migrations"))
        .as(at)
        .isEqualTo("1");
    assertThat(yes("(select count(*) = 500 from customer where name = 'c' || id)")).as(at).isTrue();
    assertThat(shop.live()).as(at).isEqualTo("v1");
  }

  private void allUp(String at) {
    nothingLost(at);
    assertThat(shop.ask("select string_agg(version, ' ' order by version) from schema_migrations"))
        .as(at)
        .isEqualTo("1 2 3 4");
    assertThat(yes("(select count(*) = 500 from customer where full_name = 'c' || id)"))
        .as(at)
        .isTrue();
    assertThat(shop.live()).as(at).isEqualTo("v2");
  }
}
