package dev.lastgood.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a command answers: sentences, which people see at once, and facts, which `--json` prints
/// together with the sentences when the command is over, as one document.
final class Answer {
  private final Terminal terminal;
  private final Globals globals;
  private final Map<String, @Nullable Object> facts = new TreeMap<>();
  private final List<String> says = new ArrayList<>();

  Answer(Terminal terminal, Globals globals) {
    this.terminal = terminal;
    this.globals = globals;
  }

  void says(String sentence) {
    if (globals.json) {
      says.add(sentence);
    } else {
      terminal.line(sentence);
    }
  }

  void saysAll(List<String> sentences) {
    sentences.forEach(this::says);
  }

  /// @param value null when it is not known, or there is none
  void fact(String name, @Nullable Object value) {
    facts.put(name, value);
  }

  /// Prints the document, if the command answered with facts.
  void end() {
    if (globals.json && !facts.isEmpty()) {
      facts.put("says", says);
      terminal.document(facts);
    }
  }

  /// Prints what is known, and that it is not all that was wanted.
  void end(ExitCode code, String error) {
    if (!facts.isEmpty()) {
      facts.put("says", says);
    }
    facts.putAll(Json.error(code, error));
    terminal.document(facts);
  }
}
