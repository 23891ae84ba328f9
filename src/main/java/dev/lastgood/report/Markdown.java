package dev.lastgood.report;

import dev.lastgood.model.Text;
import java.util.List;
import java.util.stream.Collectors;

/// Text from anywhere, made harmless in a Markdown file: it cannot become a link, an image, HTML, a
/// heading, a further table cell or the end of a code block, and a terminal finds nothing in it to
/// obey. Every text that is not our own goes through here.
final class Markdown {
  /// What has a meaning inside a line of CommonMark or GitHub's Markdown. Round brackets and the
  /// exclamation mark are safe once square brackets are.
  private static final String SPECIAL = "\\`*_[]<>|~&$";

  private Markdown() {}

  /// One line of words.
  static String text(String any) {
    String plain = Text.plain(any);
    var out = new StringBuilder(plain.length() + 8);
    plain
        .codePoints()
        .forEach(c -> {
          if (SPECIAL.indexOf(c) >= 0) {
            out.append('\\');
          }
          out.appendCodePoint(c);
        });
    return harmlessStart(out.toString());
  }

  /// A list, a quote or the underline of a heading begins with these.
  private static String harmlessStart(String line) {
    if (line.isEmpty()) {
      return line;
    }
    if ("-+=#".indexOf(line.charAt(0)) >= 0) {
      return "\\" + line;
    }
    int digits = 0;
    while (digits < line.length() && Character.isDigit(line.charAt(digits))) {
      digits++;
    }
    boolean numbered =
        digits > 0
            && digits < line.length()
            && ".)".indexOf(line.charAt(digits)) >= 0
            && (digits + 1 == line.length() || line.charAt(digits + 1) == ' ');
    return numbered ? line.substring(0, digits) + "\\" + line.substring(digits) : line;
  }

  /// A code span; not for tables, where a bar would end the cell.
  static String code(String any) {
    String visible = visible(any.replace('\n', ' ').replace('\t', ' '));
    if (visible.isBlank()) {
      return "";
    }
    String fence = "`".repeat(longestRun(visible) + 1);
    return fence.length() == 1 ? fence + visible + fence : fence + " " + visible + " " + fence;
  }

  /// A fenced block, as typed: line breaks and blanks stay.
  static String block(String language, String any) {
    String fence = "`".repeat(Math.max(3, longestRun(any) + 1));
    return fence
        + language
        + "\n"
        + any.lines().map(Markdown::visible).collect(Collectors.joining("\n"))
        + "\n"
        + fence
        + "\n";
  }

  static String table(List<String> head, List<List<String>> rows) {
    var out = new StringBuilder();
    row(out, head);
    row(out, head.stream().map(_ -> "---").toList());
    rows.forEach(r -> row(out, r.stream().map(Markdown::text).toList()));
    return out.toString();
  }

  private static void row(StringBuilder out, List<String> cells) {
    out.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  /// In code nothing may be dropped unseen: what does not show is spelled out.
  private static String visible(String text) {
    var out = new StringBuilder(text.length());
    text.codePoints()
        .forEach(c -> {
          boolean shows =
              c == '\t'
                  || switch (Character.getType(c)) {
                    case Character.CONTROL,
                        Character.FORMAT,
                        Character.SURROGATE,
                        Character.UNASSIGNED,
                        Character.LINE_SEPARATOR,
                        Character.PARAGRAPH_SEPARATOR ->
                        false;
                    default -> true;
                  };
          if (shows) {
            out.appendCodePoint(c);
          } else {
            out.append(String.format(java.util.Locale.ROOT, "\\u{%04x}", c));
          }
        });
    return out.toString();
  }

  private static int longestRun(String text) {
    int longest = 0;
    int run = 0;
    for (int i = 0; i < text.length(); i++) {
      run = text.charAt(i) == '`' ? run + 1 : 0;
      longest = Math.max(longest, run);
    }
    return longest;
  }
}
