package dev.lastgood.provider.envfile;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// One variable of an env file changed, everything else kept byte for byte: other lines, line ends,
/// `export`, quotes, the remark behind the value.
final class EnvEdit {
  private EnvEdit() {}

  /// The content in which the variable has this value. Where it does not stand, its line is put at
  /// the end.
  ///
  /// @param value a plain word
  /// @return empty when it cannot be changed surely: a value over several lines, no text
  static Optional<byte[]> with(byte[] content, String name, String value) {
    Optional<EnvText> before = EnvText.read(content);
    if (before.isEmpty()) {
      return Optional.empty();
    }
    String text = new String(content, StandardCharsets.ISO_8859_1);
    Optional<Integer> line = before.get().line(name);
    String after =
        line.isEmpty() ? appended(text, name + "=" + value) : replaced(text, line.get(), value);
    byte[] bytes = after.getBytes(StandardCharsets.ISO_8859_1);
    return same(before.get(), bytes, name, Optional.of(value))
        ? Optional.of(bytes)
        : Optional.empty();
  }

  /// The content without the line of the variable.
  ///
  /// @return empty when it cannot be taken out surely
  static Optional<byte[]> without(byte[] content, String name) {
    Optional<EnvText> before = EnvText.read(content);
    Optional<Integer> line = before.flatMap(t -> t.line(name));
    if (before.isEmpty() || line.isEmpty()) {
      return before.map(_ -> content);
    }
    String text = new String(content, StandardCharsets.ISO_8859_1);
    int start = start(text, line.get());
    int next = next(text, start);
    // The last line of a file that does not end in one: what ended the line before goes, too.
    boolean open = next == text.length() && !endsLine(text);
    String after =
        open
            ? text.substring(0, withoutEnd(text, start))
            : text.substring(0, start) + text.substring(next);
    byte[] bytes = after.getBytes(StandardCharsets.ISO_8859_1);
    return same(before.get(), bytes, name, Optional.empty())
        ? Optional.of(bytes)
        : Optional.empty();
  }

  private static String replaced(String text, int line, String value) {
    int start = start(text, line);
    int end = start;
    while (end < text.length() && !breaks(text.charAt(end))) {
      end++;
    }
    int from = text.indexOf('=', start) + 1;
    while (from < end && Character.isWhitespace(text.charAt(from))) {
      from++;
    }
    char first = from < end ? text.charAt(from) : ' ';
    int to;
    if (first == '"' || first == '\'' || first == '`') {
      from++;
      to = text.indexOf(first, from);
      to = to < 0 || to > end ? end : to;
    } else {
      to = from;
      while (to < end && !(text.charAt(to) == '#' && Character.isWhitespace(text.charAt(to - 1)))) {
        to++;
      }
      while (to > from && Character.isWhitespace(text.charAt(to - 1))) {
        to--;
      }
    }
    return text.substring(0, from) + value + text.substring(to);
  }

  /// Whether the variable has the wanted value now, and every other one the value it had. What was
  /// misunderstood in a strange file is noticed here, before anything is written.
  private static boolean same(EnvText before, byte[] after, String name, Optional<String> value) {
    Optional<Map<String, String>> now = EnvText.read(after).map(EnvText::values);
    if (now.isEmpty() || !Optional.ofNullable(now.get().get(name)).equals(value)) {
      return false;
    }
    var one = new HashMap<>(before.values());
    var other = new HashMap<>(now.get());
    one.remove(name);
    other.remove(name);
    return one.equals(other);
  }

  /// Where a line begins, counted from 1; lines end in LF, CRLF or CR, as [EnvText] reads them.
  private static int start(String text, int line) {
    int at = 0;
    for (int n = 1; n < line; n++) {
      at = next(text, at);
    }
    return at;
  }

  private static int next(String text, int start) {
    int at = start;
    while (at < text.length() && !breaks(text.charAt(at))) {
      at++;
    }
    if (at < text.length()) {
      at += text.startsWith("\r\n", at) ? 2 : 1;
    }
    return at;
  }

  private static boolean breaks(char c) {
    return c == '\n' || c == '\r';
  }

  /// A file that did not end in a line end does not get one, so that taking the line out again
  /// leaves what was.
  private static String appended(String text, String line) {
    return text.isEmpty() || endsLine(text)
        ? text + line + lineEnd(text)
        : text + lineEnd(text) + line;
  }

  private static int withoutEnd(String text, int start) {
    int at = start > 0 && text.charAt(start - 1) == '\n' ? start - 1 : start;
    return at > 0 && text.charAt(at - 1) == '\r' ? at - 1 : at;
  }

  private static boolean endsLine(String text) {
    return !text.isEmpty() && breaks(text.charAt(text.length() - 1));
  }

  private static String lineEnd(String text) {
    return text.contains("\r\n") ? "\r\n" : "\n";
  }
}
