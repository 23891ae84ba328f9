package dev.lastgood.cli;

import dev.lastgood.database.StateTables;
import dev.lastgood.database.TableName;
import dev.lastgood.database.salvage.Policy;
import dev.lastgood.database.salvage.Policy.Ambiguous;
import dev.lastgood.flow.Refusal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// What a person decides about rows whose author cannot be told.
final class SalvageFlags {
  private final List<String> ambiguous = new ArrayList<>();
  private final List<String> touched = new ArrayList<>();
  private final List<String> renamed = new ArrayList<>();
  private final List<String> state = new ArrayList<>();

  void join(Words words) {
    words.texts(
        "--ambiguous",
        "ANSWER",
        "For rows that users and the migration may both have changed: keep-restored, keep-live or"
            + " ask (default: ask). For one table: SCHEMA.TABLE=ANSWER. Repeatable.",
        ambiguous);
    words.texts(
        "--touched",
        "SCHEMA.TABLE.COLUMN",
        "A column whose values the migration rewrote. Repeatable.",
        touched);
    words.texts(
        "--renamed",
        "SCHEMA.TABLE.COLUMN=NEW",
        "A column the migration renamed; needed after a restore from a dump. Repeatable.",
        renamed);
    words.texts(
        "--state-table",
        "SCHEMA.TABLE",
        "A table in which a migration tool notes what it has applied, where it has a name of your"
            + " own: nothing of it is carried over. Repeatable.",
        state);
  }

  Policy policy() throws Refusal {
    Policy usual = Policy.usual();
    Ambiguous all = usual.ambiguous();
    Map<TableName, Ambiguous> tables = new HashMap<>();
    for (String word : ambiguous) {
      int equals = word.lastIndexOf('=');
      Ambiguous answer = answer(word.substring(equals + 1));
      if (equals < 0) {
        all = answer;
      } else {
        String table = word.substring(0, equals);
        tables.put(table(table), answer);
      }
    }
    Map<String, String> names = new HashMap<>();
    for (String pair : renamed) {
      int equals = pair.indexOf('=');
      if (equals < 1) {
        throw new Refusal(
            Refusal.Turn.INPUT,
            "\"" + pair + "\" is not SCHEMA.TABLE.COLUMN=NEW, e.g. public.people.nick=nickname");
      }
      names.put(pair.substring(0, equals), pair.substring(equals + 1));
    }
    return new Policy(
        all,
        tables,
        new HashSet<>(touched),
        names,
        usual.migrations(),
        usual.triggers(),
        usual.mass(),
        new StateTables(state.stream().map(SalvageFlags::table).collect(Collectors.toSet())));
  }

  private static TableName table(String word) {
    int dot = word.indexOf('.');
    return dot < 0
        ? new TableName("public", word)
        : new TableName(word.substring(0, dot), word.substring(dot + 1));
  }

  private static Ambiguous answer(String word) throws Refusal {
    for (Ambiguous known : Ambiguous.values()) {
      if (known.word().equals(word)) {
        return known;
      }
    }
    throw new Refusal(
        Refusal.Turn.INPUT,
        "\"" + word + "\" is no answer; known are keep-restored, keep-live and ask");
  }
}
