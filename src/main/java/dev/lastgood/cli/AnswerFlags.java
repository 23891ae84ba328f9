package dev.lastgood.cli;

import dev.lastgood.database.migration.Judge;
import dev.lastgood.flow.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a person says about migrations that cannot be judged.
final class AnswerFlags {
  private final List<String> answers = new ArrayList<>();

  void join(Words words) {
    words.texts(
        "--answer",
        "MIGRATION=WORD",
        "What a migration means to older code when that cannot be judged: safe, step-down or"
            + " restore. Repeatable.",
        answers);
  }

  SortedMap<String, String> given() throws Refusal {
    var given = new TreeMap<String, String>();
    for (String pair : answers) {
      int equals = pair.lastIndexOf('=');
      String word = pair.substring(equals + 1);
      if (equals < 1 || !Judge.ANSWERS.contains(word)) {
        throw new Refusal(
            Refusal.Turn.INPUT,
            "\""
                + pair
                + "\" is not MIGRATION=WORD; the word is one of "
                + String.join(", ", Judge.ANSWERS));
      }
      given.put(pair.substring(0, equals), word);
    }
    return given;
  }
}
