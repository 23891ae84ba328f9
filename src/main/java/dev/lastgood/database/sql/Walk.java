package dev.lastgood.database.sql;

import java.util.List;
import java.util.stream.Collectors;

/// Goes through the tokens of one statement. What does not fit is [Strange]: nothing is skipped
/// silently.
final class Walk {
  /// The statement is not of the form that was expected.
  static final class Strange extends Exception {
    private static final long serialVersionUID = 1;

    Strange(String message) {
      super(message);
    }
  }

  private final List<Token> tokens;
  private int at;

  Walk(List<Token> tokens) {
    this.tokens = tokens;
  }

  boolean over() {
    return at >= tokens.size();
  }

  Token peek() throws Strange {
    if (over()) {
      throw new Strange("ends too early");
    }
    return tokens.get(at);
  }

  Token next() throws Strange {
    Token token = peek();
    at++;
    return token;
  }

  boolean sees(String... words) {
    if (at + words.length > tokens.size()) {
      return false;
    }
    for (int i = 0; i < words.length; i++) {
      if (!tokens.get(at + i).is(words[i])) {
        return false;
      }
    }
    return true;
  }

  boolean takes(String... words) {
    boolean there = sees(words);
    if (there) {
      at += words.length;
    }
    return there;
  }

  void expect(String... words) throws Strange {
    if (!takes(words)) {
      throw new Strange(
          "expected " + String.join(" ", words) + (over() ? "" : " before " + peek().text()));
    }
  }

  void end() throws Strange {
    if (!over()) {
      throw new Strange("does not expect " + peek().text());
    }
  }

  String name() throws Strange {
    Token token = next();
    if (!token.named()) {
      throw new Strange("expected a name, not " + token.text());
    }
    return token.name();
  }

  /// `name` or `schema.name`.
  Named named() throws Strange {
    String first = name();
    return takes(".") ? new Named(first, name()) : Named.of(first);
  }

  /// All tokens up to a comma or the end of this level; parentheses are taken whole.
  List<Token> part() {
    int start = at;
    int depth = 0;
    while (!over()) {
      Token token = tokens.get(at);
      if (depth == 0 && (token.is(",") || token.is(")"))) {
        break;
      }
      depth += depth(token);
      at++;
    }
    return tokens.subList(start, at);
  }

  /// What stands in the parentheses that open here, them included.
  List<Token> parentheses() throws Strange {
    int start = at;
    if (!sees("(")) {
      throw new Strange("expected (");
    }
    int depth = 0;
    do {
      depth += depth(next());
    } while (depth > 0);
    return tokens.subList(start, at);
  }

  /// Passes the name of a type, which may have several words: `character varying(20)`,
  /// `timestamp(3) with time zone`, `shop.mood[]`.
  void type() throws Strange {
    boolean two =
        takes("double", "precision")
            || takes("character", "varying")
            || takes("char", "varying")
            || takes("bit", "varying");
    if (!two) {
      name();
      while (takes(".")) {
        name();
      }
    }
    if (sees("(")) {
      parentheses();
    }
    if (!takes("with", "time", "zone")) {
      takes("without", "time", "zone");
    }
  }

  List<Token> rest() {
    List<Token> rest = tokens.subList(at, tokens.size());
    at = tokens.size();
    return rest;
  }

  private static int depth(Token token) {
    if (token.is("(") || token.is("[")) {
      return 1;
    }
    return token.is(")") || token.is("]") ? -1 : 0;
  }

  static boolean has(List<Token> tokens, String... words) {
    for (int i = 0; i + words.length <= tokens.size(); i++) {
      if (new Walk(tokens.subList(i, tokens.size())).sees(words)) {
        return true;
      }
    }
    return false;
  }

  static boolean exactly(List<Token> tokens, String... words) {
    return tokens.size() == words.length && new Walk(tokens).sees(words);
  }

  /// Where the words begin outside of parentheses; -1: nowhere.
  static int top(List<Token> tokens, String... words) {
    int depth = 0;
    for (int i = 0; i < tokens.size(); i++) {
      depth += tokens.get(i).is("(") ? 1 : tokens.get(i).is(")") ? -1 : 0;
      if (depth == 0 && new Walk(tokens.subList(i, tokens.size())).sees(words)) {
        return i;
      }
    }
    return -1;
  }

  /// As SQL; words are parted by a blank where they need one.
  static String text(List<Token> tokens) {
    var text = new StringBuilder();
    int last = -1;
    for (Token token : tokens) {
      if (last >= 0 && token.start() > last) {
        text.append(' ');
      }
      text.append(token.text());
      last = token.end();
    }
    return text.toString();
  }

  static String words(List<Token> tokens) {
    return tokens.stream().map(Token::text).collect(Collectors.joining(" "));
  }
}
