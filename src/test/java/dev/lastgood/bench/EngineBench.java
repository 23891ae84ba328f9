package dev.lastgood.bench;

import dev.lastgood.plan.Plan;
import dev.lastgood.plan.Step;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Sight;
import dev.lastgood.run.Driver;
import dev.lastgood.run.Driver.Pace;
import dev.lastgood.run.ForwardingJournal;
import dev.lastgood.run.Gate;
import dev.lastgood.run.Journal;
import dev.lastgood.run.Journal.Entry;
import dev.lastgood.run.RunEvent;
import dev.lastgood.run.RunId;
import dev.lastgood.run.Steps;
import dev.lastgood.run.Worker;
import dev.lastgood.store.Database;
import dev.lastgood.store.Dialect;
import dev.lastgood.store.PostgresFixture;
import dev.lastgood.store.SqlJournal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// What a durable step costs, against its floor: two committed inserts of one row each, on the same
/// database through the same pool, alternating in this process. Steps that do nothing, so that the
/// journal is all there is. Prints medians and ratios of one run; see `bench/README.md`.
public final class EngineBench {
  private static final int ROUNDS = 9;
  private static final int STEPS = 200;
  private static final int AT_ONCE = 64;
  private static final int STEPS_OF_MANY = 20;
  private static final String BODY =
      "{\"acted\":true,\"attempt\":1,\"kind\":\"ended\",\"result\":\"DONE\",\"says\":\"it is there\","
          + "\"step\":\"s100\",\"tookMillis\":0}";
  private static final Gate OPEN = (_, _, _, _) -> new Gate.Answer.Open("no approval needed");

  private final Database database;
  private final Journal journal;
  private final AtomicInteger count = new AtomicInteger();

  private EngineBench(Database database) {
    this.database = database;
    this.journal = new SqlJournal(database, new Random());
  }

  public static void main(String[] args) throws Exception {
    List<String> wanted =
        args.length == 0 ? List.of("sqlite", "postgres", "takeover") : List.of(args);
    System.out.printf("%-34s %12s %12s %8s %8s%n", "", "floor", "engine", "ratio", "we hold");
    for (Dialect dialect : Dialect.values()) {
      if (wanted.contains(dialect.name().toLowerCase(Locale.ROOT))) {
        Path folder =
            Files.createTempDirectory(Path.of(System.getProperty("bench.dir", "/tmp")), "engine");
        try (Database database =
            dialect == Dialect.SQLITE
                ? Database.open(folder)
                : Database.open(PostgresFixture.url())) {
          new EngineBench(database).measure();
        } finally {
          new ProcessBuilder("rm", "-rf", folder.toString()).start().waitFor();
        }
      }
    }
    if (wanted.contains("takeover")) {
      takeOver();
    }
    System.exit(0);
  }

  private void measure() throws Exception {
    database.plainly(sql ->
        sql.update(
            "create table floor (run varchar(64), seq bigint, at bigint, epoch bigint,"
                + " kind varchar(40), body text, hash varchar(64), primary key (run, seq))"));
    boolean sqlite = database.dialect() == Dialect.SQLITE;
    one(sqlite ? "at most 1.3" : "at most 1.5");
    many(sqlite ? "at least 0.7" : "at least 0.5");
  }

  // ---- one run

  private void one(String held) throws Exception {
    double[] engine = new double[ROUNDS];
    double[] floor = new double[ROUNDS];
    oneRun();
    oneFloor(STEPS);
    for (int i = 0; i < ROUNDS; i++) {
      engine[i] = oneRun() / STEPS;
      floor[i] = oneFloor(STEPS) / STEPS;
    }
    double e = median(engine);
    double f = median(floor);
    System.out.printf(
        "%-34s %9.3f ms %9.3f ms %8.2f  %s%n",
        database.dialect() + ", one run, per step", f, e, e / f, held);
  }

  /// From the beginning of the run to its end, without picking it.
  private double oneRun() throws Exception {
    RunId run = create(STEPS);
    var began = new AtomicLong();
    var ended = new AtomicLong();
    try (Driver driver = driver(1, new Nothing())) {
      driver.start();
      driver.drive(run, entry -> mark(entry, began, ended), Duration.ZERO);
    }
    return (ended.get() - began.get()) / 1e6;
  }

  private static void mark(Entry entry, AtomicLong began, AtomicLong ended) {
    switch (entry.event()) {
      case RunEvent.Began _ -> began.set(System.nanoTime());
      case RunEvent.Finished _ -> ended.set(System.nanoTime());
      default -> {}
    }
  }

  private double oneFloor(int steps) {
    String run = "floor-" + count.incrementAndGet();
    long start = System.nanoTime();
    for (int i = 0; i < 2 * steps; i++) {
      insert(run, i);
    }
    return (System.nanoTime() - start) / 1e6;
  }

  private void insert(String run, long seq) {
    database.plainly(sql ->
        sql.update(
            "insert into floor (run, seq, at, epoch, kind, body, hash)"
                + " values (?, ?, ?, ?, ?, ?, ?)",
            run,
            seq,
            1_795_000_000_000L,
            3L,
            "ended",
            BODY,
            "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"));
  }

  // ---- many at once

  private void many(String held) throws Exception {
    double[] engine = new double[ROUNDS];
    double[] floor = new double[ROUNDS];
    manyRuns();
    manyFloors();
    for (int i = 0; i < ROUNDS; i++) {
      engine[i] = AT_ONCE * STEPS_OF_MANY * 1000.0 / manyRuns();
      floor[i] = AT_ONCE * STEPS_OF_MANY * 1000.0 / manyFloors();
    }
    double e = median(engine);
    double f = median(floor);
    System.out.printf(
        "%-34s %7.0f st/s %7.0f st/s %8.2f  %s%n",
        database.dialect() + ", " + AT_ONCE + " runs at once", f, e, e / f, held);
  }

