package dev.lastgood.cli;

import dev.lastgood.condition.Durations;
import dev.lastgood.plan.Plan;
import dev.lastgood.plan.Step;
import dev.lastgood.run.Journal.Entry;
import dev.lastgood.run.RunEvent;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// Each event of a run for people, as it is written.
final class RunLines {
  private final Terminal terminal;
  private final Plan plan;

  /// What was shown of each step last, by its id.
  private final Map<String, String> shown = new HashMap<>();

  RunLines(Terminal terminal, Plan plan) {
    this.terminal = terminal;
    this.plan = plan;
  }

  void show(Entry entry) {
    switch (entry.event()) {
      case RunEvent.Intended intended -> terminal.live("  … " + says(intended.step()));
      case RunEvent.Ended ended -> {
        terminal.line(line(plan.step(ended.step()), ended));
        shown.put(ended.step(), ended.says());
      }
      case RunEvent.Sampled sampled ->
          terminal.line(
              "  "
                  + (sampled.healthy() ? terminal.green("✓") : terminal.red("✗"))
                  + " look "
                  + sampled.number()
                  + ": "
                  + sampled.says());
      case RunEvent.Asked asked -> {
        // in a pipe both streams say all of it: each may be all that somebody keeps
        boolean told = terminal.interactive() && asked.why().equals(shown.get(asked.step()));
        terminal.error("  ✗ " + says(asked.step()) + ": " + (told ? "what now?" : asked.why()));
        terminal.line(
            "  Choose: "
                + asked.choices().stream()
                    .map(c -> c.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .collect(Collectors.joining(" · "))
                + terminal.dim("  (lastgood resume --choose CHOICE --reason …)"));
      }
      case RunEvent.Chosen chosen ->
          terminal.line(
              "  "
                  + chosen.by()
                  + " chose "
                  + ResumeCommand.word(chosen.choice())
                  + " for: "
                  + says(chosen.step()));
      case RunEvent.StopAsked stop ->
          terminal.line(
              "  "
                  + stop.by()
                  + " asks to stop"
                  + (stop.reason().isBlank() ? "" : ": " + stop.reason()));
      case RunEvent.Noted noted -> terminal.line(terminal.dim("  " + noted.says()));
      case RunEvent.Approved approved ->
          terminal.line(
              terminal.dim("  approved by " + approved.by())
                  + approved
                      .breakGlass()
                      .map(r -> terminal.yellow(" BREAK-GLASS: " + r))
                      .orElse(""));
      case RunEvent.Proposed _, RunEvent.Began _, RunEvent.Finished _ -> {}
    }
  }

  private String line(Step step, RunEvent.Ended ended) {
    String sign =
        switch (ended.result()) {
          case DONE -> terminal.green("✓");
          case REFUSED -> terminal.red("✗");
          case UNKNOWN -> terminal.yellow("?");
        };
    return "  "
        + sign
        + " "
        + step.says()
        + terminal.dim(
            "  " + Durations.shown(Duration.ofMillis(ended.tookMillis())) + "  " + ended.says());
  }

  private String says(String step) {
    return plan.step(step).says();
  }
}
