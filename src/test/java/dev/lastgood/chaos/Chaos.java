package dev.lastgood.chaos;

import dev.lastgood.model.Actor;
import dev.lastgood.plan.Plan;
import dev.lastgood.plan.Step;
import dev.lastgood.run.Journal;
import dev.lastgood.run.Journal.Entry;
import dev.lastgood.run.RunEvent;
import dev.lastgood.run.RunEvent.Choice;
import dev.lastgood.run.RunId;
import dev.lastgood.run.Steps;
import dev.lastgood.store.Database;
import dev.lastgood.store.Dialect;
import dev.lastgood.store.PostgresFixture;
import dev.lastgood.store.SqlJournal;
import dev.lastgood.store.StoreUnavailable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/// Starts nodes, starts runs, and then kills, freezes and thaws nodes, cuts their wires and crashes
/// the server at random, while people approve and answer; and looks at the end whether anything was
/// repeated blindly, forgotten, reordered or lost. See `bin/chaos`.
public final class Chaos {
  private static final Actor PERSON = new Actor("ada", "ada@desk");

  /// @param runs started in all
  /// @param atOnce unfinished at a time
  /// @param blows kills, freezes, cuts and crashes
  /// @param limit the harness gives up after this, and says what hangs
  public record Size(int runs, int atOnce, int blows, Duration limit) {
    static final Size SHORT = new Size(24, 12, 10, Duration.ofMinutes(5));
    static final Size LONG = new Size(300, 40, 150, Duration.ofHours(1));
  }

  /// @param blindRepeats acts without a look since the last act: must be 0
  /// @param repeats acts after a look that saw no effect of the one before
  /// @param faults everything that must not be; empty when all is well
  public record Outcome(
      String store,
      long seed,
      int runs,
      int kills,
      int freezes,
      int cuts,
      int crashes,
      int claims,
      int entries,
      int repeats,
      int blindRepeats,
      Duration took,
      List<String> faults) {
    @Override
    public String toString() {
      return store
          + ": seed "
          + seed
          + ", "
          + runs
          + " runs, "
          + entries
          + " entries, "
          + kills
          + " kills, "
          + freezes
          + " freezes, "
          + cuts
          + " cut wires, "
          + crashes
          + " server crashes, "
          + claims
          + " changes of claim, "
          + repeats
          + " acts repeated after a look, "
          + blindRepeats
          + " blind repeats, "
          + took.toSeconds()
          + " s: "
          + (faults.isEmpty()
              ? "all is well"
              : faults.size() + " FAULTS\n  " + String.join("\n  ", faults));
    }
  }

  private final String store;
  private final Path world;
  private final long seed;
  private final Size size;
  private final Random random;
  private final Database database;
  private final Journal journal;
  private final List<RunId> runs = new ArrayList<>();
  private final Set<RunId> open = new LinkedHashSet<>();
  private final List<String> faults = new ArrayList<>();
  private int kills;
  private int freezes;
  private int cuts;
  private int crashes;

  private Chaos(String store, Path world, long seed, Size size) {
    this.store = store;
    this.world = world;
    this.seed = seed;
    this.size = size;
    this.random = new Random(seed);
    this.database =
        store.startsWith("jdbc:") ? Database.open(store) : Database.open(Path.of(store));
    this.journal = new SqlJournal(database, new Random(seed));
  }

  /// Arguments: `sqlite`, `postgres` or `both`; `short` or `long`; optionally a seed.
  public static void main(String[] args) throws Exception {
    String what = args.length > 0 ? args[0] : "both";
    Size size = args.length > 1 && args[1].equals("long") ? Size.LONG : Size.SHORT;
    long seed = args.length > 2 ? Long.parseLong(args[2]) : System.nanoTime();
    System.out.println("seed " + seed);
    boolean well = true;
    for (Dialect dialect : Dialect.values()) {
      if (what.equals("both") || what.equalsIgnoreCase(dialect.name())) {
        Outcome outcome = on(dialect, seed, size);
        System.out.println(outcome);
        well &= outcome.faults().isEmpty();
      }
    }
    System.exit(well ? 0 : 1);
  }

