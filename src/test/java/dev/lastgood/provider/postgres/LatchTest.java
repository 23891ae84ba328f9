package dev.lastgood.provider.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Secret;
import dev.lastgood.provider.local.Until;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Writers wait, and never for longer than they may.
@DisplayNameGeneration(ReplaceUnderscores.class)
class LatchTest {
  private static final String WRITE = "insert into customer (name) values ('Dee')";

  @TempDir Path dir;
  private Shop shop;
  private Server server;
  private Standing live;

  @BeforeEach
  void open() throws Exception {
    shop = new Shop(dir.resolve("shop"));
    server = new Server(new Secret("${env:DATABASE_URL}", () -> shop.url), "postgres");
    try (Session session = server.maintenance()) {
      live = Standing.named(session, shop.name).orElseThrow();
    }
  }

  @AfterEach
  void close() throws Exception {
    shop.close();
  }

  @Test
  void readers_go_on_and_writers_wait_until_it_is_closed() throws Exception {
    try (Latch latch = Latch.ready(server, live, Duration.ofSeconds(60))) {
      assertThat(latch.alone()).isEmpty();
      assertThat(latch.shut(Duration.ofSeconds(60))).isTrue();

      assertThat(shop.ask(shop.name, "select count(*) from customer")).isEqualTo("3");
      assertThatThrownBy(() -> shop.sql("set lock_timeout = '100ms'; " + WRITE))
          .hasMessageContaining("lock timeout");
    }
    shop.sql(WRITE);
  }

  @Test
  void writers_go_on_when_the_time_is_over_and_the_exchange_is_not_begun() throws Exception {
    try (Latch latch = Latch.ready(server, live, Duration.ofSeconds(10))) {
      assertThat(latch.alone()).isEmpty();
      assertThat(latch.shut(Duration.ofMillis(400))).isTrue();

      shop.sql(WRITE); // waits until the latch lets go by itself

      assertThat(latch.take()).isFalse();
      assertThat(shop.ask(shop.name, "select count(*) from customer")).isEqualTo("4");
    }
  }

  @Test
  void it_is_not_shut_while_a_transaction_of_a_user_holds_a_table() throws Exception {
    try (Connection user = DriverManager.getConnection(shop.url);
        Statement statement = user.createStatement();
        Latch latch = Latch.ready(server, live, Duration.ofSeconds(10))) {
      user.setAutoCommit(false);
      statement.execute(WRITE);

      assertThat(latch.alone()).isEmpty();
      assertThat(latch.shut(Duration.ofMillis(400))).isFalse();
      assertThat(latch.holder())
          .containsPattern("public\\.[^ ]+ by process [0-9]+ \\(.+ as postgres, since 20");

      user.commit();
      assertThat(latch.shut(Duration.ofSeconds(20))).isTrue();
    }
  }

  @Test
  void an_owner_who_may_not_see_who_was_first_is_told_everybody_it_may_be() throws Exception {
    String owner = shop.name + "_owner";
    shop.ownedBy(owner);
    try (Connection reader = DriverManager.getConnection(shop.url);
        Connection writer = DriverManager.getConnection(shop.url);
        Statement reads = reader.createStatement();
        Statement writes = writer.createStatement();
        Latch latch =
            Latch.ready(
                new Server(
                    new Secret(
                        "${env:DATABASE_URL}",
                        () -> shop.url.replace("user=postgres", "user=" + owner)),
                    "postgres"),
                live,
                Duration.ofSeconds(10))) {
      reader.setAutoCommit(false);
      writer.setAutoCommit(false);
      reads.execute("select from \"Order Lines\" for update");
      writes.execute(WRITE);

      assertThat(latch.alone()).isEmpty();
      assertThat(latch.shut(Duration.ofMillis(400))).isFalse();

      String process = " by process [0-9]+ \\(.+ as postgres, since when this role may not see\\)";
      assertThat(latch.holder())
          .containsPattern("public\\.\"Order Lines\"" + process)
          .containsPattern("public\\.customer" + process)
          .contains(" or ");
    } finally {
      shop.close();
      shop.run("postgres", "drop role \"" + owner + "\"");
    }
  }

  @Test
  void a_prepared_transaction_that_is_in_the_way_is_named() throws Exception {
    String gid = "left by " + shop.name;
    shop.sql("begin; " + WRITE + "; prepare transaction '" + gid + "'");
    try (Latch latch = Latch.ready(server, live, Duration.ofSeconds(10))) {
      assertThat(latch.alone()).isEmpty();
      assertThat(latch.shut(Duration.ofMillis(400))).isFalse();
      assertThat(latch.holder()).contains(" by the prepared transaction " + gid + ", since 20");
    } finally {
      shop.sql("rollback prepared '" + gid + "'");
    }
  }

  @Test
  void whoever_waits_for_it_is_let_go_on_and_not_waited_for() throws Exception {
    try (Connection user = DriverManager.getConnection(shop.url);
        Statement statement = user.createStatement();
        var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      user.setAutoCommit(false);
      statement.execute(WRITE);
      Future<?> emptied;
      try (Latch latch = Latch.ready(server, live, Duration.ofSeconds(60))) {
        assertThat(latch.alone()).isEmpty();
        emptied = tasks.submit(() -> statement.execute("truncate \"Order Lines\""));
        Until.holds(
            "the user waits for the latch",
            () -> !gone("select count(*) from pg_locks where not granted"));

        assertThat(latch.shut(Duration.ofSeconds(60))).isFalse();
      }
      emptied.get();
      user.commit();
    }
  }

  @Test
  void who_lost_it_learns_it_before_the_exchange() throws Exception {
    try (Latch latch = Latch.ready(server, live, Duration.ofSeconds(60))) {
      assertThat(latch.alone()).isEmpty();
      assertThat(latch.shut(Duration.ofSeconds(60))).isTrue();
      shop.run("postgres", "select pg_terminate_backend(" + latch.pid() + ")");
      Until.holds(
          "its session has ended",
          () -> gone("select count(*) from pg_stat_activity where pid = " + latch.pid()));

      assertThat(latch.take()).isTrue();
      assertThatThrownBy(latch::leave).isInstanceOf(SQLException.class);
    }
  }

  private boolean gone(String sql) {
    try {
      return shop.ask("postgres", sql).equals("0");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
