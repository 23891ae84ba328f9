package dev.lastgood.database.migration;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// SQL that stands plainly in a migration written in JavaScript: a function whose body is nothing
/// but `await queryRunner.query("…")` or `await knex.raw("…")`, again and again. As soon as there
/// is anything else (a condition, a variable, a second argument), nothing is read.
final class PlainCalls {
  private static final Pattern CALL =
      Pattern.compile(
          "\\s*(?:return\\s+)?(?:await\\s+)?(?:queryRunner\\.query|knex\\.raw|knex\\.schema\\.raw)\\(\\s*");
  private static final Pattern COMMENT =
      Pattern.compile("\\s*(?://[^\\n]*|/\\*.*?\\*/)", Pattern.DOTALL);
  private static final Pattern END = Pattern.compile("\\s*,?\\s*\\)\\s*;?");

  private final String text;
  private final StringBuilder sql = new StringBuilder();
  private int at;

  private PlainCalls(String text, int at) {
    this.text = text;
    this.at = at;
  }

  /// @param function `up` or `down`
  static Optional<String> sql(String text, String function) {
    Matcher head =
        Pattern.compile(
                "(?:async\\s+"
                    + function
                    + "|exports\\."
                    + function
                    + "\\s*=\\s*(?:async\\s*)?function|"
                    + "function\\s+"
                    + function
                    + "|exports\\."
                    + function
                    + "\\s*=\\s*async)"
                    + "\\s*\\([^)]*\\)\\s*(?::\\s*Promise<[^>]*>)?\\s*(?:=>)?\\s*\\{")
            .matcher(text);
    return head.find() ? new PlainCalls(text, head.end()).body() : Optional.empty();
  }

  private Optional<String> body() {
    while (true) {
      if (takes(COMMENT)) {
        continue;
      }
      Matcher end = Pattern.compile("\\s*\\}").matcher(text).region(at, text.length());
      if (end.lookingAt()) {
        return Optional.of(sql.toString());
      }
      if (!takes(CALL) || !literal() || !takes(END)) {
        return Optional.empty();
      }
      sql.append(";\n");
    }
  }

  private boolean takes(Pattern pattern) {
    Matcher matcher = pattern.matcher(text).region(at, text.length());
    boolean there = matcher.lookingAt();
    at = there ? matcher.end() : at;
    return there;
  }

  private boolean literal() {
    char quote = at < text.length() ? text.charAt(at) : ' ';
    if (quote != '\'' && quote != '"' && quote != '`') {
      return false;
    }
    at++;
    while (at < text.length() && text.charAt(at) != quote) {
      char c = text.charAt(at);
      boolean computed = quote == '`' && text.startsWith("${", at);
      if (computed || (c == '\n' && quote != '`')) {
        return false;
      }
      if (c == '\\' && at + 1 < text.length()) {
        at++;
        char escaped = text.charAt(at);
        switch (escaped) {
          case 'n' -> sql.append('\n');
          case 't' -> sql.append('\t');
          case '\'', '"', '`', '\\', '$' -> sql.append(escaped);
          default -> {
            return false;
          }
        }
      } else {
        sql.append(c);
      }
      at++;
    }
    at++;
    return at <= text.length();
  }
}
