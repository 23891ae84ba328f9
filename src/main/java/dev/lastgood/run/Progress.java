package dev.lastgood.run;

import dev.lastgood.plan.Plan;
import dev.lastgood.plan.Step;
import dev.lastgood.run.Journal.Entry;
import dev.lastgood.run.RunEvent.Approved;
import dev.lastgood.run.RunEvent.Asked;
import dev.lastgood.run.RunEvent.Choice;
import dev.lastgood.run.RunEvent.Chosen;
import dev.lastgood.run.RunEvent.Ended;
import dev.lastgood.run.RunEvent.Finished;
import dev.lastgood.run.RunEvent.Intended;
import dev.lastgood.run.RunEvent.Proposed;
import dev.lastgood.run.RunEvent.Result;
import dev.lastgood.run.RunEvent.Sampled;
import dev.lastgood.run.RunEvent.StopAsked;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Where a run stands: its events, read from the first to the last.
final class Progress {
  /// Where one step stands.
  enum State {
    /// Not begun, or to be tried again.
    WAITING,
    /// An intent without an end.
    INTENDED,
    DONE,
    REFUSED,
    UNKNOWN,
    SKIPPED
  }

  private final Map<String, State> states = new HashMap<>();
  private final Map<String, Integer> attempts = new HashMap<>();
  private final Map<String, Instant> intendedAt = new HashMap<>();
  private final Map<String, String> lastWords = new HashMap<>();
  private final Map<String, List<Happened>> samples = new HashMap<>();
  private final Set<String> touched = new HashSet<>();
  private final Map<String, Asked> asked = new HashMap<>();
  private final Map<String, Integer> ranks = new HashMap<>();
  private final List<Approved> approvals = new ArrayList<>();
  private @Nullable Happened proposed;
  private @Nullable StopAsked stop;
  private boolean began;
  private boolean finished;

  private final Map<String, Step> steps = new HashMap<>();

  /// Before the first entry.
  Progress(Plan plan) {
    plan.steps().forEach(s -> steps.put(s.id(), s));
  }

  Progress(Plan plan, List<Entry> entries) {
    this(plan);
    entries.forEach(e -> read(e.at(), e.event()));
  }

  /// An event and its time, written or about to be.
  record Happened(Instant at, RunEvent event) {}

  /// One event more.
  void read(Instant at, RunEvent event) {
    switch (event) {
      case Proposed _ -> proposed = new Happened(at, event);
      case Approved approved -> approvals.add(approved);
      case RunEvent.Began _ -> began = true;
      case Intended intended -> {
        states.put(intended.step(), State.INTENDED);
        attempts.put(intended.step(), intended.attempt());
        intendedAt.put(intended.step(), at);
        samples.remove(intended.step());
      }
      case Ended ended -> {
        states.put(ended.step(), state(ended.result()));
        lastWords.put(ended.step(), ended.says());
        asked.remove(ended.step());
        if (ended.result() != Result.REFUSED) {
          touched.add(ended.step());
        }
        if (ended.result() == Result.REFUSED) {
          refused(steps.get(ended.step()));
        }
      }
      case Sampled sampled ->
          samples
              .computeIfAbsent(sampled.step(), _ -> new ArrayList<>())
              .add(new Happened(at, event));
      case Asked ask -> asked.put(ask.step(), ask);
      case Chosen chosen -> choose(chosen);
      case StopAsked asks -> stop = asks;
      case RunEvent.Noted _ -> {}
      case Finished _ -> finished = true;
    }
  }

  private static State state(Result result) {
    return switch (result) {
      case DONE -> State.DONE;
      case REFUSED -> State.REFUSED;
      case UNKNOWN -> State.UNKNOWN;
    };
  }

  private void choose(Chosen chosen) {
    asked.remove(chosen.step());
    switch (chosen.choice()) {
      case RETRY -> states.put(chosen.step(), State.WAITING);
      case SKIP -> states.put(chosen.step(), State.SKIPPED);
      case STOP -> stop = new StopAsked(chosen.by(), chosen.reason());
      case OTHER_METHOD -> giveUpWay(steps.get(chosen.step()));
    }
  }

