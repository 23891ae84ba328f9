package dev.lastgood.provider.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.local.Until;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real PgBouncer before the database, and applications behind it or with a pool of their own.
@DisplayNameGeneration(ReplaceUnderscores.class)
class PgBouncerTest {
  private static final Duration WAIT = Duration.ofSeconds(20);

  @TempDir Path dir;
  private Shop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Shop(dir.resolve("shop"));
    shop.sql("create table entry (id bigint generated always as identity primary key, body text)");
    shop.platform().snapshot();
  }

  @AfterEach
  void close() throws Exception {
    shop.close();
  }

  @Test
  void no_request_through_it_fails_and_no_row_is_missing_after_the_switch() throws Exception {
    try (var bouncer = PgBouncerHere.before(shop.url, "transaction");
        var users = new Users(() -> DriverManager.getConnection(bouncer.url()))) {
      PostgresPlatform platform = shop.platform(WAIT, Optional.of(bouncer.admin()));
      List<Act> acts = acts(platform);
      allButTheLast(platform, acts);
      users.goOn();

      Outcome outcome = platform.act(acts.getLast(), "key");

      assertThat(outcome.toString()).startsWith("Done").contains("PgBouncer held its clients for");
      users.goOn();
      users.stop();
      assertThat(users.failed.get()).as("failed requests: %s", users.why).isZero();
      assertThat(shop.ask(shop.name, "select count(*) from entry"))
          .isEqualTo(String.valueOf(users.written.get()));
      assertThat(platform.look(acts.getLast())).isInstanceOf(Sight.Holds.class);
      assertThat(dir.resolve("shop/paused-database")).doesNotExist();
    }
  }

  @Test
  void a_switch_that_is_refused_lets_its_clients_go_on() throws Exception {
    try (var bouncer = PgBouncerHere.before(shop.url, "transaction");
        Connection client = DriverManager.getConnection(bouncer.url());
        Statement statement = client.createStatement()) {
      PostgresPlatform platform =
          shop.platform(Duration.ofMillis(900), Optional.of(bouncer.admin()));
      List<Act> acts = acts(platform);
      allButTheLast(platform, acts);
      client.setAutoCommit(false);
      statement.execute("insert into entry (body) values ('half')");

      Outcome outcome = platform.act(acts.getLast(), "key");

      assertThat(outcome.toString())
          .startsWith("Refused")
          .contains("could not hold its clients", "as it was and open");
      client.commit();
      try (Connection other = DriverManager.getConnection(bouncer.url());
          Statement asks = other.createStatement()) {
        asks.execute("select count(*) from entry");
      }
      assertThat(shop.ask(shop.name, "select count(*) from entry")).isEqualTo("1");
    }
  }

  @Test
  void a_pause_that_was_left_by_a_dead_run_is_ended_by_the_next_one() throws Exception {
    try (var bouncer = PgBouncerHere.before(shop.url, "transaction")) {
      PostgresPlatform platform = shop.platform(WAIT, Optional.of(bouncer.admin()));
      List<Act> acts = acts(platform);
      allButTheLast(platform, acts);
      assertThat(platform.act(acts.getLast(), "key")).isInstanceOf(Outcome.Done.class);
      // as it is when the machine dies after the exchange
      Files.writeString(dir.resolve("shop/paused-database"), shop.name + "\n");
      console(bouncer, "PAUSE " + shop.name);

      assertThat(platform.look(acts.getLast()))
          .isInstanceOf(Sight.Failed.class)
          .asString()
          .contains("PgBouncer still holds its clients");
      assertThat(platform.act(acts.getLast(), "key")).isInstanceOf(Outcome.Done.class);

      assertThat(platform.look(acts.getLast())).isInstanceOf(Sight.Holds.class);
      try (Connection client = DriverManager.getConnection(bouncer.url());
          Statement statement = client.createStatement()) {
        statement.execute("select 1");
      }
    }
  }

  @Test
  void the_pause_ends_with_the_process_that_asked_for_it() throws Exception {
    try (var bouncer = PgBouncerHere.before(shop.url, "transaction")) {
      var here =
          new Bouncer(
              new Secret("${env:PGBOUNCER_URL}", bouncer::admin),
              dir.resolve("paused"),
              new Programs(Optional.empty()));
      List<Bouncer.Pool> pools = here.pools(PostgresUrl.parse(shop.url, "url"));
      Bouncer.Pause pause = here.ready(pools);
      pause.begin(WAIT);
      assertThat(here.left()).isTrue();

      pause.abandon();

      Until.holds("the pool is resumed", () -> !unchecked(here));
    }
  }

  @Test
  void clients_go_on_when_the_attempt_never_ends() throws Exception {
    try (var bouncer = PgBouncerHere.before(shop.url, "transaction")) {
      var here =
          new Bouncer(
              new Secret("${env:PGBOUNCER_URL}", bouncer::admin),
              dir.resolve("paused"),
              new Programs(Optional.empty()));
      var live = new Standing(1, shop.name, "", true, 0);
      var went = new AtomicBoolean();

      Optional<Outcome> outcome =
          new Holding(Optional.of(here), Duration.ofMillis(200))
              .during(
                  live,
                  PostgresUrl.parse(shop.url, "url"),
                  _ -> {
                    try (Connection client = DriverManager.getConnection(bouncer.url());
                        Statement statement = client.createStatement()) {
                      went.set(statement.execute("select 1"));
                    }
                    return Optional.of(new Outcome.Done("over"));
                  });

      assertThat(went).isTrue();
      assertThat(String.valueOf(outcome)).contains("over", "was told to reconnect");
      assertThat(here.left()).isFalse();
    }
  }

  @Test
  void a_pool_by_session_is_told_to_reconnect() throws Exception {
    try (var bouncer = PgBouncerHere.before(shop.url, "session")) {
      PostgresPlatform platform = shop.platform(WAIT, Optional.of(bouncer.admin()));
      var inventory = platform.inventory();
      var method =
          platform
              .methods(
                  inventory.live().orElseThrow(), inventory.find(newest(platform)).orElseThrow())
              .getFirst();
      assertThat(method.costs().toString()).contains("pools by session");
      List<Act> acts = acts(platform);
      allButTheLast(platform, acts);

      assertThat(platform.act(acts.getLast(), "key").toString())
          .startsWith("Done")
          .contains("told to reconnect");
    }
  }

  @Test
  void a_console_without_a_pool_of_the_database_stops_the_plan() throws Exception {
    try (Shop other = new Shop(dir.resolve("other"));
        var bouncer = PgBouncerHere.before(other.url, "transaction")) {
      PostgresPlatform platform = shop.platform(WAIT, Optional.of(bouncer.admin()));

      assertThatThrownBy(() -> acts(platform)).hasMessageContaining("has no pool of");
    }
  }

  @Test
  void a_pool_of_hikari_connects_again() throws Exception {
    var config = new HikariConfig();
    config.setJdbcUrl(shop.url);
    config.setMaximumPoolSize(3);
    config.setConnectionTimeout(20_000);
    try (var pool = new HikariDataSource(config);
        var users = new Users(pool::getConnection)) {
      PostgresPlatform platform = shop.platform(WAIT, Optional.empty());
      List<Act> acts = acts(platform);
      allButTheLast(platform, acts);
      users.goOn();

      assertThat(platform.act(acts.getLast(), "key")).isInstanceOf(Outcome.Done.class);

      users.goOn();
      users.stop();
      // a request in flight loses its connection; the pool makes new ones by itself
      assertThat(users.failed.get()).isLessThan(10);
      assertThat(Long.parseLong(shop.ask(shop.name, "select count(*) from entry")))
          .isGreaterThanOrEqualTo(users.written.get());
    }
  }

  // ---- helpers

  private static boolean unchecked(Bouncer bouncer) {
    try {
      return bouncer.left();
    } catch (dev.lastgood.provider.PlatformUnreachable e) {
      throw new IllegalStateException(e);
    }
  }

  private static void console(PgBouncerHere bouncer, String command) throws Exception {
    var end =
        new Programs(Optional.empty())
            .run(
                WAIT,
                java.util.Map.of(),
                "psql",
                "--no-psqlrc",
                "--command=" + command,
                "--dbname=" + bouncer.admin());
    assertThat(end.output()).contains("PAUSE");
  }

  private String newest(PostgresPlatform platform) throws Exception {
    return platform.inventory().releases().stream()
        .map(r -> r.id())
        .filter(id -> id.startsWith("snapshot-"))
        .max(String::compareTo)
        .orElseThrow();
  }

  private List<Act> acts(PostgresPlatform platform) throws Exception {
    var inventory = platform.inventory();
    return platform
        .methods(inventory.live().orElseThrow(), inventory.find(newest(platform)).orElseThrow())
        .getFirst()
        .legs()
        .stream()
        .map(Act.class::cast)
        .toList();
  }

  private static void allButTheLast(PostgresPlatform platform, List<Act> acts) {
    for (Act act : acts.subList(0, acts.size() - 1)) {
      assertThat(platform.act(act, "key")).as(act.says()).isInstanceOf(Outcome.Done.class);
    }
  }

  /// Three of them write all the time; one that fails is counted, and goes on.
  private static final class Users implements AutoCloseable {
    interface Door {
      Connection open() throws SQLException;
    }

    final AtomicInteger written = new AtomicInteger();
    final AtomicInteger failed = new AtomicInteger();
    final AtomicReference<String> why = new AtomicReference<>("");
    private final List<Thread> threads;
    private volatile boolean over;

    Users(Door door) {
      threads =
          java.util.stream.IntStream.range(0, 3)
              .mapToObj(_ -> Thread.ofPlatform().daemon().start(() -> work(door)))
              .toList();
    }

    private void work(Door door) {
      while (!over) {
        try (Connection connection = door.open();
            Statement statement = connection.createStatement()) {
          statement.execute("insert into public.entry (body) values ('x')");
          written.incrementAndGet();
          Thread.sleep(5);
        } catch (SQLException e) {
          failed.incrementAndGet();
          why.set(String.valueOf(e));
        } catch (InterruptedException e) {
          return;
        }
      }
    }

    void goOn() {
      int before = written.get();
      Until.holds("users go on", () -> written.get() > before + 10);
    }

    void stop() {
      over = true;
      try {
        for (Thread thread : threads) {
          thread.join(30_000);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() {
      stop();
    }
  }
}