  static Outcome on(Dialect dialect, long seed, Size size) throws Exception {
    Path scratch = Files.createTempDirectory("lastgood-chaos-");
    String store =
        switch (dialect) {
          case SQLITE -> scratch.resolve("state").toString();
          case POSTGRES -> PostgresFixture.url();
        };
    Path world = Files.createDirectory(scratch.resolve("world"));
    Outcome outcome = new Chaos(store, world, seed, size).runItsCourse();
    if (outcome.faults().isEmpty()) {
      new ProcessBuilder("rm", "-rf", scratch.toString()).start().waitFor();
    } else {
      System.out.println("the world and the logs of the nodes are kept in " + scratch);
    }
    return outcome;
  }

  private Outcome runItsCourse() throws Exception {
    long began = System.nanoTime();
    List<Node> nodes = new ArrayList<>();
    List<CutWire> wires = new ArrayList<>();
    try {
      if (database.dialect() == Dialect.SQLITE) {
        nodes.add(new Node("n1", store, world, seed, 0));
      } else {
        for (int i = 1; i <= 3; i++) {
          var wire = new CutWire(port(store));
          wires.add(wire);
          // the clocks of the nodes differ by up to an hour
          long wrong = random.nextInt(7200) - 3600L;
          String through = store.replace(":" + port(store) + "/", ":" + wire.port() + "/");
          nodes.add(new Node("n" + i, through + "&connectTimeout=2", world, seed, wrong));
        }
      }
      untilAllIsOver(nodes, wires, began);
      for (Node node : nodes) {
        if (!node.end()) {
          faults.add(node.name() + " did not end when it was asked to");
        }
      }
      return outcome(Duration.ofNanos(System.nanoTime() - began));
    } finally {
      for (Node node : nodes) {
        node.kill();
      }
      for (CutWire wire : wires) {
        wire.close();
      }
      database.close();
    }
  }

  private static int port(String url) {
    return Integer.parseInt(url.replaceFirst(".*127\\.0\\.0\\.1:(\\d+)/.*", "$1"));
  }

  private void untilAllIsOver(List<Node> nodes, List<CutWire> wires, long began) throws Exception {
    int blows = 0;
    while (runs.size() < size.runs() || !open.isEmpty()) {
      Duration took = Duration.ofNanos(System.nanoTime() - began);
      if (took.compareTo(size.limit()) > 0) {
        faults.add("gave up after " + took.toSeconds() + " s; unfinished: " + open);
        return;
      }
      try {
        while (runs.size() < size.runs() && open.size() < size.atOnce()) {
          propose();
        }
        people();
      } catch (StoreUnavailable e) {
        // a frozen node may hold the lock of the file, and a server that crashed is recovering:
        // people try again later, as they would
        for (Node node : nodes) {
          if (node.frozen()) {
            node.thaw();
          }
        }
        continue;
      }
      if (blows < size.blows()) {
        // at first the nodes need a moment to come up
        if (took.toMillis() > 1500 && blow(nodes, wires)) {
          blows++;
        }
      } else {
        for (Node node : nodes) {
          mend(node);
        }
        wires.forEach(CutWire::mend);
      }
      Thread.sleep(50 + random.nextInt(250));
    }
  }

  // ---- runs and people

