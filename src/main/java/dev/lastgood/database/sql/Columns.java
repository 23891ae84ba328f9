package dev.lastgood.database.sql;

import dev.lastgood.database.sql.Walk.Strange;
import java.util.ArrayList;
import java.util.List;

/// The definition of a column.
///
/// @param must null is forbidden
/// @param given a default, a sequence or a computation gives it a value
/// @param ruled it has a rule of its own
record Columns(String type, boolean must, boolean given, boolean ruled) {
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
        Walk.has(rest, "default")
            || Walk.has(rest, "generated")
            || type.getFirst().text().toLowerCase(java.util.Locale.ROOT).contains("serial");
    boolean must = Walk.has(rest, "not", "null") || Walk.has(rest, "primary", "key");
    boolean ruled =
        Walk.has(rest, "unique") || Walk.has(rest, "check") || Walk.has(rest, "references");
    return new Columns(Walk.text(type), must, given, ruled);
  }
}
