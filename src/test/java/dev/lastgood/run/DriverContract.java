package dev.lastgood.run;

import static dev.lastgood.run.Steps.ADA;
import static dev.lastgood.run.Steps.optional;
import static dev.lastgood.run.Steps.plan;
import static dev.lastgood.run.Steps.step;
import static dev.lastgood.run.Steps.verify;
import static dev.lastgood.run.Steps.watch;
import static dev.lastgood.run.Steps.way;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.model.Scope;
import dev.lastgood.plan.Plan;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Sight;
import dev.lastgood.run.Driver.Pace;
import dev.lastgood.run.Driver.Stop;
import dev.lastgood.run.Journal.Claim;
import dev.lastgood.run.Journal.Entry;
import dev.lastgood.run.RunEvent.Approved;
import dev.lastgood.run.RunEvent.Asked;
import dev.lastgood.run.RunEvent.Began;
import dev.lastgood.run.RunEvent.Choice;
import dev.lastgood.run.RunEvent.Chosen;
import dev.lastgood.run.RunEvent.Ended;
import dev.lastgood.run.RunEvent.Finished;
import dev.lastgood.run.RunEvent.Intended;
import dev.lastgood.run.RunEvent.Noted;
import dev.lastgood.run.RunEvent.Result;
import dev.lastgood.run.RunEvent.RunResult;
import dev.lastgood.run.RunEvent.Sampled;
import dev.lastgood.run.RunEvent.StopAsked;
import dev.lastgood.store.Database;
import dev.lastgood.store.SqlJournal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// What driving a run means, with a real scheduler on every database.
interface DriverContract {
  /// Nothing takes so long here; it only ends a test that would never end.
  Duration FOR_EVER = Duration.ofSeconds(60);

  Gate AS_MANY_AS_PROPOSED =
      (proposed, at, approved, _) ->
          approved.size() >= proposed.approvals()
              ? new Gate.Answer.Open("enough")
              : new Gate.Answer.Shut("a yes", at.plus(Duration.ofMinutes(30)));

  /// Empty, and the same one during a test.
  Database database();

  boolean shared();

  default Journal journal() {
    return new SqlJournal(database(), new Random(7));
  }

  default Pace pace(String node) {
    return new Pace(node, shared(), Duration.ofSeconds(1), Duration.ofMillis(100), 4);
  }

  default Driver driver(String node, Worker worker) {
    return driver(node, worker, journal(), InstantSource.system());
  }

  default Driver driver(String node, Worker worker, Journal journal, InstantSource clock) {
    return new Driver(
        database().dataSource(), journal, _ -> worker, AS_MANY_AS_PROPOSED, clock, pace(node));
  }

  default RunId run(Plan plan) {
    return run(plan, 0);
  }

  default RunId run(Plan plan, int approvals) {
    try {
      return journal().create(plan, Steps.proposed(plan, approvals), Instant.now());
    } catch (Journal.SystemBusy e) {
      throw new AssertionError(e);
    }
  }

  default Stop drive(RunId run, Worker worker) {
    return drive(run, worker, _ -> {}, Duration.ZERO);
  }

