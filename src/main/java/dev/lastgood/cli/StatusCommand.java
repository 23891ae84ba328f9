package dev.lastgood.cli;

import dev.lastgood.flow.Office;
import dev.lastgood.flow.Refusal;
import dev.lastgood.flow.Status;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "status",
    header = "What is live, is it healthy, is it known good, and where could we go back to.",
    description =
        "Changes nothing but the ledger: a look at which every check passed counts for the soak.")
final class StatusCommand extends SystemCommand {
  @Option(
      names = "--no-checks",
      description = "Do not measure; only what platforms and ledger say.")
  boolean noChecks;

  StatusCommand(Doors doors, Terminal terminal) {
    super(doors, terminal);
  }

  @Override
  ExitCode work(Office office) throws Refusal, InterruptedException {
    Status status = office.status(!noChecks);
    if (globals.json) {
      terminal.line(Json.write(status));
    } else {
      new StatusText(terminal).show(status);
    }
    return ExitCode.DONE;
  }
}
