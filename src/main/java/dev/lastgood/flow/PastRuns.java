package dev.lastgood.flow;

import dev.lastgood.plan.Plan;
import dev.lastgood.plan.PlanRequest.History;
import dev.lastgood.plan.Step;
import dev.lastgood.plan.Work;
import dev.lastgood.run.Journal;
import dev.lastgood.run.Journal.NoSuchRun;
import dev.lastgood.run.Journal.RunRow;
import dev.lastgood.run.RunEvent.Ended;
import dev.lastgood.run.RunEvent.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How long steps took in the newest runs of this system.
final class PastRuns implements History {
  private static final int RUNS = 10;
  private final Map<String, List<Long>> millis = new HashMap<>();

  static History of(Parts parts) {
    var past = new PastRuns();
    var scope = parts.config().scope();
    parts.journal().runs().stream()
        .filter(r -> r.finished() && r.system().equals(scope.system()))
        .filter(r -> r.environment().equals(scope.environment()))
        .limit(RUNS)
        .forEach(r -> past.read(parts.journal(), r));
    return past;
  }

  private void read(Journal journal, RunRow row) {
    Plan plan;
    try {
      plan = journal.plan(row.id());
    } catch (NoSuchRun | Journal.Unreadable e) {
      return; // removed since the list was made, or damaged: nothing to learn from it
    }
    try {
      read(plan, journal.entries(row.id()));
    } catch (Journal.Unreadable e) {
      return; // what one old run says must never stand in the way of the next
    }
  }

  private void read(Plan plan, List<Journal.Entry> entries) {
    Map<String, Step> steps = new HashMap<>();
    plan.steps().forEach(s -> steps.put(s.id(), s));
    for (Journal.Entry entry : entries) {
      if (entry.event() instanceof Ended ended && ended.result() == Result.DONE && ended.acted()) {
        Step step = steps.get(ended.step());
        if (step != null) {
          key(step).ifPresent(k -> add(k, ended.tookMillis()));
        }
      }
    }
  }

  private void add(String key, long took) {
    millis.computeIfAbsent(key, _ -> new ArrayList<>()).add(took);
  }

  private static Optional<String> key(Step step) {
    return switch (step.work()) {
      case Work.Perform perform ->
          Optional.of(perform.act().component() + " " + perform.act().verb());
      case Work.Reopen reopen -> Optional.of(reopen.act().component() + " " + reopen.act().verb());
      case Work.Prove prove ->
          Optional.of(prove.component() + (prove.address().isPresent() ? " prove" : " verify"));
      case Work.Purge _,
          Work.Capture _,
          Work.Quarantine _,
          Work.Hold _,
          Work.Enter _,
          Work.Tell _,
          Work.Watch _ ->
          Optional.empty();
    };
  }

  @Override
  public Optional<Duration> median(String component, String verb) {
    List<Long> all = millis.get(component + " " + verb);
    if (all == null) {
      return Optional.empty();
    }
    List<Long> sorted = new ArrayList<>(all);
    Collections.sort(sorted);
    return Optional.of(Duration.ofMillis(sorted.get(sorted.size() / 2)));
  }
}
