package dev.lastgood.run;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Takes so many entries, and then the disk is full.
final class FailingJournal extends ForwardingJournal {
  private final AtomicInteger room;

  /// @param room which append fails, from 1; all after it fail as well
  FailingJournal(Journal journal, int room) {
    super(journal);
    this.room = new AtomicInteger(room);
  }

  @Override
  public List<Entry> append(RunId run, Claim claim, long seq, Instant at, List<RunEvent> events) {
    if (room.decrementAndGet() <= 0) {
      throw new IllegalStateException("the disk is full");
    }
    return super.append(run, claim, seq, at, events);
  }
}
