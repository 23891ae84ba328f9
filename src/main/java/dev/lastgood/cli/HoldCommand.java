package dev.lastgood.cli;

import dev.lastgood.condition.Durations;
import dev.lastgood.flow.Office;
import dev.lastgood.flow.Records;
import dev.lastgood.flow.Refusal;
import dev.lastgood.ledger.Hold;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "hold",
    header = "Hold deploys: of everything, of a component, or of one release of it.",
    description =
        "`lastgood record` refuses what is held. Ends by itself, or with `lastgood release`.")
final class HoldCommand extends SystemCommand {
  @Parameters(index = "0", arity = "0..1", paramLabel = "COMPONENT")
  @Nullable String component;

  @Parameters(index = "1", arity = "0..1", paramLabel = "RELEASE")
  @Nullable String release;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "Why; everybody who is held up sees it.")
  @Nullable String reason;

  @Option(
      names = "--for",
      paramLabel = "TIME",
      defaultValue = "4h",
      description = "How long (default: ${DEFAULT-VALUE}).")
  String lasting = "4h";

  @Option(names = "--list", description = "Show the holds in force and change nothing.")
  boolean list;

  HoldCommand(Doors doors, Terminal terminal) {
    super(doors, terminal);
  }

  @Override
  ExitCode work(Office office) throws Refusal {
    if (list) {
      return list(office.records().inForce());
    }
    if (reason == null || reason.isBlank()) {
      throw new Refusal(Refusal.Turn.INPUT, "a hold needs a --reason, for those whom it stops");
    }
    var time =
        Durations.parse(lasting)
            .orElseThrow(() ->
                new Refusal(
                    Refusal.Turn.INPUT, "\"" + lasting + "\" is not a time such as 30m, 4h or 2d"));
    Hold hold =
        office
            .records()
            .hold(Optional.ofNullable(component), Optional.ofNullable(release), reason, time);
    terminal.line(
        globals.json ? Json.write(hold) : "hold " + hold.id() + ": " + Records.words(hold));
    return ExitCode.DONE;
  }

  private ExitCode list(List<Hold> holds) {
    if (globals.json) {
      terminal.line(Json.write(holds));
    } else if (holds.isEmpty()) {
      terminal.line("nothing is held");
    } else {
      holds.forEach(h -> terminal.line("hold " + h.id() + ": " + Records.words(h)));
    }
    return ExitCode.DONE;
  }
}
