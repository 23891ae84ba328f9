package dev.lastgood.cli;

import dev.lastgood.flow.Office;
import dev.lastgood.flow.Refusal;
import dev.lastgood.run.RunEvent;
import dev.lastgood.run.RunId;
import java.time.Duration;

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
    var lines = new RunLines(terminal, office.runs().plan(run));
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
      office
          .runs()
          .drive(
              run,
              entry -> {
                if (!json) {
                  lines.show(entry);
                }
              },
              patience());
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
        terminal.document(office.runs().report(run));
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
}
