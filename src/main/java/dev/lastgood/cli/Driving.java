package dev.lastgood.cli;

import dev.lastgood.condition.Durations;
import dev.lastgood.flow.Office;
import dev.lastgood.flow.Refusal;
import dev.lastgood.plan.Plan;
import dev.lastgood.plan.Step;
import dev.lastgood.run.Journal.Entry;
import dev.lastgood.run.RunEvent;
import dev.lastgood.run.RunId;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Collectors;

/// Drives a run in the foreground and shows each event as it is written.
final class Driving {
  private final Terminal terminal;
  private final Office office;
  private final boolean json;
  private final boolean reported;

  Driving(Terminal terminal, Office office, boolean json) {
    this(terminal, office, json, true);
  }

  /// @param reported whether JSON ends with the report of the run
  Driving(Terminal terminal, Office office, boolean json, boolean reported) {
    this.terminal = terminal;
    this.office = office;
    this.json = json;
    this.reported = reported;
  }

  ExitCode drive(RunId run) throws Refusal, InterruptedException {
    Plan plan = office.runs().plan(run);
    var leave =
        new Thread(() ->
            terminal.error(
                "Interrupted. Run "
                    + run
                    + " is kept as it is; go on with: lastgood resume "
                    + run));
    Runtime.getRuntime().addShutdownHook(leave);
    try {
      if (!json) {
        terminal.line(
            terminal.bold("Run " + run)
                + terminal.dim("  Ctrl-C is safe: lastgood resume goes on"));
      }
      office.runs().drive(run, entry -> show(plan, entry), patience());
    } finally {
      Runtime.getRuntime().removeShutdownHook(leave);
    }
    return ended(run);
  }

  /// A person at a terminal waits with us for others; a script does not.
  private Duration patience() {
    return terminal.interactive() ? Duration.ofDays(1) : Duration.ZERO;
  }

  private ExitCode ended(RunId run) throws Refusal {
    if (json) {
      if (reported) {
        terminal.line(Json.write(office.runs().report(run)));
      }
    } else {
      terminal.blank();
      terminal.line(String.join("\n", office.runs().report(run).text(terminal.width())));
    }
    return code(office, run);
  }

  static ExitCode code(Office office, RunId run) {
    RunEvent last = office.journal().entries(run).getLast().event();
    return switch (last) {
      case RunEvent.Finished finished ->
          switch (finished.result()) {
            case PROVEN -> ExitCode.DONE;
            case UNPROVEN -> ExitCode.UNKNOWN;
            case STOPPED, ABANDONED -> ExitCode.REFUSED;
          };
      case RunEvent.Asked _ -> ExitCode.UNKNOWN;
      default -> ExitCode.WAITING;
    };
  }

  private void show(Plan plan, Entry entry) {
    if (json) {
      return;
    }
    switch (entry.event()) {
      case RunEvent.Intended intended -> terminal.live("  … " + says(plan, intended.step()));
      case RunEvent.Ended ended -> terminal.line(line(plan.step(ended.step()), ended));
      case RunEvent.Sampled sampled ->
          terminal.line(
              "  "
                  + (sampled.healthy() ? terminal.green("✓") : terminal.red("✗"))
                  + " look "
                  + sampled.number()
                  + ": "
                  + sampled.says());
      case RunEvent.Asked asked -> {
        terminal.error("  ✗ " + says(plan, asked.step()) + ": " + asked.why());
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
                  + says(plan, chosen.step()));
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

  private static String says(Plan plan, String step) {
    return plan.step(step).says();
  }
}
