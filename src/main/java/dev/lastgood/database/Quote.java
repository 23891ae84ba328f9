package dev.lastgood.database;

/// Names and values as SQL text. Values are bound wherever SQL is run; literals are only for files
/// that people read and run.
public final class Quote {
  private Quote() {}

  /// A name of any spelling, capitals, spaces and quotes included.
  ///
  /// @throws IllegalArgumentException for a name PostgreSQL cannot have
  public static String name(String name) {
    if (name.isEmpty() || name.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("no name of PostgreSQL: \"" + name + "\"");
    }
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /// A value on one line, whatever it holds and however the server reads backslashes.
  public static String literal(String value) {
    if (value.indexOf('\\') < 0 && value.indexOf('\n') < 0 && value.indexOf('\r') < 0) {
      return "'" + value.replace("'", "''") + "'";
    }
    return "E'"
        + value.replace("\\", "\\\\").replace("'", "''").replace("\n", "\\n").replace("\r", "\\r")
        + "'";
  }
}
