package dev.lastgood.database.sql;

import dev.lastgood.database.sql.Walk.Strange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Rules of tables, as `create table` and `alter table … add` spell them.
final class Rules {
  private static final List<String> KINDS =
      List.of("PRIMARY KEY", "FOREIGN KEY", "UNIQUE", "CHECK", "EXCLUDE");

  private Rules() {}

  /// Empty: what comes is no rule, and nothing is passed.
  static Optional<Deed.AddRule> read(Named table, Walk walk) throws Strange {
    Optional<String> name = walk.takes("constraint") ? Optional.of(walk.name()) : Optional.empty();
    for (String kind : KINDS) {
      String[] words = kind.split(" ", -1);
      if (walk.sees(words) && !isColumn(walk, words[0])) {
        return Optional.of(rule(table, name, kind, walk.part()));
      }
    }
    if (name.isPresent()) {
      throw new Strange("a rule that is not known");
    }
    return Optional.empty();
  }

  /// Those with a name in a `create table`, also in the definitions of its columns.
  static List<Deed.AddRule> named(Named table, List<Token> create) throws Strange {
    var walk = new Walk(create);
    while (!walk.sees("(")) {
      walk.next();
    }
    List<Token> body = walk.parentheses();
    var parts = new Walk(body.subList(1, body.size() - 1));
    List<Deed.AddRule> all = new ArrayList<>();
    do {
      var part = new Walk(parts.part());
      Optional<Deed.AddRule> rule = read(table, part);
      if (rule.isPresent()) {
        all.add(rule.get());
      } else {
        ofColumn(table, part.name(), part.rest(), all);
      }
    } while (parts.takes(","));
    return all.stream().filter(r -> r.name().isPresent()).toList();
  }

  private static void ofColumn(
      Named table, String column, List<Token> definition, List<Deed.AddRule> all) throws Strange {
    for (ColumnRule rule : Columns.of(definition).rules(column)) {
      all.add(
          new Deed.AddRule(
              table, rule.name(), rule.kind(), List.of(), Optional.empty(), Optional.empty()));
    }
  }

  /// @param words from its kind on
  private static Deed.AddRule rule(
      Named table, Optional<String> name, String kind, List<Token> words) throws Strange {
    boolean strict = Walk.has(words, "nulls", "not", "distinct");
    List<String> columns =
        List.of("UNIQUE", "FOREIGN KEY").contains(kind) && !strict ? firstList(words) : List.of();
    int at = 0;
    while (at < words.size() && !words.get(at).is("references")) {
      at++;
    }
    boolean follows =
        Walk.has(words, "on", "delete", "cascade") || Walk.has(words, "on", "delete", "set");
    Optional<Named> to =
        kind.equals("FOREIGN KEY") && at + 1 < words.size() && !follows
            ? Optional.of(new Walk(words.subList(at + 1, words.size())).named())
            : Optional.empty();
    Optional<Check> check =
        kind.equals("CHECK") ? Optional.of(Check.of(condition(words))) : Optional.empty();
    return new Deed.AddRule(table, name, kind, columns, to, check);
  }

  private static List<Token> condition(List<Token> words) throws Strange {
    return new Walk(words.subList(1, words.size())).parentheses();
  }

  /// Names in the first parentheses; empty when something else is there, too.
  private static List<String> firstList(List<Token> words) {
    int at = 0;
    while (at < words.size() && !words.get(at).is("(")) {
      at++;
    }
    List<String> names = new ArrayList<>();
    for (at++; at < words.size() && !words.get(at).is(")"); at++) {
      if (words.get(at).named()) {
        names.add(words.get(at).name());
      } else if (!words.get(at).is(",")) {
        return List.of();
      }
    }
    return names;
  }

  /// `add check text` adds a column of that name; a rule has its parentheses.
  private static boolean isColumn(Walk walk, String word) {
    boolean bare = word.equals("UNIQUE") || word.equals("CHECK") || word.equals("EXCLUDE");
    return bare && !walk.sees(word, "(") && !walk.sees(word, "using") && !walk.sees(word, "nulls");
  }
}
