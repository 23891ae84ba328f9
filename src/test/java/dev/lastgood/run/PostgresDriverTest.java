package dev.lastgood.run;

import static dev.lastgood.run.Steps.plan;
import static dev.lastgood.run.Steps.step;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.provider.Outcome;
import dev.lastgood.run.Driver.Stop;
import dev.lastgood.run.RunEvent.RunResult;
import dev.lastgood.store.Database;
import dev.lastgood.store.PostgresFixture;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PostgresDriverTest implements DriverContract {
  private Database database;

  @BeforeEach
  void open() {
    database = Database.open(PostgresFixture.url());
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Override
  public Database database() {
    return database;
  }

  @Override
  public boolean shared() {
    return true;
  }

  @Test
  void a_run_that_another_node_is_driving_is_left_to_it() throws Exception {
    RunId run = run(plan("shop", step("a")));
    var acting = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    var world = new World();
    world.does(
        "a",
        () -> {
          acting.countDown();
          DriverContract.await(goOn);
          world.makeHold("a");
          return new Outcome.Done("did a");
        });
    try (var threads = Executors.newVirtualThreadPerTaskExecutor();
        Driver one = driver("node-1", world);
        Driver two = driver("node-2", new World())) {
      one.start();
      two.start();
      Future<Stop> first = threads.submit(() -> one.drive(run, _ -> {}, Duration.ZERO));
      DriverContract.await(acting);

      assertThat(two.drive(run, _ -> {}, Duration.ZERO)).isEqualTo(new Stop.Elsewhere("node-1"));

      goOn.countDown();
      assertThat(first.get()).isEqualTo(new Stop.Over());
    }
    assertThat(result(run)).isEqualTo(RunResult.PROVEN);
  }

  @Test
  void a_run_of_a_dead_node_is_taken_over() throws Exception {
    RunId run = killedIn("a", plan("shop", step("a")));
    // dead: picked, and no heartbeat since
    pick(run, "node-1");
    database.plainly(
        sql -> sql.update("update scheduled_tasks set last_heartbeat = clock_timestamp()"));
    try (Driver driver = driver("node-2", new World())) {
      driver.start();
      assertThat(driver.drive(run, _ -> {}, Duration.ZERO)).isEqualTo(new Stop.Over());
    }
    assertThat(result(run)).isEqualTo(RunResult.PROVEN);
    assertThat(journal().verify(run)).isEmpty();
  }
}
