package dev.lastgood.run;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.DeadExecutionHandler;
import com.github.kagkarlsson.scheduler.task.Execution;
import com.github.kagkarlsson.scheduler.task.ExecutionContext;
import com.github.kagkarlsson.scheduler.task.FailureHandler;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import dev.lastgood.run.Conductor.End;
import dev.lastgood.run.Journal.Claim;
import dev.lastgood.run.Journal.Driving;
import dev.lastgood.run.Journal.Entry;
import dev.lastgood.run.Journal.NoSuchRun;
import dev.lastgood.run.Journal.RunRow;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// Drives runs with db-scheduler: it owns leases, timers, wake-ups and the take-over of a dead
/// node's runs; the journal and what to do next are ours. One task kind for each major version of
/// the plan.
///
/// A command drives the runs it names ([#drive]); a node drives whatever is due ([#driveAll]).
public final class Driver implements AutoCloseable {
  /// The scheduler's name for what drives runs of plan schema 1. A new major version is a new task,
  /// so that an older node never picks a plan it cannot read.
  public static final String TASK = "run.v1";

  /// A parked run is looked at this often even when nobody woke it: a process may have died between
  /// saying a word and waking the run.
  private static final Duration FORGOTTEN = Duration.ofMinutes(5);

  /// Due, whatever the clock of whoever reads it shows.
  private static final Instant AT_ONCE = Instant.EPOCH;

  private final DataSource dataSource;
  private final Journal journal;
  private final Function<RunId, Worker> workers;
  private final Gate gate;
  private final InstantSource clock;
  private final Pace pace;
  private final LeaseClock leaseClock;
  private final Timekeeper timekeeper;

  private final Map<RunId, Foreground> foreground = new ConcurrentHashMap<>();
  private final Map<RunId, Conducting> conducting = new ConcurrentHashMap<>();
  private volatile @Nullable Scheduler scheduler;
  private volatile boolean leaving;

  /// How the scheduler is set; the figures of the engine rest on these.
  ///
  /// @param node name of this process, unique among all; at most 50 characters count
  /// @param shared several processes may drive runs of this store
  /// @param heartbeat how often a process says that it lives; a run is taken over after four are
  ///   missed
  /// @param polling how often due runs are looked for
  /// @param threads runs driven at once
  /// @param silence how long a step may be under way until it is said that it still is
  public record Pace(
      String node,
      boolean shared,
      Duration heartbeat,
      Duration polling,
      int threads,
      Duration silence) {
    private static final Duration SILENCE = Duration.ofSeconds(10);

    public Pace(String node, boolean shared, Duration heartbeat, Duration polling, int threads) {
      this(node, shared, heartbeat, polling, threads, SILENCE);
    }

    /// A store that one process has for itself. A look costs it microseconds, so it looks often.
    public static Pace alone(String node) {
      return new Pace(node, false, Duration.ofSeconds(3), Duration.ofMillis(200), 4);
    }

    public static Pace shared(String node) {
      return new Pace(node, true, Duration.ofSeconds(3), Duration.ofSeconds(1), 64);
    }
  }

  /// Why a drive came to a stop here.
  public sealed interface Stop {
    record Over() implements Stop {}

    /// @param waitsFor what a person must do
    record Waits(String waitsFor) implements Stop {}

    /// Only time must pass; the scheduler wakes the run.
    record Sleeps(Instant until) implements Stop {}

    /// Another process drives it.
    ///
    /// @param node as it names itself
    record Elsewhere(String node) implements Stop {}

    /// This process is ending; the run goes on wherever somebody resumes it.
    record Left() implements Stop {}

    /// It cannot go on in this process; nothing is lost.
    record Broke(String why, RuntimeException cause) implements Stop {}
  }

  /// Somebody waits for the run in this process.
  private record Foreground(Consumer<Entry> listener, LinkedBlockingQueue<Stop> stops) {}

  /// One conductor per run and process: when a process loses a run and picks it again, the new one
  /// begins when the steps of the old one are really over.
  private static final class Conducting {
    private final Semaphore one = new Semaphore(1);
    private volatile long epoch;
  }

  public Driver(
      DataSource dataSource,
      Journal journal,
      Function<RunId, Worker> workers,
      Gate gate,
      InstantSource clock,
      Pace pace) {
    this.dataSource = dataSource;
    this.journal = journal;
    this.workers = workers;
    this.gate = gate;
    this.clock = clock;
    this.pace = pace;
    this.leaseClock = new LeaseClock(journal, clock);
    this.timekeeper = new Timekeeper(clock, leaseClock, this::setBack);
  }

  // ---- starting and ending

