package dev.lastgood.run;

import dev.lastgood.plan.Plan;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Runs and what happened in them: append-only, hash-chained, fenced. `store` implements it twice
/// and `JournalContract` says what both must do.
public interface Journal {
  /// Keeps the plan and writes the first event.
  ///
  /// @throws SystemBusy if another run of the same system has not finished
  RunId create(Plan plan, RunEvent.Proposed proposed, Instant at) throws SystemBusy;

  /// The plan as it was when the run was created.
  ///
  /// @throws NoSuchRun if there is none
  Plan plan(RunId run) throws NoSuchRun;

  /// Oldest first.
  List<Entry> entries(RunId run);

  /// Adds one event under a claim. When it returns true the event is on disk.
  ///
  /// @return false when the claim is lost: nothing was written, the caller must stop at once
  boolean append(RunId run, Claim claim, long seq, Instant at, RunEvent event);

  /// Something a person said to a run that another process may be driving; the driver reads these,
  /// turns them into events and marks them taken in the same transaction as the event.
  ///
  /// @param dedup the same text for the same word, so that saying it twice counts once
  void say(RunId run, String dedup, RunEvent word, Instant at);

  /// Words not taken yet, oldest first.
  List<Word> words(RunId run);

  /// As [#append], and marks the word taken, atomically.
  boolean take(RunId run, Claim claim, long seq, Instant at, Word word);

  /// Newest first.
  List<RunRow> runs();

  Optional<RunRow> unfinished(String system, String environment);

  /// Reads the chain of a run again.
  ///
  /// @return empty when whole; else what is wrong and where: "entry 7 was changed after it was
  ///   written"
  Optional<String> verify(RunId run);

  record Entry(long seq, Instant at, long epoch, RunEvent event, String hash) {}

  record Word(long id, RunEvent event) {}

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
}
