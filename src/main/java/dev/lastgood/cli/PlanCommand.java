package dev.lastgood.cli;

import dev.lastgood.flow.Office;
import dev.lastgood.flow.Refusal;
import dev.lastgood.flow.Wish;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

final class PlanCommand extends SystemCommand {
  private final List<String> components = new ArrayList<>();

  private final List<String> to = new ArrayList<>();

  private final List<String> tables = new ArrayList<>();

  private @Nullable String reason;
  private boolean runbook;

  private final AnswerFlags answers = new AnswerFlags();

  PlanCommand(Doors doors, Terminal terminal) {
    super(
        doors,
        terminal,
        "plan",
        "Show what a rollback would do, how long it would take and what it would cost.",
        "Changes nothing at all.");
    words.arguments("COMPONENT", "Components to roll back, or `full` (default: full).", components);
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
        "--runbook",
        "As a Markdown runbook, with the commands a person would type by hand.",
        v -> runbook = v);
    answers.join(words);
  }

  @Override
  ExitCode work(Office office) throws Refusal, InterruptedException {
    List<String> wanted = components.isEmpty() && to.isEmpty() ? List.of("full") : components;
    Wish wish = office.wish(wanted, to, reason).answering(answers.given()).only(tables);
    var proposal = office.plan(wish);
    if (runbook && globals.json) {
      answer.fact("hash", proposal.hash());
      answer.fact("runbook", office.paper(proposal));
      return ExitCode.DONE;
    }
    if (runbook) {
      terminal.line(office.paper(proposal));
      return ExitCode.DONE;
    }
    return new Shown(terminal, globals.json).proposal(office, proposal);
  }
}
