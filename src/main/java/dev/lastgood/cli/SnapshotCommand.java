package dev.lastgood.cli;

import dev.lastgood.flow.Office;
import dev.lastgood.flow.Records;
import dev.lastgood.flow.Refusal;

final class SnapshotCommand extends SystemCommand {
  private String component = "";

  SnapshotCommand(Doors doors, Terminal terminal) {
    super(
        doors,
        terminal,
        "snapshot",
        "Keep what is live on a component as it is now, to come back to. Before each deploy.",
        "Users go on meanwhile. What was kept is a release from then on; if what is live is known good,",
        "so is the snapshot.");
    words.argument("COMPONENT", "A database, e.g. database.", v -> component = v);
  }

  @Override
  ExitCode work(Office office) throws Refusal, InterruptedException {
    Records.Snapshot taken = office.records().snapshot(component);
    answer.fact("taken", taken.taken());
    answer.fact("live", taken.live());
    answer.fact("knownGood", taken.knownGood());
    answer.fact("removed", taken.removed());
    answer.saysAll(taken.lines());
    return ExitCode.DONE;
  }
}
