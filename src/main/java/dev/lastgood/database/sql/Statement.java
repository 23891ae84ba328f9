package dev.lastgood.database.sql;

import dev.lastgood.model.Text;
import java.util.List;

/// One statement.
///
/// @param text as written, its comments too
/// @param tokens without comments and without the semicolon; never empty
/// @param line where it begins, from 1
public record Statement(String text, List<Token> tokens, int line) {
  private static final int SHOWN = 120;

  public Statement {
    tokens = List.copyOf(tokens);
  }

  /// Its beginning on one line, for people.
  public String shown() {
    return Text.clip(Text.plain(bare()), SHOWN);
  }

  /// The statement without comments.
  String bare() {
    var bare = new StringBuilder();
    int base = tokens.getFirst().start();
    int last = base;
    for (Token token : tokens) {
      if (token.start() > last) {
        bare.append(' ');
      }
      bare.append(token.text());
      last = token.end();
    }
    return bare.toString();
  }

  /// Whether PostgreSQL refuses it inside a transaction.
  public boolean alone() {
    Token first = tokens.getFirst();
    boolean concurrently = tokens.stream().limit(6).anyMatch(t -> t.is("concurrently"));
    boolean server =
        tokens.size() > 1
            && (first.is("create") || first.is("drop") || first.is("alter"))
            && (tokens.get(1).is("database")
                || tokens.get(1).is("tablespace")
                || (tokens.get(1).is("system") && first.is("alter")));
    return first.is("vacuum")
        || server
        || (concurrently && (first.is("create") || first.is("drop") || first.is("reindex")));
  }

  /// `begin`, `commit` and their like: a script that brings its own transaction.
  public boolean transaction() {
    Token first = tokens.getFirst();
    boolean start = first.is("start") && tokens.size() > 1 && tokens.get(1).is("transaction");
    return start
        || first.is("begin")
        || first.is("commit")
        || first.is("rollback")
        || first.is("end")
        || first.is("abort")
        || first.is("savepoint")
        || first.is("release");
  }
}
