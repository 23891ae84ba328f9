package dev.lastgood.report;

import dev.lastgood.condition.Durations;
import dev.lastgood.plan.Change;
import dev.lastgood.plan.Plan;
import dev.lastgood.report.RunReport.Measured;
import dev.lastgood.report.RunReport.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// A draft of the post-mortem: everything the run knows is filled in, everything it cannot know is
/// marked, so that nobody mistakes silence for an answer.
public final class PostMortem {
  private final RunReport report;
  private final Plan plan;
  private final Optional<String> severity;
  private final Page page = new Page();

  private PostMortem(RunReport report, Plan plan, Optional<String> severity) {
    this.report = report;
    this.plan = plan;
    this.severity = severity;
  }

  /// @param plan the one the report is about
  /// @param severity as the decision has it
  public static String markdown(RunReport report, Plan plan, Optional<String> severity) {
    return new PostMortem(report, plan, severity).text();
  }

  private String text() {
    page.heading(
        1,
        "Post-mortem: "
            + words(
                report.about().system()
                    + "/"
                    + report.about().environment()
                    + ", "
                    + plan.reason()));
    head();
    summary();
    impact();
    timeline();
    causes();
    resolution();
    lookingBack();
    actions();
    prevention();
    signatures();
    return page.text();
  }

  private void head() {
    named(
        "Date",
        start().map(s -> RunText.second(s).substring(0, 10)).orElse(""),
        "the day it happened");
    named("Duration", exposure().map(Durations::shown).orElse(""), "how long users were affected");
    named("Severity", severity.orElse(""), "the severity by your own scale");
    named("Incident commander", "", "who led the response");
    named("Run", report.about().run() + ", plan " + report.about().planHash(), "");
  }

  private void summary() {
    page.heading(2, "Summary");
    String moves = plan.changes().stream().map(PlanTable::words).collect(Collectors.joining(", "));
    page.paragraph(
        words(
            report
                    .people()
                    .asked()
                    .map(a -> a.name() + " asked for " + article() + plan.purpose() + " of ")
                    .orElse("There was " + article() + plan.purpose() + " of ")
                + report.about().system()
                + "/"
                + report.about().environment()
                + (moves.isEmpty() ? "" : " (" + moves + ")")
                + ", because: "
                + plan.reason()
                + ". It "
                + ended()
                + "."));
    page.paragraph(
        Page.gap("two or three sentences on what happened, for people who were not there"));
  }

  private String ended() {
    State state = report.ending().state();
    String says = report.ending().says().isBlank() ? "" : ": " + report.ending().says();
    return switch (state) {
      case PROVEN -> "was proven good after " + took() + says;
      case UNPROVEN -> "ended after " + took() + " without proof" + says;
      case STOPPED -> "was stopped after " + took() + says;
      case ABANDONED -> "was given up before anything was changed" + says;
      case WAITING_FOR_APPROVAL, RUNNING, WAITING_FOR_CHOICE ->
          "had not ended when this was written" + says;
    };
  }

  private String took() {
    return report.ending().took().map(Durations::shown).orElse("an unknown time");
  }

  private void impact() {
    page.heading(2, "Impact");
    Measured measured = report.measured();
    named("Users affected", "", "a number or a share");
    named("Features affected", "", "what did not work");
    named(
        "Downtime",
        measured.downtime().map(Durations::shown).orElse(""),
        "how long nobody could use it; it was not measured");
    named(
        "Requests failed",
        measured.failed().isPresent() ? RunText.failed(report) : "",
        "how many requests failed; it was not measured");
    named(
        "Data lost",
        plan.forecast().losses().isEmpty()
            ? ""
            : "as the plan said: " + String.join("; ", plan.forecast().losses()),
        "yes or no, and what; the rollback itself was planned to lose none");
    named("Financial impact", "", "if there was any");
    named(
        "Duration",
        exposure()
            .map(d ->
                RunText.second(liveSince().orElseThrow())
                    + " to "
                    + RunText.second(end().orElseThrow())
                    + " ("
                    + Durations.shown(d)
                    + " from the deploy of the bad release to the proof of the good one; users may"
                    + " have been affected for a part of it)")
            .orElse(""),
        "from when to when users were affected");
  }

