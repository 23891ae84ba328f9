package dev.lastgood.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.CommandsHere;
import dev.lastgood.CrashingMain;
import dev.lastgood.store.PostgresFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Lastgood is killed with SIGKILL before and after each entry of its journal and in the middle of
/// each act of a database's rollback. Right then the database must be open, and be what it was or
/// what it should be; after `resume` it is what it should be, with the old one kept and nothing
/// left over.
@DisplayNameGeneration(ReplaceUnderscores.class)
class DatabaseCrashTest {
  private static final int DONE = 0;
  private static final int KILLED = 137;

  /// The last rows and the two renames take some 400 ms; a restore of so little about half a
  /// second.
  private static final Map<String, List<Integer>> MIDDLES =
      Map.of(
          "restore-beside", List.of(5, 150, 400),
          "verify-beside", List.of(5, 30),
          "carry-over", List.of(20, 200),
          "switch-database", List.of(2, 60, 200, 300, 400));

  @TempDir Path dir;
  private String url = "";
  private String name = "";
  private CommandsHere ada = new CommandsHere(Path.of("lastgood.yaml"), Map.of());

  @BeforeEach
  void open() throws Exception {
    url = PostgresFixture.url();
    name = url.replaceFirst(".*/", "").replaceFirst("\\?.*", "");
    Path config = dir.resolve("lastgood.yaml");
    Files.writeString(
        config,
        """
        system: shop
        state: state
        components:
          database: { platform: postgres, url: "${env:DATABASE_URL}" }
        """);
    ada = new CommandsHere(config, Map.of("DATABASE_URL", url)).as("ada");
    run("create table price (id int primary key, cents int not null)");
    run("insert into price select n, 1 from generate_series(1, 20000) n");
  }

  @Test
  void killed_in_the_middle_of_an_act() throws Exception {
    for (var middle : MIDDLES.entrySet()) {
      for (int millis : middle.getValue()) {
        killedAndResumed("during:" + middle.getKey() + ":" + millis);
      }
    }
  }

  @Test
  void killed_at_an_entry_of_the_journal() throws Exception {
    int n = 1;
    while (killedAndResumed((n % 2 == 0 ? "before:" : "after:") + n)) {
      n++;
    }
    assertThat(n).isGreaterThan(8);
  }

  @Test
  void killed_in_the_middle_of_an_undo() throws Exception {
    done("snapshot", "database");
    run("update price set cents = 0; insert into price values (-1, 7)");
    done("rollback", "--to", "database=snapshot-" + good(), "--yes", "--reason", "0");
    int written = 0;
    for (var middle :
        List.of(
            "carry-over:20",
            "carry-over:300",
            "switch-database:60",
            "switch-database:300",
            "switch-database:600")) {
      undone("during:" + middle, ++written);
    }
  }

  @Test
  @Tag("peers")
  void killed_at_an_entry_of_the_journal_of_an_undo() throws Exception {
    done("snapshot", "database");
    run("update price set cents = 0; insert into price values (-1, 7)");
    done("rollback", "--to", "database=snapshot-" + good(), "--yes", "--reason", "0");
    int n = 1;
    while (undone((n % 2 == 0 ? "before:" : "after:") + n, n)) {
      n++;
    }
    assertThat(n).isGreaterThan(6);
  }

  private static final Map<String, List<Integer>> OF_TABLES =
      Map.of(
          "bring-tables", List.of(20, 300),
          "carry-tables", List.of(100),
          "switch-tables", List.of(5, 200, 400));

  @Test
  void killed_in_the_middle_of_a_rollback_of_one_table() throws Exception {
    run(
        "create table sale (price int references price, note text); insert into sale values (1, 'a'), (7, 'b')");
    for (var middle : OF_TABLES.entrySet()) {
      for (int millis : middle.getValue()) {
        tableKilledAndResumed("during:" + middle.getKey() + ":" + millis);
      }
    }
  }

  @Test
  @Tag("peers")
  void killed_at_an_entry_of_the_journal_of_a_rollback_of_one_table() throws Exception {
    run(
        "create table sale (price int references price, note text); insert into sale values (1, 'a'), (7, 'b')");
    int n = 1;
    while (tableKilledAndResumed((n % 2 == 0 ? "before:" : "after:") + n)) {
      n++;
    }
    assertThat(n).isGreaterThan(8);
  }

  /// @return whether it was killed
  private boolean tableKilledAndResumed(String point) throws Exception {
    done("snapshot", "database");
    String good = good();
    run("update price set cents = 0; insert into price values (-5, 3)");

    int exit =
        lastgood(
            point,
            "rollback",
            "--to",
            "database=snapshot-" + good,
            "--tables",
            "price",
            "--yes",
            "--reason",
            "0");

    assertThat(exit).as(point).isIn(KILLED, DONE);
    assertThat(ask(name, "select sum(cents) from price")).as(point).isIn("3", "20003");
    if (exit == KILLED && !ada.type("show", "--json").text().contains("PROVEN")) {
      done("resume");
    }
    assertThat(ask(name, "select sum(cents) from price")).as(point).isEqualTo("20003");
    assertThat(
            ask(
                name,
                "select conname || convalidated from pg_constraint where contype = 'f' and confrelid = 'price'::regclass"))
        .as(point)
        .isEqualTo("sale_price_fkeytrue");
    assertThat(
            ask(
                name,
                "select nspname from pg_namespace where nspname ~ '^_lastgood_(tables|noting|parting_)'"))
        .as("%s: nothing is left over", point)
        .isEmpty();
    assertThat(
            ask(
                "postgres",
                "select datname from pg_database where datname like '%s\\_%%'".formatted(name)))
        .as("%s: nothing is left over", point)
        .isEmpty();
    String kept = ask(name, "select nspname from pg_namespace where nspname ~ '^_lastgood_kept_'");
    assertThat(kept).as(point).isNotEmpty().doesNotContain("\n");
    run("drop schema " + kept + " cascade; delete from price where id = -5");
    return exit == KILLED;
  }