  default Stop drive(RunId run, Worker worker, Consumer<Entry> listener, Duration patience) {
    try (Driver driver = driver("node-1", worker)) {
      driver.start();
      return driver.drive(run, listener, patience);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  default List<RunEvent> events(RunId run) {
    return journal().entries(run).stream().map(Entry::event).toList();
  }

  default RunResult result(RunId run) {
    return ((Finished) events(run).getLast()).result();
  }

  default List<Ended> ends(RunId run, String step) {
    return events(run).stream()
        .filter(e -> e instanceof Ended ended && ended.step().equals(step))
        .map(Ended.class::cast)
        .toList();
  }

  static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + FOR_EVER.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited for ever").isLessThan(deadline);
      try {
        Thread.sleep(10);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  // ---- to the end

  @Test
  default void a_run_without_trouble_is_proven_with_two_entries_per_step() {
    RunId run = run(plan("shop", step("a"), step("b", "a"), verify("v")));
    var world = new World();

    assertThat(drive(run, world)).isEqualTo(new Stop.Over());

    assertThat(events(run))
        .extracting(e -> e.getClass().getSimpleName())
        .containsExactly(
            "Proposed",
            "Began",
            "Intended",
            "Ended",
            "Intended",
            "Ended",
            "Intended",
            "Ended",
            "Finished");
    assertThat(result(run)).isEqualTo(RunResult.PROVEN);
    assertThat(world.log())
        .containsExactly(
            "look a", "act a", "look a", "look b", "act b", "look b", "look v", "act v", "look v");
    assertThat(journal().verify(run)).isEmpty();
  }

  @Test
  default void the_listener_hears_every_entry_as_it_is_written() {
    RunId run = run(plan("shop", step("a")));
    List<Entry> heard = new CopyOnWriteArrayList<>();

    drive(run, new World(), heard::add, Duration.ZERO);

    assertThat(heard).isEqualTo(journal().entriesAfter(run, 1));
  }

  @Test
  default void a_goal_that_holds_already_is_not_acted_for() {
    RunId run = run(plan("shop", step("a")));
    var world = new World().makeHold("a");

    drive(run, world);

    assertThat(world.log()).containsExactly("look a");
    assertThat(ends(run, "a").getFirst().acted()).isFalse();
    assertThat(result(run)).isEqualTo(RunResult.PROVEN);
  }

  @Test
  default void steps_that_need_nothing_of_each_other_run_side_by_side() {
    RunId run = run(plan("shop", step("a"), step("b"), step("c"), step("d", "a", "b", "c")));
    var meet = new CyclicBarrier(3);
    var world = new World();
    for (String id : List.of("a", "b", "c")) {
      world.does(
          id,
          () -> {
            try {
              meet.await(60, TimeUnit.SECONDS);
            } catch (Exception e) {
              throw new AssertionError(e);
            }
            world.makeHold(id);
            return new Outcome.Done("met");
          });
    }

    drive(run, world);

    assertThat(result(run)).isEqualTo(RunResult.PROVEN);
    assertThat(world.log().indexOf("look d")).isGreaterThan(world.log().lastIndexOf("look a"));
    assertThat(journal().verify(run)).isEmpty();
  }

  @Test
  default void the_system_is_free_when_its_run_is_over() {
    RunId run = run(plan("shop", step("a")));
    drive(run, new World());

    assertThat(journal().unfinished(new Scope("shop", "production"))).isEmpty();
    assertThat(drive(run, new World())).isEqualTo(new Stop.Over());
  }

  // ---- three answers

  @Test
  default void after_a_refusal_the_next_way_is_tried() {
    RunId run = run(plan("shop", way("w0", 0), way("w1", 1), step("n", "way:c")));
    var world = new World().does("w0", () -> new Outcome.Refused("no such route"));

    drive(run, world);

    assertThat(ends(run, "w0").getFirst().result()).isEqualTo(Result.REFUSED);
    assertThat(ends(run, "w0").getFirst().says()).isEqualTo("no such route");
    assertThat(world.holds("w1")).isTrue();
    assertThat(result(run)).isEqualTo(RunResult.PROVEN);
  }

  @Test
  default void what_an_act_tells_stands_beside_what_is_seen_and_not_twice() {
    RunId run = run(plan("shop", step("a"), step("b", "a")));
    var world = new World();
    world.does(
        "a",
        () -> {
          world.makeHold("a");
          return new Outcome.Done("90 rows were carried over");
        });
    world.does(
        "b",
        () -> {
          world.makeHold("b");
          return new Outcome.Done("b is there");
        });

    drive(run, world);

    assertThat(ends(run, "a").getFirst().says()).isEqualTo("a is there; 90 rows were carried over");
    assertThat(ends(run, "b").getFirst().says()).isEqualTo("b is there");
  }

  @Test
  default void who_says_yes_and_does_nothing_is_found_out() {
    RunId run = run(plan("shop", step("a", Duration.ofMillis(300)), step("b", "a")));
    var world = new World().does("a", () -> new Outcome.Done("sure"));

    Stop stop = drive(run, world);

    assertThat(stop).isInstanceOf(Stop.Waits.class);
    Ended end = ends(run, "a").getFirst();
    assertThat(end.result()).isEqualTo(Result.UNKNOWN);
    assertThat(end.says()).startsWith("it said \"sure\", but after ").endsWith("a is not there");
    assertThat(events(run).getLast()).isInstanceOf(Asked.class);
    assertThat(world.acts("a")).isEqualTo(1);
    assertThat(world.acts("b")).isZero();
  }

  @Test
  default void an_act_without_an_answer_is_looked_at_until_its_goal_holds() {
    RunId run = run(plan("shop", step("a")));
    var looks = new AtomicInteger();
    var world = new World().does("a", () -> new Outcome.Unknown("time-out"));
    world.sees(
        "a", () -> looks.incrementAndGet() > 4 ? new Sight.Holds("late") : new Sight.NotYet("no"));

    drive(run, world);

    assertThat(world.acts("a")).isEqualTo(1);
    assertThat(ends(run, "a").getFirst().result()).isEqualTo(Result.DONE);
    assertThat(result(run)).isEqualTo(RunResult.PROVEN);
  }

  @Test
  default void nobody_acts_on_what_cannot_be_seen() {
    RunId run = run(plan("shop", step("a", Duration.ofMillis(200))));
    var world = new World().sees("a", () -> new Sight.Unclear("503 from the platform"));

    drive(run, world);

    assertThat(world.acts("a")).isZero();
    assertThat(ends(run, "a").getFirst().result()).isEqualTo(Result.UNKNOWN);
  }

  @Test
  default void what_is_under_way_is_waited_for_and_not_done_again() {
    RunId run = run(plan("shop", step("a")));
    var looks = new AtomicInteger();
    var world = new World();
    world.sees(
        "a",
        () -> looks.incrementAndGet() > 3 ? new Sight.Holds("there") : new Sight.UnderWay("…"));

    drive(run, world);

    assertThat(world.acts("a")).isZero();
    assertThat(result(run)).isEqualTo(RunResult.PROVEN);
  }

  @Test
  default void what_failed_after_the_act_is_known_at_once() {
    RunId run = run(plan("shop", step("a", Duration.ofMinutes(10))));
    var acted = new AtomicInteger();
    var world = new World();
    world.does(
        "a",
        () -> {
          acted.incrementAndGet();
          return new Outcome.Done("started");
        });
    world.sees(
        "a",
        () -> acted.get() == 0 ? new Sight.NotYet("down") : new Sight.Failed("died with exit 1"));

    drive(run, world);

    assertThat(ends(run, "a").getFirst().says())
        .isEqualTo("it said \"started\", but died with exit 1");
  }

  @Test
  default void a_defect_of_an_adapter_is_an_unknown_and_not_the_end_of_the_run() {
    RunId run = run(plan("shop", step("a"), step("b")));
    var world =
        new World()
            .does(
                "a",
                () -> {
                  throw new IllegalStateException("bug");
                });

    assertThat(drive(run, world)).isInstanceOf(Stop.Waits.class);

    assertThat(ends(run, "a").getFirst().says())
        .isEqualTo("defect: java.lang.IllegalStateException: bug");
    assertThat(world.holds("b")).isTrue();
  }

  @Test
  default void what_is_not_required_is_passed_over() {
    RunId run = run(plan("shop", optional("o"), step("a")));
    var world = new World().does("o", () -> new Outcome.Refused("no logs"));

    drive(run, world);

    assertThat(result(run)).isEqualTo(RunResult.PROVEN);
  }

  @Test
  default void a_step_that_takes_long_is_not_silent() {
    RunId run = run(plan("shop", step("a")));
    var heard = new CopyOnWriteArrayList<String>();
    var away = new AtomicInteger();
    var world =
        new World()
            .does(
                "a",
                () -> {
                  await(() -> heard.size() == 1);
                  return new Outcome.Unknown("the connection broke");
                });
    world.sees(
        "a",
        () ->
            world.acts("a") == 0
                ? new Sight.NotYet("down")
                : heard.size() < 3
                    ? new Sight.Unclear("no answer, look " + away.incrementAndGet())
                    : new Sight.Holds("there"));
    var quick = Duration.ofMillis(30);
    var pace =
        new Pace("node-1", shared(), Duration.ofSeconds(1), Duration.ofMillis(100), 4, quick);
    try (Driver driver =
        new Driver(
            database().dataSource(),
            journal(),
            _ -> world,
            AS_MANY_AS_PROPOSED,
            InstantSource.system(),
            pace)) {
      driver.start();
      driver.drive(
          run,
          entry -> {
            if (entry.event() instanceof Noted noted) {
              heard.add(noted.says());
            }
          },
          Duration.ZERO);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }

    assertThat(heard.getFirst()).startsWith("do a: at it for ").endsWith("given up after 20s");
    assertThat(heard.get(1)).contains("seen last: no answer, look ");
    assertThat(ends(run, "a").getFirst().result()).isEqualTo(Result.DONE);
    assertThat(journal().verify(run)).isEmpty();
  }

  // ---- people

  @Test
  default void a_run_waits_for_approval_and_says_so() {
    RunId run = run(plan("shop", step("a")), 1);
    var world = new World();

    assertThat(drive(run, world)).isEqualTo(new Stop.Waits("approval: a yes"));
    assertThat(world.log()).isEmpty();
  }

  @Test
  default void an_approval_given_elsewhere_wakes_the_run() throws Exception {
    RunId run = run(plan("shop", step("a")), 1);
    var world = new World();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor();
        Driver driver = driver("node-1", world)) {
      driver.start();
      Future<Stop> stop = threads.submit(() -> driver.drive(run, _ -> {}, FOR_EVER));
      await(() -> journal().driver(run).isEmpty() && events(run).size() == 1);
      say(run, yes());

      assertThat(stop.get()).isEqualTo(new Stop.Over());
    }
    assertThat(events(run).get(1)).isInstanceOf(Approved.class);
    assertThat(events(run).get(2)).isInstanceOf(Began.class);
  }

  default Approved yes() {
    return new Approved(ADA, "hash", Instant.now().plusSeconds(60), Optional.empty());
  }

  default void say(RunId run, RunEvent word) {
    try {
      journal()
          .say(run, EventJson.write(word).substring(0, 20) + word.hashCode(), word, Instant.now());
    } catch (Journal.NoSuchRun e) {
      throw new AssertionError(e);
    }
  }

  @Test
  default void a_retry_that_a_person_chose_goes_on_in_the_same_process() throws Exception {
    RunId run = run(plan("shop", step("a", Duration.ofMillis(100))));
    var world = new World().does("a", () -> new Outcome.Done("sure"));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor();
        Driver driver = driver("node-1", world)) {
      driver.start();
      Future<Stop> stop = threads.submit(() -> driver.drive(run, _ -> {}, FOR_EVER));
      await(() -> events(run).getLast() instanceof Asked);
      world.makeHold("a");
      say(run, new Chosen("a", Choice.RETRY, ADA, "mended it"));

      assertThat(stop.get()).isEqualTo(new Stop.Over());
    }
    assertThat(ends(run, "a")).extracting(Ended::attempt).containsExactly(1, 2);
    assertThat(result(run)).isEqualTo(RunResult.PROVEN);
  }

  @Test
  default void a_stop_lets_the_step_under_way_end_and_begins_no_other() throws Exception {
    RunId run = run(plan("shop", step("a"), step("b", "a")));
    var acting = new CountDownLatch(1);
    var world = new World();
    world.does(
        "a",
        () -> {
          acting.countDown();
          await(() -> events(run).getLast() instanceof StopAsked);
          world.makeHold("a");
          return new Outcome.Done("did a");
        });
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Stop> stop = threads.submit(() -> drive(run, world));
      await(acting);
      say(run, new StopAsked(ADA, "wrong system"));

      assertThat(stop.get()).isEqualTo(new Stop.Over());
    }
    assertThat(result(run)).isEqualTo(RunResult.STOPPED);
    assertThat(ends(run, "a").getFirst().result()).isEqualTo(Result.DONE);
    assertThat(world.log()).doesNotContain("look b", "act b");
  }

