package dev.lastgood.run;

import dev.lastgood.model.Text;
import dev.lastgood.plan.Work;
import dev.lastgood.provider.Sight;
import dev.lastgood.run.Journal.Entry;
import dev.lastgood.run.Journal.Word;
import dev.lastgood.run.RunEvent.Ended;
import dev.lastgood.run.RunEvent.Finished;
import dev.lastgood.run.RunEvent.Intended;
import dev.lastgood.run.RunEvent.Noted;
import dev.lastgood.run.RunEvent.Sampled;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Carries out one run under one claim: asks the machine, writes, begins steps, writes what came of
/// them. Everything it knows it has from the journal, so the next one can go on wherever this one
/// ends.
final class Conductor {
  /// How long it works on without looking for words: a person who says stop is heard within this.
  private static final long WORDS_MILLIS = 200;

  private static final long WORDS_NANOS = WORDS_MILLIS * 1_000_000;

  /// Evidence is kept in the bundle; the journal has its gist.
  private static final int SAYS_MAX = 2000;

  private final RunId run;
  private final Machine machine;
  private final Journal journal;
  private final Hold hold;
  private final Worker worker;
  private final InstantSource clock;
  private final Consumer<Entry> listener;
  private final BooleanSupplier leaving;
  private final Duration silence;

  private final Progress progress;
  private final List<RunEvent> noted = new ArrayList<>();
  private Instant notedAt = Instant.EPOCH;
  private long seq;
  private boolean listen = true;
  private long heardAt;
  private final Set<String> underWay = new HashSet<>();
  private final Map<String, Silence> silences = new HashMap<>();
  private final LinkedBlockingQueue<Came> came = new LinkedBlockingQueue<>();

  /// What came of a step or a look; empty when it was left as it is.
  private record Came(String step, Optional<RunEvent> event) {}

  /// @param leaving whether this process wants to end: nothing new is begun
  /// @param silence how long a step may be under way until something is said about it
  Conductor(
      RunId run,
      Machine machine,
      Journal journal,
      Hold hold,
      Worker worker,
      InstantSource clock,
      Consumer<Entry> listener,
      BooleanSupplier leaving,
      Duration silence) {
    this.run = run;
    this.machine = machine;
    this.journal = journal;
    this.hold = hold;
    this.worker = worker;
    this.clock = clock;
    this.listener = listener;
    this.leaving = leaving;
    this.silence = silence;
    List<Entry> entries = journal.entries(run);
    this.progress = machine.progress(entries);
    this.seq = entries.isEmpty() ? 0 : entries.getLast().seq();
  }

  /// How it ended here.
  sealed interface End {
    record Over() implements End {}

    /// @param wake when to go on; empty: when somebody says something
    /// @param waitsFor what a person must do; empty: only time must pass
    record Parked(Optional<Instant> wake, Optional<String> waitsFor) implements End {}

    /// Not finished, and somebody should go on at once.
    record Left() implements End {}

    /// Somebody else holds the run now; nothing more was written.
    record Lost() implements End {}
  }

