package dev.lastgood.report;

import dev.lastgood.model.Text;
import java.util.ArrayList;
import java.util.List;

/// Text in the cells of a terminal: how wide it is, padded, and broken into lines that fit. Takes
/// text from anywhere: what a terminal would obey is dropped.
final class Cells {
  private Cells() {}

  /// Cells that the text takes: two for wide characters (East Asian, emoji), none for marks that
  /// combine with the one before.
  static int width(String text) {
    return text.codePoints().map(Cells::width).sum();
  }

  private static int width(int c) {
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK -> 0;
      default -> wide(c) ? 2 : 1;
    };
  }

  private static boolean wide(int c) {
    return c >= 0x1100
        && (c <= 0x115f
            || (c >= 0x2e80 && c <= 0xa4cf)
            || (c >= 0xac00 && c <= 0xd7a3)
            || (c >= 0xf900 && c <= 0xfaff)
            || (c >= 0xfe30 && c <= 0xfe6f)
            || (c >= 0xff00 && c <= 0xff60)
            || (c >= 0xffe0 && c <= 0xffe6)
            || (c >= 0x1f300 && c <= 0x1faff)
            || (c >= 0x20000 && c <= 0x3fffd));
  }

  /// With blanks behind it, up to the width.
  static String left(String text, int width) {
    return text + " ".repeat(Math.max(0, width - width(text)));
  }

  /// With blanks before it, up to the width.
  static String right(String text, int width) {
    return " ".repeat(Math.max(0, width - width(text))) + text;
  }

  /// At most this wide, with an ellipsis where something is missing.
  static String clip(String text, int width) {
    String plain = Text.plain(text);
    return width(plain) <= width ? plain : head(plain, width - 1) + "…";
  }

  /// Broken between words; a word that is too long by itself is broken where it must. Never empty:
  /// empty text is one empty line.
  static List<String> wrap(String text, int width) {
    List<String> lines = new ArrayList<>();
    var line = new StringBuilder();
    for (String word : Text.plain(text).split(" ", -1)) {
      if (!line.isEmpty() && width(line.toString()) + 1 + width(word) > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      String rest = word;
      while (width(rest) > width) {
        String head = head(rest, width);
        lines.add(head);
        rest = rest.substring(head.length());
      }
      line.append(line.isEmpty() ? "" : " ").append(rest);
    }
    lines.add(line.toString());
    return lines;
  }

  /// As much as fits, at least one character.
  private static String head(String text, int width) {
    int end = text.offsetByCodePoints(0, 1);
    int used = width(text.codePointAt(0));
    while (end < text.length()) {
      int c = text.codePointAt(end);
      used += width(c);
      if (used > width) {
        break;
      }
      end += Character.charCount(c);
    }
    return text.substring(0, end);
  }
}
