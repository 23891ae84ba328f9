package dev.lastgood.evidence;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Secrets that nobody told us of, known by how they look in logs and configuration. A second net:
/// it hides too much rather than too little, and still cannot find everything.
///
/// Every repetition has a bound or cannot backtrack, so that a hostile log costs time in proportion
/// to its length and no more.
final class SecretShapes {
  private record Shape(Pattern pattern, String becomes) {}

  private static final String VALUE =
      "(?:\"(?:[^\"\\\\\\n]++|\\\\.){0,200}+\"|'[^'\\n]{0,4000}+'|[^\\s\"',;&}{]++)";

  private static final List<Shape> SHAPES =
      List.of(
          // -----BEGIN RSA PRIVATE KEY----- … -----END RSA PRIVATE KEY-----
          new Shape(
              Pattern.compile(
                  "(-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----)"
                      + "[^-]*+(?:-{1,4}+(?!-)[^-]++){0,20}+"),
              "$1" + Masks.HIDDEN),
          // Authorization: Basic …, Cookie: …
          new Shape(
              Pattern.compile(
                  "(?i)\\b(authorization|cookie)([\"']?\\s{0,5}[:=]\\s{0,5})[^\\r\\n]{1,8000}+"),
              "$1$2" + Masks.HIDDEN),
          // DB_PASSWORD=…, "api_key": "…", ?token=…
          new Shape(
              Pattern.compile(
                  "(?i)((?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|access[_-]?key"
                      + "|private[_-]?key|credentials?|\\bpwd)[\\w.-]{0,40}+[\"']?\\s{0,5}[:=]\\s{0,5})"
                      + VALUE),
              "$1" + Masks.HIDDEN),
          new Shape(
              Pattern.compile("(?i)\\b(bearer|basic)\\s{1,5}[\\w.~+/=-]{8,8000}+"),
              "$1 " + Masks.HIDDEN),
          // postgres://ada:…@db/shop
          new Shape(
              Pattern.compile("(://[^\\s/:@\"']{0,100}+:)[^\\s/@\"']{1,1000}+(?=@)"),
              "$1" + Masks.HIDDEN));

  private SecretShapes() {}

  static String hide(String text) {
    String out = text;
    for (Shape shape : SHAPES) {
      Matcher matcher = shape.pattern().matcher(out);
      out = matcher.replaceAll(shape.becomes());
    }
    return out;
  }
}
