package dev.lastgood.report;

import dev.lastgood.condition.Durations;
import dev.lastgood.plan.Plan;
import dev.lastgood.report.RunReport.PhaseTook;
import dev.lastgood.report.RunReport.State;
import dev.lastgood.report.RunReport.StepTook;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// What went well and what did not, as far as a run can tell: measured facts only, no praise.
final class Hindsight {
  private final RunReport report;
  private final Plan plan;

  Hindsight(RunReport report, Plan plan) {
    this.report = report;
    this.plan = plan;
  }

  List<String> well() {
    List<String> well = new ArrayList<>();
    if (report.ending().state() == State.PROVEN) {
      well.add("The rollback was proven, not assumed: " + report.ending().says());
    }
    Duration took = took();
    plan.forecast()
        .within()
        .filter(w -> ended() && took.compareTo(w) <= 0)
        .ifPresent(w ->
            well.add(
                "The run took "
                    + Durations.shown(took)
                    + " of the "
                    + Durations.shown(w)
                    + " allowed"));
    report
        .measured()
        .failed()
        .filter(f -> f == 0)
        .ifPresent(_ -> well.add("No request failed: " + RunText.failed(report)));
    if (!report.evidence().isEmpty()) {
      well.add("Evidence of the bad release was kept: " + String.join(", ", report.evidence()));
    }
    return well;
  }

  List<String> badly() {
    List<String> badly = new ArrayList<>();
    Duration took = took();
    plan.forecast()
        .within()
        .filter(w -> ended() && took.compareTo(w) > 0)
        .ifPresent(w ->
            badly.add(
                "The run took " + Durations.shown(took) + "; allowed were " + Durations.shown(w)));
    report
        .measured()
        .failed()
        .filter(f -> f > 0)
        .ifPresent(_ -> badly.add("Requests failed: " + RunText.failed(report)));
    steps()
        .filter(s -> !s.result().equals("done") || s.attempts() > 1)
        .forEach(s ->
            badly.add(
                s.says() + ": " + RunText.words(s) + (s.seen().isBlank() ? "" : "; " + s.seen())));
    report
        .people()
        .choices()
        .forEach(c ->
            badly.add(
                "A person had to decide: "
                    + c.by().name()
                    + " chose "
                    + c.choice()
                    + " for "
                    + c.step()
                    + (c.by().reason().isBlank() ? "" : ", " + c.by().reason())));
    report
        .people()
        .approvals()
        .forEach(
            a -> a.breakGlass().ifPresent(why -> badly.add(a.name() + " broke the glass: " + why)));
    if (report.measured().downtime().isEmpty() && report.measured().failed().isEmpty()) {
      badly.add("Nothing measured what users felt");
    }
    return badly;
  }

  private Stream<StepTook> steps() {
    return report.phases().stream().map(PhaseTook::steps).flatMap(List::stream);
  }

  private boolean ended() {
    return report.ending().finished().isPresent();
  }

  /// The watch is not part of what is promised.
  private Duration took() {
    Duration all = report.ending().took().orElse(Duration.ZERO);
    Duration watch =
        report.phases().stream()
            .filter(p -> p.phase().equals("watch"))
            .map(PhaseTook::took)
            .reduce(Duration.ZERO, Duration::plus);
    return all.minus(watch);
  }
}
