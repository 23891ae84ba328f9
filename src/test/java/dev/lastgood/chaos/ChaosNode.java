package dev.lastgood.chaos;

import dev.lastgood.run.Driver;
import dev.lastgood.run.ForwardingJournal;
import dev.lastgood.run.Gate;
import dev.lastgood.run.Journal;
import dev.lastgood.run.RunEvent;
import dev.lastgood.run.RunId;
import dev.lastgood.store.Database;
import dev.lastgood.store.DrivingLock;
import dev.lastgood.store.SqlJournal;
import dev.lastgood.store.SqlLeases;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// One node: drives whatever is due until it is killed, or until its standard input ends.
///
/// Arguments: where the store is, the folder of the world, the name of this process, the seed, and
/// by how many seconds its clock is wrong.
public final class ChaosNode {
  static final Duration HEARTBEAT = Duration.ofMillis(500);

  private ChaosNode() {}

  public static void main(String[] args) throws IOException {
    String store = args[0];
    var world = Path.of(args[1]);
    String name = args[2];
    long seed = Long.parseLong(args[3]);
    Duration wrong = Duration.ofSeconds(Long.parseLong(args[4]));
    boolean shared = store.startsWith("jdbc:");
    InstantSource clock = () -> Instant.now().plus(wrong);
    Gate gate =
        (proposed, at, approved, _) ->
            approved.size() >= proposed.approvals()
                ? new Gate.Answer.Open("enough")
                : new Gate.Answer.Shut("a yes", at.plus(Duration.ofDays(1)));

    Optional<DrivingLock> lock = shared ? Optional.empty() : DrivingLock.take(Path.of(store), name);
    if (!shared && lock.isEmpty()) {
      System.err.println(name + ": the folder is driven by " + DrivingLock.holder(Path.of(store)));
      System.exit(4);
    }
    Database database = shared ? Database.open(store) : Database.open(Path.of(store));
    if (!shared) {
      new SqlLeases(database).releaseAll();
    }
    Journal journal =
        new Acknowledging(new SqlJournal(database, new Random()), world.resolve("acked-" + name));
    var pace = new Driver.Pace(name, shared, HEARTBEAT, Duration.ofMillis(100), 12);
    var hands = new SyncedWorld(world, name, seed);
    var driver = new Driver(database.dataSource(), journal, _ -> hands, gate, clock, pace);
    driver.driveAll();
    while (System.in.read() >= 0) {
      // nobody says anything; the end of the input is the end of the harness
    }
    driver.close();
    database.close();
    System.exit(0);
  }

  /// Remembers, outside the database, what the database has confirmed. What is written before a
  /// kill stays: the kernel keeps it.
  private static final class Acknowledging extends ForwardingJournal {
    private final Path file;

    Acknowledging(Journal journal, Path file) {
      super(journal);
      this.file = file;
    }

    @Override
    public List<Entry> append(RunId run, Claim claim, long seq, Instant at, List<RunEvent> events) {
      List<Entry> entries = super.append(run, claim, seq, at, events);
      entries.forEach(e -> remember(run, e));
      return entries;
    }

    @Override
    public Optional<Entry> take(
        RunId run, Claim claim, long seq, Instant at, Word word, RunEvent event) {
      Optional<Entry> entry = super.take(run, claim, seq, at, word, event);
      entry.ifPresent(e -> remember(run, e));
      return entry;
    }

    private void remember(RunId run, Entry entry) {
      try {
        Files.writeString(
            file,
            run + " " + entry.seq() + " " + entry.hash() + "\n",
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
