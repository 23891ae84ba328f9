package dev.lastgood.cli;

import dev.lastgood.flow.Kept;
import dev.lastgood.flow.Office;
import dev.lastgood.flow.Refusal;
import dev.lastgood.ledger.Mark;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

final class MarkCommand extends SystemCommand {
  private String word = "";
  private String component = "";
  private @Nullable String release;
  private @Nullable String reason;

  MarkCommand(Doors doors, Terminal terminal) {
    super(
        doors,
        terminal,
        "mark",
        "Say that a release is good, or bad.",
        "A bad one is never a target, nor is a copy of it. The newest word counts.");
    words.argument("good|bad", "", v -> word = v);
    words.argument("COMPONENT", "", v -> component = v);
    words.maybeArgument("RELEASE", "Default: the one that is live.", v -> release = v);
    words.text("--reason", "TEXT", "Why, for the record.", v -> reason = v);
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
    var let = office.records().mark(component, id, said, reason == null ? "" : reason);
    answer.fact("component", component);
    answer.fact("release", id);
    answer.fact("word", said.name());
    answer.says(component + " " + id + " is marked " + word.toLowerCase(Locale.ROOT));
    answer.saysAll(let);
    if (said == Mark.Word.GOOD) {
      Kept kept = office.records().keep(component, id);
      answer.saysAll(kept.lines());
      kept.complete();
    }
    return ExitCode.DONE;
  }
}
