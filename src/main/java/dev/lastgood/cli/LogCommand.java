package dev.lastgood.cli;

import dev.lastgood.flow.Office;
import dev.lastgood.flow.Refusal;

final class LogCommand extends SystemCommand {
  private int lines = 30;

  LogCommand(Doors doors, Terminal terminal) {
    super(
        doors,
        terminal,
        "log",
        "What happened to this system: deploys, marks, holds and runs, newest first.");
    words.number("-n,--lines", "N", "At most so many (default: 30).", v -> lines = v);
  }

  @Override
  ExitCode work(Office office) throws Refusal {
    if (lines < 1 || lines > 100_000) {
      throw new Refusal(Refusal.Turn.INPUT, "--lines is 1 to 100000, not " + lines);
    }
    var entries = office.history().newestFirst().stream().limit(lines).toList();
    if (globals.json) {
      terminal.document(entries);
    } else if (entries.isEmpty()) {
      terminal.line("nothing has happened yet; begin with: lastgood record");
    } else {
      entries.forEach(e -> terminal.line(e.at() + "  " + e.kind() + "  " + e.says()));
    }
    return ExitCode.DONE;
  }
}
