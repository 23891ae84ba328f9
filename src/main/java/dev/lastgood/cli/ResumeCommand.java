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

final class ResumeCommand extends SystemCommand {
  private @Nullable String run;
  private @Nullable String choice;
  private @Nullable String reason;

  ResumeCommand(Doors doors, Terminal terminal) {
    super(
        doors,
        terminal,
        "resume",
        "Go on with a run that was interrupted, waits, or asked for a choice.",
        "Looks at the world first: an act that may have happened is never repeated blindly.",
        "Where the run asked, say --choose retry, other-method, skip or stop.");
    words.maybeArgument("RUN", "Default: the run that is not over.", v -> run = v);
    words.text("--choose", "CHOICE", "retry, other-method, skip or stop.", v -> choice = v);
    words.text("--reason", "TEXT", "Why, for the record; skip needs one.", v -> reason = v);
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