  /// Ready to drive the runs that are named to [#drive], and no others.
  public void start() {
    begin(
        builder()
            .jdbcCustomization(Due.only(pace.shared(), this::wanted))
            .pollUsingFetch(0.5, 1.0));
  }

  /// Drives whatever is due, until closed.
  public void driveAll() {
    // SQLite cannot skip locked rows; it is one process anyway. Never more than can start at once:
    // what is picked and queued gets no heartbeat, and would be taken for dead.
    begin(
        pace.shared()
            ? builder().pollUsingLockAndFetch(0.5, 1.0)
            : builder().alwaysPersistTimestampInUTC().pollUsingFetch(0.5, 1.0));
  }

  private synchronized void begin(SchedulerBuilder builder) {
    if (scheduler != null) {
      throw new IllegalStateException("a driver is started once");
    }
    leaseClock.synchronize();
    Scheduler built = builder.build();
    scheduler = built;
    built.start();
    timekeeper.start();
  }

  private SchedulerBuilder builder() {
    var task =
        Tasks.custom(TASK, Void.class)
            .onFailure(retryLater())
            .onDeadExecution(takeOver())
            .execute(this::execute);
    return Scheduler.create(dataSource, task)
        .schedulerName(new SchedulerName.Fixed(pace.node()))
        .threads(pace.threads())
        .pollingInterval(pace.polling())
        .heartbeatInterval(pace.heartbeat())
        .missedHeartbeatsLimit(4)
        // its default forgets runs that a node does not know after 14 days
        .deleteUnresolvedAfter(Duration.ofDays(36_500))
        .shutdownMaxWait(Duration.ofSeconds(10))
        .clock(leaseClock)
        .enableImmediateExecution();
  }

  private Collection<RunId> wanted() {
    return foreground.keySet();
  }

  private FailureHandler<Void> retryLater() {
    return (complete, operations) ->
        operations.reschedule(complete, leaseClock.now().plus(Duration.ofSeconds(5)));
  }

  /// Not after a jump of the clock for a run that this process is driving: it is not dead.
  private DeadExecutionHandler<Void> takeOver() {
    return (complete, operations) -> {
      Execution dead = complete.getExecution();
      Conducting here = conducting.get(new RunId(dead.taskInstance.getId()));
      if (here == null || here.epoch != dead.version) {
        operations.reschedule(complete, AT_ONCE);
      }
    };
  }

  private void setBack() {
    journal.wakeAll();
    Scheduler started = scheduler;
    if (started != null) {
      started.triggerCheckForDueExecutions();
    }
  }

  /// Begins nothing more, lets acts that are under way reach the journal (up to ten seconds, then
  /// they are interrupted), and ends. What is not finished goes on wherever somebody resumes it.
  @Override
  public void close() {
    leaving = true;
    timekeeper.close();
    Scheduler started = scheduler;
    if (started != null && !started.getSchedulerState().isShuttingDown()) {
      started.stop();
    }
  }

  // ---- in the foreground

  /// Drives one run and returns when it stops here.
  ///
  /// @param listener hears every event as it is written
  /// @param patience how long to wait while the run waits for a person; zero: return at once
  public Stop drive(RunId run, Consumer<Entry> listener, Duration patience)
      throws InterruptedException {
    Optional<RunRow> row = journal.run(run);
    if (row.isEmpty()) {
      var cause = new IllegalArgumentException("there is no run " + run);
      return new Stop.Broke("there is no run " + run, cause);
    }
    if (row.get().finished()) {
      return new Stop.Over();
    }
    var stops = new LinkedBlockingQueue<Stop>();
    foreground.put(run, new Foreground(listener, stops));
    try {
      wake(run);
      return new Wait(run, stops, patience).untilItStops();
    } finally {
      foreground.remove(run);
    }
  }

  /// Makes the scheduler look at the run now, wherever it is driven.
  public void wake(RunId run) {
    journal.wake(run);
    Scheduler started = scheduler;
    if (started != null) {
      started.triggerCheckForDueExecutions();
    }
  }

  private final class Wait {
    private final RunId run;
    private final LinkedBlockingQueue<Stop> stops;
    private final Duration patience;
    private @Nullable Stop last;
    private long since = System.nanoTime();
    private Optional<Driving> other = Optional.empty();

    Wait(RunId run, LinkedBlockingQueue<Stop> stops, Duration patience) {
      this.run = run;
      this.stops = stops;
      this.patience = patience;
    }

