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
    name = "approve",
    header = "Say yes to the plan of a run that waits for it.",
    description = {
      "Shows the plan first. The yes is for exactly this plan (its hash), counts for one run, and expires.",
      "The run goes on where it was started, or with `lastgood resume`."
    })
final class ApproveCommand extends SystemCommand {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "RUN",
      description = "Default: the run that waits.")
  @Nullable String run;

  @Option(
      names = "--plan",
      paramLabel = "HASH",
      description =
          "The hash you saw, at least its first 12 characters; refused when the plan is another.")
  @Nullable String hash;

  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask; needs --plan.")
  boolean yes;

  @Option(
      names = "--break-glass",
      paramLabel = "REASON",
      description = "Begin without the approvals the policy wants. Is written down and told.")
  @Nullable String breakGlass;

  @Option(
      names = "--accept-loss",
      description = "With --break-glass: you accept the loss of data the plan names.")
  boolean acceptLoss;

  ApproveCommand(Doors doors, Terminal terminal) {
    super(doors, terminal);
  }

  @Override
  ExitCode work(Office office) throws Refusal {
    RunId id = office.runs().named(Optional.ofNullable(run));
    var proposal = office.runs().proposal(id);
    if (hash != null && (hash.length() < 12 || !proposal.hash().startsWith(hash))) {
      throw new Refusal(
          Refusal.Turn.RULE,
          "run "
              + id
              + " has the plan "
              + proposal.hash()
              + ", not "
              + hash
              + ". Nothing was approved; look at it with: lastgood show "
              + id
              + " --plan");
    }
    if (!yes || hash == null) {
      new Shown(terminal, false).proposal(office, proposal);
      String answer =
          terminal
              .ask("Approve plan " + proposal.hash().substring(0, 12) + "? Type yes: ")
              .orElseThrow(() ->
                  new Refusal(
                      Refusal.Turn.INPUT,
                      "nobody is here to say yes: add --yes --plan "
                          + proposal.hash().substring(0, 12)));
      if (!answer.equalsIgnoreCase("yes") && !answer.equalsIgnoreCase("y")) {
        terminal.line("Nothing was approved.");
        return ExitCode.REFUSED;
      }
    }
    Optional<String> wanting =
        office.runs().approve(id, proposal.hash(), Optional.ofNullable(breakGlass), acceptLoss);
    terminal.line(
        "Approved. "
            + wanting
                .map(w -> "Still wanted: " + w)
                .orElse(
                    "Run "
                        + id
                        + " may begin: it goes on where it was started, or with lastgood resume"));
    return ExitCode.DONE;
  }
}