  @Test
  default void a_stop_before_it_began_abandons_the_run() {
    RunId run = run(plan("shop", step("a")), 1);
    say(run, new StopAsked(ADA, "no"));

    assertThat(drive(run, new World())).isEqualTo(new Stop.Over());
    assertThat(result(run)).isEqualTo(RunResult.ABANDONED);
  }

  @Test
  default void a_choice_for_what_nobody_asked_is_noted() {
    RunId run = run(plan("shop", step("a")));
    say(run, new Chosen("a", Choice.SKIP, ADA, "why not"));

    drive(run, new World());

    assertThat(events(run).get(1)).isInstanceOf(Noted.class);
    assertThat(result(run)).isEqualTo(RunResult.PROVEN);
  }

  // ---- watching

  @Test
  default void a_watch_looks_as_often_as_it_says_and_parks_in_between() {
    RunId run = run(plan("shop", watch("w", Duration.ofMillis(600), Duration.ofMillis(200))));
    var world = new World().makeHold("w");

    assertThat(drive(run, world)).isEqualTo(new Stop.Over());

    assertThat(events(run)).filteredOn(Sampled.class::isInstance).hasSize(4);
    assertThat(result(run)).isEqualTo(RunResult.PROVEN);
    // every wake-up is a new claim
    assertThat(journal().entries(run).stream().map(Entry::epoch).distinct().count())
        .isGreaterThan(3);
  }

