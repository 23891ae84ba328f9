package dev.lastgood.database.sql;

import java.util.Locale;

/// A word of SQL.
///
/// @param start where it begins in the text
/// @param end behind its last character
public record Token(Kind kind, String text, int start, int end) {
  public enum Kind {
    WORD,
    QUOTED,
    STRING,
    NUMBER,
    SYMBOL
  }

  /// A key word or symbol, whatever its capitals.
  public boolean is(String word) {
    return (kind == Kind.WORD || kind == Kind.SYMBOL) && text.equalsIgnoreCase(word);
  }

  boolean named() {
    return kind == Kind.WORD || kind == Kind.QUOTED;
  }

  /// The name it stands for: what is not quoted is folded to small letters.
  String name() {
    return kind == Kind.QUOTED
        ? text.substring(1, text.length() - 1).replace("\"\"", "\"")
        : text.toLowerCase(Locale.ROOT);
  }
}