  /// The next way follows by itself, but never on top of an unknown.
  private void refused(@Nullable Step step) {
    boolean unknown =
        step != null
            && steps.values().stream()
                .anyMatch(s ->
                    s.way().isPresent() && s.way().equals(step.way()) && of(s) == State.UNKNOWN);
    if (!unknown) {
      giveUpWay(step);
    }
  }

  /// The way this step belongs to is not gone any further, if there is another.
  private void giveUpWay(@Nullable Step step) {
    if (step != null && step.required() && nextWay(step, steps.values())) {
      step.way().ifPresent(w -> ranks.merge(w.component(), w.rank() + 1, Math::max));
    }
  }

  static boolean nextWay(Step step, Iterable<Step> steps) {
    for (Step other : steps) {
      boolean next =
          step.way().isPresent()
              && other.way().isPresent()
              && other.way().get().component().equals(step.way().get().component())
              && other.way().get().rank() == step.way().get().rank() + 1;
      if (next) {
        return true;
      }
    }
    return false;
  }

  State of(Step step) {
    return states.getOrDefault(step.id(), State.WAITING);
  }

  /// Whether it may have happened, in whichever attempt: only what was never begun, and what was
  /// refused each time, changed nothing for certain.
  boolean touched(Step step) {
    return touched.contains(step.id()) || of(step) == State.INTENDED;
  }

  /// Belongs to a way that is not taken: given up already, or kept for later.
  boolean off(Step step) {
    return step.way().map(w -> w.rank() != ranks.getOrDefault(w.component(), 0)).orElse(false);
  }

  /// Nothing more will come of it, and nobody has to be asked about it.
  boolean settled(Step step) {
    return switch (of(step)) {
      case DONE, SKIPPED -> true;
      case REFUSED, UNKNOWN -> !step.required() || off(step);
      case WAITING -> off(step);
      case INTENDED -> false;
    };
  }

  /// A person must choose about it.
  boolean troubled(Step step) {
    State state = of(step);
    return step.required() && !off(step) && (state == State.REFUSED || state == State.UNKNOWN);
  }

  boolean asked(Step step) {
    return asked.containsKey(step.id());
  }

  /// Whether this choice was offered and nobody has chosen since.
  boolean mayChoose(Chosen chosen) {
    Asked ask = asked.get(chosen.step());
    return ask != null && ask.choices().contains(chosen.choice());
  }

  /// A step of a way that was tried before may still happen: the next way does not begin on top of
  /// it.
  boolean earlierWayOpen(Step step, Plan plan) {
    return step.way().isPresent()
        && plan.steps().stream()
            .anyMatch(s ->
                of(s) == State.INTENDED
                    && s.way()
                        .map(w ->
                            w.component().equals(step.way().get().component())
                                && w.rank() < step.way().get().rank())
                        .orElse(false));
  }

  int nextAttempt(Step step) {
    return attempts.getOrDefault(step.id(), 0) + 1;
  }

  int attempt(Step step) {
    return attempts.getOrDefault(step.id(), 0);
  }

  Optional<Instant> intendedAt(Step step) {
    return Optional.ofNullable(intendedAt.get(step.id()));
  }

  String lastWords(Step step) {
    return lastWords.getOrDefault(step.id(), "");
  }

  List<Happened> samples(Step step) {
    return samples.getOrDefault(step.id(), List.of());
  }

  Optional<Happened> proposed() {
    return Optional.ofNullable(proposed);
  }

  List<Approved> approvals() {
    return approvals;
  }

  Optional<StopAsked> stop() {
    return Optional.ofNullable(stop);
  }

  boolean began() {
    return began;
  }

  boolean finished() {
    return finished;
  }

  List<Choice> choices(Step step, Plan plan) {
    List<Choice> choices = new ArrayList<>();
    choices.add(Choice.RETRY);
    if (nextWay(step, plan.steps())) {
      choices.add(Choice.OTHER_METHOD);
    }
    choices.add(Choice.SKIP);
    choices.add(Choice.STOP);
    return choices;
  }
}
