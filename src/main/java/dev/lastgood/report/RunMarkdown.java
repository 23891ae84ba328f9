package dev.lastgood.report;

import dev.lastgood.condition.Durations;
import dev.lastgood.report.RunReport.About;
import java.util.ArrayList;
import java.util.List;

/// A run as Markdown.
final class RunMarkdown {
  private final RunReport report;
  private final StringBuilder out = new StringBuilder();

  RunMarkdown(RunReport report) {
    this.report = report;
  }

  String text() {
    About about = report.about();
    out.append("# ")
        .append(
            Markdown.text(
                "Run "
                    + about.run()
                    + ": "
                    + about.purpose()
                    + " of "
                    + about.system()
                    + "/"
                    + about.environment()))
        .append("\n\n");
    item("Result", RunText.result(report.ending()));
    item("Why", about.reason());
    item("Target", about.target());
    about.changes().forEach(c -> item("Change", c.component() + " " + c.from() + " → " + c.to()));
    people();
    item("Took", report.ending().took().map(Durations::shown).orElse("has not begun"));
    item("Downtime", RunText.downtime(report));
    item("Requests failed", RunText.failed(report));
    item("Plan", about.planHash());
    report.evidence().forEach(e -> item("Evidence", e));
    section("Decision");
    report.people().decision().forEach(d -> out.append("- ").append(Markdown.text(d)).append('\n'));
    none(report.people().decision().isEmpty());
    section("Durations");
    out.append(durations(report));
    section("Timeline");
    out.append(timeline(report));
    return out.toString();
  }

  private void people() {
    report.people().asked().ifPresent(a -> item("Asked by", a.name() + " (" + a.account() + ")"));
    report
        .people()
        .approvals()
        .forEach(a ->
            item(
                "Approved by",
                a.name()
                    + " ("
                    + a.account()
                    + "), "
                    + report.saw(a)
                    + a.breakGlass().map(why -> "; broke the glass: " + why).orElse("")));
    report
        .people()
        .choices()
        .forEach(c ->
            item(
                "Choice",
                c.by().name()
                    + " chose "
                    + c.choice()
                    + " for "
                    + c.step()
                    + ": "
                    + c.by().reason()));
  }

  private void item(String name, String value) {
    out.append("- **").append(name).append("**: ").append(Markdown.text(value)).append('\n');
  }

  private void section(String title) {
    out.append("\n## ").append(title).append("\n\n");
  }

  private void none(boolean none) {
    if (none) {
      out.append("None recorded.\n");
    }
  }

  static String durations(RunReport report) {
    if (report.phases().isEmpty()) {
      return "Nothing has begun.\n";
    }
    List<List<String>> rows = new ArrayList<>();
    report
        .phases()
        .forEach(phase -> {
          rows.add(List.of(phase.phase(), "", Durations.shown(phase.took()), ""));
          phase
              .steps()
              .forEach(s ->
                  rows.add(List.of("", s.says(), Durations.shown(s.took()), RunText.words(s))));
        });
    return Markdown.table(List.of("Phase", "Step", "Took", "Result"), rows);
  }

  static String timeline(RunReport report) {
    return Markdown.table(
        List.of("Time (UTC)", "From", "Event"),
        report.timeline().stream()
            .map(l ->
                List.of(
                    RunText.second(l.at()).substring(0, 10) + " " + RunText.clock(l.at()),
                    l.source(),
                    l.what()))
            .toList());
  }
}
