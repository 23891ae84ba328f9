package dev.lastgood.cli;

import dev.lastgood.flow.Office;
import dev.lastgood.flow.Refusal;
import dev.lastgood.flow.Wish;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "rollback",
    header = "Go back to the last state that was proven good, and prove it.",
    description = {
      "Without a component the decision policy of the configuration is asked first. With components (or"
          + " `full`) you have decided: say why with --reason.",
      "Shows the plan and asks before anything is changed."
    })
final class RollbackCommand extends SystemCommand {
  @Parameters(
      paramLabel = "COMPONENT",
      arity = "0..*",
      description = "Components to roll back, or `full` for all of them.")
  final List<String> components = new ArrayList<>();

  @Option(
      names = "--to",
      paramLabel = "COMPONENT=RELEASE",
      description = "An explicit release instead of the last known good one. Repeatable.")
  final List<String> to = new ArrayList<>();

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the record.")
  @Nullable String reason;

  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask; you approve the plan as far as the policy lets you.")
  boolean yes;

  @Option(names = "--dry-run", description = "Show the plan and change nothing at all.")
  boolean dryRun;

  @Option(
      names = "--break-glass",
      paramLabel = "REASON",
      description = "Begin without the approvals the policy wants. Is written down and told.")
  @Nullable String breakGlass;

  @Option(
      names = "--accept-loss",
      description = "With --break-glass: you know which data will be lost and accept it.")
  boolean acceptLoss;

  @Mixin final Flags flags = new Flags();

  RollbackCommand(Doors doors, Terminal terminal) {
    super(doors, terminal);
  }

  @Override
  ExitCode work(Office office) throws Refusal, InterruptedException {
    if (!dryRun) {
      office.runs().idle();
    }
    Optional<Wish> wish = wish(office);
    if (wish.isEmpty()) {
      return ExitCode.REFUSED;
    }
    return new Approving(terminal, office, globals.json)
        .approveAndDrive(
            office.plan(wish.get()), yes, dryRun, Optional.ofNullable(breakGlass), acceptLoss);
  }

  private Optional<Wish> wish(Office office) throws Refusal, InterruptedException {
    if (!components.isEmpty() || !to.isEmpty()) {
      return Optional.of(office.wish(components, to, reason));
    }
    var deciding = new DecideTalk(terminal, office, globals.json);
    return deciding.wish(flags, reason);
  }
}