  @Test
  default void two_bad_looks_in_a_row_ask_a_person() {
    RunId run = run(plan("shop", watch("w", Duration.ofSeconds(30), Duration.ofMillis(100))));

    assertThat(drive(run, new World())).isInstanceOf(Stop.Waits.class);

    assertThat(events(run)).filteredOn(Sampled.class::isInstance).hasSize(2);
    assertThat(events(run).getLast()).isInstanceOf(Asked.class);
  }

  // ---- crashes and losses

  /// The state a process leaves behind that was killed in the middle of step a.
  default RunId killedIn(String step, Plan plan) {
    RunId run = run(plan);
    Claim claim = pick(run, "dead");
    journal().append(run, claim, 2, Instant.now(), new Began());
    journal().append(run, claim, 3, Instant.now(), new Intended(step, 1));
    release(run);
    return run;
  }

  default Claim pick(RunId run, String owner) {
    database()
        .plainly(sql ->
            sql.update(
                "update scheduled_tasks set picked = ?, picked_by = ?, version = version + 1"
                    + " where task_instance = ?",
                true,
                owner,
                run.value()));
    return new Claim(owner, version(run));
  }

  default long version(RunId run) {
    return database()
        .plainly(sql ->
            sql.first(
                "select version from scheduled_tasks where task_instance = ?",
                row -> row.getLong(1),
                run.value()))
        .orElseThrow();
  }

