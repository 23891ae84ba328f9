package dev.lastgood.report;

import dev.lastgood.ledger.Deployment;
import dev.lastgood.plan.Plan;
import dev.lastgood.run.Journal;
import dev.lastgood.run.RunId;
import dev.lastgood.signal.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Everything a run says about itself, whether it has ended or not. Its JSON is what `show --json`
/// prints: see docs/json.md.
///
/// @param evidence names of what was kept
public record RunReport(
    About about,
    Ending ending,
    People people,
    List<PhaseTook> phases,
    Measured measured,
    List<String> evidence,
    List<Timeline.Line> timeline) {
  public RunReport {
    phases = List.copyOf(phases);
    evidence = List.copyOf(evidence);
    timeline = List.copyOf(timeline);
  }

  /// @param entries all of the run's, in order
  /// @param deployments those to be shown on the timeline
  /// @param signals those to be shown on the timeline
  public static RunReport of(
      RunId run,
      Plan plan,
      List<Journal.Entry> entries,
      List<Deployment> deployments,
      List<? extends Signal> signals,
      Measured measured,
      List<String> evidence) {
    return new RunReading(run, plan, entries)
        .report(measured, evidence, Timeline.of(plan, entries, deployments, signals));
  }

  /// What an approver saw, in words; says so when it was another plan.
  String saw(Approval approval) {
    return "who saw plan "
        + Timeline.hash(approval.saw())
        + (approval.saw().equals(about.planHash()) ? "" : ", which is NOT this plan");
  }

  /// Lines for a terminal, none wider than `width`.
  public List<String> text(int width) {
    return new RunText(this, width).lines();
  }

  public String markdown() {
    return new RunMarkdown(this).text();
  }

  /// What was to be done.
  ///
  /// @param forecast expected time, the watch not included
  public record About(
      String run,
      String system,
      String environment,
      String purpose,
      String reason,
      String target,
      List<Move> changes,
      String planHash,
      Duration forecast) {
    public About {
      changes = List.copyOf(changes);
    }
  }

  /// Release ids.
  public record Move(String component, String from, String to) {}

  /// Where it stands.
  ///
  /// @param says what it ended with, or what it waits for
  /// @param took from its beginning to its end, or to the last event so far
  public record Ending(
      State state,
      String says,
      Optional<Instant> began,
      Optional<Instant> finished,
      Optional<Duration> took) {}

  public enum State {
    WAITING_FOR_APPROVAL,
    RUNNING,
    WAITING_FOR_CHOICE,
    PROVEN,
    UNPROVEN,
    STOPPED,
    ABANDONED
  }

  /// Who asked, who approved and what they saw, and who chose what.
  ///
  /// @param decision the decision and its trail
  public record People(
      Optional<Said> asked,
      int approvalsNeeded,
      List<Approval> approvals,
      List<Made> choices,
      List<String> decision) {
    public People {
      approvals = List.copyOf(approvals);
      choices = List.copyOf(choices);
      decision = List.copyOf(decision);
    }
  }

  /// @param account where the name comes from
  public record Said(String name, String account, Instant at, String reason) {}

  /// @param saw hash of the plan they saw
  /// @param breakGlass why the policy was broken on purpose
  public record Approval(
      String name, String account, Instant at, String saw, Optional<String> breakGlass) {}

  /// A choice about a step that could not go on by itself.
  public record Made(String step, String choice, Said by) {}

  public record PhaseTook(String phase, Duration took, List<StepTook> steps) {
    public PhaseTook {
      steps = List.copyOf(steps);
    }
  }

  /// @param took over all attempts
  /// @param result `done`, `refused`, `unknown`, or `begun` when there is no outcome yet
  /// @param acted false when nothing had to be done, because it was so already
  /// @param seen what was seen at the end
  public record StepTook(
      String id,
      String says,
      String component,
      int attempts,
      Duration took,
      String result,
      boolean acted,
      String seen) {}

  /// What users felt, where it was measured; never guessed.
  ///
  /// @param how what measured it
  public record Measured(
      Optional<Duration> downtime, Optional<Long> requests, Optional<Long> failed, String how) {
    public static final Measured NOTHING =
        new Measured(Optional.empty(), Optional.empty(), Optional.empty(), "");
  }
}