  private void propose() throws Journal.SystemBusy {
    String system = "system-" + runs.size();
    int length = 3 + random.nextInt(6);
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      List<String> needs = new ArrayList<>();
      for (int j = 0; j < i; j++) {
        if (random.nextInt(3) == 0 || (j == i - 1 && random.nextBoolean())) {
          needs.add("s" + j);
        }
      }
      steps.add(Steps.step("s" + i, Duration.ofSeconds(1), needs.toArray(String[]::new)));
    }
    steps.add(Steps.verify("v"));
    Plan plan = Steps.plan(system, steps);
    RunId run = journal.create(plan, Steps.proposed(plan, random.nextInt(2)), Instant.now());
    runs.add(run);
    open.add(run);
  }

  /// Approve what waits, retry what failed, and now and then stop something.
  private void people() throws Journal.NoSuchRun {
    for (RunId run : List.copyOf(open)) {
      List<Entry> entries = journal.entries(run);
      Entry last = entries.getLast();
      switch (last.event()) {
        case RunEvent.Finished _ -> open.remove(run);
        case RunEvent.Proposed proposed when random.nextInt(3) == 0 ->
            journal.say(
                run,
                "yes",
                new RunEvent.Approved(PERSON, proposed.planHash(), Instant.now(), Optional.empty()),
                Instant.now());
        case RunEvent.Asked asked when random.nextInt(3) == 0 ->
            journal.say(
                run,
                "retry " + last.seq(),
                new RunEvent.Chosen(asked.step(), Choice.RETRY, PERSON, "again"),
                Instant.now());
        default -> {
          unanswered(run, entries);
          if (random.nextInt(2000) == 0) {
            journal.say(run, "stop", new RunEvent.StopAsked(PERSON, "enough"), Instant.now());
          }
        }
      }
    }
  }

  /// A question that is not the last entry any more, because another step went on meanwhile.
  private void unanswered(RunId run, List<Entry> entries) throws Journal.NoSuchRun {
    for (Entry entry : entries) {
      if (entry.event() instanceof RunEvent.Asked asked) {
        journal.say(
            run,
            "retry " + entry.seq(),
            new RunEvent.Chosen(asked.step(), Choice.RETRY, PERSON, "again"),
            Instant.now());
      }
    }
  }

  // ---- blows

  private boolean blow(List<Node> nodes, List<CutWire> wires) throws Exception {
    int which = random.nextInt(nodes.size());
    Node node = nodes.get(which);
    if (mend(node)) {
      return false;
    }
    if (!wires.isEmpty()) {
      wires.get(which).mend();
    }
    switch (random.nextInt(wires.isEmpty() ? 6 : 9)) {
      case 0, 1, 2 -> {
        node.kill();
        kills++;
      }
      case 3, 4, 5 -> {
        node.freeze();
        freezes++;
      }
      case 6, 7 -> {
        wires.get(which).cut();
        cuts++;
      }
      default -> crash();
    }
    return true;
  }

  /// A node that is down comes back, in its time.
  ///
  /// @return whether it was down
  private boolean mend(Node node) throws Exception {
    if (!node.alive()) {
      node.restart();
      return true;
    }
    if (node.frozen()) {
      node.thaw();
      return true;
    }
    return false;
  }

  /// kill -9 of one process of the server: it throws everybody out and recovers from its log.
  private void crash() throws Exception {
    int pid =
        database
            .plainly(sql -> sql.first("select pg_backend_pid()", row -> row.getInt(1)))
            .orElseThrow();
    if (new ProcessBuilder("kill", "-KILL", Integer.toString(pid)).start().waitFor() == 0) {
      crashes++;
    }
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (true) {
      try {
        database.plainly(sql -> sql.first("select 1", row -> row.getInt(1)));
        return;
      } catch (RuntimeException e) {
        if (System.nanoTime() > deadline) {
          throw e;
        }
        Thread.sleep(50);
      }
    }
  }

  // ---- the end

  private Outcome outcome(Duration took) throws Exception {
    Findings findings = new Findings(journal, world).of(runs);
    faults.addAll(findings.faults());
    if (database.dialect() == Dialect.SQLITE) {
      database
          .plainly(sql -> sql.first("pragma integrity_check", row -> row.getString(1)))
          .filter(says -> !says.equals("ok"))
          .ifPresent(says -> faults.add("integrity check: " + says));
    }
    return new Outcome(
        database.dialect().name(),
        seed,
        runs.size(),
        kills,
        freezes,
        cuts,
        crashes,
        findings.claims(),
        findings.entries(),
        findings.repeats(),
        findings.blindRepeats(),
        took,
        List.copyOf(faults));
  }
}
