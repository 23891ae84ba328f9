package dev.lastgood.cli;

import dev.lastgood.flow.Office;
import dev.lastgood.flow.Refusal;
import dev.lastgood.ledger.Mark;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "mark",
    header = "Say that a release is good, or bad.",
    description = "A bad one is never a target, nor is a copy of it. The newest word counts.")
final class MarkCommand extends SystemCommand {
  @Parameters(index = "0", paramLabel = "good|bad")
  String word = "";

  @Parameters(index = "1", paramLabel = "COMPONENT")
  String component = "";

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "RELEASE",
      description = "Default: the one that is live.")
  @Nullable String release;

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the record.")
  @Nullable String reason;

  MarkCommand(Doors doors, Terminal terminal) {
    super(doors, terminal);
  }

  @Override
  ExitCode work(Office office) throws Refusal, InterruptedException {
    Mark.Word said =
        switch (word.toLowerCase(Locale.ROOT)) {
          case "good" -> Mark.Word.GOOD;
          case "bad" -> Mark.Word.BAD;
          default ->
              throw new Refusal(
                  Refusal.Turn.INPUT, "a release is marked good or bad, not \"" + word + "\"");
        };
    String id = release == null ? office.live(component).id() : release;
    office.records().mark(component, id, said, reason == null ? "" : reason);
    terminal.line(component + " " + id + " is marked " + word.toLowerCase(Locale.ROOT));
    return ExitCode.DONE;
  }
}
