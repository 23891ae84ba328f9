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
/// over. It acts at most once, and only after a look that says acting is safe; so an attempt that a
/// dead process left behind is made by the same rules.
///
/// Times are taken from a clock that nobody can set, so a jumping clock neither ends nor prolongs
/// it.
final class Attempt {
  private static final Duration SHORTEST = Duration.ofMillis(20);
  private static final Duration LONGEST = Duration.ofMillis(500);
  private static final Duration SELDOM = Duration.ofSeconds(10);

  /// What takes long is looked at less often: a pause adds at most this part to what has passed,
  /// and a platform that counts requests is not asked for hours twice a second.
  private static final int PART = 20;

  private final RunId run;
  private final Step step;
  private final int attempt;
  private final Worker worker;
  private final Hold hold;
  private final BooleanSupplier leaving;
  private final Silence silence;
  private final long start = System.nanoTime();
  private Duration pause = SHORTEST;

  /// @param leaving whether this process wants to end: it stops looking, and does not act any more
  /// @param silence learns what is seen
  Attempt(
      RunId run,
      Turn.Begin begin,
      Worker worker,
      Hold hold,
      BooleanSupplier leaving,
      Silence silence) {
    this.run = run;
    this.step = begin.step();
    this.attempt = begin.attempt();
    this.worker = worker;
    this.hold = hold;
    this.leaving = leaving;
    this.silence = silence;
  }

  /// @return empty when it is left as it is, for whoever resumes the run
  Optional<Ended> make() throws InterruptedException {
    Sight sight = look();
    // Somebody may be at it, or have been: acting now could be a blind repeat. Wait until a look is
    // clear.
    while (sight instanceof Sight.UnderWay || sight instanceof Sight.Unclear) {
      if (late()) {
        return ended(Result.UNKNOWN, after() + sight.seen(), false);
      }
      if (left()) {
        return Optional.empty();
      }
      sight = look();
    }
    if (sight instanceof Sight.Holds holds) {
      return ended(Result.DONE, holds.seen(), false);
    }
    if (leaving.getAsBoolean() || !hold.sure()) {
      return Optional.empty();
    }
    silence.acting();
    return switch (worker.act(run, step, run + "/" + step.id())) {
      case Outcome.Refused refused -> ended(Result.REFUSED, refused.reason(), true);
      case Outcome.Done done ->
          follow(
              done.receipt().isBlank() ? "" : "it said \"" + done.receipt() + "\", but ",
              done.receipt().strip());
      case Outcome.Unknown unknown -> {
        silence.heard(unknown);
        yield follow(unknown.reason() + "; ", "");
      }
    };
  }

  private Sight look() {
    Sight sight = worker.look(run, step);
    silence.saw(sight);
    return sight;
  }

  /// Looks until the goal holds, cannot hold any more, or the time is over.
  ///
  /// @param said what the act said, in case that is not what is seen
  /// @param receipt what the act told, which stands in the result beside what is seen; empty:
  ///   nothing
  private Optional<Ended> follow(String said, String receipt) throws InterruptedException {
    pause = SHORTEST;
    while (true) {
      Sight sight = look();
      switch (sight) {
        case Sight.Holds holds -> {
          return ended(Result.DONE, seenAndTold(holds.seen(), receipt), true);
        }
        case Sight.Failed failed -> {
          return ended(Result.UNKNOWN, said + failed.seen(), true);
        }
        case Sight.NotYet _, Sight.UnderWay _, Sight.Unclear _ -> {
          if (late()) {
            return ended(Result.UNKNOWN, said + after() + sight.seen(), true);
          }
        }
      }
      if (left()) {
        return Optional.empty();
      }
    }
  }

  /// What is seen comes first: it is the proof. Only the act knows how many rows it moved, and for
  /// how long others waited.
  private static String seenAndTold(String seen, String receipt) {
    return seen.contains(receipt) ? seen : seen + "; " + receipt;
  }

  /// Pauses, a little longer each time, but not beyond the deadline.
  ///
  /// @return whether the process wants to end
  private boolean left() throws InterruptedException {
    Duration rest = step.deadline().minus(took());
    Thread.sleep(earlier(pause, rest.plusMillis(1)));
    pause = earlier(pause.multipliedBy(3).dividedBy(2), longest(took()));
    return leaving.getAsBoolean();
  }

  /// @param took since this attempt began
  static Duration longest(Duration took) {
    Duration part = took.dividedBy(PART);
    return part.compareTo(LONGEST) < 0 ? LONGEST : earlier(part, SELDOM);
  }

  private static Duration earlier(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private boolean late() {
    return took().compareTo(step.deadline()) >= 0;
  }

  private String after() {
    return "after " + took().toMillis() + " ms: ";
  }

  private Duration took() {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private Optional<Ended> ended(Result result, String says, boolean acted) {
    return Optional.of(new Ended(step.id(), attempt, result, says, acted, took().toMillis()));
  }
}
