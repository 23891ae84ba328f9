package dev.lastgood.cli;

import dev.lastgood.flow.Office;
import dev.lastgood.flow.Refusal;
import dev.lastgood.run.RunId;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "postmortem",
    header = "Write the draft of the post-mortem: what is known filled in, what is not marked.",
    description = "Never overwrites a file that somebody may have edited.")
final class PostmortemCommand extends SystemCommand {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "RUN",
      description = "Default: the newest run.")
  @Nullable String run;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Where to (default: standard output).")
  @Nullable Path output;

  PostmortemCommand(Doors doors, Terminal terminal) {
    super(doors, terminal);
  }

  @Override
  ExitCode work(Office office) throws Refusal {
    RunId id = office.runs().newest(Optional.ofNullable(run));
    if (output == null) {
      terminal.line(office.runs().postMortem(id));
    } else {
      office.runs().writePostMortem(id, output);
      terminal.line("written: " + output);
    }
    return ExitCode.DONE;
  }
}
