package dev.lastgood.cli;

import dev.lastgood.flow.Office;
import dev.lastgood.flow.Refusal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "snapshot",
    header = "Keep what is live on a component as it is now, to come back to. Before each deploy.",
    description = {
      "Users go on meanwhile. What was kept is a release from then on; if what is live is known good,",
      "so is the snapshot."
    })
final class SnapshotCommand extends SystemCommand {
  @Parameters(index = "0", paramLabel = "COMPONENT", description = "A database, e.g. database.")
  String component = "";

  SnapshotCommand(Doors doors, Terminal terminal) {
    super(doors, terminal);
  }

  @Override
  ExitCode work(Office office) throws Refusal, InterruptedException {
    office.records().snapshot(component).forEach(terminal::line);
    return ExitCode.DONE;
  }
}
