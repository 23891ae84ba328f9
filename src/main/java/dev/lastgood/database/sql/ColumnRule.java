package dev.lastgood.database.sql;

import dev.lastgood.database.sql.Walk.Strange;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// A rule in the definition of a column, and whether it holds for the row of somebody who does not
/// know the column: it has the default then, or null.
///
/// @param name empty: PostgreSQL chooses it
/// @param kind `UNIQUE`, `PRIMARY KEY`, `CHECK`, `FOREIGN KEY`
public record ColumnRule(Optional<String> name, String kind, Holds holds) {
  public enum Holds {
    YES,
    NO,
    /// As long as something gives the column a value.
    GIVEN,
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

  /// Whether it keeps rows apart.
  public boolean alone() {
    return List.of("UNIQUE", "PRIMARY KEY").contains(kind);
  }

  /// @param column its name
  static List<ColumnRule> of(String column, Columns columns) throws Strange {
    List<Token> definition = columns.rest();
    var all = new ArrayList<ColumnRule>();
    for (String kind : List.of("UNIQUE", "PRIMARY KEY")) {
      int at = Walk.top(definition, kind.toLowerCase(Locale.ROOT).split(" ", -1));
      if (at >= 0) {
        all.add(
            new ColumnRule(
                name(definition, at),
                kind,
                columns.serial() ? Holds.YES : alone(definition, columns.given())));
      }
    }
    for (int i = 0; i + 1 < definition.size(); i++) {
      if (definition.get(i).is("check") && definition.get(i + 1).is("(")) {
        Check check = Check.of(level(definition.subList(i + 1, definition.size())));
        all.add(
            new ColumnRule(
                name(definition, i),
                "CHECK",
                checked(check, column, columns.computed(), columns.given())));
      }
    }
    int at = Walk.top(definition, "references");
    if (at >= 0) {
      all.add(
          new ColumnRule(
              name(definition, at), "FOREIGN KEY", columns.given() ? Holds.UNSURE : Holds.YES));
    }
    return List.copyOf(all);
  }

  /// Whether each row gets a value of its own.
  private static Holds alone(List<Token> definition, boolean given) {
    if (Walk.has(definition, "as", "identity")) {
      return Holds.YES;
    }
    if (Walk.top(definition, "generated") >= 0) {
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
        boolean known = SAME.contains(token.name()) || Check.isPlain(token.name());
        holds = known ? holds : Holds.UNSURE;
      }
    }
    return holds;
  }

  /// Of a rule that reads nothing but the column, the default was chosen with it in mind.
  private static Holds checked(Check check, String column, boolean computed, boolean given) {
    if (computed || !Set.of(column).containsAll(check.columns())) {
      return Holds.NO;
    }
    return !check.refusesNull() ? Holds.YES : given ? Holds.GIVEN : Holds.NO;
  }

  /// `constraint NAME` in front of a rule.
  private static Optional<String> name(List<Token> definition, int rule) {
    return rule > 1 && definition.get(rule - 2).is("constraint")
        ? Optional.of(definition.get(rule - 1).name())
        : Optional.empty();
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
