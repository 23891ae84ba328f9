package dev.lastgood.database.sql;

import dev.lastgood.database.sql.Walk.Strange;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a check reads, and whether it may refuse null.
///
/// @param columns their names
/// @param refusesNull whether it may be false where a column is null; else it holds there
public record Check(Set<String> columns, boolean refusesNull) {
  /// Words of an expression that are no columns.
  private static final Set<String> PLAIN =
      Set.of(
          "check",
          "is",
          "isnull",
          "notnull",
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
          "some",
          "symmetric",
          "current_date",
          "current_timestamp");

  /// The same, where a text follows.
  private static final Set<String> BEFORE_TEXT =
      Set.of("interval", "date", "timestamp", "timestamptz");

  /// What makes something out of null.
  private static final List<String> KNOW_NULL =
      List.of(
          "is",
          "isnull",
          "notnull",
          "case",
          "coalesce",
          "greatest",
          "least",
          "num_nulls",
          "num_nonnulls",
          "concat",
          "concat_ws",
          "jsonb_build_object");

  public Check {
    columns = Set.copyOf(columns);
  }

  /// @param expression with its parentheses
  static Check of(List<Token> expression) throws Strange {
    boolean knows = KNOW_NULL.stream().anyMatch(w -> Walk.has(expression, w));
    return new Check(columns(expression), knows && !allowsNull(expression));
  }

  /// Whether the words of an expression are known by this name.
  static boolean isPlain(String word) {
    return PLAIN.contains(word) || BEFORE_TEXT.contains(word);
  }

  private static Set<String> columns(List<Token> expression) throws Strange {
    var columns = new HashSet<String>();
    var walk = new Walk(expression);
    Optional<Token> before = Optional.empty();
    while (!walk.over()) {
      if (walk.takes("::") || walk.takes("as") || walk.takes("collate")) {
        walk.type();
      } else {
        Token token = walk.next();
        if (token.named() && !walk.sees("(") && !isWord(token, before, walk)) {
          columns.add(token.name());
        }
        before = Optional.of(token);
      }
    }
    return columns;
  }

  private static boolean isWord(Token token, Optional<Token> before, Walk behind) throws Strange {
    if (token.is("unknown")) {
      return before.filter(t -> t.is("is") || t.is("not")).isPresent();
    }
    return token.kind() == Token.Kind.WORD
        && (PLAIN.contains(token.name())
            || (BEFORE_TEXT.contains(token.name())
                && !behind.over()
                && behind.peek().kind() == Token.Kind.STRING));
  }

  /// `x is null or …` of one column: null is meant to be there.
  private static boolean allowsNull(List<Token> expression) throws Strange {
    List<Token> bare = bare(expression);
    if (Walk.has(bare, "case") || columns(bare).size() != 1) {
      return false;
    }
    int depth = 0;
    int start = 0;
    for (int i = 0; i <= bare.size(); i++) {
      if (i == bare.size() || (depth == 0 && bare.get(i).is("or"))) {
        if (isNull(bare(bare.subList(start, i)))) {
          return true;
        }
        start = i + 1;
      } else {
        depth += bare.get(i).is("(") ? 1 : bare.get(i).is(")") ? -1 : 0;
      }
    }
    return false;
  }

  private static boolean isNull(List<Token> part) {
    return !part.isEmpty()
        && part.getFirst().named()
        && (Walk.exactly(part.subList(1, part.size()), "is", "null")
            || Walk.exactly(part.subList(1, part.size()), "isnull"));
  }

  /// Without the parentheses around all of it.
  private static List<Token> bare(List<Token> expression) throws Strange {
    List<Token> bare = expression;
    while (!bare.isEmpty()
        && bare.getFirst().is("(")
        && new Walk(bare).parentheses().size() == bare.size()) {
      bare = bare.subList(1, bare.size() - 1);
    }
    return bare;
  }
}
