package dev.lastgood.store;

import dev.lastgood.plan.Forecast;
import dev.lastgood.plan.Plan;
import dev.lastgood.plan.PlanJson;
import dev.lastgood.run.Journal;
import dev.lastgood.run.RunEvent;
import dev.lastgood.run.RunEvent.Choice;
import dev.lastgood.run.RunEvent.Result;
import dev.lastgood.run.RunId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Plans without steps, and events.
final class Plans {
  private Plans() {}

  static Plan empty(String system, String environment) {
    return new Plan(
        Plan.SCHEMA,
        system,
        environment,
        "rollback",
        "it is broken",
        List.of(),
        "known good",
        List.of(),
        new Forecast(Duration.ZERO, Duration.ZERO, Optional.empty(), List.of(), List.of(), ""),
        List.of(),
        List.of());
  }

  static RunEvent.Proposed proposed(Plan plan) {
    return new RunEvent.Proposed(
        PlanJson.hash(plan), JournalContract.ANN, "it is broken", 1, List.of(), List.of("P0"));
  }

  static RunId run(Journal journal) throws Journal.SystemBusy {
    Plan plan = empty("shop", "prod");
    return journal.create(plan, proposed(plan), JournalContract.NOON);
  }

  static List<RunEvent> oneOfEach() {
    var noon = JournalContract.NOON;
    var ann = JournalContract.ANN;
    return List.of(
        new RunEvent.Approved(ann, "hash", noon, Optional.of("nobody else is awake")),
        new RunEvent.Approved(ann, "hash", noon, Optional.empty()),
        new RunEvent.Began(),
        new RunEvent.Intended("a", 1),
        new RunEvent.Ended("a", 1, Result.DONE, "links at v41", true, 12),
        new RunEvent.Sampled("w", 1, false, "503"),
        new RunEvent.Asked("w", "503 twice", List.of(Choice.RETRY, Choice.STOP)),
        new RunEvent.Chosen("w", Choice.RETRY, ann, "again"),
        new RunEvent.StopAsked(ann, "enough"),
        new RunEvent.Noted("taken over"),
        new RunEvent.Finished(RunEvent.RunResult.UNPROVEN, "skipped w"));
  }
}
