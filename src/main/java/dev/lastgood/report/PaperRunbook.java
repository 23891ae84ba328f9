package dev.lastgood.report;

import dev.lastgood.approval.ApprovalPolicy;
import dev.lastgood.condition.Durations;
import dev.lastgood.evidence.Check;
import dev.lastgood.model.Release;
import dev.lastgood.model.Text;
import dev.lastgood.plan.Change;
import dev.lastgood.plan.Forecast;
import dev.lastgood.plan.Phase;
import dev.lastgood.plan.Plan;
import dev.lastgood.plan.PlanJson;
import dev.lastgood.plan.Step;
import dev.lastgood.plan.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// A plan as a Markdown runbook for the day on which Lastgood itself is down: the commands a person
/// types, how long each takes, what must be seen before going on, who approves, and the way back.
public final class PaperRunbook {
  private final Plan plan;
  private final List<Check> checks;
  private final Approving approving;
  private static final String BLANK = "…………";

  private final Page page = new Page();

  private PaperRunbook(Plan plan, List<Check> checks, Approving approving) {
    this.plan = plan;
    this.checks = List.copyOf(checks);
    this.approving = approving;
  }

  /// @param checks those of the configuration; the plan knows their names only
  /// @param rules names of the special approval rules that apply
  public static String markdown(
      Plan plan, List<Check> checks, ApprovalPolicy policy, List<String> rules) {
    return new PaperRunbook(plan, checks, new Approving(policy, rules)).text();
  }

  private String text() {
    page.heading(
        1, words("Runbook: " + plan.purpose() + " of " + plan.system() + "/" + plan.environment()));
    page.paragraph(
        "Printed from plan "
            + PlanJson.hash(plan)
            + ".\nWhile Lastgood works, use it: "
            + Markdown.code("lastgood " + plan.purpose())
            + " does all of this and proves it.");
    summary();
    before();
    steps(plan.steps(), "");
    if (!plan.undo().isEmpty()) {
      page.heading(2, "If it must be undone")
          .paragraph("Only when a person decides so: this goes back to where it started.");
      steps(plan.undo(), "U");
    }
    afterwards();
    return page.text();
  }

  private void summary() {
    Forecast forecast = plan.forecast();
    page.named("Why", words(plan.reason())).named("Target", words(plan.target()));
    plan.changes().forEach(c -> page.named("Change", words(PlanTable.words(c))));
    page.named("Expected", words(PlanTable.expected(forecast)));
    page.named(
        "Downtime", forecast.downtime().isZero() ? "none" : Durations.shown(forecast.downtime()));
    page.named(
        "Data lost",
        forecast.losses().isEmpty() ? "none" : words(String.join("; ", forecast.losses())));
    forecast.costs().forEach(c -> page.named("Costs", words(c)));
    plan.warnings().forEach(w -> page.named("Warning", words(w)));
  }

  private void before() {
    page.heading(2, "Before you begin");
    approving.lines().forEach(line -> page.box(words(line)));
    page.box("Nobody deploys until this is over, and everybody who could knows it");
    page.box("Begun at " + BLANK + " UTC by " + BLANK);
    page.paragraph(
        "An exit code is no proof. After each step see that what it says is so, then go on.");
  }

  /// @param mark before each number: empty, or `U` for the way back
  private void steps(List<Step> steps, String mark) {
    int number = 0;
    int inPhase = 0;
    Optional<Phase> phase = Optional.empty();
    for (Step step : steps) {
      if (!phase.equals(Optional.of(step.phase()))) {
        phase = Optional.of(step.phase());
        number++;
        inPhase = 0;
        page.heading(2, mark + number + ". " + capital(step.phase().words()));
      }
      inPhase++;
      step(step, steps, mark + number + "." + inPhase);
    }
  }

  private void step(Step step, List<Step> all, String number) {
    page.heading(3, number + " " + words(step.says()));
    String note = PlanTable.note(plan, step);
    page.paragraph(
        "Takes about "
            + Durations.shown(step.expected())
            + "; after "
            + Durations.shown(step.deadline())
            + " it has failed."
            + (note.isEmpty() ? "" : " " + capital(words(note)) + "."));
    if (step.byHand().isBlank()) {
      page.paragraph(words(byHand(step.work())));
    } else {
      page.block(Markdown.block("bash", step.byHand()));
    }
    switch (step.work()) {
      case Work.Prove prove ->
          prove.checks().forEach(c -> check(c, prove.address(), prove.version()));
      case Work.Watch watch ->
          watch.checks().forEach(c -> check(c, Optional.empty(), Optional.empty()));
      case Work.Tell tell -> page.block(Markdown.block("", tell.message()));
      case Work.Perform _,
          Work.Reopen _,
          Work.Purge _,
          Work.Capture _,
          Work.Quarantine _,
          Work.Hold _,
          Work.Enter _ ->
          proofOf(step, all)
              .ifPresent(p -> page.paragraph("What proves it: " + words(p.says()) + "."));
    }
    page.box("Done at " + BLANK + " UTC");
  }

