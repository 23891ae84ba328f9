package dev.lastgood.run;

import dev.lastgood.plan.Step;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Sight;
import dev.lastgood.run.RunEvent.Ended;
import dev.lastgood.run.RunEvent.Result;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// One attempt of one step: look, act if the goal does not hold, look until it holds or the time is
/// over. Times are taken from a clock that nobody can set, so a jumping clock neither ends nor
/// prolongs it.
final class Attempt {
  private static final Duration SHORTEST = Duration.ofMillis(10);
  private static final Duration LONGEST = Duration.ofMillis(500);

  private final RunId run;
  private final Turn.Begin begin;
  private final Worker worker;
  private final BooleanSupplier ours;
  private final long start = System.nanoTime();

  /// @param ours whether this process still holds the run; asked right before acting
  Attempt(RunId run, Turn.Begin begin, Worker worker, BooleanSupplier ours) {
    this.run = run;
    this.begin = begin;
    this.worker = worker;
    this.ours = ours;
  }

  /// @return empty when the claim was lost before acting, or the process is ending: nothing is said
  ///   then
  Optional<Ended> make() {
    Step step = begin.step();
    try {
      return Optional.of(made(step));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private Ended made(Step step) throws InterruptedException {
    Sight sight = worker.look(run, step);
    // Somebody may be at it, or have been: acting now could be a blind repeat. Wait until a look is
    // clear.
    while (sight instanceof Sight.UnderWay || sight instanceof Sight.Unclear) {
      if (late()) {
        return ended(Result.UNKNOWN, sight.seen(), false);
      }
      sight = again(step, SHORTEST);
    }
    if (sight instanceof Sight.Holds holds) {
      return ended(Result.DONE, holds.seen(), false);
    }
    if (!ours.getAsBoolean()) {
      throw new InterruptedException("the run is no longer held by this process");
    }
    Outcome outcome = worker.act(run, step, run + "/" + step.id());
    return switch (outcome) {
      case Outcome.Refused refused -> ended(Result.REFUSED, refused.reason(), true);
      case Outcome.Done done -> follow(step, "it said \"" + done.receipt() + "\", but ");
      case Outcome.Unknown unknown -> follow(step, unknown.reason() + "; ");
    };
  }

  /// Looks until the goal holds, cannot hold any more, or the time is over.
  private Ended follow(Step step, String before) throws InterruptedException {
    Duration pause = SHORTEST;
    while (true) {
      Sight sight = worker.look(run, step);
      switch (sight) {
        case Sight.Holds holds -> {
          return ended(Result.DONE, holds.seen(), true);
        }
        case Sight.Failed failed -> {
          return ended(Result.UNKNOWN, before + failed.seen(), true);
        }
        case Sight.NotYet _, Sight.UnderWay _, Sight.Unclear _ -> {
          if (late()) {
            return ended(
                Result.UNKNOWN,
                before + "after " + step.deadline().toSeconds() + " s: " + sight.seen(),
                true);
          }
        }
      }
      Thread.sleep(pause);
      pause = pause.multipliedBy(3).dividedBy(2);
      pause = pause.compareTo(LONGEST) > 0 ? LONGEST : pause;
    }
  }

  private Sight again(Step step, Duration pause) throws InterruptedException {
    Thread.sleep(pause);
    return worker.look(run, step);
  }

  private boolean late() {
    return took().compareTo(begin.step().deadline()) >= 0;
  }

  private Duration took() {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private Ended ended(Result result, String says, boolean acted) {
    return new Ended(begin.step().id(), begin.attempt(), result, says, acted, took().toMillis());
  }
}
