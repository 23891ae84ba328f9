package dev.lastgood.report;

import dev.lastgood.condition.Durations;
import dev.lastgood.ledger.Aim;
import dev.lastgood.model.Release;
import dev.lastgood.plan.Change;
import dev.lastgood.plan.Forecast;
import dev.lastgood.plan.Phase;
import dev.lastgood.plan.Plan;
import dev.lastgood.plan.PlanJson;
import dev.lastgood.plan.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// A plan as a table for a terminal: what changes, step by step, what it takes and what it costs.
/// Without colours; no line is wider than it is told.
public final class PlanTable {
  private static final int LABEL = 9;
  private static final int EXPECTED = 8;

  private final Plan plan;
  private final Sheet sheet;
  private final int component;
  private final int notes;
  private final int what;

  private PlanTable(Plan plan, int width) {
    this.plan = plan;
    this.sheet = new Sheet(width);
    this.component = widest(plan.steps().stream().map(s -> s.work().component()).toList(), 9, 16);
    int left = sheet.width() - 2 - component - 2 - 2 - EXPECTED;
    int widestNote = widest(plan.steps().stream().map(s -> note(plan, s)).toList(), 0, left / 3);
    this.notes = widestNote == 0 ? 0 : Math.max(5, widestNote);
    this.what = left - (notes == 0 ? 0 : notes + 2);
  }

  /// @param alternatives other targets that would do
  /// @param width cells of the terminal; fewer than 40 are taken as 40
  public static List<String> lines(Plan plan, List<Aim.Alternative> alternatives, int width) {
    return new PlanTable(plan, width).lines(alternatives);
  }

  private List<String> lines(List<Aim.Alternative> alternatives) {
    sheet.line("Plan: " + plan.purpose() + " of " + plan.system() + "/" + plan.environment());
    sheet.field("Why", LABEL, plan.reason());
    sheet.field("Target", LABEL, plan.target());
    sheet.field("Changes", LABEL, plan.changes().stream().map(PlanTable::words).toList());
    sheet.blank();
    steps();
    sheet.blank();
    forecast(plan.forecast());
    sheet.field("Warning", LABEL, plan.warnings());
    sheet.field(
        "Or", LABEL, alternatives.stream().map(a -> "to " + names(a) + ": " + a.why()).toList());
    sheet.field("Undo", LABEL, undo());
    sheet.field("Plan hash", LABEL, PlanJson.hash(plan));
    return sheet.lines();
  }

  static String words(Change change) {
    return change.component() + " " + change.from().id() + " → " + label(change.to());
  }

  private static String label(Release release) {
    return release.id()
        + release
            .origin()
            .version()
            .filter(v -> !v.equals(release.id()))
            .map(v -> " (" + v + ")")
            .orElse("");
  }

  private static String names(Aim.Alternative alternative) {
    return alternative.constellation().releases().values().stream()
        .map(r -> r.component() + " " + r.id())
        .collect(Collectors.joining(", "));
  }

  private void steps() {
    row("STEP", "COMPONENT", "EXPECTED", notes == 0 ? "" : "NOTES", "");
    Optional<Phase> phase = Optional.empty();
    for (Step step : plan.steps()) {
      if (!phase.equals(Optional.of(step.phase()))) {
        phase = Optional.of(step.phase());
        sheet.ready(step.phase().words());
      }
      row(
          step.says(),
          step.work().component(),
          Durations.shown(step.expected()),
          note(plan, step),
          "  ");
    }
  }

  private void row(String says, String about, String expected, String note, String indent) {
    List<String> left = Cells.wrap(says, what + 2 - indent.length());
    List<String> right = notes == 0 ? List.of("") : Cells.wrap(note, notes);
    for (int i = 0; i < Math.max(left.size(), right.size()); i++) {
      sheet.ready(
          Cells.left(indent + (i < left.size() ? left.get(i) : ""), what + 2)
              + "  "
              + Cells.left(i == 0 ? Cells.clip(about, component) : "", component)
              + "  "
              + Cells.right(i == 0 ? expected : "", EXPECTED)
              + "  "
              + (i < right.size() ? right.get(i) : ""));
    }
  }

  /// What is special about a step.
  static String note(Plan plan, Step step) {
    List<String> notes = new ArrayList<>();
    step.way()
        .filter(w -> w.rank() > 0)
        .ifPresent(w -> notes.add("only if " + firstWay(plan, w.component()) + " is refused"));
    List<String> others =
        step.needs().stream()
            .filter(n -> n.startsWith("way:"))
            .map(n -> n.substring("way:".length()))
            .toList();
    if (!others.isEmpty()) {
      notes.add("after " + String.join(", ", others));
    }
    if (step.work().downtime().isPositive()) {
      notes.add("down for " + Durations.shown(step.work().downtime()));
    }
    if (!step.required()) {
      notes.add("optional");
    }
    return String.join("; ", notes);
  }

  private static String firstWay(Plan plan, String component) {
    return plan.steps().stream()
        .flatMap(s -> s.way().stream())
        .filter(w -> w.component().equals(component) && w.rank() == 0)
        .map(w -> w.method())
        .findFirst()
        .orElse("the way before");
  }

  private void forecast(Forecast forecast) {
    sheet.field("Expected", LABEL, expected(forecast));
    sheet.field(
        "Downtime",
        LABEL,
        forecast.downtime().isZero() ? "none" : Durations.shown(forecast.downtime()));
    sheet.field(
        "Data lost", LABEL, forecast.losses().isEmpty() ? List.of("none") : forecast.losses());
    sheet.field("Costs", LABEL, forecast.costs());
  }

  static String expected(Forecast forecast) {
    String clock =
        forecast
            .within()
            .map(w -> (forecast.late() ? ": LATE, allowed are " : " of ") + Durations.shown(w))
            .map(w -> forecast.late() ? w : w + " allowed")
            .orElse("");
    return Durations.shown(forecast.expected()) + clock + " (" + forecast.basis() + ")";
  }

  private List<String> undo() {
    return plan.undo().isEmpty()
        ? List.of()
        : List.of(
            plan.undo().size()
                + (plan.undo().size() == 1 ? " step" : " steps")
                + " back to where it started: `lastgood undo`");
  }

  private static int widest(List<String> texts, int least, int most) {
    return Math.min(most, texts.stream().mapToInt(Cells::width).reduce(least, Math::max));
  }
}
