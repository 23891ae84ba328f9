package dev.lastgood;

import dev.lastgood.flow.Engine;
import dev.lastgood.flow.Refusal;
import dev.lastgood.run.Driver;
import dev.lastgood.run.Driver.Stop;
import dev.lastgood.run.Gate;
import dev.lastgood.run.Journal;
import dev.lastgood.run.RunId;
import dev.lastgood.run.Worker;
import dev.lastgood.store.Database;
import dev.lastgood.store.Dialect;
import dev.lastgood.store.DrivingLock;
import dev.lastgood.store.SqlLeases;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Consumer;

/// Drives runs in this process. A state folder is driven by one process at a time; a shared
/// database by as many as there are.
final class DrivenHere implements Engine {
  private final Database database;
  private final Journal journal;
  private final Gate gate;
  private final InstantSource clock;
  private final String node;

  /// @param node who this process is, for others: "process 812 on web1"
  DrivenHere(Database database, Journal journal, Gate gate, InstantSource clock, String node) {
    this.database = database;
    this.journal = journal;
    this.gate = gate;
    this.clock = clock;
    this.node = node;
  }

  @Override
  public void drive(RunId run, Worker worker, Consumer<Journal.Entry> listener, Duration patience)
      throws Refusal, InterruptedException {
    if (database.dialect() == Dialect.POSTGRES) {
      through(Driver.Pace.shared(nodeName()), run, worker, listener, patience);
      return;
    }
    var folder = database.folder().orElseThrow();
    Optional<DrivingLock> lock =
        DrivingLock.take(
            folder,
            node
                + " since "
                + clock.instant().truncatedTo(ChronoUnit.SECONDS)
                + ", for run "
                + run);
    if (lock.isEmpty()) {
      throw new Refusal(
          Refusal.Turn.RULE,
          "run "
              + run
              + " is not driven from here: that is done by "
              + DrivingLock.holder(folder)
              + ". Follow it with lastgood show "
              + run
              + ", or stop it with lastgood stop "
              + run);
    }
    try (DrivingLock _ = lock.get()) {
      new SqlLeases(database).releaseAll();
      through(Driver.Pace.alone(nodeName()), run, worker, listener, patience);
    }
  }

  private void through(
      Driver.Pace pace,
      RunId run,
      Worker worker,
      Consumer<Journal.Entry> listener,
      Duration patience)
      throws Refusal, InterruptedException {
    try (var driver = new Driver(database.dataSource(), journal, _ -> worker, gate, clock, pace)) {
      driver.start();
      Stop stop = driver.drive(run, listener, patience);
      if (stop instanceof Stop.Broke broke) {
        throw new Refusal(
            Refusal.Turn.ENVIRONMENT,
            "run " + run + " cannot go on here: " + broke.why() + ". Then: lastgood resume " + run);
      }
      if (stop instanceof Stop.Elsewhere) {
        throw new Refusal(
            Refusal.Turn.RULE,
            "run "
                + run
                + " was taken over by another process; follow it with lastgood show "
                + run);
      }
    }
  }

  /// At most 50 characters: the column of db-scheduler.
  private String nodeName() {
    String name = node.replace(' ', '-');
    return name.length() <= 50 ? name : name.substring(name.length() - 50);
  }
}
