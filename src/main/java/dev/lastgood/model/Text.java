package dev.lastgood.model;

/// Checks on the text parts of records.
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
}