  default void release(RunId run) {
    database()
        .plainly(sql ->
            sql.update(
                "update scheduled_tasks set picked = ?, version = version + 1"
                    + " where task_instance = ?",
                false,
                run.value()));
  }

  @Test
  default void what_a_dead_process_did_is_seen_and_not_repeated() {
    RunId run = killedIn("a", plan("shop", step("a"), step("b", "a")));
    var world = new World().makeHold("a");

    drive(run, world);

    assertThat(world.acts("a")).isZero();
    assertThat(world.acts("b")).isEqualTo(1);
    assertThat(ends(run, "a").getFirst().attempt()).isEqualTo(1);
    assertThat(events(run))
        .contains(
            new Noted("node-1 goes on; these may have happened and are looked at first: do a"));
    assertThat(result(run)).isEqualTo(RunResult.PROVEN);
  }

  @Test
  default void a_note_of_the_run_is_no_longer_than_what_a_step_says() {
    String longish = "a".repeat(3000);
    RunId run = killedIn(longish, plan("shop", step(longish)));
    say(run, new Chosen(longish, Choice.SKIP, ADA, "why not"));

    drive(run, new World().makeHold(longish));

    assertThat(events(run).stream().filter(Noted.class::isInstance).map(Noted.class::cast))
        .hasSize(2)
        .allSatisfy(n -> assertThat(n.says()).hasSize(2000).endsWith("…"));
  }

  @Test
  default void what_a_dead_process_did_not_do_is_done_after_a_look() {
    RunId run = killedIn("a", plan("shop", step("a")));
    var world = new World();

    drive(run, world);

    assertThat(world.log()).containsExactly("look a", "act a", "look a");
    assertThat(events(run)).filteredOn(Intended.class::isInstance).hasSize(1);
  }

  @Test
  default void what_a_dead_process_set_going_is_waited_for() {
    RunId run = killedIn("a", plan("shop", step("a")));
    var looks = new AtomicInteger();
    var world = new World();
    world.sees(
        "a",
        () -> looks.incrementAndGet() > 2 ? new Sight.Holds("there") : new Sight.UnderWay("…"));

    drive(run, world);

    assertThat(world.acts("a")).isZero();
    assertThat(result(run)).isEqualTo(RunResult.PROVEN);
  }

