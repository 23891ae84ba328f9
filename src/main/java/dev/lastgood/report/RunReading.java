package dev.lastgood.report;

import dev.lastgood.model.Actor;
import dev.lastgood.plan.Phase;
import dev.lastgood.plan.Plan;
import dev.lastgood.plan.PlanJson;
import dev.lastgood.plan.Step;
import dev.lastgood.plan.Work;
import dev.lastgood.report.RunReport.About;
import dev.lastgood.report.RunReport.Approval;
import dev.lastgood.report.RunReport.Ending;
import dev.lastgood.report.RunReport.Made;
import dev.lastgood.report.RunReport.Measured;
import dev.lastgood.report.RunReport.Move;
import dev.lastgood.report.RunReport.People;
import dev.lastgood.report.RunReport.PhaseTook;
import dev.lastgood.report.RunReport.Said;
import dev.lastgood.report.RunReport.State;
import dev.lastgood.report.RunReport.StepTook;
import dev.lastgood.run.Journal;
import dev.lastgood.run.RunEvent;
import dev.lastgood.run.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads a journal into a report.
final class RunReading {
  private final RunId run;
  private final Plan plan;
  private final List<Journal.Entry> entries;

  RunReading(RunId run, Plan plan, List<Journal.Entry> entries) {
    this.run = run;
    this.plan = plan;
    this.entries = List.copyOf(entries);
  }

  RunReport report(Measured measured, List<String> evidence, List<Timeline.Line> timeline) {
    return new RunReport(about(), ending(), people(), phases(), measured, evidence, timeline);
  }

  private About about() {
    return new About(
        run.value(),
        plan.system(),
        plan.environment(),
        plan.purpose(),
        plan.reason(),
        plan.target(),
        plan.changes().stream()
            .map(c -> new Move(c.component(), c.from().id(), c.to().id()))
            .toList(),
        PlanJson.hash(plan),
        plan.forecast().expected());
  }

  private Ending ending() {
    Optional<Instant> began = timeOf(RunEvent.Began.class);
    Optional<Instant> finished = timeOf(RunEvent.Finished.class);
    Optional<Duration> took = began.map(b -> between(b, entries.getLast().at()));
    for (Journal.Entry entry : entries.reversed()) {
      switch (entry.event()) {
        case RunEvent.Finished f -> {
          return new Ending(State.valueOf(f.result().name()), f.says(), began, finished, took);
        }
        case RunEvent.Asked a when !chosenAfter(entry.seq(), a.step()) -> {
          return new Ending(State.WAITING_FOR_CHOICE, a.why(), began, finished, took);
        }
        default -> {}
      }
    }
    return began.isPresent()
        ? new Ending(State.RUNNING, "has not ended", began, finished, took)
        : new Ending(
            State.WAITING_FOR_APPROVAL,
            approvals().stream().filter(a -> a.saw().equals(PlanJson.hash(plan))).count()
                + " of "
                + needed()
                + " approvals",
            began,
            finished,
            took);
  }

  private boolean chosenAfter(long seq, String step) {
    return entries.stream()
        .anyMatch(
            e -> e.seq() > seq && e.event() instanceof RunEvent.Chosen c && c.step().equals(step));
  }

  private Optional<Instant> timeOf(Class<? extends RunEvent> kind) {
    return entries.stream()
        .filter(e -> kind.isInstance(e.event()))
        .map(Journal.Entry::at)
        .findFirst();
  }

  private People people() {
    Optional<Said> asked = Optional.empty();
    List<String> decision = List.of();
    List<Made> choices = new ArrayList<>();
    for (Journal.Entry entry : entries) {
      if (entry.event() instanceof RunEvent.Proposed p) {
        asked = Optional.of(said(p.by(), entry.at(), p.reason()));
        decision = p.decision();
      } else if (entry.event() instanceof RunEvent.Chosen c) {
        choices.add(
            new Made(c.step(), Timeline.word(c.choice()), said(c.by(), entry.at(), c.reason())));
      }
    }
    return new People(asked, needed(), approvals(), choices, decision);
  }

  private static Said said(Actor by, Instant at, String reason) {
    return new Said(by.name(), by.account(), at, reason);
  }

  private int needed() {
    return entries.stream()
        .map(Journal.Entry::event)
        .filter(RunEvent.Proposed.class::isInstance)
        .mapToInt(e -> ((RunEvent.Proposed) e).approvals())
        .findFirst()
        .orElse(0);
  }

  private List<Approval> approvals() {
    List<Approval> approvals = new ArrayList<>();
    for (Journal.Entry entry : entries) {
      if (entry.event() instanceof RunEvent.Approved a) {
        approvals.add(
            new Approval(
                a.by().name(), a.by().account(), entry.at(), a.planHash(), a.breakGlass()));
      }
    }
    return approvals;
  }

  /// Only phases that began, and steps that began.
  private List<PhaseTook> phases() {
    List<PhaseTook> phases = new ArrayList<>();
    for (Phase phase : Phase.values()) {
      List<Step> steps =
          plan.steps().stream().filter(s -> s.phase() == phase && !of(s).isEmpty()).toList();
      if (!steps.isEmpty()) {
        List<Journal.Entry> all =
            entries.stream().filter(e -> steps.stream().anyMatch(s -> concerns(e, s))).toList();
        phases.add(
            new PhaseTook(
                phase.words(),
                between(all.getFirst().at(), all.getLast().at()),
                steps.stream().map(this::took).toList()));
      }
    }
    return phases;
  }

  private List<Journal.Entry> of(Step step) {
    return entries.stream().filter(e -> concerns(e, step)).toList();
  }

  private static boolean concerns(Journal.Entry entry, Step step) {
    return switch (entry.event()) {
      case RunEvent.Intended i -> i.step().equals(step.id());
      case RunEvent.Ended e -> e.step().equals(step.id());
      default -> false;
    };
  }

  private StepTook took(Step step) {
    int attempts = 0;
    long millis = 0;
    String result = "begun";
    boolean acted = false;
    String seen = "";
    for (Journal.Entry entry : of(step)) {
      if (entry.event() instanceof RunEvent.Ended e) {
        millis += e.tookMillis();
        result = Timeline.word(e.result());
        acted |= e.acted();
        seen = e.says();
      } else {
        attempts++;
        result = "begun";
      }
    }
    // what only measures has done what it was there for
    acted |= step.work() instanceof Work.Prove || step.work() instanceof Work.Watch;
    return new StepTook(
        step.id(),
        step.says(),
        step.work().component(),
        attempts,
        Duration.ofMillis(millis),
        result,
        acted,
        seen);
  }

  /// Never negative: a clock that was set back is not a duration.
  private static Duration between(Instant from, Instant to) {
    Duration between = Duration.between(from, to);
    return between.isNegative() ? Duration.ZERO : between;
  }
}
