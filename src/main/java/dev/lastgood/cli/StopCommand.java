package dev.lastgood.cli;

import dev.lastgood.flow.Office;
import dev.lastgood.flow.Refusal;
import dev.lastgood.run.RunId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

final class StopCommand extends SystemCommand {
  private @Nullable String run;
  private @Nullable String reason;

  StopCommand(Doors doors, Terminal terminal) {
    super(
        doors,
        terminal,
        "stop",
        "Stop a run: steps under way end, no other begins, nothing is undone.",
        "Users who were kept away are let in. What stands where is in the report; `lastgood undo` goes back to where the run began.");
    words.maybeArgument("RUN", "Default: the run that is not over.", v -> run = v);
    words.text("--reason", "TEXT", "Why, for the record.", v -> reason = v);
  }

  @Override
  ExitCode work(Office office) throws Refusal, InterruptedException {
    RunId id = office.runs().named(Optional.ofNullable(run));
    boolean setAside = office.journal().verify(id).isPresent();
    answer.says(office.runs().stop(id, reason == null ? "" : reason));
    answer.fact("run", id.value());
    answer.fact("setAside", setAside);
    return ExitCode.DONE;
  }
}