  /// Returns when no step of the run is under way in this process any more.
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
    boolean first = true;
    while (!progress.finished()) {
      boolean listened = listen || System.nanoTime() - heardAt > WORDS_NANOS;
      if (listened && !takeWords()) {
        return new End.Lost();
      }
      Turn turn = machine.next(progress, underWay, clock.instant());
      if (!turn.write().isEmpty()) {
        turn.write().forEach(this::note);
        continue;
      }
      if (first) {
        noteDoubts(turn);
      }
      first = false;
      boolean stay = !leaving.getAsBoolean();
      if (!write(stay ? intents(turn) : List.of())) {
        // nothing is intended over the head of somebody who has just said something
        if (journal.words(run).isEmpty() || !write(List.of())) {
          return new End.Lost();
        }
        listen = true;
        continue;
      }
      if (stay) {
        begin(turn, hands);
        if (turn.begin().stream().anyMatch(Conductor::watches)) {
          // the machine says when its first look is due
          continue;
        }
      } else if (underWay.isEmpty()) {
        return new End.Left();
      }
      if (underWay.isEmpty()) {
        if (listened) {
          return new End.Parked(turn.wake(), turn.waitsFor());
        }
        listen = true;
        continue;
      }
      Optional<End> end = await();
      if (end.isPresent()) {
        return write(List.of()) ? end.get() : new End.Lost();
      }
    }
    return write(List.of()) ? new End.Over() : new End.Lost();
  }

  // ---- writing

  /// Takes what people have said into the journal.
  ///
  /// @return false when the claim is lost
  private boolean takeWords() {
    listen = false;
    heardAt = System.nanoTime();
    List<Word> words = journal.words(run);
    if (!words.isEmpty() && !write(List.of())) {
      return false;
    }
    for (Word word : words) {
      RunEvent event = clipped(machine.hear(progress, word.event()));
      Hold.Proof asked = hold.asking();
      Optional<Entry> entry =
          journal.take(run, hold.claim(), seq + 1, clock.instant(), word, event);
      if (entry.isEmpty()) {
        return false;
      }
      progress.read(entry.get().at(), entry.get().event());
      written(entry.stream().toList(), asked);
    }
    return true;
  }

  /// What is known from now on. It is on disk before anything more is done in the world: what came
  /// of one step and the intent of the next go there in one transaction.
  private void note(RunEvent event) {
    if (noted.isEmpty()) {
      notedAt = clock.instant();
    }
    RunEvent gist = clipped(event);
    noted.add(gist);
    progress.read(notedAt, gist);
  }

  /// Writes what was noted, and then these intents, all or nothing.
  ///
  /// @return false when nothing was written: the claim is lost, or somebody has said something
  private boolean write(List<RunEvent> intents) {
    List<RunEvent> all = new ArrayList<>(noted);
    all.addAll(intents);
    if (all.isEmpty()) {
      return true;
    }
    Instant at = noted.isEmpty() ? clock.instant() : notedAt;
    Hold.Proof asked = hold.asking();
    List<Entry> entries = journal.append(run, hold.claim(), seq + 1, at, all);
    if (entries.isEmpty()) {
      return false;
    }
    noted.clear();
    intents.forEach(i -> progress.read(at, i));
    written(entries, asked);
    return true;
  }

  private void written(List<Entry> entries, Hold.Proof asked) {
    hold.proven(asked);
    for (Entry entry : entries) {
      seq = entry.seq();
      listener.accept(entry);
    }
  }

  private static RunEvent clipped(RunEvent event) {
    return switch (event) {
      case Ended e ->
          new Ended(
              e.step(),
              e.attempt(),
              e.result(),
              Text.clip(e.says(), SAYS_MAX),
              e.acted(),
              e.tookMillis());
      case Sampled s ->
          new Sampled(s.step(), s.number(), s.healthy(), Text.clip(s.says(), SAYS_MAX));
      case Noted n -> new Noted(Text.clip(n.says(), SAYS_MAX));
      case RunEvent.Proposed _,
          RunEvent.Approved _,
          RunEvent.Began _,
          Intended _,
          RunEvent.Asked _,
          RunEvent.Chosen _,
          RunEvent.StopAsked _,
          Finished _ ->
          event;
    };
  }

  /// For the timeline: who went on, and what was in doubt.
  private void noteDoubts(Turn turn) {
    List<String> doubtful =
        turn.begin().stream().filter(Turn.Begin::inDoubt).map(b -> b.step().says()).toList();
    if (!doubtful.isEmpty()) {
      note(
          new Noted(
              hold.claim().owner()
                  + " goes on; these may have happened and are looked at first: "
                  + String.join(", ", doubtful)));
    }
  }

  // ---- steps

  private static boolean watches(Turn.Begin begin) {
    return begin.step().work() instanceof Work.Watch;
  }

  private static List<RunEvent> intents(Turn turn) {
    return turn.begin().stream()
        .filter(b -> !b.inDoubt())
        .<RunEvent>map(b -> new Intended(b.step().id(), b.attempt()))
        .toList();
  }

  private void begin(Turn turn, ExecutorService hands) {
    for (Turn.Begin begin : turn.begin()) {
      if (!watches(begin)) {
        underWay.add(begin.step().id());
        var quiet = new Silence(begin.step(), silence);
        silences.put(begin.step().id(), quiet);
        hands.execute(() -> attempt(begin, quiet));
      }
    }
    for (Turn.Sample sample : turn.samples()) {
      underWay.add(sample.step().id());
      hands.execute(() -> look(sample));
    }
  }

  private void attempt(Turn.Begin begin, Silence quiet) {
    String step = begin.step().id();
    Optional<RunEvent> event = Optional.empty();
    try {
      event = new Attempt(run, begin, worker, hold, leaving, quiet).make().map(e -> e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // A defect of an adapter must not end the run: the step is unknown, and a person is asked.
      event =
          Optional.of(
              new Ended(step, begin.attempt(), RunEvent.Result.UNKNOWN, "defect: " + e, true, 0));
    } finally {
      came.add(new Came(step, event));
    }
  }

  private void look(Turn.Sample sample) {
    String step = sample.step().id();
    Optional<RunEvent> event = Optional.empty();
    try {
      Sight sight = worker.look(run, sample.step());
      event =
          Optional.of(
              new Sampled(step, sample.number(), sight instanceof Sight.Holds, sight.seen()));
    } catch (RuntimeException e) {
      // No look is not a good look.
      event = Optional.of(new Sampled(step, sample.number(), false, "defect: " + e));
    } finally {
      came.add(new Came(step, event));
    }
  }

  /// Waits until something came of a step, or it is time to look for words, and notes it.
  ///
  /// @return set when it ends here
  private Optional<End> await() throws InterruptedException {
    @Nullable Came next = came.poll(WORDS_MILLIS, TimeUnit.MILLISECONDS);
    if (next == null) {
      silences.values().forEach(s -> s.broken().ifPresent(words -> note(new Noted(words))));
      // without this, a step that takes hours would go on for hours in a process that lost the run
      return hold.held() ? Optional.empty() : Optional.of(new End.Lost());
    }
    while (next != null) {
      underWay.remove(next.step());
      silences.remove(next.step());
      if (next.event().isPresent()) {
        note(next.event().get());
      } else if (!leaving.getAsBoolean()) {
        return Optional.of(hold.held() ? new End.Left() : new End.Lost());
      }
      next = came.poll();
    }
    return Optional.empty();
  }
}
