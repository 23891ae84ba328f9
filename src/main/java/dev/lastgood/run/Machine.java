package dev.lastgood.run;

import dev.lastgood.plan.Phase;
import dev.lastgood.plan.Plan;
import dev.lastgood.plan.Step;
import dev.lastgood.plan.Work;
import dev.lastgood.run.Journal.Entry;
import dev.lastgood.run.Progress.Happened;
import dev.lastgood.run.Progress.State;
import dev.lastgood.run.RunEvent.Asked;
import dev.lastgood.run.RunEvent.Began;
import dev.lastgood.run.RunEvent.Ended;
import dev.lastgood.run.RunEvent.Finished;
import dev.lastgood.run.RunEvent.Proposed;
import dev.lastgood.run.RunEvent.Result;
import dev.lastgood.run.RunEvent.RunResult;
import dev.lastgood.run.RunEvent.Sampled;
import dev.lastgood.run.Turn.Begin;
import dev.lastgood.run.Turn.Sample;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What comes next in a run. A pure function of the plan, the events so far, the steps that this
/// process has under way, and the time; so a run can be stepped, replayed and printed, and a crash
/// loses nothing.
public final class Machine {
  /// Steps of one run under way at a time: a plan of a thousand targets does not begin them all at
  /// once, which would cost memory and the patience of every platform.
  static final int SIDE_BY_SIDE = 50;

  /// One bad look may be the looker's; two in a row are the system's.
  private static final int BAD_LOOKS = 2;

  /// After a bad look the next one comes at least this soon, however seldom the watch looks.
  private static final Duration SECOND_LOOK = Duration.ofSeconds(15);

  private final Plan plan;
  private final Gate gate;
  private final Map<String, Step> steps = new HashMap<>();
  private final Map<String, List<Step>> ways = new HashMap<>();
  private final Map<Phase, List<Step>> phases = new EnumMap<>(Phase.class);

  /// @throws IllegalArgumentException if the plan can never end: a step needs one that is not there
  ///   or comes in a later phase, or steps need each other in a circle
  public Machine(Plan plan, Gate gate) {
    this.plan = plan;
    this.gate = gate;
    Needs.check(plan);
    for (Step step : plan.steps()) {
      steps.put(step.id(), step);
      phases.computeIfAbsent(step.phase(), _ -> new ArrayList<>()).add(step);
      step.way()
          .ifPresent(w -> ways.computeIfAbsent(w.component(), _ -> new ArrayList<>()).add(step));
    }
  }

  /// How far a run of this plan is, to be kept up to date event by event.
  Progress progress(List<Entry> events) {
    return new Progress(plan, events);
  }

  /// What a word that somebody said to the run becomes in the journal: itself, or a note when the
  /// run did not ask for it any more.
  RunEvent hear(List<Entry> events, RunEvent word) {
    return hear(progress(events), word);
  }

  RunEvent hear(Progress progress, RunEvent word) {
    return switch (word) {
      case RunEvent.Approved _, RunEvent.StopAsked _, RunEvent.Noted _ -> word;
      case RunEvent.Chosen chosen ->
          progress.mayChoose(chosen)
              ? chosen
              : new RunEvent.Noted(
                  chosen.by()
                      + " chose "
                      + chosen.choice().name().toLowerCase(Locale.ROOT).replace('_', ' ')
                      + " for "
                      + chosen.step()
                      + ", which does not ask for it now: nothing follows");
      case Proposed _, Began _, RunEvent.Intended _, Ended _, Sampled _, Asked _, Finished _ ->
          new RunEvent.Noted("somebody said what only the run itself can say: nothing follows");
    };
  }

  /// @param events oldest first
  /// @param underWay ids of steps and of watches that this process is working on right now
  public Turn next(List<Entry> events, Set<String> underWay, Instant now) {
    return next(progress(events), underWay, now);
  }

  Turn next(Progress progress, Set<String> underWay, Instant now) {
    if (progress.finished()) {
      return Turn.nothing();
    }
    if (!progress.began()) {
      return atTheGate(progress, now);
    }
    if (progress.stop().isPresent()) {
      return underWay.isEmpty() ? stopping(progress) : Turn.nothing();
    }
    List<Step> phase = currentPhase(progress);
    if (phase.isEmpty()) {
      return Turn.write(finished(progress));
    }
    for (Step step : phase) {
      if (progress.troubled(step) && !progress.asked(step)) {
        return Turn.write(
            new Asked(step.id(), progress.lastWords(step), progress.choices(step, plan)));
      }
    }
    return go(progress, phase, underWay, now);
  }

  // ---- before it begins

  private Turn atTheGate(Progress progress, Instant now) {
    if (progress.stop().isPresent()) {
      return abandoned("stopped by " + progress.stop().get().by() + " before it began");
    }
    Happened first =
        progress
            .proposed()
            .orElseThrow(
                () -> new IllegalStateException("the journal does not begin with a proposal"));
    return switch (gate.open((Proposed) first.event(), first.at(), progress.approvals(), now)) {
      case Gate.Answer.Open _ -> Turn.write(new Began());
      case Gate.Answer.Shut shut ->
          now.isBefore(shut.until())
              ? new Turn(
                  List.of(),
                  List.of(),
                  List.of(),
                  Optional.of(shut.until()),
                  Optional.of("approval: " + shut.says()))
              : abandoned("nobody approved it in time: " + shut.says());
    };
  }