  private void timeline() {
    page.heading(2, "Timeline");
    page.paragraph("All times are UTC.").block(RunMarkdown.timeline(report));
    page.paragraph(
        Page.gap("what is missing above: the first complaint, who was called, what was tried"));
  }

  private void causes() {
    page.heading(2, "Root cause");
    named("Immediate cause", "", "what directly caused the failure");
    page.paragraph(Page.gap("the detailed technical explanation"));
    if (!report.evidence().isEmpty()) {
      page.paragraph("Evidence that was kept:");
      report.evidence().forEach(e -> page.item(words(e)));
    }
    page.heading(2, "Contributing factors");
    plan.warnings().forEach(w -> page.item("Known before the rollback: " + words(w)));
    page.item(Page.gap("what made it possible, or worse, or harder to see"));
  }

  private void resolution() {
    page.heading(2, "Resolution");
    plan.changes().forEach(c -> page.item(words(PlanTable.words(c))));
    page.item("Target: " + words(plan.target()));
    report
        .people()
        .approvals()
        .forEach(a ->
            page.item(
                words(
                    "approved by "
                        + a.name()
                        + " at "
                        + RunText.second(a.at())
                        + ", "
                        + report.saw(a))));
    report.people().decision().forEach(d -> page.item("Decision: " + words(d)));
    page.block(RunMarkdown.durations(report));
    page.paragraph(Page.gap("what was done besides the rollback, and the fix"));
  }

  private void lookingBack() {
    var hindsight = new Hindsight(report, plan);
    page.heading(2, "What went well");
    list(hindsight.well(), "what else went well");
    page.heading(2, "What did not go well");
    list(hindsight.badly(), "what else did not go well");
    page.heading(2, "Where we got lucky");
    list(List.of(), "what could have made it worse and did not");
  }

  private void actions() {
    page.heading(2, "Action items");
    List<List<String>> rows = new ArrayList<>();
    for (Change change : plan.changes()) {
      rows.add(
          plan.purpose().equals("undo")
              ? action(
                  "Find out why the rollback to " + change.from().label() + " did not help", "P0")
              : action(
                  "Fix what made " + change.from().label() + " bad before it is deployed again",
                  "P0"));
      rows.add(action("Add a test or a check that would have caught it", "P0"));
    }
    plan.warnings().forEach(w -> rows.add(action("See to: " + w, "P1")));
    page.block(Markdown.table(List.of("Action", "Owner", "Due date", "Priority", "Status"), rows));
    page.paragraph(Page.gap("owner and due date of each action, and further actions"));
  }

  private static List<String> action(String what, String priority) {
    return List.of(what, "UNKNOWN", "UNKNOWN", priority, "open");
  }

  private void prevention() {
    page.heading(2, "Lessons learned");
    list(List.of(), "what we know now and did not know before");
    page.heading(2, "Prevention");
    named("Immediate", "", "what keeps it from happening again now");
    named("Short term (1 to 2 weeks)", "", "improvements of the process");
    named("Long term (1 to 3 months)", "", "improvements of the system");
  }

  private void signatures() {
    page.heading(2, "Signatures");
    named("Prepared by", "", "name; the draft was made by Lastgood");
    named("Reviewed by", "", "names");
  }

  private Optional<Instant> start() {
    return liveSince()
        .or(() -> report.people().asked().map(RunReport.Said::at))
        .or(() -> report.ending().began());
  }

  /// When the first of the bad releases went live.
  private Optional<Instant> liveSince() {
    return plan.changes().stream().flatMap(c -> c.from().since().stream()).min(Instant::compareTo);
  }

  private Optional<Instant> end() {
    return report.ending().state() == State.PROVEN ? report.ending().finished() : Optional.empty();
  }

  private Optional<Duration> exposure() {
    return liveSince()
        .flatMap(s -> end().filter(e -> !e.isBefore(s)).map(e -> Duration.between(s, e)));
  }

  private void list(List<String> known, String wanted) {
    known.forEach(k -> page.item(words(k)));
    page.item(Page.gap(wanted));
  }

  /// @param value blank: unknown
  private void named(String name, String value, String wanted) {
    page.named(name, value.isBlank() ? Page.gap(wanted) : words(value));
  }

  private static String words(String any) {
    return Markdown.text(any);
  }

  private String article() {
    return plan.purpose().equals("undo") ? "an " : "a ";
  }
}
