package dev.lastgood.cli;

import dev.lastgood.flow.Office;
import dev.lastgood.flow.Refusal;
import dev.lastgood.flow.Status;

final class StatusCommand extends SystemCommand {
  private boolean noChecks;

  StatusCommand(Doors doors, Terminal terminal) {
    super(
        doors,
        terminal,
        "status",
        "What is live, is it healthy, is it known good, and where could we go back to.",
        "Changes nothing but the ledger: a look at which every check passed counts for the soak.");
    words.flag(
        "--no-checks", "Do not measure; only what platforms and ledger say.", v -> noChecks = v);
  }

  @Override
  ExitCode work(Office office) throws Refusal, InterruptedException {
    Status status = office.status(!noChecks);
    if (globals.json) {
      terminal.document(status);
    } else {
      new StatusText(terminal).show(status);
    }
    return status.components().stream().anyMatch(c -> c.trouble().isPresent())
        ? ExitCode.ENVIRONMENT
        : ExitCode.DONE;
  }
}
