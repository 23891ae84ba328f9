package dev.lastgood.cli;

import dev.lastgood.flow.Office;
import dev.lastgood.flow.Refusal;
import dev.lastgood.run.RunId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

final class ApproveCommand extends SystemCommand {
  private @Nullable String run;
  private @Nullable String hash;
  private boolean yes;
  private @Nullable String breakGlass;
  private boolean acceptLoss;

  ApproveCommand(Doors doors, Terminal terminal) {
    super(
        doors,
        terminal,
        "approve",
        "Say yes to the plan of a run that waits for it.",
        "Shows the plan first. The yes is for exactly this plan (its hash), counts for one run, and expires.",
        "The run goes on where it was started, or with `lastgood resume`.");
    words.maybeArgument("RUN", "Default: the run that waits.", v -> run = v);
    words.text(
        "--plan",
        "HASH",
        "The hash you saw, at least its first 12 characters; refused when the plan is another.",
        v -> hash = v);
    words.flag("-y,--yes", "Do not ask; needs --plan.", v -> yes = v);
    words.text(
        "--break-glass",
        "REASON",
        "Begin without the approvals the policy wants. Is written down and told.",
        v -> breakGlass = v);
    words.flag(
        "--accept-loss",
        "With --break-glass: you accept the loss of data the plan names.",
        v -> acceptLoss = v);
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
      String typed =
          terminal
              .ask("Approve plan " + proposal.hash().substring(0, 12) + "? Type yes: ")
              .orElseThrow(() ->
                  new Refusal(
                      Refusal.Turn.INPUT,
                      "nobody is here to say yes: add --yes --plan "
                          + proposal.hash().substring(0, 12)));
      if (!typed.equalsIgnoreCase("yes") && !typed.equalsIgnoreCase("y")) {
        told(id, proposal.hash(), false, Optional.empty());
        answer.says("Nothing was approved.");
        return ExitCode.REFUSED;
      }
    }
    Optional<String> wanting =
        office.runs().approve(id, proposal.hash(), Optional.ofNullable(breakGlass), acceptLoss);
    told(id, proposal.hash(), true, wanting);
    answer.says(
        "Approved. "
            + wanting
                .map(w -> "Still wanted: " + w)
                .orElse(
                    "Run "
                        + id
                        + " may begin: it goes on where it was started, or with lastgood resume"));
    return ExitCode.DONE;
  }

  private void told(RunId id, String plan, boolean approved, Optional<String> wanting) {
    answer.fact("run", id.value());
    answer.fact("hash", plan);
    answer.fact("approved", approved);
    answer.fact("wanting", wanting);
  }
}
