package dev.lastgood.cli;

import dev.lastgood.flow.Office;
import dev.lastgood.flow.Refusal;

final class DecideCommand extends SystemCommand {
  final Flags flags = new Flags();

  DecideCommand(Doors doors, Terminal terminal) {
    super(
        doors,
        terminal,
        "decide",
        "Say what is to be done, by the matrix and the tree of the configuration.",
        "Measures what can be measured, asks only the questions whose answer still matters, and shows which"
            + " rule fired and which would have fired with another answer. Changes nothing.");
    flags.join(words);
  }

  @Override
  ExitCode work(Office office) throws Refusal, InterruptedException {
    var talk = new DecideTalk(terminal, office, globals.json);
    var decided = talk.decide(flags);
    if (globals.json) {
      terminal.document(decided);
    } else {
      talk.show(decided);
    }
    return ExitCode.DONE;
  }
}
