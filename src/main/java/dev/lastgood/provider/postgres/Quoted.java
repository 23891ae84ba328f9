package dev.lastgood.provider.postgres;

import java.nio.charset.StandardCharsets;

/// Names and texts as they stand in SQL.
final class Quoted {
  /// PostgreSQL cuts longer names off without an error, and two names could become one.
  private static final int LONGEST_NAME = 63;

  private Quoted() {}

  static String name(String identifier) {
    if (identifier.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a name in SQL cannot hold a zero byte");
    }
    return '"' + identifier.replace("\"", "\"\"") + '"';
  }

  static String text(String value) {
    if (value.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a text in SQL cannot hold a zero byte");
    }
    String quoted = "'" + value.replace("'", "''") + "'";
    return value.indexOf('\\') < 0 ? quoted : " E" + quoted.replace("\\", "\\\\");
  }

  /// A name that ends with the suffix and fits; the beginning is cut between characters.
  static String fitting(String name, String suffix) {
    int room = LONGEST_NAME - suffix.getBytes(StandardCharsets.UTF_8).length;
    String cut = name;
    while (cut.getBytes(StandardCharsets.UTF_8).length > room) {
      cut = cut.substring(0, cut.offsetByCodePoints(cut.length(), -1));
    }
    return cut + suffix;
  }
}
