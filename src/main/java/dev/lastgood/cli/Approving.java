package dev.lastgood.cli;

import dev.lastgood.flow.Office;
import dev.lastgood.flow.Proposal;
import dev.lastgood.flow.Refusal;
import dev.lastgood.run.RunId;
import java.util.Optional;

/// Shows a proposal, asks, and drives the run.
final class Approving {
  private final Terminal terminal;
  private final Office office;
  private final boolean json;

  Approving(Terminal terminal, Office office, boolean json) {
    this.terminal = terminal;
    this.office = office;
    this.json = json;
  }

  ExitCode approveAndDrive(
      Proposal proposal,
      boolean yes,
      boolean dryRun,
      Optional<String> breakGlass,
      boolean acceptLoss)
      throws Refusal, InterruptedException {
    if (dryRun || !json) {
      new Shown(terminal, json).proposal(office, proposal);
    }
    if (dryRun) {
      return ExitCode.DONE;
    }
    if (!yes && breakGlass.isEmpty() && !agreed(proposal)) {
      throw new Refusal(Refusal.Turn.RULE, "Nothing was changed.");
    }
    RunId run = office.runs().propose(proposal);
    Optional<String> wanting =
        office.runs().approveOwn(run, proposal.hash(), breakGlass, acceptLoss);
    if (wanting.isPresent() && !json) {
      terminal.line(
          "Run "
              + run
              + " waits for approval: "
              + wanting.get()
              + ". They type: lastgood approve "
              + run);
    }
    return new Driving(terminal, office, json).drive(run);
  }

  private boolean agreed(Proposal proposal) throws Refusal {
    String answer =
        terminal
            .ask(
                terminal.bold("Begin?")
                    + " Type yes (plan "
                    + proposal.hash().substring(0, 12)
                    + "): ")
            .orElseThrow(() ->
                new Refusal(
                    Refusal.Turn.INPUT,
                    "nobody is here to say yes: add --yes, or --dry-run to see the plan only."
                        + " Nothing was changed"));
    return answer.equalsIgnoreCase("yes") || answer.equalsIgnoreCase("y");
  }
}
