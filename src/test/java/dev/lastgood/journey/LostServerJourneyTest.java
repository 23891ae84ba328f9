package dev.lastgood.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.CommandsHere;
import dev.lastgood.Watched;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.local.Until;
import dev.lastgood.store.OwnPostgres;
import dev.lastgood.store.PostgresFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The first process of the database's server is killed in the middle of an act, and comes back at
/// once, late, or not as long as the command runs. Whoever watches hears what it waits for, the
/// command ends with a choice, the live database is as it was, and the retry finishes.
@DisplayNameGeneration(ReplaceUnderscores.class)
class LostServerJourneyTest {
  private static final int DONE = 0;
  private static final int UNKNOWN = 5;

  /// What a step says of itself when it takes long.
  private static final String NOT_SILENT = ": at it for ";

  enum In {
    RESTORE("restore-beside"),
    VERIFY("verify-beside"),
    CARRY("carry-over"),
    EXCHANGE("switch-database");

    private final String verb;

    In(String verb) {
      this.verb = verb;
    }
  }

  @TempDir Path dir;
  private OwnPostgres server;
  private CommandsHere ada;
  private String snapshot = "";
  private final List<Connection> others = new ArrayList<>();

  @BeforeEach
  void open() throws Exception {
    PostgresFixture.url(); // says so where there is no PostgreSQL
    server = new OwnPostgres(OwnPostgres.newest());
    run("postgres", "create database shop");
    Path config = dir.resolve("lastgood.yaml");
    Files.writeString(
        config,
        """
        system: shop
        state: state
        components:
          database: { platform: postgres, url: "${env:DATABASE_URL}", programs: %s }
        """
            .formatted(OwnPostgres.newest()));
    ada = new CommandsHere(config, Map.of("DATABASE_URL", server.url("shop"))).as("ada");
    run("shop", "create table price (id int primary key, cents int not null)");
    run("shop", "insert into price select n, 1 from generate_series(1, 60000) n");
    var taken = ada.type("snapshot", "database");
    assertThat(taken.exit()).as(taken.text()).isEqualTo(DONE);
    snapshot = taken.text().replaceFirst("(?s).*(snapshot-[0-9-]+).*", "$1");
    run("shop", "update price set cents = 0; insert into price values (-1, 7)");
  }

  @AfterEach
  void close() throws Exception {
    for (Connection other : others) {
      other.close();
    }
    server.close();
  }

  @ParameterizedTest
  @EnumSource(In.class)
  void a_server_that_is_back_at_once_is_not_waited_for(In in) throws Exception {
    Watched rollback = begun(in, act -> act);
    server.kill();
    server.restart();
    Until.holds("it ends", Until.MINUTES, rollback::ended);

    asksAndLetsNothingHappen(rollback);
    finishes();
  }

  @ParameterizedTest
  @EnumSource(In.class)
  @Tag("peers") // it takes its time
  void a_server_that_comes_back_late_is_waited_for_in_words(In in) throws Exception {
    Watched rollback = begun(in, act -> act);
    server.kill();
    Until.holds(
        "it ends, or says what it waits for",
        Until.MINUTES,
        () -> rollback.ended() || rollback.text().contains(NOT_SILENT));
    server.restart();
    Until.holds("it ends", Until.MINUTES, rollback::ended);

    asksAndLetsNothingHappen(rollback);
    finishes();
  }

  @ParameterizedTest
  @EnumSource(In.class)
  @Tag("peers") // it takes its time
  void a_server_that_stays_away_is_given_up_in_time(In in) throws Exception {
    Watched rollback =
        begun(in, act -> act.verb().equals(in.verb) ? within(Duration.ofSeconds(12), act) : act);
    server.kill();
    Until.holds("it ends", Until.MINUTES, rollback::ended);
    server.restart();

    assertThat(rollback.text())
        .as("why, in the words of the last look")
        .containsAnyOf("refused", "terminat", "I/O error");
    asksAndLetsNothingHappen(rollback);
    finishes();
  }

  private static Act within(Duration deadline, Act act) {
    return new Act(
        act.component(),
        act.verb(),
        act.with(),
        act.says(),
        act.byHand(),
        act.expected(),
        deadline,
        act.downtime());
  }

  /// A rollback that is in the middle of an act.
  private Watched begun(In in, UnaryOperator<Act> planned) throws Exception {
    var reached = new CountDownLatch(1);
    Watched rollback =
        Watched.begin(
            ada,
            planned,
            act -> {
              if (act.verb().equals(in.verb)) {
                inTheWay(in);
                reached.countDown();
              }
            },
            "rollback",
            "--to",
            "database=" + snapshot,
            "--yes",
            "--reason",
            "the prices are gone");
    Until.holds(
        "it begins with " + in, Until.MINUTES, () -> reached.getCount() == 0 || rollback.ended());
    assertThat(rollback.ended()).as(rollback.text()).isFalse();
    Until.holds("it is in the middle of " + in, Until.MINUTES, () -> inTheMiddle(in));
    return rollback;
  }

  /// Somebody who makes the act wait.
  private void inTheWay(In in) {
    switch (in) {
      case RESTORE -> {}
      case VERIFY -> hold(beside(), "lock table price in access exclusive mode");
      case CARRY -> hold("shop", "lock table price in access exclusive mode");
      case EXCHANGE -> hold("postgres", "comment on database \"%s\" is 'wait'".formatted(beside()));
    }
  }

  private void hold(String database, String sql) {
    try {
      Connection other = DriverManager.getConnection(server.url(database));
      others.add(other);
      other.setAutoCommit(false);
      try (Statement statement = other.createStatement()) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  private boolean inTheMiddle(In in) {
    String lock =
        "select exists (select from pg_locks l join pg_stat_activity a using (pid) where not granted"
            + " and application_name like 'lastgood%%' and mode = '%s')";
    return ask(
            "postgres",
            switch (in) {
              case RESTORE ->
                  "select exists (select from pg_database where shobj_description(oid,"
                      + " 'pg_database') like '%state=RESTORING%')";
              case VERIFY, CARRY -> lock.formatted("AccessShareLock");
              case EXCHANGE -> lock.formatted("AccessExclusiveLock");
            })
        .equals("t");
  }

  private String beside() {
    return ask(
        "postgres", "select datname from pg_database where datname like 'shop\\_restoring%'");
  }

  private void asksAndLetsNothingHappen(Watched rollback) {
    assertThat(rollback.exit()).as(rollback.text()).isEqualTo(UNKNOWN);
    assertThat(rollback.text()).contains("Choose: retry", "lastgood resume");
    assertThat(ask("shop", "select count(*) || ' ' || sum(cents) from price"))
        .as("the live database is as it was")
        .isEqualTo("60001 7");
  }

  private void finishes() throws IOException {
    var resumed = ada.type("resume", "--choose", "retry");
    assertThat(resumed.exit()).as(resumed.text()).isEqualTo(DONE);
    assertThat(ask("shop", "select count(*) || ' ' || sum(cents) from price"))
        .isEqualTo("60001 60007");
    assertThat(ask("postgres", "select count(*) from pg_database where datname like 'shop\\_%'"))
        .as("the old one is kept, and nothing is left over")
        .isEqualTo("1");
  }

  private void run(String database, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(server.url(database));
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private String ask(String database, String sql) {
    try (Connection connection = DriverManager.getConnection(server.url(database));
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return String.valueOf(row.getString(1));
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }
}