  /// What to do where there is nothing to type.
  private static String byHand(Work work) {
    return switch (work) {
      case Work.Perform perform -> "Do by hand: " + perform.act().says() + ".";
      case Work.Reopen reopen -> "Do by hand: " + reopen.act().says() + ".";
      case Work.Purge purge -> "Do by hand: " + purge.act().says() + ".";
      case Work.Prove prove ->
          prove.checks().isEmpty()
              ? "Look at it yourself: nothing checks it."
              : "All of these must be healthy"
                  + (prove.passes() > 1 ? ", " + prove.passes() + " times in a row" : "")
                  + ":";
      case Work.Capture capture ->
          "Copy the logs and the configuration of "
              + capture.failed().label()
              + " to a safe place before anything is changed.";
      case Work.Quarantine quarantine ->
          hold(quarantine.releases(), quarantine.hold(), quarantine.reason());
      case Work.Hold hold -> hold(hold.releases(), hold.lasting(), hold.reason());
      case Work.Enter enter ->
          "Write down that these are live: "
              + enter.live().stream().map(Release::label).collect(Collectors.joining(", "))
              + ".";
      case Work.Tell tell -> "Tell " + tell.audience() + ":";
      case Work.Watch watch ->
          "Every "
              + Durations.shown(watch.every())
              + " for "
              + Durations.shown(watch.lasting())
              + ", all of these must be healthy:";
    };
  }

  private static String hold(List<Release> releases, Duration lasting, String reason) {
    return "See to it that nobody deploys "
        + releases.stream().map(Release::label).collect(Collectors.joining(", "))
        + " again within "
        + Durations.shown(lasting)
        + ". Reason: "
        + reason;
  }

  /// The next proof that is about this step's component.
  private static Optional<Step> proofOf(Step step, List<Step> all) {
    String component = step.work().component();
    return component.isEmpty() || !(step.work() instanceof Work.Perform)
        ? Optional.empty()
        : all.subList(all.indexOf(step) + 1, all.size()).stream()
            .filter(s -> s.work() instanceof Work.Prove p && about(p, component))
            .findFirst();
  }

  private static boolean about(Work.Prove prove, String component) {
    return prove.component().equals(component) || prove.component().isEmpty();
  }

  private void check(String name, Optional<String> address, Optional<String> version) {
    Optional<Check> found = checks.stream().filter(c -> c.name().equals(name)).findFirst();
    if (found.isEmpty()) {
      page.box(words(name + ": not in the configuration any more; look at it yourself"));
      return;
    }
    CheckByHand byHand = CheckByHand.of(found.get(), address, version);
    page.block(Markdown.block("bash", byHand.command()));
    byHand.healthy().forEach(h -> page.box(words(name) + ": " + h));
  }

  private void afterwards() {
    page.heading(2, "Afterwards");
    page.box("Ended at " + BLANK + " UTC; what is live: " + BLANK);
    plan.changes()
        .forEach(c ->
            page.box("When Lastgood is back, tell it what is live: " + Markdown.code(record(c))));
    page.box("Keep this sheet: it is the record");
  }

  private static String record(Change change) {
    return "lastgood record "
        + Text.shellWord(change.component())
        + " "
        + Text.shellWord(change.to().id());
  }

  private static String words(String any) {
    return Markdown.text(any);
  }

  private static String capital(String words) {
    return words.isEmpty()
        ? words
        : words.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + words.substring(1);
  }

  /// Who must say yes, as lines to be signed.
  private record Approving(ApprovalPolicy policy, List<String> rules) {
    List<String> lines() {
      List<String> lines = new ArrayList<>();
      int count = policy.count();
      for (String rule : rules) {
        ApprovalPolicy.Need need = policy.special().get(rule);
        int needed = need == null ? 1 : need.count();
        String role = need == null ? rule : need.role();
        count = Math.max(count, needed);
        lines.add(
            "Rule "
                + rule
                + ": "
                + people(needed)
                + (role.isBlank() ? "" : ", one of them " + role + members(role)));
      }
      lines.addFirst(
          count == 0
              ? "Nobody has to approve this"
              : people(count)
                  + " must approve this"
                  + (policy.self() ? "" : ", and none of them is the one who asked"));
      for (int i = 0; i < count; i++) {
        lines.add("Approved by " + BLANK + " at " + BLANK + " UTC");
      }
      return lines;
    }

    private String members(String role) {
      List<String> members = policy.roles().getOrDefault(role, List.of());
      return members.isEmpty() ? "" : " (" + String.join(", ", members) + ")";
    }

    private static String people(int count) {
      return count == 1 ? "1 person" : count + " people";
    }
  }
}
