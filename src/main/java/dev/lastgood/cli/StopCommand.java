package dev.lastgood.cli;

import dev.lastgood.flow.Office;
import dev.lastgood.flow.Refusal;
import dev.lastgood.run.RunId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "stop",
    header = "Stop a run: steps under way end, no other begins, nothing is undone.",
    description =
        "What stands where is in the report; `lastgood undo` goes back to where the run began.")
final class StopCommand extends SystemCommand {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "RUN",
      description = "Default: the run that is not over.")
  @Nullable String run;

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the record.")
  @Nullable String reason;

  StopCommand(Doors doors, Terminal terminal) {
    super(doors, terminal);
  }

  @Override
  ExitCode work(Office office) throws Refusal, InterruptedException {
    RunId id = office.runs().named(Optional.ofNullable(run));
    terminal.line(office.runs().stop(id, reason == null ? "" : reason));
    return ExitCode.DONE;
  }
}
