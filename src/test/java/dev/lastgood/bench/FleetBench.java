package dev.lastgood.bench;

import dev.lastgood.plan.Plan;
import dev.lastgood.plan.Step;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Sight;
import dev.lastgood.run.Driver;
import dev.lastgood.run.Driver.Pace;
import dev.lastgood.run.Gate;
import dev.lastgood.run.Journal.Entry;
import dev.lastgood.run.RunEvent;
import dev.lastgood.run.RunId;
import dev.lastgood.run.Steps;
import dev.lastgood.run.Worker;
import dev.lastgood.store.Database;
import dev.lastgood.store.SqlJournal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// A thousand targets in one run, each with an act of so many milliseconds, against the time that
/// fifty at a time need at least. Start it with `-Xmx256m`. See `bench/README.md`.
public final class FleetBench {
  private static final int TARGETS = 1000;
  private static final int AT_ONCE = 50;
  private static final Gate OPEN = (_, _, _, _) -> new Gate.Answer.Open("no approval needed");

  private FleetBench() {}

  public static void main(String[] args) throws Exception {
    int millis = args.length == 0 ? 1000 : Integer.parseInt(args[0]);
    Path folder =
        Files.createTempDirectory(Path.of(System.getProperty("bench.dir", "/tmp")), "fleet");
    try (Database database = Database.open(folder)) {
      var journal = new SqlJournal(database, new Random());
      List<Step> steps = new ArrayList<>();
      for (int i = 0; i < TARGETS; i++) {
        steps.add(Steps.step("target" + i));
      }
      Plan plan = Steps.plan("fleet", steps);
      RunId run = journal.create(plan, Steps.proposed(plan, 0), Instant.now());
      var world = new Slow(millis);
      var began = new AtomicLong();
      var ended = new AtomicLong();
      try (Driver driver =
          new Driver(
              database.dataSource(),
              journal,
              _ -> world,
              OPEN,
              InstantSource.system(),
              new Pace("bench", false, Duration.ofSeconds(3), Duration.ofMillis(200), 1))) {
        driver.start();
        driver.drive(run, entry -> mark(entry, began, ended), Duration.ZERO);
      }
      double took = (ended.get() - began.get()) / 1e6;
      double ideal = (double) TARGETS / AT_ONCE * millis;
      System.gc();
      Runtime jvm = Runtime.getRuntime();
      System.out.printf(
          Locale.ROOT,
          "%d targets of %d ms: %.1f s, ideal %.1f s, %.2f x (we hold 1.1); at most %d at a time;"
              + " heap %d MB used of %d MB%n",
          TARGETS,
          millis,
          took / 1000,
          ideal / 1000,
          took / ideal,
          world.most.get(),
          (jvm.totalMemory() - jvm.freeMemory()) >> 20,
          jvm.maxMemory() >> 20);
    } finally {
      new ProcessBuilder("rm", "-rf", folder.toString()).start().waitFor();
    }
    System.exit(0);
  }

  private static void mark(Entry entry, AtomicLong began, AtomicLong ended) {
    switch (entry.event()) {
      case RunEvent.Began _ -> began.set(System.nanoTime());
      case RunEvent.Finished _ -> ended.set(System.nanoTime());
      default -> {}
    }
  }

  /// A platform that takes its time, and counts.
  private static final class Slow implements Worker {
    final AtomicInteger most = new AtomicInteger();
    private final int millis;
    private final AtomicInteger now = new AtomicInteger();
    private final Map<String, Boolean> done = new ConcurrentHashMap<>();

    Slow(int millis) {
      this.millis = millis;
    }

    @Override
    public Sight look(RunId run, Step step) {
      return done.containsKey(step.id())
          ? new Sight.Holds("it is there")
          : new Sight.NotYet("it is not there");
    }

    @Override
    public Outcome act(RunId run, Step step, String key) {
      most.accumulateAndGet(now.incrementAndGet(), Math::max);
      try {
        Thread.sleep(millis);
        done.put(step.id(), true);
        return new Outcome.Done("done");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return new Outcome.Unknown("interrupted");
      } finally {
        now.decrementAndGet();
      }
    }
  }
}
