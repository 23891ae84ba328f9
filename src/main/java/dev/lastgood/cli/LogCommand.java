package dev.lastgood.cli;

import dev.lastgood.flow.Office;
import dev.lastgood.flow.Refusal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "log",
    header = "What happened to this system: deploys, marks, holds and runs, newest first.")
final class LogCommand extends SystemCommand {
  @Option(
      names = {"-n", "--lines"},
      paramLabel = "N",
      defaultValue = "30",
      description = "At most so many (default: ${DEFAULT-VALUE}).")
  int lines = 30;

  LogCommand(Doors doors, Terminal terminal) {
    super(doors, terminal);
  }

  @Override
  ExitCode work(Office office) throws Refusal {
    if (lines < 1 || lines > 100_000) {
      throw new Refusal(Refusal.Turn.INPUT, "--lines is 1 to 100000, not " + lines);
    }
    var entries = office.history().newestFirst().stream().limit(lines).toList();
    if (globals.json) {
      terminal.line(Json.write(entries));
    } else if (entries.isEmpty()) {
      terminal.line("nothing has happened yet; begin with: lastgood record");
    } else {
      entries.forEach(e -> terminal.line(e.at() + "  " + e.kind() + "  " + e.says()));
    }
    return ExitCode.DONE;
  }
}
