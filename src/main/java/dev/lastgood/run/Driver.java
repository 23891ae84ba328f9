package dev.lastgood.run;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.ExecutionContext;
import com.github.kagkarlsson.scheduler.task.ExecutionOperations;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.CustomTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import dev.lastgood.run.Conductor.End;
import dev.lastgood.run.Journal.Claim;
import dev.lastgood.run.Journal.Entry;
import dev.lastgood.run.Journal.NoSuchRun;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// Drives runs with db-scheduler: it owns leases, timers, wake-ups and the take-over of a dead
/// node's runs; the journal and what to do next are ours. One task kind for each major version of
/// the plan.
public final class Driver implements AutoCloseable {
  static final String TASK = "run.v1";

  /// A run that waits for a word is looked at this often even when nobody woke it.
  private static final Duration FORGOTTEN = Duration.ofHours(1);

  private final Journal journal;
  private final Function<RunId, Worker> workers;
  private final Gate gate;
  private final InstantSource clock;
  private final Scheduler scheduler;
  private final Map<String, LinkedBlockingQueue<Stop>> waiting = new ConcurrentHashMap<>();
  private final Map<String, Consumer<Entry>> listeners = new ConcurrentHashMap<>();
  private volatile boolean leaving;

  /// How the scheduler is set; `engine` figures rest on these.
  ///
  /// @param node name of this process, unique among all
  /// @param shared several processes may drive runs of this store
  /// @param heartbeat how often a process says that it lives; a run is taken over after four are
  ///   missed
  public record Pace(
      String node, boolean shared, Duration heartbeat, Duration polling, int threads) {
    public static Pace alone(String node) {
      return new Pace(node, false, Duration.ofSeconds(3), Duration.ofSeconds(1), 4);
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
    record Elsewhere() implements Stop {}

    record Broke(String why) implements Stop {}
  }

  public Driver(
      DataSource dataSource,
      Journal journal,
      Function<RunId, Worker> workers,
      Gate gate,
      InstantSource clock,
      Pace pace) {
    this.journal = journal;
    this.workers = workers;
    this.gate = gate;
    this.clock = clock;
    CustomTask<Void> task =
        Tasks.custom(TASK, Void.class)
            .onFailureReschedule(FixedDelay.of(Duration.ofSeconds(5)))
            .onDeadExecutionRevive()
            .execute(this::execute);
    SchedulerBuilder builder =
        Scheduler.create(dataSource, task)
            .schedulerName(new SchedulerName.Fixed(pace.node()))
            .threads(pace.threads())
            .pollingInterval(pace.polling())
            .heartbeatInterval(pace.heartbeat())
            .missedHeartbeatsLimit(4)
            .deleteUnresolvedAfter(Duration.ofDays(36_500))
            .alwaysPersistTimestampInUTC()
            .shutdownMaxWait(Duration.ofSeconds(10))
            .clock(clock::instant)
            .enableImmediateExecution();
    this.scheduler =
        (pace.shared() ? builder.pollUsingLockAndFetch(0.5, 1.0) : builder.pollUsingFetch(0.5, 1.0))
            .build();
  }

  public void start() {
    scheduler.start();
  }

  /// Makes the scheduler look at the run now, wherever it is driven.
  public void wake(RunId run) {
    var instance = new TaskInstance<Void>(TASK, run.value());
    if (!scheduler.scheduleIfNotExists(instance, clock.instant())) {
      try {
        scheduler.reschedule(instance, clock.instant());
      } catch (RuntimeException e) {
        // It is being executed: whoever does reads the words before parking.
        System.getLogger(Driver.class.getName()).log(System.Logger.Level.DEBUG, "wake", e);
      }
    }
    scheduler.triggerCheckForDueExecutions();
  }

  /// Drives one run in the foreground.
  ///
  /// @param listener hears every event as it is written
  /// @param patience how long to wait while the run waits for a person; zero: return at once
  public Stop drive(RunId run, Consumer<Entry> listener, Duration patience)
      throws InterruptedException {
    var stops = new LinkedBlockingQueue<Stop>();
    waiting.put(run.value(), stops);
    listeners.put(run.value(), listener);
    try {
      wake(run);
      long waitedFrom = System.nanoTime();
      @Nullable Stop last = null;
      while (true) {
        Stop stop = stops.poll(200, TimeUnit.MILLISECONDS);
        if (stop != null) {
          last = stop;
          waitedFrom = System.nanoTime();
        }
        switch (last) {
          case Stop.Over over -> {
            return over;
          }
          case Stop.Elsewhere elsewhere -> {
            return elsewhere;
          }
          case Stop.Broke broke -> {
            return broke;
          }
          case Stop.Waits waits -> {
            if (!journal.words(run).isEmpty()) {
              last = null;
              wake(run);
            } else if (System.nanoTime() - waitedFrom >= patience.toNanos()) {
              return waits;
            }
          }
          case Stop.Sleeps _ -> {
            if (!journal.words(run).isEmpty()) {
              last = null;
              wake(run);
            }
          }
          case null -> {}
        }
      }
    } finally {
      waiting.remove(run.value());
      listeners.remove(run.value());
    }
  }

  private CompletionHandler<Void> execute(TaskInstance<Void> instance, ExecutionContext context) {
    var run = new RunId(instance.getId());
    var execution = context.getExecution();
    var claim = new Claim(String.valueOf(execution.pickedBy), execution.version);
    var beat = context.getCurrentlyExecuting().getHeartbeatState();
    try {
      var machine = new Machine(journal.plan(run), gate);
      End end =
          new Conductor(
                  run,
                  machine,
                  journal,
                  claim,
                  workers.apply(run),
                  clock,
                  listeners.getOrDefault(run.value(), _ -> {}),
                  () -> !beat.hasStaleHeartbeat() && beat.getFailedHeartbeats() == 0,
                  () -> leaving)
              .conduct();
      return after(run, end);
    } catch (NoSuchRun e) {
      tell(run, new Stop.Broke(String.valueOf(e.getMessage())));
      return (_, operations) -> operations.remove();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return (complete, operations) -> operations.reschedule(complete, clock.instant());
    } catch (RuntimeException e) {
      tell(run, new Stop.Broke(String.valueOf(e.getMessage())));
      throw e;
    }
  }

  private CompletionHandler<Void> after(RunId run, End end) {
    return switch (end) {
      case End.Over _ ->
          (_, operations) -> {
            operations.remove();
            tell(run, new Stop.Over());
          };
      case End.Parked parked ->
          (complete, operations) -> {
            Instant now = clock.instant();
            park(run, operations, complete, parked.wake().orElse(now.plus(FORGOTTEN)));
            tell(run, stop(parked, now));
          };
      case End.Lost _ -> (_, _) -> tell(run, new Stop.Elsewhere());
    };
  }

  /// First the row, then the words: somebody who spoke before the row was written could not wake
  /// it.
  private void park(
      RunId run,
      ExecutionOperations<Void> operations,
      com.github.kagkarlsson.scheduler.task.ExecutionComplete complete,
      Instant until) {
    operations.reschedule(complete, until);
    if (!journal.words(run).isEmpty()) {
      wake(run);
    }
  }

  private static Stop stop(End.Parked parked, Instant now) {
    Optional<String> person = parked.waitsFor();
    return person
        .<Stop>map(Stop.Waits::new)
        .orElseGet(() -> new Stop.Sleeps(parked.wake().orElse(now)));
  }

  private void tell(RunId run, Stop stop) {
    LinkedBlockingQueue<Stop> listener = waiting.get(run.value());
    if (listener != null) {
      listener.add(stop);
    }
  }

  /// Begins nothing more, lets what is under way reach the journal, and ends.
  @Override
  public void close() {
    leaving = true;
    scheduler.stop();
  }
}
