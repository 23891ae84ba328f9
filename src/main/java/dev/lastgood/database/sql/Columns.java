package dev.lastgood.database.sql;

import dev.lastgood.database.sql.Deed.Filled;
import dev.lastgood.database.sql.Walk.Strange;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The definition of a column.
///
/// @param must null is forbidden
/// @param given a default, a sequence or a computation gives it a value
/// @param rest what follows the type
record Columns(String type, boolean must, boolean given, List<Token> rest) {
  Columns {
    rest = List.copyOf(rest);
  }

  /// Words that end the type and begin the constraints.
  private static final List<String> ENDS =
      List.of(
          "not",
          "null",
          "default",
          "primary",
          "unique",
          "check",
          "references",
          "constraint",
          "generated",
          "collate",
          "storage",
          "compression",
          "deferrable",
          "initially");

  /// @param definition everything behind the name of the column
  static Columns of(List<Token> definition) throws Strange {
    List<Token> type = new ArrayList<>();
    int depth = 0;
    for (Token token : definition) {
      if (depth == 0 && ENDS.stream().anyMatch(token::is)) {
        break;
      }
      depth += token.is("(") ? 1 : token.is(")") ? -1 : 0;
      type.add(token);
    }
    if (type.isEmpty()) {
      throw new Strange("a column without type");
    }
    List<Token> rest = definition.subList(type.size(), definition.size());
    boolean given =
        isGiven(rest) || type.getFirst().text().toLowerCase(Locale.ROOT).contains("serial");
    boolean must = Walk.top(rest, "not", "null") >= 0 || Walk.top(rest, "primary", "key") >= 0;
    return new Columns(Walk.text(type), must, given, rest);
  }

  /// @param column its name
  List<ColumnRule> rules(String column) throws Strange {
    return ColumnRule.of(column, this);
  }

  boolean serial() {
    return type.toLowerCase(Locale.ROOT).contains("serial");
  }

  /// Whether it is computed from other columns of the row, be they null.
  boolean computed() {
    return Walk.top(rest, "generated", "always", "as", "(") >= 0;
  }

  Filled filled() {
    return computed() ? Filled.COMPUTED : given ? Filled.YES : Filled.NO;
  }

  /// `null`, also cast to a type or in parentheses. What only begins with it counts, too: better a
  /// default too little than one that is none.
  static boolean isNull(List<Token> value) {
    return value.stream()
        .filter(t -> !t.is("(") && !t.is("cast"))
        .findFirst()
        .filter(t -> t.is("null"))
        .isPresent();
  }

  /// A computation, or a default other than null; `on delete set default` is none.
  private static boolean isGiven(List<Token> constraints) {
    int depth = 0;
    for (int i = 0; i < constraints.size(); i++) {
      Token token = constraints.get(i);
      depth += token.is("(") ? 1 : token.is(")") ? -1 : 0;
      if (depth == 0 && token.is("generated")) {
        return true;
      }
      if (depth == 0 && token.is("default") && (i == 0 || !constraints.get(i - 1).is("set"))) {
        return !isNull(constraints.subList(i + 1, constraints.size()));
      }
    }
    return false;
  }
}
