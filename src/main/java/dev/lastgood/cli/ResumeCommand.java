package dev.lastgood.cli;

import dev.lastgood.flow.Office;
import dev.lastgood.flow.Refusal;
import dev.lastgood.run.RunEvent.Choice;
import dev.lastgood.run.RunId;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "resume",
    header = "Go on with a run that was interrupted, waits, or asked for a choice.",
    description = {
      "Looks at the world first: an act that may have happened is never repeated blindly.",
      "Where the run asked, say --choose retry, other-method, skip or stop."
    })
final class ResumeCommand extends SystemCommand {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "RUN",
      description = "Default: the run that is not over.")
  @Nullable String run;

  @Option(
      names = "--choose",
      paramLabel = "CHOICE",
      description = "retry, other-method, skip or stop.")
  @Nullable String choice;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "Why, for the record; skip needs one.")
  @Nullable String reason;

  ResumeCommand(Doors doors, Terminal terminal) {
    super(doors, terminal);
  }

  @Override
  ExitCode work(Office office) throws Refusal, InterruptedException {
    RunId id = office.runs().named(Optional.ofNullable(run));
    if (choice != null) {
      office.runs().choose(id, chosen(choice), reason == null ? "" : reason);
    }
    return new Driving(terminal, office, globals.json).drive(id);
  }

  private static Choice chosen(String word) throws Refusal {
    return Arrays.stream(Choice.values())
        .filter(c -> word(c).equals(word.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(() ->
            new Refusal(
                Refusal.Turn.INPUT,
                "\""
                    + word
                    + "\" is no choice. Known: "
                    + Arrays.stream(Choice.values())
                        .map(ResumeCommand::word)
                        .collect(Collectors.joining(", "))));
  }

  static String word(Choice choice) {
    return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