  @Test
  default void a_driver_that_is_closed_lets_the_act_end_and_another_one_goes_on() throws Exception {
    RunId run = run(plan("shop", step("a"), step("b", "a")));
    var acting = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    var world = new World();
    world.does(
        "a",
        () -> {
          acting.countDown();
          await(goOn);
          world.makeHold("a");
          return new Outcome.Done("did a");
        });
    Driver first = driver("node-1", world);
    first.start();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Stop> drive = threads.submit(() -> first.drive(run, _ -> {}, FOR_EVER));
      await(acting);
      Future<?> closing = threads.submit(first::close);
      goOn.countDown();
      closing.get();
      drive.cancel(true);
    }
    assertThat(ends(run, "a")).hasSize(1);
    assertThat(world.log()).doesNotContain("look b");

    assertThat(drive(run, world)).isEqualTo(new Stop.Over());
    assertThat(world.acts("a")).isEqualTo(1);
    assertThat(result(run)).isEqualTo(RunResult.PROVEN);
  }

  @Test
  default void who_loses_the_run_in_the_middle_of_an_act_writes_nothing_and_repeats_nothing() {
    RunId run = run(plan("shop", step("a"), step("b", "a")));
    var world = new World();
    world.does(
        "a",
        () -> {
          // as if this process had been taken for dead: another claim, and nobody holds it
          release(run);
          world.makeHold("a");
          return new Outcome.Done("did a");
        });

    assertThat(drive(run, world)).isEqualTo(new Stop.Over());

    assertThat(world.acts("a")).isEqualTo(1);
    assertThat(ends(run, "a")).hasSize(1);
    assertThat(ends(run, "a").getFirst().acted()).isFalse();
    assertThat(journal().verify(run)).isEmpty();
  }

  @Test
  default void a_process_that_lost_the_run_ends_its_old_step_before_it_begins_anew() {
    RunId run = run(plan("shop", step("a")));
    var inside = new AtomicInteger();
    var most = new AtomicInteger();
    var world = new World();
    world.does(
        "a",
        () -> {
          most.accumulateAndGet(inside.incrementAndGet(), Math::max);
          try {
            if (world.acts("a") == 1) {
              release(run);
              // the scheduler picks the run again; its conductor must wait for this act to end
              await(() -> journal().driver(run).isPresent());
              long until = System.nanoTime() + Duration.ofMillis(500).toNanos();
              await(() -> world.acts("a") == 2 || System.nanoTime() > until);
            } else {
              world.makeHold("a");
            }
            return new Outcome.Unknown("time-out");
          } finally {
            inside.decrementAndGet();
          }
        });

    assertThat(drive(run, world)).isEqualTo(new Stop.Over());

    assertThat(most).hasValue(1);
    assertThat(world.acts("a")).isEqualTo(2);
    int second = world.log().lastIndexOf("act a");
    assertThat(world.log().get(second - 1)).isEqualTo("look a");
  }

  @Test
  default void when_the_journal_cannot_be_written_nothing_more_is_done_and_it_is_said() {
    RunId run = run(plan("shop", step("a"), step("b", "a")));
    var world = new World();
    var journal = new FailingJournal(journal(), 2);
    try (Driver driver = driver("node-1", world, journal, InstantSource.system())) {
      driver.start();
      Stop stop = driver.drive(run, _ -> {}, Duration.ZERO);

      assertThat(stop)
          .isInstanceOfSatisfying(
              Stop.Broke.class, broke -> assertThat(broke.why()).isEqualTo("the disk is full"));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    assertThat(world.log()).containsExactly("look a", "act a", "look a");

    assertThat(drive(run, world)).isEqualTo(new Stop.Over());
    assertThat(world.acts("a")).isEqualTo(1);
    assertThat(result(run)).isEqualTo(RunResult.PROVEN);
  }

  @Test
  default void a_command_leaves_the_runs_of_other_systems_alone() {
    RunId mine = run(plan("shop", step("a")));
    RunId other = run(plan("bank", step("x")));
    var world = new World();

    drive(mine, world);

    assertThat(result(mine)).isEqualTo(RunResult.PROVEN);
    assertThat(events(other)).hasSize(1);
    assertThat(world.log()).doesNotContain("look x");
  }

  @Test
  default void a_node_drives_whatever_is_due() {
    List<RunId> runs = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      runs.add(run(plan("system-" + i, step("a" + i), step("b" + i, "a" + i))));
    }
    try (Driver node = driver("node-1", new World())) {
      node.driveAll();
      await(() -> runs.stream().allMatch(r -> events(r).getLast() instanceof Finished));
    }
    assertThat(runs).allMatch(r -> journal().verify(r).isEmpty());
  }

  // ---- races and clocks

  /// The word is said after the driver has looked for words and before it has parked the run: the
  /// speaker finds the run being driven and cannot wake it.
  @Test
  default void a_word_said_while_the_run_is_being_parked_is_heard() {
    RunId run = run(plan("shop", step("a")), 1);
    var said = new AtomicInteger();
    Journal racing =
        new ForwardingJournal(journal()) {
          @Override
          public List<Word> words(RunId of) {
            List<Word> before = super.words(of);
            if (said.compareAndSet(0, 1)) {
              DriverContract.this.say(run, yes());
            }
            return before;
          }
        };
    try (Driver node = driver("node-1", new World(), racing, InstantSource.system())) {
      node.driveAll();
      await(() -> events(run).getLast() instanceof Finished);
    }
    assertThat(said).hasValue(1);
    assertThat(result(run)).isEqualTo(RunResult.PROVEN);
  }

  @Test
  default void a_clock_that_is_set_back_loses_no_run() throws Exception {
    RunId run = run(plan("shop", watch("w", Duration.ofSeconds(3), Duration.ofSeconds(1))));
    var clock = new JumpingClock();
    BlockingQueue<Entry> heard = new LinkedBlockingQueue<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor();
        Driver driver = driver("node-1", new World().makeHold("w"), journal(), clock)) {
      driver.start();
      Future<Stop> stop = threads.submit(() -> driver.drive(run, heard::add, Duration.ZERO));
      await(() -> heard.stream().anyMatch(e -> e.event() instanceof Sampled));
      clock.jump(Duration.ofHours(-1));

      assertThat(stop.get(60, TimeUnit.SECONDS)).isEqualTo(new Stop.Over());
    }
    assertThat(result(run)).isEqualTo(RunResult.PROVEN);
  }

  @Test
  default void a_clock_that_jumps_ahead_in_the_middle_of_an_act_repeats_nothing() {
    RunId run = run(plan("shop", step("a"), step("b", "a")));
    var clock = new JumpingClock();
    var world = new World();
    world.does(
        "a",
        () -> {
          clock.jump(Duration.ofHours(1));
          // long enough for the scheduler to look for dead runs twice
          long until = System.nanoTime() + Duration.ofSeconds(5).toNanos();
          await(() -> System.nanoTime() > until);
          world.makeHold("a");
          return new Outcome.Done("did a");
        });
    try (Driver driver = driver("node-1", world, journal(), clock)) {
      driver.start();
      assertThat(driver.drive(run, _ -> {}, Duration.ZERO)).isEqualTo(new Stop.Over());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    assertThat(world.acts("a")).isEqualTo(1);
    assertThat(result(run)).isEqualTo(RunResult.PROVEN);
    // nobody, this process least of all, took the run for dead
    assertThat(journal().entriesAfter(run, 1).stream().map(Entry::epoch).distinct()).hasSize(1);
  }

  @Test
  default void an_act_that_was_intended_before_the_clock_jumped_is_done_once() {
    RunId run = run(plan("shop", step("a")));
    var clock = new JumpingClock();
    var world = new World();
    var seen = new AtomicReference<Sight>(new Sight.NotYet("not there"));
    world.sees(
        "a",
        () -> {
          if (world.acts("a") == 0) {
            clock.jump(Duration.ofHours(1));
          }
          return seen.get();
        });
    world.does(
        "a",
        () -> {
          seen.set(new Sight.Holds("there"));
          return new Outcome.Done("did a");
        });
    try (Driver driver = driver("node-1", world, journal(), clock)) {
      driver.start();
      assertThat(driver.drive(run, _ -> {}, Duration.ZERO)).isEqualTo(new Stop.Over());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    assertThat(world.acts("a")).isEqualTo(1);
  }

  /// The system's time, set forward or back.
  final class JumpingClock implements InstantSource {
    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);

    void jump(Duration by) {
      ahead.accumulateAndGet(by, Duration::plus);
    }

    @Override
    public Instant instant() {
      return Instant.now().plus(ahead.get());
    }
  }
}
