package dev.lastgood.run;

import dev.lastgood.model.Actor;
import dev.lastgood.plan.Forecast;
import dev.lastgood.plan.Phase;
import dev.lastgood.plan.Plan;
import dev.lastgood.plan.PlanJson;
import dev.lastgood.plan.Step;
import dev.lastgood.plan.Way;
import dev.lastgood.plan.Work;
import dev.lastgood.provider.Act;
import dev.lastgood.run.RunEvent.Proposed;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// Plans for tests of the engine.
public final class Steps {
  public static final Actor ADA = new Actor("ada", "ada@desk");

  private Steps() {}

  public static Plan plan(String system, Step... steps) {
    return plan(system, List.of(steps));
  }

  public static Plan plan(String system, List<Step> steps) {
    return new Plan(
        Plan.SCHEMA,
        system,
        "production",
        "rollback",
        "errors",
        List.of(),
        "v1",
        steps,
        new Forecast(
            Duration.ZERO, Duration.ZERO, Optional.empty(), List.of(), List.of(), "defaults"),
        List.of(),
        List.of());
  }

  public static Proposed proposed(Plan plan, int approvals) {
    return new Proposed(PlanJson.hash(plan), ADA, "errors", approvals, List.of(), List.of());
  }

  public static Step step(String id, String... needs) {
    return step(id, Duration.ofSeconds(20), needs);
  }

  public static Step step(String id, Duration deadline, String... needs) {
    return of(id, Phase.ROLL_BACK, perform(id), Optional.empty(), deadline, true, needs);
  }

  public static Step optional(String id) {
    return of(id, Phase.ROLL_BACK, perform(id), Optional.empty(), Duration.ofSeconds(20), false);
  }

  public static Step verify(String id) {
    return of(id, Phase.VERIFY, perform(id), Optional.empty(), Duration.ofSeconds(20), true);
  }

  public static Step way(String id, int rank) {
    var way = Optional.of(new Way("c", "method" + rank, rank));
    return of(id, Phase.ROLL_BACK, perform(id), way, Duration.ofSeconds(20), true);
  }

  public static Step watch(String id, Duration lasting, Duration every) {
    var watch = new Work.Watch(List.of("health"), lasting, every);
    return of(id, Phase.WATCH, watch, Optional.empty(), lasting.multipliedBy(2), true);
  }

  private static Step of(
      String id,
      Phase phase,
      Work work,
      Optional<Way> way,
      Duration deadline,
      boolean required,
      String... needs) {
    return new Step(
        id, phase, work, way, List.of(needs), "do " + id, "", Duration.ZERO, deadline, required);
  }

  private static Work perform(String id) {
    return new Work.Perform(
        new Act(
            "c",
            "do",
            new TreeMap<>(),
            "do " + id,
            "",
            Duration.ZERO,
            Duration.ofSeconds(20),
            Duration.ZERO));
  }
}
