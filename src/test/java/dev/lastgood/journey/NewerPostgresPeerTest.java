package dev.lastgood.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.CommandsHere;
import dev.lastgood.CommandsHere.Said;
import dev.lastgood.chaos.database.DatabaseChaos;
import dev.lastgood.database.TwoStates;
import dev.lastgood.provider.local.Until;
import dev.lastgood.provider.postgres.Writer;
import dev.lastgood.store.OwnPostgres;
import dev.lastgood.store.PeerPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The main journeys of a database on servers newer than Debian's, whose programs `bin/test
/// --peers` fetches.
@DisplayNameGeneration(ReplaceUnderscores.class)
@Tag("peers")
class NewerPostgresPeerTest {
  private static final int DONE = 0;
  private static final int ENVIRONMENT = 3;

  /// Root's own folders are closed to the user the server runs as.
  @TempDir static Path open;

  @TempDir Path dir;

  private static Path bin(int version) throws IOException, InterruptedException {
    return PeerPostgres.bin(open, version);
  }

  private CommandsHere ada(String url, Path programs) throws IOException {
    Path config = dir.resolve("lastgood.yaml");
    Files.writeString(
        config,
        """
        system: shop
        state: state
        components:
          database: { platform: postgres, url: "${env:DATABASE_URL}", programs: %s }
        """
            .formatted(programs));
    return new CommandsHere(config, Map.of("DATABASE_URL", url)).as("ada");
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 17, 18})
  void a_snapshot_a_rollback_under_a_writer_an_account_and_an_undo(int version) throws Exception {
    try (var server = new OwnPostgres(bin(version))) {
      String url = fresh(server);
      CommandsHere ada = ada(url, bin(version));
      try (var writer = new Writer(url, "entry")) {
        Until.holds("the application writes", () -> writer.count() > 20);
        String snapshot = done(ada.type("snapshot", "database")).text().split(" ", 3)[1];
        run(url, "update price set cents = 0; alter table price rename column cents to euros");
        int written = writer.count();
        Until.holds("users go on", () -> writer.count() > written + 20);

        Said account = ada.type("account", "database", "--to", snapshot);
        done(
            ada.type(
                "rollback", "--to", "database=" + snapshot, "--yes", "--reason", "prices are 0"));
        int then = writer.count();
        Until.holds("users go on afterwards", () -> writer.count() > then + 20);

        assertThat(account.exit()).as("rows would be left out").isEqualTo(4);
        assertThat(account.text()).contains("entry", "price: +0 ~1000 -0, fits 0");
        assertThat(rows(url, "select sum(cents) from price")).containsExactly("50050000");
        assertThat(new HashSet<>(ids(url))).containsAll(writer.confirmed().subList(0, then));
        done(ada.type("undo", "--yes", "--reason", "it was the price feed"));
        assertThat(rows(url, "select sum(euros) from price")).containsExactly("0");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 17, 18})
  void no_row_is_lost_when_lastgood_or_the_server_is_killed(int version) throws Exception {
    DatabaseChaos.Outcome outcome =
        DatabaseChaos.of(System.nanoTime() % 1_000_000_000, bin(version));

    assertThat(outcome.faults()).as(outcome.toString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 17, 18})
  void a_step_down_and_up_again(int version) throws Exception {
    try (var server = new OwnPostgres(bin(version))) {
      run(server.url("postgres"), "create database shop");
      var shop = new MigratedShop(dir, server.url("shop"), "tool: flyway, folder: db");
      shop.write("v1", "db/V1__init.sql", "create table customer (id int primary key, name text);");
      shop.copy("v1", "v2");
      shop.write(
          "v2",
          "db/V2__more.sql",
          "alter table customer rename name to full_name;\nalter table customer add nick text;\n"
              + "create table tag (id int generated always as identity primary key, word text);");
      shop.write(
          "v2",
          "db/U2__more.sql",
          "drop table tag; alter table customer drop column nick; alter table customer rename full_name to name;");
      Flyway older = flyway(shop, "v1");
      Flyway newer = flyway(shop, "v2");
      older.migrate();
      shop.good("v1");
      newer.migrate();
      shop.live("v2");
      shop.sql(
          "insert into customer values (1, 'Ann', 'Annie'); insert into tag (word) values ('a')");

      shop.done("rollback", "backend", "--yes");

      older.validate();
      assertThat(newer.info().pending()).hasSize(1);
      assertThat(shop.ask("select name from customer")).isEqualTo("Ann");
      shop.done("undo", "--yes");
      newer.validate();
      assertThat(newer.info().pending()).isEmpty();
      assertThat(shop.ask("select full_name || nick || word from customer, tag"))
          .isEqualTo("AnnAnniea");
    }
  }

  private static Flyway flyway(MigratedShop shop, String release) {
    return Flyway.configure()
        .dataSource(shop.jdbcUrl(), "postgres", "")
        .locations("filesystem:" + shop.release(release).resolve("db"))
        .load();
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 17, 18})
  void programs_older_than_the_server_are_named_and_nothing_is_kept(int version) throws Exception {
    try (var server = new OwnPostgres(bin(version))) {
      Path older = OwnPostgres.newest();
      Assumptions.assumeTrue(
          Integer.parseInt(older.getName(3).toString()) < version, "Debian's is as new");
      String url = fresh(server);

      Said said = ada(url, older).type("snapshot", "database");

      assertThat(said.exit()).as(said.text()).isEqualTo(ENVIRONMENT);
      assertThat(said.text())
          .contains("nothing was kept")
          .contains("server version: " + version)
          .contains("programs");
      try (Stream<Path> kept = Files.walk(dir)) {
        assertThat(kept.filter(p -> p.endsWith("manifest.json"))).isEmpty();
      }
    }
  }

  private static String fresh(OwnPostgres server) {
    run(server.url("postgres"), "create database shop");
    String url = server.url("shop");
    run(
        url,
        "create table entry (id bigint generated always as identity primary key, body text);"
            + " create table price (id int primary key, cents int not null);"
            + " insert into price select n, n * 100 from generate_series(1, 1000) n");
    return url;
  }

  private static Said done(Said said) {
    assertThat(said.exit()).as(said.text()).isEqualTo(DONE);
    return said;
  }

  private static List<Long> ids(String url) {
    return rows(url, "select id from entry").stream().map(Long::parseLong).toList();
  }

  private static void run(String url, String sql) {
    TwoStates.run(url, sql);
  }

  private static List<String> rows(String url, String sql) {
    return TwoStates.rows(url, sql);
  }
}
