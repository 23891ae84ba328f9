package dev.lastgood.cli;

import dev.lastgood.flow.Office;
import dev.lastgood.flow.Refusal;
import dev.lastgood.run.RunId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

final class UndoCommand extends SystemCommand {
  private @Nullable String run;
  private @Nullable String reason;
  private boolean yes;
  private boolean dryRun;

  UndoCommand(Doors doors, Terminal terminal) {
    super(
        doors,
        terminal,
        "undo",
        "Go back to where a run began: the releases it left, proven like any other.",
        "Is a plan of its own, shown and approved like one.");
    words.maybeArgument("RUN", "Default: the newest run.", v -> run = v);
    words.text("--reason", "TEXT", "Why, for the record.", v -> reason = v);
    words.flag("-y,--yes", "Do not ask.", v -> yes = v);
    words.flag("--dry-run", "Show the plan and change nothing at all.", v -> dryRun = v);
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
