package dev.lastgood.cli;

import dev.lastgood.flow.Office;
import dev.lastgood.flow.Refusal;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "release", header = "Lift a hold before it ends by itself.")
final class ReleaseCommand extends SystemCommand {
  @Parameters(
      index = "0",
      paramLabel = "HOLD",
      description = "Its number, as `lastgood hold --list` shows it.")
  long hold;

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the record.")
  @Nullable String reason;

  ReleaseCommand(Doors doors, Terminal terminal) {
    super(doors, terminal);
  }

  @Override
  ExitCode work(Office office) throws Refusal {
    office.records().release(hold, reason == null ? "" : reason);
    terminal.line("hold " + hold + " is lifted");
    return ExitCode.DONE;
  }
}
