package dev.lastgood.provider.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.database.TableLocks;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Piecemeal.Piece;
import dev.lastgood.provider.local.Until;
import dev.lastgood.store.OwnPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real autovacuum is at a table that is as large as to keep it there for minutes, as one is
/// after a migration that has rewritten rows.
@DisplayNameGeneration(ReplaceUnderscores.class)
class AutovacuumTest {
  private static final String SLOW =
      " with (autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1,"
          + " autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0.01)";

  @TempDir Path dir;
  private OwnPostgres server;
  private PostgresPlatform platform;

  @BeforeEach
  void open() throws Exception {
    server = new OwnPostgres(OwnPostgres.newest(), "autovacuum_naptime=1s");
    sql("postgres", "alter system set autovacuum = off", "select pg_reload_conf()");
    sql("postgres", "create database shop");
    sql(
        "shop",
        "create table orders (id bigint generated always as identity primary key, note text)"
            + SLOW,
        "create function quiet() returns trigger language plpgsql as 'begin return new; end'",
        "create trigger quiet before insert or update on orders for each row execute function quiet()",
        "insert into orders (note) select repeat('x', 300) from generate_series(1, 20000)");
    platform = new Going.Kept(server.url("shop")).in(dir);
  }

  @AfterEach
  void close() throws Exception {
    server.close();
  }

  @Test
  void it_gives_way_to_the_last_round_and_the_switch() throws Exception {
    goesBackThroughACleaning();
  }

  @Test
  void it_gives_way_to_an_owner_who_is_no_superuser() throws Exception {
    sql("postgres", "create role keeper login createdb", "alter database shop owner to keeper");
    sql(
        "shop",
        "alter schema public owner to keeper",
        "alter table orders owner to keeper",
        "alter function quiet() owner to keeper");
    platform = new Going.Kept(server.url("shop").replace("user=postgres", "user=keeper")).in(dir);

    goesBackThroughACleaning();
  }

  private void goesBackThroughACleaning() throws Exception {
    String kept = damaged();
    Inventory inventory = platform.inventory();
    List<Act> acts =
        Going.acts(
            platform
                .methods(inventory.live().orElseThrow(), inventory.find(kept).orElseThrow())
                .getFirst());
    cleaning();

    for (Act act : acts) {
      sql("shop", "insert into orders (note) values ('of a user')");
      assertThat(cleaned()).as("autovacuum before " + act.says()).isTrue();
      Going.perform(platform, act);
    }

    assertThat(ask("shop", "select count(*) from orders where note = 'of a user'"))
        .isEqualTo(Integer.toString(acts.size()));
  }

  @Test
  void it_gives_way_when_single_tables_are_switched() throws Exception {
    String kept = damaged();
    Piece piece = Crm.piece(platform, kept, "orders");
    cleaning();

    Going.acts(piece.method()).forEach(a -> Going.perform(platform, a));

    assertThat(ask("shop", "select count(*) from pg_attribute where attname = 'flag'"))
        .isEqualTo("1"); // of the table that is kept
  }

  @Test
  void a_lock_for_a_moment_is_had_all_the_same() throws Exception {
    damaged();
    cleaning();

    try (Connection connection = DriverManager.getConnection(server.url("shop"))) {
      TableLocks.briefly(
          connection,
          "alter table orders drop column flag",
          Duration.ofMillis(100),
          System.nanoTime() + Duration.ofSeconds(60).toNanos());
    }

    assertThat(ask("shop", "select count(*) from pg_attribute where attname = 'flag'"))
        .isEqualTo("0");
  }

  @Test
  void a_table_of_somebody_else_that_is_cleaned_is_left_alone() throws Exception {
    damaged();
    sql(
        "shop",
        "create role clerk login",
        "create table own (id int)",
        "alter table own owner to clerk");
    cleaning();

    try (Connection connection =
        DriverManager.getConnection(server.url("shop").replace("user=postgres", "user=clerk"))) {
      TableLocks.briefly(connection, "drop table own", Duration.ofMillis(100), System.nanoTime());
    }

    assertThat(cleaned()).isTrue();
  }

  @Test
  void whoever_cleans_by_hand_is_named_and_nobody_waits_for_the_switch() throws Exception {
    String kept = damaged();
    Inventory inventory = platform.inventory();
    List<Act> acts =
        Going.acts(
            platform
                .methods(inventory.live().orElseThrow(), inventory.find(kept).orElseThrow())
                .getFirst());
    acts.subList(0, acts.size() - 1).forEach(a -> Going.perform(platform, a));

    try (Connection hand = DriverManager.getConnection(server.url("shop"));
        Statement statement = hand.createStatement()) {
      hand.setAutoCommit(false); // holds what VACUUM holds, for as long as the test wants
      statement.execute("lock table orders in share update exclusive mode");
      try (ResultSet pid = statement.executeQuery("select pg_backend_pid()")) {
        pid.next();
        long process = pid.getLong(1);

        assertThat(platform.act(acts.getLast(), "key"))
            .isInstanceOfSatisfying(
                Outcome.Refused.class,
                no ->
                    assertThat(no.reason())
                        .contains(
                            "is under way (postgres, process " + process + ", at public.orders)"));
      }
    }

    Going.perform(platform, acts.getLast());
  }

  private String damaged() throws Exception {
    String kept = platform.snapshot().kept().id();
    sql(
        "shop",
        "alter table orders add column flag text",
        "update orders set flag = 'y' where id % 2 = 0");
    return kept;
  }

  private void cleaning() throws Exception {
    sql("postgres", "alter system set autovacuum = on", "select pg_reload_conf()");
    Until.holds("autovacuum is at the table", this::cleaned);
  }

  private boolean cleaned() {
    try {
      return ask(
              "shop",
              "select count(*) from pg_stat_progress_vacuum where relid = 'orders'::regclass and phase = 'scanning heap'")
          .equals("1");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void sql(String database, String... all) throws SQLException {
    try (Connection connection = DriverManager.getConnection(server.url(database));
        Statement statement = connection.createStatement()) {
      for (String one : all) {
        statement.execute(one);
      }
    }
  }

  private String ask(String database, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(server.url(database));
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }
}