    Stop untilItStops() throws InterruptedException {
      while (true) {
        Stop stop = stops.poll(200, TimeUnit.MILLISECONDS);
        if (stop != null) {
          last = stop;
          since = System.nanoTime();
        } else if (leaving) {
          return new Stop.Left();
        }
        switch (last) {
          case Stop.Over over -> {
            return over;
          }
          case Stop.Elsewhere elsewhere -> {
            return elsewhere;
          }
          case Stop.Left left -> {
            return left;
          }
          case Stop.Broke broke -> {
            return broke;
          }
          case Stop.Waits waits -> {
            if (!heard() && waited().compareTo(patience) >= 0) {
              return waits;
            }
          }
          case Stop.Sleeps _ -> heard();
          case null -> {
            Optional<Stop> elsewhere = elsewhere();
            if (elsewhere.isPresent()) {
              return elsewhere.get();
            }
          }
        }
      }
    }

    private Duration waited() {
      return Duration.ofNanos(System.nanoTime() - since);
    }

    /// Whether somebody said something meanwhile; then the run goes on.
    private boolean heard() {
      boolean heard = !journal.words(run).isEmpty();
      if (heard) {
        last = null;
        other = Optional.empty();
        wake(run);
      }
      return heard;
    }

    /// Another process that drives the run shows signs of life. A dead one does not; then the
    /// scheduler takes the run over, and it is a matter of seconds.
    private Optional<Stop> elsewhere() {
      Optional<Driving> now = journal.driver(run).filter(d -> !pace.node().startsWith(d.node()));
      boolean alive =
          now.isPresent()
              && other.isPresent()
              && now.get().node().equals(other.get().node())
              && now.get().lastSign().isAfter(other.get().lastSign());
      if (alive) {
        return Optional.of(new Stop.Elsewhere(now.get().node()));
      }
      other = other.isPresent() && now.isPresent() ? other : now;
      return Optional.empty();
    }
  }

  private void tell(RunId run, Stop stop) {
    Foreground waiting = foreground.get(run);
    if (waiting != null) {
      waiting.stops().add(stop);
    }
  }

  // ---- under the scheduler

  private CompletionHandler<Void> execute(TaskInstance<Void> instance, ExecutionContext context) {
    var run = new RunId(instance.getId());
    var execution = context.getExecution();
    var claim = new Claim(String.valueOf(execution.pickedBy), execution.version);
    Conducting here = conducting.computeIfAbsent(run, _ -> new Conducting());
    try {
      here.one.acquire();
      try {
        here.epoch = claim.epoch();
        return after(run, conductor(run, claim, context).conduct());
      } finally {
        here.epoch = 0;
        here.one.release();
      }
    } catch (NoSuchRun e) {
      tell(run, new Stop.Broke(String.valueOf(e.getMessage()), new IllegalStateException(e)));
      return (_, operations) -> operations.remove();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return (complete, operations) -> operations.reschedule(complete, AT_ONCE);
    } catch (RuntimeException e) {
      // Nothing of the run is lost: the scheduler tries again, here or elsewhere.
      tell(run, new Stop.Broke(String.valueOf(e.getMessage()), e));
      throw e;
    }
  }

  private Conductor conductor(RunId run, Claim claim, ExecutionContext context) throws NoSuchRun {
    var beat = context.getCurrentlyExecuting().getHeartbeatState();
    var hold =
        new Hold(run, claim, journal, clock, () -> !beat.hasStaleHeartbeat(), pace.heartbeat());
    Foreground waiting = foreground.get(run);
    return new Conductor(
        run,
        new Machine(journal.plan(run), gate),
        journal,
        hold,
        workers.apply(run),
        clock,
        waiting == null ? _ -> {} : waiting.listener(),
        () -> leaving,
        pace.silence());
  }

  private CompletionHandler<Void> after(RunId run, End end) {
    return switch (end) {
      case End.Over _ ->
          (_, operations) -> {
            conducting.remove(run);
            tell(run, new Stop.Over());
            operations.remove();
          };
      case End.Parked parked ->
          (complete, operations) -> {
            // First the row, then the words: somebody who spoke before the row was written could
            // not wake it.
            operations.reschedule(complete, until(parked));
            if (!journal.words(run).isEmpty()) {
              wake(run);
            }
            tell(run, stop(parked));
          };
      case End.Left _ -> (complete, operations) -> operations.reschedule(complete, AT_ONCE);
      case End.Lost _ -> (_, _) -> {};
    };
  }

  private Instant until(End.Parked parked) {
    Instant forgotten = leaseClock.now().plus(FORGOTTEN);
    return parked
        .wake()
        .map(leaseClock::of)
        .filter(wake -> wake.isBefore(forgotten))
        .orElse(forgotten);
  }

  private Stop stop(End.Parked parked) {
    Optional<String> person = parked.waitsFor();
    return person
        .<Stop>map(Stop.Waits::new)
        .orElseGet(() -> new Stop.Sleeps(parked.wake().orElse(clock.instant())));
  }
}
