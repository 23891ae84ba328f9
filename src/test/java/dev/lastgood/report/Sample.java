package dev.lastgood.report;

import dev.lastgood.model.Actor;
import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import dev.lastgood.plan.Change;
import dev.lastgood.plan.Forecast;
import dev.lastgood.plan.Phase;
import dev.lastgood.plan.Plan;
import dev.lastgood.plan.Step;
import dev.lastgood.plan.Way;
import dev.lastgood.plan.Work;
import dev.lastgood.provider.Act;
import dev.lastgood.run.Journal;
import dev.lastgood.run.RunEvent;
import dev.lastgood.run.RunEvent.Result;
import dev.lastgood.run.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// A small rollback of a backend, planned and run. Written out, not made by the planner, so that
/// the planner's words can change without these tests.
final class Sample {
  static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
  static final Actor ADA = new Actor("ada", "ada@web1");
  static final Actor BOB = new Actor("bob", "bob@web2");
  static final RunId RUN = new RunId("20261120-1200-k7");
  static final Release BAD = Release.of("backend", "v2");
  static final Release GOOD =
      new Release("backend", "v1", Origin.ofVersion("1.4.2"), Optional.empty());

  private Sample() {}

  static Plan plan() {
    return plan("errors above 5%", BAD, List.of("backend v1 never ran with frontend f2"));
  }

  static Plan plan(String reason, Release bad, List<String> warnings) {
    return new Plan(
        Plan.SCHEMA,
        "shop",
        "production",
        "rollback",
        reason,
        List.of(new Change("backend", bad, GOOD)),
        "known good since 2026-11-19T10:00:00Z",
        List.of(
            new Step(
                "prepare/capture",
                Phase.PREPARE,
                new Work.Capture(bad),
                Optional.empty(),
                List.of(),
                "keep logs of backend " + bad.id(),
                "",
                Duration.ofMillis(200),
                Duration.ofSeconds(30),
                false),
            act("side-by-side", 0, "start", "bin/backend start v1 --port 8082", Duration.ZERO),
            new Step(
                "roll-back/backend/prove",
                Phase.ROLL_BACK,
                new Work.Prove(
                    "backend",
                    List.of("health"),
                    Optional.of("http://127.0.0.1:8082"),
                    Optional.of("1.4.2"),
                    1),
                Optional.of(new Way("backend", "side-by-side", 0)),
                List.of("roll-back/backend/start"),
                "prove v1 on its own port",
                "",
                Duration.ofMillis(200),
                Duration.ofSeconds(30),
                true),
            act("in-place", 1, "restart", "systemctl restart backend", Duration.ofSeconds(3)),
            prove("verify/system", "", "prove the system healthy (checkout)")),
        new Forecast(
            Duration.ofMillis(5200),
            Duration.ZERO,
            Optional.of(Duration.ofMinutes(5)),
            List.of(),
            List.of("backend: requests in flight are cut"),
            "median of 4 runs"),
        warnings,
        List.of(
            new Step(
                "roll-back/backend/back",
                Phase.ROLL_BACK,
                new Work.Perform(
                    new Act(
                        "backend",
                        "back",
                        new TreeMap<>(),
                        "switch backend to v2",
                        "bin/backend switch v2",
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(20),
                        Duration.ZERO)),
                Optional.of(new Way("backend", "switch", 0)),
                List.of(),
                "switch backend to v2",
                "bin/backend switch v2",
                Duration.ofSeconds(2),
                Duration.ofSeconds(20),
                true)));
  }

  /// The smallest plan there is: one step, and nothing to say about it.
  static Plan bare() {
    return new Plan(
        Plan.SCHEMA,
        "shop",
        "production",
        "undo",
        "it was not the release",
        List.of(),
        "where it started",
        List.of(prove("verify/system", "", "prove the system healthy")),
        new Forecast(
            Duration.ofSeconds(2),
            Duration.ZERO,
            Optional.empty(),
            List.of(),
            List.of(),
            "the platforms' defaults"),
        List.of(),
        List.of());
  }

  private static Step act(String method, int rank, String verb, String byHand, Duration downtime) {
    Duration two = Duration.ofSeconds(2);
    Duration most = Duration.ofSeconds(20);
    String says = verb + " backend v1";
    return new Step(
        "roll-back/backend/" + verb,
        Phase.ROLL_BACK,
        new Work.Perform(
            new Act("backend", verb, new TreeMap<>(), says, byHand, two, most, downtime)),
        Optional.of(new Way("backend", method, rank)),
        List.of(),
        says,
        byHand,
        two,
        most,
        true);
  }

  private static Step prove(String id, String component, String says) {
    return new Step(
        id,
        Phase.VERIFY,
        new Work.Prove(component, List.of("checkout"), Optional.empty(), Optional.empty(), 2),
        Optional.empty(),
        List.of(),
        says,
        "",
        Duration.ofMillis(400),
        Duration.ofMinutes(1),
        true);
  }

  /// A journal, told event by event; each is half a second after the one before.
  static final class Told {
    private final List<Journal.Entry> entries = new ArrayList<>();
    private Instant at = NOON;

    Told then(RunEvent event) {
      entries.add(new Journal.Entry(entries.size() + 1L, at, 1, event, "hash"));
      at = at.plusMillis(500);
      return this;
    }

    Told step(String id, String seen) {
      return then(new RunEvent.Intended(id, 1))
          .then(new RunEvent.Ended(id, 1, Result.DONE, seen, true, 450));
    }

    List<Journal.Entry> entries() {
      return List.copyOf(entries);
    }
  }

  static Told asked(String planHash) {
    return asked(planHash, "errors above 5%");
  }

  static Told asked(String planHash, String reason) {
    return new Told()
        .then(
            new RunEvent.Proposed(
                planHash,
                ADA,
                reason,
                1,
                List.of(),
                List.of("issue high-error-rate: yes", "verdict: roll back, P1, within 15m")));
  }

  static Told approved(String planHash) {
    return asked(planHash)
        .then(
            new RunEvent.Approved(
                BOB, planHash, NOON.plus(Duration.ofMinutes(30)), Optional.empty()));
  }

  /// From the question to the proof.
  static Told whole(String planHash) {
    return approved(planHash)
        .then(new RunEvent.Began())
        .step("prepare/capture", "kept backend.log")
        .step("roll-back/backend/start", "pid 4711 listens on 8082")
        .step("roll-back/backend/prove", "health healthy: 200, version 1.4.2")
        .step("verify/system", "checkout healthy: 200")
        .then(new RunEvent.Finished(RunEvent.RunResult.PROVEN, "backend v1 is live and healthy"));
  }
}