  /// Back and forth: each time users wrote a row, changed one and deleted one before.
  ///
  /// @return whether it was killed
  private boolean undone(String point, int nth) throws Exception {
    run(
        "insert into price values (%1$d, 5); update price set cents = 3 where id = %2$d; delete from price where id = %3$d"
            .formatted(100_000 + nth, nth, 1_000 + nth));
    String users =
        "select string_agg(id || ':' || cents, ' ' order by id) from price where id < %d or id >= 100000";
    String before = ask(name, users.formatted(nth + 1));
    String other =
        ask(name, "select count(*) from price where id between 10000 and 20000 and cents = 0");

    int exit = lastgood(point, "undo", "--yes", "--reason", "and back");

    assertThat(exit).as(point).isIn(KILLED, DONE);
    assertThat(ask(name, users.formatted(nth + 1)).replace("-1:7 ", ""))
        .as(point)
        .isEqualTo(before.replace("-1:7 ", ""));
    if (exit == KILLED && !ada.type("show", "--json").text().contains("PROVEN")) {
      done("resume");
    }
    assertThat(ask(name, users.formatted(nth + 1)).replace("-1:7 ", ""))
        .as(point)
        .isEqualTo(before.replace("-1:7 ", ""));
    assertThat(ask(name, "select count(*) from price where id = %d".formatted(1_000 + nth)))
        .as(point)
        .isEqualTo("0");
    assertThat(
            ask(name, "select count(*) from price where id between 10000 and 20000 and cents = 0"))
        .as("%s: it is the other one", point)
        .isNotEqualTo(other);
    assertThat(
            ask(
                "postgres",
                "select string_agg(datallowconn::text, ' ') from pg_database where datname like '%s\\_%%'"
                    .formatted(name)))
        .as("%s: one is kept, and closed", point)
        .isEqualTo("false");
    return exit == KILLED;
  }

  /// The id of the newest snapshot, without its first word.
  private String good() throws SQLException {
    return ask(
        "postgres",
        "select substring(shobj_description(oid, 'pg_database') from 'release=after-([0-9-]+)')"
            + " from pg_database where datname = '%s'".formatted(name));
  }

  /// @return whether it was killed
  private boolean killedAndResumed(String point) throws Exception {
    done("snapshot", "database");
    String good = good();
    run("update price set cents = 0");

    int exit =
        lastgood(point, "rollback", "--to", "database=snapshot-" + good, "--yes", "--reason", "0");

    assertThat(exit).as(point).isIn(KILLED, DONE);
    assertThat(ask(name, "select sum(cents) from price")).as(point).isIn("0", "20000");
    if (exit == KILLED && !ada.type("show", "--json").text().contains("PROVEN")) {
      done("resume");
    }
    assertThat(ask(name, "select sum(cents) from price")).as(point).isEqualTo("20000");
    List<String> kept =
        ask(
                "postgres",
                "select datname from pg_database where datname like '%s\\_%%'".formatted(name))
            .lines()
            .toList();
    assertThat(kept).as(point).singleElement().asString().startsWith(name + "_before_rollback_");
    try (Connection connection = DriverManager.getConnection(of("postgres"));
        Statement statement = connection.createStatement()) {
      statement.execute("drop database " + kept.getFirst());
    }
    return exit == KILLED;
  }

  private void done(String... words) {
    var said = ada.type(words);
    assertThat(said.exit()).as(said.text()).isEqualTo(DONE);
  }

  private int lastgood(String point, String... words) throws IOException, InterruptedException {
    List<String> argv =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                CrashingMain.class.getName(),
                point));
    argv.addAll(List.of(words));
    var builder = new ProcessBuilder(argv).directory(dir.toFile()).redirectErrorStream(true);
    Path out = dir.resolve("out.txt");
    builder.redirectOutput(out.toFile()).environment().put("DATABASE_URL", url);
    builder.environment().put("SUDO_USER", "ada");
    Process process = builder.start();
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("did not end: " + Files.readString(out));
    }
    int exit = process.exitValue();
    if (exit != DONE && exit != KILLED) {
      throw new IOException(point + " ended with " + exit + ": " + Files.readString(out));
    }
    return exit;
  }

  private void run(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private String ask(String database, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(of(database));
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      var all = new ArrayList<String>();
      while (rows.next()) {
        all.add(rows.getString(1));
      }
      return String.join("\n", all);
    }
  }

  private String of(String database) {
    return url.replace("/" + name + "?", "/" + database + "?");
  }
}
