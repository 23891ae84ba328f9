package dev.lastgood.report;

import dev.lastgood.condition.Durations;
import dev.lastgood.report.RunReport.About;
import java.util.ArrayList;
import java.util.List;

/// A run as Markdown.
final class RunMarkdown {
  private final RunReport report;
  private final Page page = new Page();

  RunMarkdown(RunReport report) {
    this.report = report;
  }

  String text() {
    About about = report.about();
    page.heading(
        1,
        words(
            "Run "
                + about.run()
                + ": "
                + about.purpose()
                + " of "
                + about.system()
                + "/"
                + about.environment()));
    named("Result", RunText.result(report.ending()));
    named("Why", about.reason());
    named("Target", about.target());
    about.changes().forEach(c -> named("Change", c.component() + " " + c.from() + " → " + c.to()));
    people();
    named("Took", report.ending().took().map(Durations::shown).orElse("has not begun"));
    named("Downtime", RunText.downtime(report));
    named("Requests failed", RunText.failed(report));
    named("Plan", about.planHash());
    report.evidence().forEach(e -> named("Evidence", e));
    page.heading(2, "Decision");
    report.people().decision().forEach(d -> page.item(words(d)));
    if (report.people().decision().isEmpty()) {
      page.paragraph("None recorded.");
    }
    page.heading(2, "Durations").block(durations(report));
    page.heading(2, "Timeline").block(timeline(report));
    return page.text();
  }

  private void people() {
    report.people().asked().ifPresent(a -> named("Asked by", a.name() + " (" + a.account() + ")"));
    report
        .people()
        .approvals()
        .forEach(a ->
            named(
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
            named(
                "Choice",
                c.by().name()
                    + " chose "
                    + c.choice()
                    + " for "
                    + c.step()
                    + ": "
                    + c.by().reason()));
  }

  private void named(String name, String value) {
    page.named(name, words(value));
  }

  private static String words(String any) {
    return Markdown.text(any);
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
