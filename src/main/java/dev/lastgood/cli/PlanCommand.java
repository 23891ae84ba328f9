package dev.lastgood.cli;

import dev.lastgood.flow.Office;
import dev.lastgood.flow.Refusal;
import dev.lastgood.flow.Wish;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "plan",
    header = "Show what a rollback would do, how long it would take and what it would cost.",
    description = "Changes nothing at all.")
final class PlanCommand extends SystemCommand {
  @Parameters(
      paramLabel = "COMPONENT",
      arity = "0..*",
      description = "Components to roll back, or `full` (default: full).")
  final List<String> components = new ArrayList<>();

  @Option(
      names = "--to",
      paramLabel = "COMPONENT=RELEASE",
      description = "An explicit release instead of the last known good one. Repeatable.")
  final List<String> to = new ArrayList<>();

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the record.")
  @Nullable String reason;

  @Option(
      names = "--runbook",
      description = "As a Markdown runbook, with the commands a person would type by hand.")
  boolean runbook;

  PlanCommand(Doors doors, Terminal terminal) {
    super(doors, terminal);
  }

  @Override
  ExitCode work(Office office) throws Refusal, InterruptedException {
    List<String> wanted = components.isEmpty() && to.isEmpty() ? List.of("full") : components;
    Wish wish = office.wish(wanted, to, reason);
    var proposal = office.plan(wish);
    if (runbook) {
      terminal.line(office.paper(proposal));
      return ExitCode.DONE;
    }
    return new Shown(terminal, globals.json).proposal(office, proposal);
  }
}
