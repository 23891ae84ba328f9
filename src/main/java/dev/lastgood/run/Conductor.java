package dev.lastgood.run;

import dev.lastgood.plan.Step;
import dev.lastgood.plan.Work;
import dev.lastgood.provider.Sight;
import dev.lastgood.run.Journal.Claim;
import dev.lastgood.run.Journal.Entry;
import dev.lastgood.run.Journal.Word;
import dev.lastgood.run.RunEvent.Finished;
import dev.lastgood.run.RunEvent.Intended;
import dev.lastgood.run.RunEvent.Sampled;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// Carries out one run under one claim: asks the machine, writes, begins steps, writes what came of
/// them. Everything it knows it has from the journal, so the next one can go on wherever this one
/// ends.
final class Conductor {
  /// How long it works on without looking for words: a person who says stop is heard within this.
  private static final long WORDS_MILLIS = 200;

  private final RunId run;
  private final Machine machine;
  private final Journal journal;
  private final Claim claim;
  private final Worker worker;
  private final InstantSource clock;
  private final Consumer<Entry> listener;
  private final BooleanSupplier ours;
  private final BooleanSupplier leaving;

  private final List<Entry> entries;
  private final Set<String> underWay = new HashSet<>();
  private final LinkedBlockingQueue<Came> came = new LinkedBlockingQueue<>();

  /// What came of a step or a look; empty when there is nothing to say.
  private record Came(String step, Optional<RunEvent> event) {}

  /// @param ours whether the claim is known to be alive
  /// @param leaving whether this process wants to end: nothing new is begun
  Conductor(
      RunId run,
      Machine machine,
      Journal journal,
      Claim claim,
      Worker worker,
      InstantSource clock,
      Consumer<Entry> listener,
      BooleanSupplier ours,
      BooleanSupplier leaving) {
    this.run = run;
    this.machine = machine;
    this.journal = journal;
    this.claim = claim;
    this.worker = worker;
    this.clock = clock;
    this.listener = listener;
    this.ours = ours;
    this.leaving = leaving;
    this.entries = new ArrayList<>(journal.entries(run));
  }

  /// How it ended here.
  sealed interface End {
    record Over() implements End {}

    /// @param wake when to go on; empty: when somebody says something
    /// @param waitsFor what a person must do; empty: only time must pass
    record Parked(Optional<Instant> wake, Optional<String> waitsFor) implements End {}

    /// Somebody else holds the run now; nothing more was written.
    record Lost() implements End {}
  }

  End conduct() throws InterruptedException {
    try (ExecutorService hands = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        return loop(hands);
      } finally {
        hands.shutdownNow();
      }
    }
  }

  private End loop(ExecutorService hands) throws InterruptedException {
    while (true) {
      if (!takeWords()) {
        return new End.Lost();
      }
      Turn turn = machine.next(entries, underWay, clock.instant());
      if (!turn.write().isEmpty()) {
        if (!write(turn.write())) {
          return new End.Lost();
        }
        continue;
      }
      if (over()) {
        return new End.Over();
      }
      if (!leaving.getAsBoolean() && !begin(turn, hands)) {
        return new End.Lost();
      }
      if (underWay.isEmpty()) {
        return new End.Parked(turn.wake(), turn.waitsFor());
      }
      Came next = came.poll(WORDS_MILLIS, TimeUnit.MILLISECONDS);
      if (next != null && !ended(next)) {
        return new End.Lost();
      }
    }
  }

  private boolean over() {
    return !entries.isEmpty() && entries.getLast().event() instanceof Finished;
  }

  /// @return false when the claim is lost
  private boolean takeWords() {
    for (Word word : journal.words(run)) {
      Instant at = clock.instant();
      if (!written(journal.take(run, claim, nextSeq(), at, word, word.event()))) {
        return false;
      }
    }
    return true;
  }

  private boolean write(List<RunEvent> events) {
    for (RunEvent event : events) {
      if (!write(event)) {
        return false;
      }
    }
    return true;
  }

  private boolean write(RunEvent event) {
    return written(journal.append(run, claim, nextSeq(), clock.instant(), event));
  }

  private boolean written(Optional<Entry> entry) {
    entry.ifPresent(entries::add);
    entry.ifPresent(listener);
    return entry.isPresent();
  }

  private long nextSeq() {
    return entries.isEmpty() ? 1 : entries.getLast().seq() + 1;
  }

  private boolean begin(Turn turn, ExecutorService hands) {
    for (Turn.Begin begin : turn.begin()) {
      if (!begin.inDoubt() && !write(new Intended(begin.step().id(), begin.attempt()))) {
        return false;
      }
      if (!(begin.step().work() instanceof Work.Watch)) {
        underWay.add(begin.step().id());
        hands.execute(() -> attempt(begin));
      }
    }
    for (Turn.Sample sample : turn.samples()) {
      underWay.add(sample.step().id());
      hands.execute(() -> look(sample));
    }
    boolean watchBegan = turn.begin().stream().anyMatch(b -> b.step().work() instanceof Work.Watch);
    if (watchBegan) {
      // the machine says when its first look is due
      came.add(new Came("", Optional.empty()));
      underWay.add("");
    }
    return true;
  }

  private void attempt(Turn.Begin begin) {
    Step step = begin.step();
    Optional<RunEvent> event = Optional.empty();
    try {
      event = new Attempt(run, begin, worker, ours).make().map(e -> e);
    } catch (RuntimeException e) {
      // A defect of an adapter must not end the run: the step is unknown, and a person is asked.
      event =
          Optional.of(
              new RunEvent.Ended(
                  step.id(),
                  begin.attempt(),
                  RunEvent.Result.UNKNOWN,
                  "defect in " + step.id() + ": " + e,
                  true,
                  0));
    } finally {
      came.add(new Came(step.id(), event));
    }
  }

  private void look(Turn.Sample sample) {
    Step step = sample.step();
    Sight sight = worker.look(run, step);
    came.add(
        new Came(
            step.id(),
            Optional.of(
                new Sampled(
                    step.id(), sample.number(), sight instanceof Sight.Holds, sight.seen()))));
  }

  /// @return false when the claim is lost
  private boolean ended(Came next) {
    underWay.remove(next.step());
    if (next.event().isPresent()) {
      return write(next.event().get());
    }
    // An attempt that says nothing found that the run is not ours any more, or that we are leaving.
    return next.step().isEmpty() || leaving.getAsBoolean();
  }
}
