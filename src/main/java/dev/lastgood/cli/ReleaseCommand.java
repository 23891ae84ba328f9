package dev.lastgood.cli;

import dev.lastgood.flow.Office;
import dev.lastgood.flow.Refusal;
import org.jspecify.annotations.Nullable;

final class ReleaseCommand extends SystemCommand {
  private long hold;
  private @Nullable String reason;

  ReleaseCommand(Doors doors, Terminal terminal) {
    super(doors, terminal, "release", "Lift a hold before it ends by itself.");
    words.numberArgument("HOLD", "Its number, as `lastgood hold --list` shows it.", v -> hold = v);
    words.text("--reason", "TEXT", "Why, for the record.", v -> reason = v);
  }

  @Override
  ExitCode work(Office office) throws Refusal {
    office.records().release(hold, reason == null ? "" : reason);
    answer.fact("hold", hold);
    answer.says("hold " + hold + " is lifted");
    return ExitCode.DONE;
  }
}