  private static Turn abandoned(String says) {
    return Turn.write(new Finished(RunResult.ABANDONED, says + "; nothing was changed"));
  }

  // ---- under way

  /// The steps of the first phase that is not settled; empty: all are.
  private List<Step> currentPhase(Progress progress) {
    for (List<Step> phase : phases.values()) {
      for (Step step : phase) {
        if (!progress.settled(step)) {
          return phase;
        }
      }
    }
    return List.of();
  }

  private Turn go(Progress progress, List<Step> phase, Set<String> underWay, Instant now) {
    List<Begin> begin = new ArrayList<>();
    List<Sample> samples = new ArrayList<>();
    List<Instant> wakes = new ArrayList<>();
    for (Step step : phase) {
      if (underWay.contains(step.id())) {
        continue;
      }
      State state = progress.of(step);
      if (state == State.INTENDED && step.work() instanceof Work.Watch watch) {
        Optional<RunEvent> end = watched(progress, step, watch, now);
        if (end.isPresent()) {
          return Turn.write(end.get());
        }
        Instant due = due(progress, step, watch);
        if (now.isBefore(due) && !setBack(progress, step, now)) {
          wakes.add(due);
        } else {
          samples.add(new Sample(step, progress.samples(step).size() + 1));
        }
      } else if (state == State.INTENDED) {
        begin.add(new Begin(step, progress.attempt(step), true));
      } else if (state == State.WAITING
          && !progress.off(step)
          && !progress.earlierWayOpen(step, plan)
          && ready(progress, step)) {
        begin.add(new Begin(step, progress.nextAttempt(step), false));
      }
    }
    Optional<String> waitsFor =
        begin.isEmpty() && samples.isEmpty() && underWay.isEmpty() && wakes.isEmpty()
            ? Optional.of("a choice: " + troubles(progress, phase))
            : Optional.empty();
    int room = Math.max(0, SIDE_BY_SIDE - underWay.size());
    return new Turn(
        List.of(),
        begin.subList(0, Math.min(room, begin.size())),
        samples,
        wakes.stream().min(Instant::compareTo),
        waitsFor);
  }

  private static String troubles(Progress progress, List<Step> phase) {
    return phase.stream()
        .filter(progress::troubled)
        .map(s -> s.id() + ": " + progress.lastWords(s))
        .collect(Collectors.joining("; "));
  }

  private boolean ready(Progress progress, Step step) {
    for (String need : step.needs()) {
      if (!met(progress, need)) {
        return false;
      }
    }
    return true;
  }

  private boolean met(Progress progress, String need) {
    if (need.startsWith("way:")) {
      return ways.getOrDefault(need.substring("way:".length()), List.of()).stream()
          .filter(s -> !progress.off(s))
          .allMatch(s -> behind(progress, s));
    }
    return behind(progress, Objects.requireNonNull(steps.get(need), need));
  }

  private static boolean behind(Progress progress, Step step) {
    return progress.settled(step) && !progress.troubled(step);
  }

  // ---- watching

  private static Instant due(Progress progress, Step step, Work.Watch watch) {
    List<Happened> samples = progress.samples(step);
    if (samples.isEmpty()) {
      return progress.intendedAt(step).orElseThrow();
    }
    boolean healthy = ((Sampled) samples.getLast().event()).healthy();
    boolean shorter = !healthy && SECOND_LOOK.compareTo(watch.every()) < 0;
    return samples.getLast().at().plus(shorter ? SECOND_LOOK : watch.every());
  }

  /// What was not looked at was not watched: a clock that jumps ahead, or a process that was away,
  /// does not shorten it.
  private static boolean over(
      Work.Watch watch, Instant began, List<Happened> samples, Instant now) {
    long looks = watch.every().isPositive() ? 1 + watch.lasting().dividedBy(watch.every()) : 1;
    return samples.size() >= looks
        && (!now.isBefore(began.plus(watch.lasting())) || now.isBefore(began));
  }

  /// The clock shows less than at the last look: waiting for the next one could take hours.
  private static boolean setBack(Progress progress, Step step, Instant now) {
    List<Happened> samples = progress.samples(step);
    return !samples.isEmpty() && now.isBefore(samples.getLast().at());
  }

  private static Optional<RunEvent> watched(
      Progress progress, Step step, Work.Watch watch, Instant now) {
    List<Happened> samples = progress.samples(step);
    Instant began = progress.intendedAt(step).orElseThrow();
    long took = Math.max(0, Duration.between(began, now).toMillis());
    int bad = 0;
    for (Happened look : samples.reversed()) {
      if (((Sampled) look.event()).healthy()) {
        break;
      }
      bad++;
    }
    if (bad >= BAD_LOOKS) {
      return Optional.of(
          new Ended(
              step.id(),
              progress.attempt(step),
              Result.REFUSED,
              bad + " bad looks in a row: " + ((Sampled) samples.getLast().event()).says(),
              false,
              took));
    }
    return bad == 0 && over(watch, began, samples, now)
        ? Optional.of(
            new Ended(
                step.id(),
                progress.attempt(step),
                Result.DONE,
                samples.size()
                    + (samples.size() == 1 ? " look" : " looks")
                    + ", the last one healthy",
                false,
                took))
        : Optional.empty();
  }

