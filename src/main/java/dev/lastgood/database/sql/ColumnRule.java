package dev.lastgood.database.sql;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/// A rule in the definition of a column, and whether it holds for the row of somebody who does not
/// know the column: it has the default then, or null.
///
/// @param kind `UNIQUE`, `PRIMARY KEY`, `CHECK`, `FOREIGN KEY`
public record ColumnRule(String kind, Holds holds) {
  public enum Holds {
    YES,
    NO,
    /// Who knows what the function of the default gives?
    UNSURE
  }

  /// Functions that give another value each time.
  private static final Set<String> FRESH =
      Set.of(
          "nextval",
          "random",
          "gen_random_uuid",
          "gen_random_bytes",
          "uuid_generate_v1",
          "uuid_generate_v1mc",
          "uuid_generate_v4",
          "uuidv4",
          "uuidv7");

  /// What is the same for all rows of a transaction, and for two that begin at once.
  private static final Set<String> SAME =
      Set.of("now", "transaction_timestamp", "statement_timestamp", "cast", "array", "row");

  /// Words of an expression that are no columns.
  private static final Set<String> PLAIN =
      Set.of(
          "check",
          "is",
          "not",
          "null",
          "and",
          "or",
          "in",
          "any",
          "all",
          "array",
          "between",
          "like",
          "ilike",
          "similar",
          "to",
          "true",
          "false",
          "case",
          "when",
          "then",
          "else",
          "end",
          "as",
          "cast",
          "collate",
          "distinct",
          "from",
          "interval",
          "date",
          "timestamp",
          "timestamptz",
          "some",
          "value",
          "symmetric",
          "unknown",
          "current_date",
          "current_timestamp");

  /// What makes something out of null.
  private static final List<String> KNOW_NULL =
      List.of("coalesce", "num_nulls", "num_nonnulls", "concat", "case", "jsonb_build_object");

  /// @param column its name
  /// @param definition what follows its type
  /// @param given whether it has a value when nobody gives one
  static List<ColumnRule> of(String column, List<Token> definition, boolean serial, boolean given) {
    var all = new java.util.ArrayList<ColumnRule>();
    for (String kind : List.of("UNIQUE", "PRIMARY KEY")) {
      if (top(definition, kind.toLowerCase(Locale.ROOT).split(" ", -1))) {
        all.add(new ColumnRule(kind, serial ? Holds.YES : alone(definition, given)));
      }
    }
    for (int i = 0; i + 1 < definition.size(); i++) {
      if (definition.get(i).is("check") && definition.get(i + 1).is("(")) {
        all.add(
            new ColumnRule(
                "CHECK",
                checked(column, level(definition.subList(i + 1, definition.size())), given)));
      }
    }
    if (top(definition, "references")) {
      all.add(new ColumnRule("FOREIGN KEY", given ? Holds.UNSURE : Holds.YES));
    }
    return List.copyOf(all);
  }

  /// Whether each row gets a value of its own.
  private static Holds alone(List<Token> definition, boolean given) {
    if (Walk.has(definition, "as", "identity")) {
      return Holds.YES;
    }
    if (top(definition, "generated")) {
      return Holds.NO;
    }
    if (!given) {
      return Walk.has(definition, "nulls", "not", "distinct") ? Holds.NO : Holds.YES;
    }
    Holds holds = Holds.NO;
    for (int i = 0; i + 1 < definition.size() && !definition.get(i).is("check"); i++) {
      Token token = definition.get(i);
      if (token.named() && definition.get(i + 1).is("(")) {
        if (FRESH.contains(token.name())) {
          return Holds.YES;
        }
        boolean known = SAME.contains(token.name()) || PLAIN.contains(token.name());
        holds = known ? holds : Holds.UNSURE;
      }
    }
    return holds;
  }

  /// Of a rule that reads nothing but the column, the default was chosen with it in mind.
  private static Holds checked(String column, List<Token> expression, boolean given) {
    for (int i = 0; i < expression.size(); i++) {
      Token token = expression.get(i);
      boolean cast = i > 0 && (expression.get(i - 1).is("::") || expression.get(i - 1).is(":"));
      boolean call = i + 1 < expression.size() && expression.get(i + 1).is("(");
      boolean plain = token.kind() == Token.Kind.WORD && PLAIN.contains(token.name());
      if (token.named() && !cast && !call && !plain && !token.name().equals(column)) {
        return Holds.NO;
      }
    }
    boolean knows =
        Walk.has(expression, "is", "not", "null")
            || KNOW_NULL.stream().anyMatch(w -> Walk.has(expression, w));
    return given || !knows ? Holds.YES : Holds.NO;
  }

  /// Whether the words stand there outside of parentheses.
  private static boolean top(List<Token> tokens, String... words) {
    int depth = 0;
    for (int i = 0; i < tokens.size(); i++) {
      depth += tokens.get(i).is("(") ? 1 : tokens.get(i).is(")") ? -1 : 0;
      if (depth == 0 && new Walk(tokens.subList(i, tokens.size())).sees(words)) {
        return true;
      }
    }
    return false;
  }

  /// From an opening parenthesis to the one that closes it.
  private static List<Token> level(List<Token> tokens) {
    int depth = 0;
    for (int i = 0; i < tokens.size(); i++) {
      depth += tokens.get(i).is("(") ? 1 : tokens.get(i).is(")") ? -1 : 0;
      if (depth == 0) {
        return tokens.subList(0, i + 1);
      }
    }
    return tokens;
  }
}
