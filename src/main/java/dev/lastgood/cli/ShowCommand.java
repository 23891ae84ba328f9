package dev.lastgood.cli;

import dev.lastgood.flow.Office;
import dev.lastgood.flow.Refusal;
import dev.lastgood.run.RunId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

final class ShowCommand extends SystemCommand {
  private @Nullable String run;
  private boolean plan;

  ShowCommand(Doors doors, Terminal terminal) {
    super(
        doors,
        terminal,
        "show",
        "Show a run: what it did, how long each phase took, the evidence.",
        "Checks the journal's hash chain and says when it was tampered with.");
    words.maybeArgument("RUN", "Default: the newest run.", v -> run = v);
    words.flag("--plan", "Show the plan of the run instead.", v -> plan = v);
  }

  @Override
  ExitCode work(Office office) throws Refusal {
    RunId id = office.runs().newest(Optional.ofNullable(run));
    if (plan) {
      return new Shown(terminal, globals.json).proposal(office, office.runs().proposal(id));
    }
    Optional<String> tampered = office.journal().verify(id);
    if (tampered.isPresent()) {
      terminal.error(
          "The journal of run "
              + id
              + " cannot be trusted: "
              + tampered.get()
              + ". What it says is below, as far as it can be read; compare with a backup of the state."
              + " If the run is not over, set it aside: lastgood stop "
              + id);
    }
    var report = office.runs().report(id);
    if (globals.json) {
      terminal.document(report);
    } else {
      terminal.line(String.join("\n", report.text(terminal.width())));
    }
    return tampered.isPresent() ? ExitCode.UNKNOWN : ExitCode.DONE;
  }
}
