package dev.lastgood.run;

import dev.lastgood.model.Scope;
import dev.lastgood.plan.Plan;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Runs and what happened in them: append-only, hash-chained, fenced. `store` implements it for
/// both databases and `JournalContract` says what both must do. Times are kept to the millisecond.
public interface Journal {
  /// Keeps the plan, writes the first entry, and makes the run due now.
  ///
  /// @throws SystemBusy if another run of the same system and environment has not finished
  RunId create(Plan plan, RunEvent.Proposed proposed, Instant at) throws SystemBusy;

  /// The plan as it was when the run was created.
  ///
  /// @throws NoSuchRun if there is none
  Plan plan(RunId run) throws NoSuchRun;

  /// Oldest first; empty when there is no such run.
  ///
  /// @throws Unreadable if a newer version wrote some of them
  List<Entry> entries(RunId run);

  /// As [#entries], only those after this one: for whoever follows a run.
  List<Entry> entriesAfter(RunId run, long seq);

  /// Adds events under a claim, all or none. When it returns them, they are on disk. An intent is
  /// not written while a word to the run is untaken, so that a person who says stop is heard before
  /// anything more begins.
  ///
  /// @param seq of the first, one more than that of the last entry
  /// @param at of all of them
  /// @return empty when nothing was written: the claim is lost and the caller must stop at once, or
  ///   there are words to take first
  List<Entry> append(RunId run, Claim claim, long seq, Instant at, List<RunEvent> events);

  /// One event.
  default Optional<Entry> append(RunId run, Claim claim, long seq, Instant at, RunEvent event) {
    return append(run, claim, seq, at, List.of(event)).stream().findFirst();
  }

  /// Whether the claim is still held, right now.
  boolean holds(RunId run, Claim claim);

  /// Something a person said to a run that another process may be driving. Wakes the run if it is
  /// parked; its driver reads the words, turns them into events and marks them taken in the same
  /// transaction as the event.
  ///
  /// @param dedup the same text for the same word, so that saying it twice counts once
  /// @throws NoSuchRun if there is none
  Heard say(RunId run, String dedup, RunEvent word, Instant at) throws NoSuchRun;

  /// Words not taken yet, oldest first.
  List<Word> words(RunId run);

  /// Appends what became of a word and marks it taken, atomically.
  ///
  /// @param event the word itself, or a note why it changes nothing
  Optional<Entry> take(RunId run, Claim claim, long seq, Instant at, Word word, RunEvent event);

  /// Newest first.
  List<RunRow> runs();

  Optional<RunRow> run(RunId run);

  /// The run that keeps this system busy.
  Optional<RunRow> unfinished(Scope scope);

  /// Makes a parked run due now; nothing to do while it is being driven.
  void wake(RunId run);

  /// As [#wake], for all.
  void wakeAll();

  /// The time of the database server; empty when the database is a file on this machine.
  Optional<Instant> serverTime();

  /// Takes a run whose entries cannot be trusted out of the way of the next one. Its entries stay
  /// as they are: [#verify] goes on saying what is wrong with them. Nothing for a run that is over.
  void setAside(RunId run, Instant at);

  /// Who drives the run at this moment; empty when nobody does. A process that was killed stays
  /// named, without further signs of life, until its claim is taken over.
  Optional<Driving> driver(RunId run);

  /// The end of the chain. Whoever keeps it elsewhere can prove later that nothing before it was
  /// changed and nothing at the end is missing.
  ///
  /// @throws NoSuchRun if there is none
  Head head(RunId run) throws NoSuchRun;

  /// Reads the chain of a run again.
  ///
  /// @return empty when whole; else what is wrong and where: "entry 7 was changed after it was
  ///   written"
  Optional<String> verify(RunId run);

  /// As [#verify], and the chain must still hold this earlier head.
  Optional<String> verify(RunId run, Head published);

  /// @param epoch of the claim it was written under; 0 for the first one
  record Entry(long seq, Instant at, long epoch, RunEvent event, String hash) {}

  record Word(long id, Instant at, RunEvent event) {}

  /// What became of a word.
  enum Heard {
    NEW,
    /// Said before; it counts once.
    ALREADY,
    /// The run has finished; the word changes nothing.
    OVER
  }

  record Head(long seq, String hash) {}

  /// @param node as the scheduler of that process names itself
  /// @param lastSign its last heartbeat, by the clock of the store
  record Driving(String node, Instant lastSign) {}

  /// A run in a list.
  record RunRow(
      RunId id,
      String system,
      String environment,
      String purpose,
      Instant at,
      boolean finished,
      String planHash) {}

  /// Who holds the run: the scheduler's pick. Appends carry it, and one that is no longer held
  /// writes nothing.
  ///
  /// @param epoch the version of the pick; grows with every take-over
  record Claim(String owner, long epoch) {}

  final class SystemBusy extends Exception {
    private static final long serialVersionUID = 1L;
    private final RunId run;

    public SystemBusy(RunId run, String message) {
      super(message);
      this.run = run;
    }

    public RunId run() {
      return run;
    }
  }

  final class NoSuchRun extends Exception {
    private static final long serialVersionUID = 1L;

    public NoSuchRun(String message) {
      super(message);
    }
  }

  /// An entry or a plan that this version cannot read: a newer version wrote it.
  final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Unreadable(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