  // ---- the end

  /// Whoever stops a run does not want users to stand before a closed door: what keeps them away is
  /// ended first, one step after the other.
  private Turn stopping(Progress progress) {
    for (Step step : plan.steps()) {
      if (step.work() instanceof Work.Reopen reopen && mayBeClosed(progress, reopen)) {
        State state = progress.of(step);
        if (state == State.INTENDED || state == State.WAITING) {
          boolean inDoubt = state == State.INTENDED;
          int attempt = inDoubt ? progress.attempt(step) : progress.nextAttempt(step);
          return new Turn(
              List.of(),
              List.of(new Begin(step, attempt, inDoubt)),
              List.of(),
              Optional.empty(),
              Optional.empty());
        }
      }
    }
    return Turn.write(stopped(progress));
  }

  private boolean mayBeClosed(Progress progress, Work.Reopen reopen) {
    Step closed = steps.get(reopen.closed());
    return closed != null && progress.attempt(closed) > 0;
  }

  /// Opening is tried after every attempt to close; but nobody is alarmed about a door that was not
  /// closed. Whoever skipped a closing that was refused may have closed it by hand.
  private boolean wasNeverClosed(Progress progress, Work.Reopen reopen) {
    Step closed = steps.get(reopen.closed());
    return closed != null && !progress.touched(closed) && progress.of(closed) != State.SKIPPED;
  }

  /// What a person must know before anything else; empty when nobody stands before a closed door.
  private String stillClosed(Progress progress) {
    String doors =
        plan.steps().stream()
            .filter(s ->
                s.work() instanceof Work.Reopen reopen
                    && mayBeClosed(progress, reopen)
                    && !wasNeverClosed(progress, reopen)
                    && progress.of(s) != State.DONE)
            .map(s ->
                s.says()
                    + " ("
                    + progress.lastWords(s)
                    + (s.byHand().isEmpty() ? "" : "; by hand: " + s.byHand())
                    + ")")
            .collect(Collectors.joining("; "));
    return doors.isEmpty() ? "" : "USERS MAY STILL BE KEPT AWAY, not done: " + doors + ". ";
  }

  private Finished finished(Progress progress) {
    List<String> skipped =
        plan.steps().stream()
            .filter(s -> s.required() && progress.of(s) == State.SKIPPED)
            .map(Step::id)
            .toList();
    return skipped.isEmpty()
        ? new Finished(RunResult.PROVEN, "every step is done and what it promised was measured")
        : new Finished(
            RunResult.UNPROVEN,
            stillClosed(progress)
                + "not proven: skipped by a person: "
                + String.join(", ", skipped));
  }

  /// Who stops before anything was changed need not know that deploys are held all the same.
  private String stillHeld(Progress progress) {
    if (plan.steps().stream().anyMatch(s -> changes(s.work()) && progress.touched(s))) {
      return "";
    }
    String held =
        plan.steps().stream()
            .filter(s -> s.work() instanceof Work.Hold && progress.of(s) == State.DONE)
            .map(progress::lastWords)
            .collect(Collectors.joining(", "));
    return "; nothing was changed" + (held.isEmpty() ? "" : ", but deploys stay " + held);
  }

  private static boolean changes(Work work) {
    return switch (work) {
      case Work.Perform _, Work.Purge _ -> true;
      // what it takes back is a change already
      case Work.Reopen _,
          Work.Prove _,
          Work.Capture _,
          Work.Quarantine _,
          Work.Hold _,
          Work.Enter _,
          Work.Tell _,
          Work.Watch _ ->
          false;
    };
  }

  private Finished stopped(Progress progress) {
    Set<String> done = new HashSet<>();
    List<String> open = new ArrayList<>();
    List<String> doubtful = new ArrayList<>();
    for (Step step : plan.steps()) {
      State state = progress.of(step);
      if (state == State.DONE) {
        done.add(step.id());
      } else if (state == State.INTENDED || state == State.UNKNOWN) {
        doubtful.add(step.says());
      } else if (!progress.settled(step)) {
        open.add(step.id());
      }
    }
    String by = progress.stop().map(s -> "stopped by " + s.by()).orElse("stopped");
    String says =
        stillClosed(progress)
            + by
            + ": "
            + done.size()
            + " of "
            + plan.steps().size()
            + " steps done, "
            + open.size()
            + " not begun"
            + (doubtful.isEmpty()
                ? ""
                : "; a person must look at what may have happened: " + String.join(", ", doubtful))
            + stillHeld(progress);
    return new Finished(RunResult.STOPPED, says);
  }
}
