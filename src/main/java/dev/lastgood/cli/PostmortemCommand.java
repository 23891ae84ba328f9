package dev.lastgood.cli;

import dev.lastgood.flow.Office;
import dev.lastgood.flow.Refusal;
import dev.lastgood.run.RunId;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

final class PostmortemCommand extends SystemCommand {
  private @Nullable String run;
  private @Nullable Path output;

  PostmortemCommand(Doors doors, Terminal terminal) {
    super(
        doors,
        terminal,
        "postmortem",
        "Write the draft of the post-mortem: what is known filled in, what is not marked.",
        "Never overwrites a file that somebody may have edited.");
    words.maybeArgument("RUN", "Default: the newest run.", v -> run = v);
    words.path("-o,--output", "FILE", "Where to (default: standard output).", v -> output = v);
  }

  @Override
  ExitCode work(Office office) throws Refusal {
    RunId id = office.runs().newest(Optional.ofNullable(run));
    if (output != null) {
      office.runs().writePostMortem(id, output);
      answer.says("written: " + output);
    } else if (!globals.json) {
      terminal.line(office.runs().postMortem(id));
    }
    if (globals.json) {
      answer.fact("run", id.value());
      answer.fact("markdown", office.runs().postMortem(id));
      answer.fact("written", output == null ? null : output.toString());
    }
    return ExitCode.DONE;
  }
}
