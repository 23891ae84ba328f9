package dev.lastgood.run;

import dev.lastgood.model.Scope;
import dev.lastgood.plan.Plan;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Says and does what another journal does; a test overrides what shall go wrong.
public class ForwardingJournal implements Journal {
  private final Journal journal;

  public ForwardingJournal(Journal journal) {
    this.journal = journal;
  }

  @Override
  public RunId create(Plan plan, RunEvent.Proposed proposed, Instant at) throws SystemBusy {
    return journal.create(plan, proposed, at);
  }

  @Override
  public Plan plan(RunId run) throws NoSuchRun {
    return journal.plan(run);
  }

  @Override
  public List<Entry> entries(RunId run) {
    return journal.entries(run);
  }

  @Override
  public List<Entry> entriesAfter(RunId run, long seq) {
    return journal.entriesAfter(run, seq);
  }

  @Override
  public List<Entry> append(RunId run, Claim claim, long seq, Instant at, List<RunEvent> events) {
    return journal.append(run, claim, seq, at, events);
  }

  @Override
  public boolean holds(RunId run, Claim claim) {
    return journal.holds(run, claim);
  }

  @Override
  public Heard say(RunId run, String dedup, RunEvent word, Instant at) throws NoSuchRun {
    return journal.say(run, dedup, word, at);
  }

  @Override
  public List<Word> words(RunId run) {
    return journal.words(run);
  }

  @Override
  public Optional<Entry> take(
      RunId run, Claim claim, long seq, Instant at, Word word, RunEvent event) {
    return journal.take(run, claim, seq, at, word, event);
  }

  @Override
  public List<RunRow> runs() {
    return journal.runs();
  }

  @Override
  public Optional<RunRow> run(RunId run) {
    return journal.run(run);
  }

  @Override
  public Optional<RunRow> unfinished(Scope scope) {
    return journal.unfinished(scope);
  }

  @Override
  public void wake(RunId run) {
    journal.wake(run);
  }

  @Override
  public void wakeAll() {
    journal.wakeAll();
  }

  @Override
  public Optional<Instant> serverTime() {
    return journal.serverTime();
  }

  @Override
  public void setAside(RunId run, Instant at) {
    journal.setAside(run, at);
  }

  @Override
  public Optional<Driving> driver(RunId run) {
    return journal.driver(run);
  }

  @Override
  public Head head(RunId run) throws NoSuchRun {
    return journal.head(run);
  }

  @Override
  public Optional<String> verify(RunId run) {
    return journal.verify(run);
  }

  @Override
  public Optional<String> verify(RunId run, Head published) {
    return journal.verify(run, published);
  }
}
