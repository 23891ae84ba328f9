package dev.lastgood.cli;

import dev.lastgood.condition.Durations;
import dev.lastgood.flow.Office;
import dev.lastgood.flow.Records;
import dev.lastgood.flow.Refusal;
import dev.lastgood.ledger.Hold;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

final class HoldCommand extends SystemCommand {
  private @Nullable String component;
  private @Nullable String release;
  private @Nullable String reason;
  private String lasting = "4h";
  private boolean list;

  HoldCommand(Doors doors, Terminal terminal) {
    super(
        doors,
        terminal,
        "hold",
        "Hold deploys: of everything, of a component, or of one release of it.",
        "`lastgood record` refuses what is held. Ends by itself, or with `lastgood release`.");
    words.maybeArgument("COMPONENT", "", v -> component = v);
    words.maybeArgument("RELEASE", "", v -> release = v);
    words.text("--reason", "TEXT", "Why; everybody who is held up sees it.", v -> reason = v);
    words.text("--for", "TIME", "How long (default: 4h).", v -> lasting = v);
    words.flag("--list", "Show the holds in force and change nothing.", v -> list = v);
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
    if (globals.json) {
      terminal.document(hold);
    } else {
      terminal.line("hold " + hold.id() + ": " + Records.words(hold));
    }
    return ExitCode.DONE;
  }

  private ExitCode list(List<Hold> holds) {
    if (globals.json) {
      terminal.document(holds);
    } else if (holds.isEmpty()) {
      terminal.line("nothing is held");
    } else {
      holds.forEach(h -> terminal.line("hold " + h.id() + ": " + Records.words(h)));
    }
    return ExitCode.DONE;
  }
}
