package dev.lastgood.report;

import dev.lastgood.condition.Durations;
import dev.lastgood.model.Text;
import dev.lastgood.report.RunReport.About;
import dev.lastgood.report.RunReport.Ending;
import dev.lastgood.report.RunReport.PhaseTook;
import dev.lastgood.report.RunReport.StepTook;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/// A run for a terminal: `lastgood show RUN`.
final class RunText {
  private static final int LABEL = 9;
  private static final int TOOK = 8;

  private final RunReport report;
  private final Sheet sheet;

  RunText(RunReport report, int width) {
    this.report = report;
    this.sheet = new Sheet(width);
  }

  List<String> lines() {
    About about = report.about();
    sheet.line(
        "Run "
            + about.run()
            + ": "
            + about.purpose()
            + " of "
            + about.system()
            + "/"
            + about.environment());
    sheet.field("Result", LABEL, result(report.ending()));
    sheet.field("Why", LABEL, about.reason());
    sheet.field("Target", LABEL, about.target());
    sheet.field(
        "Changes",
        LABEL,
        about.changes().stream()
            .map(c -> c.component() + " " + c.from() + " → " + c.to())
            .toList());
    sheet.field("Decision", LABEL, report.people().decision());
    people();
    sheet.field("Took", LABEL, took());
    sheet.field("Downtime", LABEL, downtime(report));
    sheet.field("Failed", LABEL, failed(report));
    sheet.field(
        "Evidence", LABEL, report.evidence().isEmpty() ? List.of("none kept") : report.evidence());
    phases();
    timeline();
    return sheet.lines();
  }

  static String result(Ending ending) {
    return Timeline.word(ending.state()) + (ending.says().isBlank() ? "" : ": " + ending.says());
  }

  private void people() {
    report
        .people()
        .asked()
        .ifPresent(a ->
            sheet.field("Asked", LABEL, a.name() + " (" + a.account() + ") at " + second(a.at())));
    List<String> yes = new ArrayList<>();
    report
        .people()
        .approvals()
        .forEach(a ->
            yes.add(
                a.name()
                    + " ("
                    + a.account()
                    + ") at "
                    + second(a.at())
                    + ", "
                    + report.saw(a)
                    + a.breakGlass().map(why -> "; BROKE THE GLASS: " + why).orElse("")));
    sheet.field("Approved", LABEL, yes.isEmpty() ? List.of(nobody()) : yes);
    sheet.field(
        "Chose",
        LABEL,
        report.people().choices().stream()
            .map(c ->
                c.by().name()
                    + " chose "
                    + c.choice()
                    + " for "
                    + c.step()
                    + (c.by().reason().isBlank() ? "" : ": " + c.by().reason()))
            .toList());
  }

  private String nobody() {
    return report.people().approvalsNeeded() == 0
        ? "no approval was needed"
        : "nobody yet, " + report.people().approvalsNeeded() + " needed";
  }

  private String took() {
    return report.ending().took().map(Durations::shown).orElse("has not begun")
        + ", forecast "
        + Durations.shown(report.about().forecast())
        + " without the watch";
  }

  static String downtime(RunReport report) {
    return report
        .measured()
        .downtime()
        .map(d -> Durations.shown(d) + how(report))
        .orElse("not measured");
  }

  static String failed(RunReport report) {
    return report
        .measured()
        .failed()
        .map(f ->
            f
                + report.measured().requests().map(r -> " of " + r).orElse("")
                + " requests"
                + how(report))
        .orElse("not measured");
  }

  private static String how(RunReport report) {
    return report.measured().how().isBlank() ? "" : " (" + report.measured().how() + ")";
  }

  private void phases() {
    if (report.phases().isEmpty()) {
      return;
    }
    sheet.blank();
    row("PHASE AND STEP", "TOOK", "RESULT");
    for (PhaseTook phase : report.phases()) {
      row(phase.phase(), Durations.shown(phase.took()), "");
      for (StepTook step : phase.steps()) {
        row("  " + Text.plain(step.says()), Durations.shown(step.took()), words(step));
      }
    }
  }

  static String words(StepTook step) {
    return step.result()
        + (step.result().equals("done") && !step.acted() ? ", was so already" : "")
        + (step.attempts() > 1 ? ", " + step.attempts() + " attempts" : "");
  }

  private void row(String what, String took, String result) {
    int results = Math.max(12, sheet.width() / 4);
    int left = sheet.width() - TOOK - results - 4;
    String indent = what.startsWith("  ") ? "  " : "";
    List<String> whats = Cells.wrap(what, left - indent.length());
    List<String> ends = Cells.wrap(result, results);
    for (int i = 0; i < Math.max(whats.size(), ends.size()); i++) {
      sheet.ready(
          Cells.left(i < whats.size() ? indent + whats.get(i) : "", left)
              + "  "
              + Cells.right(i == 0 ? took : "", TOOK)
              + "  "
              + (i < ends.size() ? ends.get(i) : ""));
    }
  }

  private void timeline() {
    if (report.timeline().isEmpty()) {
      return;
    }
    sheet.blank();
    sheet.line("Timeline (UTC)");
    String day = "";
    for (Timeline.Line line : report.timeline()) {
      String today = DateTimeFormatter.ISO_LOCAL_DATE.format(line.at().atOffset(ZoneOffset.UTC));
      if (!today.equals(day)) {
        sheet.ready(today);
        day = today;
      }
      sheet.indented(
          clock(line.at()) + "  " + Cells.left(line.source(), LABEL) + "  ", line.what());
    }
  }

  /// `12:00:00.120`.
  static String clock(Instant at) {
    return DateTimeFormatter.ofPattern("HH:mm:ss.SSS").format(at.atOffset(ZoneOffset.UTC));
  }

  /// `2026-11-20 12:00:00 UTC`.
  static String second(Instant at) {
    return DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").format(at.atOffset(ZoneOffset.UTC))
        + " UTC";
  }
}