  /// From the first beginning to the last end.
  private double manyRuns() throws Exception {
    for (int i = 0; i < AT_ONCE; i++) {
      create(STEPS_OF_MANY);
    }
    var over = new CountDownLatch(AT_ONCE);
    var first = new AtomicLong(Long.MAX_VALUE);
    Journal listening =
        new ForwardingJournal(journal) {
          @Override
          public List<Entry> append(
              RunId run, Claim claim, long seq, Instant at, List<RunEvent> events) {
            if (events.getFirst() instanceof RunEvent.Began) {
              first.accumulateAndGet(System.nanoTime(), Math::min);
            }
            List<Entry> entries = super.append(run, claim, seq, at, events);
            if (events.getLast() instanceof RunEvent.Finished) {
              over.countDown();
            }
            return entries;
          }
        };
    try (Driver driver =
        new Driver(
            database.dataSource(),
            listening,
            _ -> new Nothing(),
            OPEN,
            InstantSource.system(),
            pace(AT_ONCE))) {
      driver.driveAll();
      over.await();
      return (System.nanoTime() - first.get()) / 1e6;
    }
  }

  private double manyFloors() throws Exception {
    List<Callable<Double>> floors = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      floors.add(() -> oneFloor(STEPS_OF_MANY));
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
      long start = System.nanoTime();
      for (Future<Double> floor : threads.invokeAll(floors)) {
        floor.get();
      }
      return (System.nanoTime() - start) / 1e6;
    }
  }

  // ---- take-over

  /// A node is killed in the middle of an act; how long until another one goes on.
  private static void takeOver() throws Exception {
    String url = PostgresFixture.url();
    Duration heartbeat = Duration.ofSeconds(1);
    double[] seconds = new double[3];
    try (Database database = Database.open(url)) {
      var bench = new EngineBench(database);
      for (int i = 0; i < seconds.length; i++) {
        seconds[i] = bench.takenOver(url, heartbeat);
      }
    }
    double median = median(seconds);
    System.out.printf(
        "%-34s %12s %10.1f s %8.1f  at most 6 heartbeats of %d s%n",
        "take-over after kill -9",
        "",
        median,
        median / heartbeat.toSeconds(),
        heartbeat.toSeconds());
  }

  private double takenOver(String url, Duration heartbeat) throws Exception {
    RunId run = create(1);
    Process victim = victim(url);
    while (journal.driver(run).isEmpty() || journal.entries(run).size() < 3) {
      Thread.sleep(20);
    }
    var taken = new CountDownLatch(1);
    Journal listening =
        new ForwardingJournal(journal) {
          @Override
          public List<Entry> append(
              RunId of, Claim claim, long seq, Instant at, List<RunEvent> events) {
            List<Entry> entries = super.append(of, claim, seq, at, events);
            taken.countDown();
            return entries;
          }
        };
    try (Driver driver =
        new Driver(
            database.dataSource(),
            listening,
            _ -> new Nothing(),
            OPEN,
            InstantSource.system(),
            new Pace("survivor", true, heartbeat, Duration.ofSeconds(1), 4))) {
      driver.driveAll();
      // somewhere in the rhythm of its heartbeats, as a crash is
      Thread.sleep(1000 + new Random().nextInt(1000));
      long killed = System.nanoTime();
      victim.destroyForcibly().waitFor();
      taken.await();
      return (System.nanoTime() - killed) / 1e9;
    }
  }

  private static Process victim(String url) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Victim.class.getName(),
            url)
        .inheritIO()
        .start();
  }

  /// Drives whatever is due, and its acts never end.
  public static final class Victim {
    private Victim() {}

    public static void main(String[] args) throws InterruptedException {
      var database = Database.open(args[0]);
      var forever = new CountDownLatch(1);
      Worker stuck =
          new Nothing() {
            @Override
            public Outcome act(RunId run, Step step, String key) {
              try {
                forever.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return new Outcome.Unknown("never");
            }
          };
      var driver =
          new Driver(
              database.dataSource(),
              new SqlJournal(database, new Random()),
              _ -> stuck,
              OPEN,
              InstantSource.system(),
              new Pace("victim", true, Duration.ofSeconds(1), Duration.ofMillis(200), 4));
      driver.driveAll();
      forever.await();
    }
  }

  // ----

  private RunId create(int steps) throws Journal.SystemBusy {
    List<Step> chain = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      chain.add(i == 0 ? Steps.step("s0") : Steps.step("s" + i, "s" + (i - 1)));
    }
    Plan plan = Steps.plan("system-" + count.incrementAndGet(), chain);
    return journal.create(plan, Steps.proposed(plan, 0), Instant.now());
  }

  private Driver driver(int threads, Worker worker) {
    return new Driver(
        database.dataSource(), journal, _ -> worker, OPEN, InstantSource.system(), pace(threads));
  }

  private Pace pace(int threads) {
    boolean shared = database.dialect() == Dialect.POSTGRES;
    return new Pace("bench", shared, Duration.ofSeconds(3), Duration.ofMillis(200), threads);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /// A world in which acts take no time.
  private static class Nothing implements Worker {
    private final Map<String, Boolean> done = new ConcurrentHashMap<>();

    @Override
    public Sight look(RunId run, Step step) {
      return done.containsKey(run + step.id())
          ? new Sight.Holds("it is there")
          : new Sight.NotYet("it is not there");
    }

    @Override
    public Outcome act(RunId run, Step step, String key) {
      done.put(run + step.id(), true);
      return new Outcome.Done("done");
    }
  }
}
