package dev.lastgood.tell;

import dev.lastgood.condition.Durations;
import dev.lastgood.model.Actor;
import dev.lastgood.plan.Change;
import dev.lastgood.plan.Plan;
import dev.lastgood.run.RunEvent;
import dev.lastgood.run.RunEvent.RunResult;
import dev.lastgood.run.RunId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What people are told of a run, each as the text of a message. The wording is in
/// `messages/*.txt`; here are the facts that fill it.
public record Messages(RunId run, Plan plan) {
  /// Words for `LASTGOOD_EVENT`.
  public enum Event {
    STARTED("started"),
    ASKED("asked"),
    FINISHED("finished"),
    BREAK_GLASS("break-glass");

    private final String word;

    Event(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }

  public String started(Actor by, Instant at) {
    return fill(
        Event.STARTED.word(),
        Map.of(
            "person", by.name(),
            "started", shown(at),
            "expected", Durations.shown(plan.forecast().expected()),
            "until", shown(at.plus(plan.forecast().expected())),
            "downtime", downtime(),
            "losses", String.join("; ", plan.forecast().losses())));
  }

  /// The run cannot go on without a person.
  ///
  /// @param step what could not be done, in the words of the plan
  public String asked(String step, String why, List<RunEvent.Choice> choices) {
    String words =
        choices.stream()
            .map(c -> c.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'))
            .collect(Collectors.joining(" · "));
    return fill(Event.ASKED.word(), Map.of("step", step, "why", why, "choices", words));
  }

  /// The run has ended.
  ///
  /// @param took since it began; empty when it never did
  public String finished(RunResult result, String says, Optional<Duration> took) {
    String template =
        switch (result) {
          case PROVEN -> "proven";
          case UNPROVEN -> "not-proven";
          case STOPPED -> "stopped";
          case ABANDONED -> "abandoned";
        };
    return fill(
        template, Map.of("says", says, "took", took.map(Durations::shown).orElse("no time")));
  }

  /// Somebody went past the approvals on purpose.
  public String breakGlass(Actor by, String reason, Instant at) {
    return fill(
        Event.BREAK_GLASS.word(),
        Map.of(
            "person", by.name(), "account", by.account(), "glass", reason, "started", shown(at)));
  }

  private String fill(String template, Map<String, String> more) {
    var values = new TreeMap<>(more);
    values.put("run", run.value());
    values.put("system", plan.system() + "/" + plan.environment());
    values.put("purpose", plan.purpose().equals("undo") ? "Undo of a rollback" : "Rollback");
    values.put("reason", plan.reason());
    values.put("target", plan.target());
    values.put("changes", changes());
    return Wording.fill(Wording.template(template), values);
  }

  private String changes() {
    return plan.changes().stream().map(Messages::change).collect(Collectors.joining(", "));
  }

  private static String change(Change change) {
    return change.component() + " " + change.from().id() + " → " + change.to().id();
  }

  private String downtime() {
    Duration downtime = plan.forecast().downtime();
    return downtime.isZero() ? "none expected" : "about " + Durations.shown(downtime);
  }

  private static String shown(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
