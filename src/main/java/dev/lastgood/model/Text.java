package dev.lastgood.model;

/// Checks on the text parts of records, and text from outside made safe to show.
public final class Text {
  private Text() {}

  /// @throws IllegalArgumentException if the text is blank; `what` names the part
  public static String require(String text, String what) {
    if (text.isBlank()) {
      throw new IllegalArgumentException(what + " must not be blank");
    }
    return text;
  }

  /// Cut to at most `max` characters, with an ellipsis where something is missing.
  public static String clip(String text, int max) {
    return text.length() <= max ? text : text.substring(0, Math.max(0, max - 1)) + "…";
  }

  /// One line without anything a terminal or a chat would obey: white space becomes single blanks;
  /// control and invisible formatting characters (escape sequences, right-to-left overrides) and
  /// broken surrogates are dropped.
  public static String plain(String text) {
    var out = new StringBuilder(text.length());
    text.codePoints().forEach(c -> addPlain(out, c));
    return out.toString().strip();
  }

  private static void addPlain(StringBuilder out, int c) {
    if (Character.isWhitespace(c) || Character.isSpaceChar(c)) {
      if (out.isEmpty() || out.charAt(out.length() - 1) != ' ') {
        out.append(' ');
      }
      return;
    }
    switch (Character.getType(c)) {
      case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.UNASSIGNED -> {}
      default -> out.appendCodePoint(c);
    }
  }

  /// The text as one word of a POSIX shell, for commands that people copy: in single quotes unless
  /// it is harmless as it is.
  public static String shellWord(String text) {
    return !text.isEmpty() && text.chars().allMatch(Text::harmless)
        ? text
        : "'" + text.replace("'", "'\\''") + "'";
  }

  private static boolean harmless(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "-_./:=@%+,".indexOf(c) >= 0;
  }
}
