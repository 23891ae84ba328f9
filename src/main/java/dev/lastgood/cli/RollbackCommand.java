package dev.lastgood.cli;

import dev.lastgood.flow.Office;
import dev.lastgood.flow.Refusal;
import dev.lastgood.flow.Wish;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

final class RollbackCommand extends SystemCommand {
  private final List<String> components = new ArrayList<>();

  private final List<String> to = new ArrayList<>();

  private final List<String> tables = new ArrayList<>();

  private @Nullable String reason;
  private boolean yes;
  private boolean dryRun;
  private @Nullable String breakGlass;
  private boolean acceptLoss;

  final Flags flags = new Flags();

  private final AnswerFlags answers = new AnswerFlags();

  RollbackCommand(Doors doors, Terminal terminal) {
    super(
        doors,
        terminal,
        "rollback",
        "Go back to the last state that was proven good, and prove it.",
        "Without a component the decision policy of the configuration is asked first. With components (or"
            + " `full`) you have decided: say why with --reason.",
        "Shows the plan and asks before anything is changed.");
    words.arguments("COMPONENT", "Components to roll back, or `full` for all of them.", components);
    words.texts(
        "--to",
        "COMPONENT=RELEASE",
        "An explicit release instead of the last known good one. Repeatable.",
        to);
    words.texts(
        "--tables",
        "TABLE[,TABLE]",
        "Only these tables of a database; the rest of it stays as it is. Repeatable.",
        tables);
    words.text("--reason", "TEXT", "Why, for the record.", v -> reason = v);
    words.flag(
        "-y,--yes",
        "Do not ask; you approve the plan as far as the policy lets you.",
        v -> yes = v);
    words.flag("--dry-run", "Show the plan and change nothing at all.", v -> dryRun = v);
    words.text(
        "--break-glass",
        "REASON",
        "Begin without the approvals the policy wants. Is written down and told.",
        v -> breakGlass = v);
    words.flag(
        "--accept-loss",
        "With --break-glass: you know which data will be lost and accept it.",
        v -> acceptLoss = v);
    flags.join(words);
    answers.join(words);
  }

  @Override
  ExitCode work(Office office) throws Refusal, InterruptedException {
    if (!dryRun) {
      office.runs().idle();
    }
    SortedMap<String, String> said = answers.given();
    Wish wish = wish(office).answering(said).only(tables);
    return new Approving(terminal, office, globals.json)
        .approveAndDrive(
            office.plan(wish), yes, dryRun, Optional.ofNullable(breakGlass), acceptLoss);
  }

  private Wish wish(Office office) throws Refusal, InterruptedException {
    if (!components.isEmpty() || !to.isEmpty()) {
      return office.wish(components, to, reason);
    }
    var deciding = new DecideTalk(terminal, office, globals.json);
    return deciding.wish(flags, reason);
  }
}
