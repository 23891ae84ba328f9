package dev.lastgood.report;

import dev.lastgood.condition.Durations;
import dev.lastgood.ledger.Deployment;
import dev.lastgood.model.Release;
import dev.lastgood.plan.Plan;
import dev.lastgood.plan.Work;
import dev.lastgood.run.Journal;
import dev.lastgood.run.RunEvent;
import dev.lastgood.signal.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What happened, in order, one line each. The journal's order is kept whatever the clock said;
/// deployments and signals are put where their time belongs.
public final class Timeline {
  /// @param at UTC
  /// @param source `deploy`, `signal`, `run`, or the words of a phase
  public record Line(Instant at, String source, String what) {}

  private final Plan plan;
  private final Set<String> ended = new HashSet<>();
  private final Set<String> sick = new HashSet<>();
  private final Set<String> sampled = new HashSet<>();

  private Timeline(Plan plan, List<Journal.Entry> entries) {
    this.plan = plan;
    for (Journal.Entry entry : entries) {
      if (entry.event() instanceof RunEvent.Ended(var step, int attempt, _, _, _, _)) {
        ended.add(step + "#" + attempt);
      }
    }
  }

  public static List<Line> of(
      Plan plan,
      List<Journal.Entry> entries,
      List<Deployment> deployments,
      List<? extends Signal> signals) {
    var timeline = new Timeline(plan, entries);
    List<Line> lines =
        new ArrayList<>(entries.stream().flatMap(e -> timeline.line(e).stream()).toList());
    Stream.concat(deployments.stream().map(Timeline::line), signals.stream().map(Timeline::line))
        .sorted(Comparator.comparing(Line::at))
        .forEach(line -> insert(lines, line));
    return List.copyOf(lines);
  }

  private static void insert(List<Line> lines, Line line) {
    int at = 0;
    while (at < lines.size() && !lines.get(at).at().isAfter(line.at())) {
      at++;
    }
    lines.add(at, line);
  }

  private static Line line(Deployment d) {
    Release release = d.release();
    String what =
        switch (d.state()) {
          case LIVE -> release.label() + " went live";
          case FAILED -> "the deploy of " + release.label() + " failed";
        };
    return new Line(d.at(), "deploy", what + " (" + by(d) + ")");
  }

  /// Once, when the source is who did it: a run.
  private static String by(Deployment d) {
    return d.by().name().equals(d.source()) ? d.source() : d.by() + ", " + d.source();
  }

  private static Line line(Signal signal) {
    return new Line(signal.at(), "signal", signal.says());
  }

  private List<Line> line(Journal.Entry entry) {
    RunEvent event = entry.event();
    String source = step(event).isEmpty() ? "run" : phase(step(event));
    return what(event).stream().map(w -> new Line(entry.at(), source, w)).toList();
  }

  private static String step(RunEvent event) {
    return switch (event) {
      case RunEvent.Intended intended -> intended.step();
      case RunEvent.Ended done -> done.step();
      case RunEvent.Sampled sample -> sample.step();
      case RunEvent.Asked asked -> asked.step();
      case RunEvent.Chosen chosen -> chosen.step();
      case RunEvent.Proposed _,
          RunEvent.Approved _,
          RunEvent.Began _,
          RunEvent.StopAsked _,
          RunEvent.Noted _,
          RunEvent.Finished _ ->
          "";
    };
  }

  /// Nothing for what another line says as well.
  private List<String> what(RunEvent event) {
    return switch (event) {
      case RunEvent.Proposed p ->
          List.of(
              p.by()
                  + " asked for "
                  + plan.purpose()
                  + ", plan "
                  + hash(p.planHash())
                  + ": "
                  + p.reason());
      case RunEvent.Approved a ->
          List.of(
              a.breakGlass()
                  .map(why ->
                      a.by() + " broke the glass for plan " + hash(a.planHash()) + ": " + why)
                  .orElse(a.by() + " approved plan " + hash(a.planHash())));
      case RunEvent.Began _ -> List.of("began");
      case RunEvent.Intended i -> intended(i);
      case RunEvent.Ended e -> List.of(ended(e));
      case RunEvent.Sampled s -> sampled(s);
      case RunEvent.Asked a ->
          List.of(
              "waits for a person about \""
                  + says(a.step())
                  + "\": "
                  + a.why()
                  + " (choices: "
                  + a.choices().stream().map(Timeline::word).collect(Collectors.joining(", "))
                  + ")");
      case RunEvent.Chosen c ->
          List.of(
              c.by()
                  + " chose "
                  + word(c.choice())
                  + " for \""
                  + says(c.step())
                  + "\""
                  + why(c.reason()));
      case RunEvent.StopAsked s -> List.of(s.by() + " asked to stop" + why(s.reason()));
      case RunEvent.Noted n -> List.of(n.says());
      case RunEvent.Finished f -> List.of(word(f.result()) + ": " + f.says());
    };
  }

  private static String why(String reason) {
    return reason.isBlank() ? "" : ": " + reason;
  }

  /// An attempt that ended is told by its end.
  private List<String> intended(RunEvent.Intended i) {
    return ended.contains(i.step() + "#" + i.attempt())
        ? List.of()
        : List.of(
            says(i.step())
                + ": begun"
                + (i.attempt() > 1 ? " (attempt " + i.attempt() + ")" : "")
                + ", no outcome yet");
  }

  private String ended(RunEvent.Ended e) {
    String how =
        switch (e.result()) {
          case DONE -> done(e);
          case REFUSED -> "refused";
          case UNKNOWN -> "unknown how it ended";
        };
    return says(e.step())
        + ": "
        + how
        + (e.attempt() > 1 ? " (attempt " + e.attempt() + ")" : "")
        + (e.says().isBlank() ? "" : "; " + e.says());
  }

  private String done(RunEvent.Ended e) {
    String took = Durations.shown(Duration.ofMillis(e.tookMillis()));
    if (measures(e.step())) {
      return "proven in " + took;
    }
    return e.acted() ? "done in " + took : "was so already";
  }

  /// A measurement changes nothing, so "was so already" would say too little of it.
  private boolean measures(String step) {
    return plan.steps().stream()
        .filter(s -> s.id().equals(step))
        .anyMatch(s -> s.work() instanceof Work.Prove || s.work() instanceof Work.Watch);
  }

  /// The first look, and each change for the worse or the better.
  private List<String> sampled(RunEvent.Sampled s) {
    boolean changed = s.healthy() ? sick.remove(s.step()) : sick.add(s.step());
    boolean first = sampled.add(s.step());
    return changed || first
        ? List.of(
            "look "
                + s.number()
                + ": "
                + (s.healthy() ? "healthy" : "not healthy")
                + "; "
                + s.says())
        : List.of();
  }

  private String says(String step) {
    return plan.steps().stream()
        .filter(s -> s.id().equals(step))
        .map(s -> s.says())
        .findFirst()
        .orElse(step);
  }

  private String phase(String step) {
    return plan.steps().stream()
        .filter(s -> s.id().equals(step))
        .map(s -> s.phase().words())
        .findFirst()
        .orElse("run");
  }

  /// As much of a hash as a person compares.
  static String hash(String whole) {
    return whole.length() > 12 ? whole.substring(0, 12) : whole;
  }

  /// `OTHER_METHOD` as `other method`.
  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
