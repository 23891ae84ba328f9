package dev.lastgood.evidence;

/// Which characters parts of a request may have. Plain loops: this is on the way of the first check
/// of a fresh process, where every lambda costs.
final class Grammar {
  static final String DIGITS = "0123456789";
  static final String CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  static final String ADDRESS = DIGITS + ".";
  static final String HOST = CAPITALS + "abcdefghijklmnopqrstuvwxyz" + DIGITS + ".-_:%";

  /// A header's name, RFC 9110 section 5.6.2.
  static final String TOKEN = CAPITALS + "abcdefghijklmnopqrstuvwxyz" + DIGITS + "!#$%&'*+-.^_`|~";

  private Grammar() {}

  /// True for the empty text.
  static boolean only(String text, String characters) {
    for (int i = 0; i < text.length(); i++) {
      if (characters.indexOf(text.charAt(i)) < 0) {
        return false;
      }
    }
    return true;
  }

  /// Something that would end a line, or that no text has. A tab is allowed.
  static boolean hasControl(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < ' ' && c != '\t') || c == 0x7f) {
        return true;
      }
    }
    return false;
  }

  static boolean ascii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }
}
