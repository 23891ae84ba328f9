package dev.lastgood.database.sql;

import dev.lastgood.database.sql.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/// Takes a script apart into statements, by the lexical rules of PostgreSQL: quotes, dollar quotes,
/// nested comments, bodies of functions in standard SQL.
public final class Script {
  private final String sql;
  private final List<Statement> statements = new ArrayList<>();
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int begun;

  /// Depth of `begin atomic … end` with the `case … end` inside it.
  private int body;

  private Script(String sql) {
    this.sql = sql;
  }

  /// The statements in their order; what follows an open quote is one token to the end.
  public static List<Statement> statements(String sql) {
    var script = new Script(sql);
    script.read();
    return List.copyOf(script.statements);
  }

  private void read() {
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (Character.isWhitespace(c) || c == '\uFEFF') {
        at++;
      } else if (sql.startsWith("--", at)) {
        int end = sql.indexOf('\n', at);
        at = end < 0 ? sql.length() : end;
      } else if (sql.startsWith("/*", at)) {
        comment();
      } else if (c == ';' && body == 0) {
        finish(at);
        at++;
        begun = at;
      } else {
        token(c);
      }
    }
    finish(sql.length());
  }

  private void finish(int end) {
    if (!tokens.isEmpty()) {
      int first = tokens.getFirst().start();
      int line = 1 + (int) sql.substring(0, first).chars().filter(c -> c == '\n').count();
      statements.add(new Statement(sql.substring(begun, end).strip(), tokens, line));
      tokens.clear();
    }
    body = 0;
  }

  private void comment() {
    int depth = 0;
    do {
      if (sql.startsWith("/*", at)) {
        depth++;
        at += 2;
      } else if (sql.startsWith("*/", at)) {
        depth--;
        at += 2;
      } else {
        at++;
      }
    } while (depth > 0 && at < sql.length());
  }

  private void token(char c) {
    int start = at;
    if (c == '\'') {
      quoted(Kind.STRING, start, '\'', false);
    } else if (c == '"') {
      quoted(Kind.QUOTED, start, '"', false);
    } else if ((c == 'e' || c == 'E') && at + 1 < sql.length() && sql.charAt(at + 1) == '\'') {
      at++;
      quoted(Kind.STRING, start, '\'', true);
    } else if (c == '$' && dollar() > 0) {
      String tag = sql.substring(at, dollar());
      int end = sql.indexOf(tag, at + tag.length());
      at = end < 0 ? sql.length() : end + tag.length();
      add(Kind.STRING, start);
    } else if (Character.isLetter(c) || c == '_') {
      word(start);
    } else if (Character.isDigit(c)) {
      while (at < sql.length()
          && (Character.isLetterOrDigit(sql.charAt(at)) || sql.charAt(at) == '.')) {
        at++;
      }
      add(Kind.NUMBER, start);
    } else {
      at += sql.startsWith("::", at) ? 2 : 1;
      add(Kind.SYMBOL, start);
    }
  }

  private void word(int start) {
    while (at < sql.length()
        && (Character.isLetterOrDigit(sql.charAt(at))
            || sql.charAt(at) == '_'
            || sql.charAt(at) == '$')) {
      at++;
    }
    add(Kind.WORD, start);
    Token word = tokens.getLast();
    boolean atomic =
        word.is("atomic") && tokens.size() > 1 && tokens.get(tokens.size() - 2).is("begin");
    if (atomic || (body > 0 && word.is("case"))) {
      body++;
    } else if (body > 0 && word.is("end")) {
      body--;
    }
  }

  private void quoted(Kind kind, int start, char quote, boolean backslashes) {
    at++;
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (backslashes && c == '\\') {
        at += 2;
      } else if (c == quote && at + 1 < sql.length() && sql.charAt(at + 1) == quote) {
        at += 2;
      } else if (c == quote) {
        break;
      } else {
        at++;
      }
    }
    at = Math.min(at + 1, sql.length());
    add(kind, start);
  }

  /// Behind the opening tag of a dollar quote; 0 when it is none.
  private int dollar() {
    int end = at + 1;
    while (end < sql.length()
        && (Character.isLetterOrDigit(sql.charAt(end)) || sql.charAt(end) == '_')) {
      end++;
    }
    boolean tag =
        end < sql.length()
            && sql.charAt(end) == '$'
            && (end == at + 1 || !Character.isDigit(sql.charAt(at + 1)));
    return tag ? end + 1 : 0;
  }

  private void add(Kind kind, int start) {
    tokens.add(new Token(kind, sql.substring(start, at), start, at));
  }
}
