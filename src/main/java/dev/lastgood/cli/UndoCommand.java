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
    name = "undo",
    header = "Go back to where a run began: the releases it left, proven like any other.",
    description = "Is a plan of its own, shown and approved like one.")
final class UndoCommand extends SystemCommand {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "RUN",
      description = "Default: the newest run.")
  @Nullable String run;

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the record.")
  @Nullable String reason;

  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask.")
  boolean yes;

  @Option(names = "--dry-run", description = "Show the plan and change nothing at all.")
  boolean dryRun;

  UndoCommand(Doors doors, Terminal terminal) {
    super(doors, terminal);
  }

  @Override
  ExitCode work(Office office) throws Refusal, InterruptedException {
    if (!dryRun) {
      office.runs().idle();
    }
    RunId before = office.runs().newest(Optional.ofNullable(run));
    var proposal = office.undo(before, reason == null ? "" : reason);
    return new Approving(terminal, office, globals.json)
        .approveAndDrive(proposal, yes, dryRun, Optional.empty(), false);
  }
}
