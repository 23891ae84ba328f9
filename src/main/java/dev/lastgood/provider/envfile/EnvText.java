package dev.lastgood.provider.envfile;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What stands in an env file, as far as its many dialects agree: remarks, `export`, quotes, values
/// over several lines, Windows line ends. Read to compare and to check, never to be executed, so
/// what is odd is noted by its line and the rest is read on. Values stay inside.
final class EnvText {
  private static final int LONGEST_NAME = 64;
  private static final String KEY_BEGINS = "-----BEGIN ";
  private static final String KEY_ENDS = "-----END ";

  private final List<String> lines;
  private final Map<String, String> values = new LinkedHashMap<>();
  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<String> notes = new ArrayList<>();
  private int next;

  private EnvText(String text) {
    lines = List.of(text.replace("\r\n", "\n").replace('\r', '\n').split("\n", -1));
  }

  /// @return empty when it is no text: a database, a picture
  static Optional<EnvText> read(byte[] content) {
    for (byte each : content) {
      if (each == 0) {
        return Optional.empty();
      }
    }
    // Byte for byte, whatever the encoding: values are compared, never shown.
    String text = new String(content, StandardCharsets.ISO_8859_1);
    boolean marked = text.startsWith("\u00ef\u00bb\u00bf");
    var read = new EnvText(marked ? text.substring(3) : text);
    if (marked) {
      read.notes.add(
          "it starts with a byte order mark, which some readers take for a part of the first name");
    }
    read.all();
    return Optional.of(read);
  }

  /// The last value of each name, in the order of the file.
  Map<String, String> values() {
    return values;
  }

  /// Number of the line in which the value of that name begins, from 1; the last one that counts.
  Optional<Integer> line(String name) {
    return Optional.ofNullable(numbers.get(name));
  }

  /// What is odd about it; names and line numbers only.
  List<String> notes() {
    return notes;
  }

  private void all() {
    while (next < lines.size()) {
      int number = next + 1;
      String line = lines.get(next++).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        assignment(number, line);
      }
    }
  }

  private void assignment(int number, String line) {
    String bare =
        line.startsWith("export ") || line.startsWith("export\t")
            ? line.substring(7).strip()
            : line;
    int equals = bare.indexOf('=');
    String name = equals < 0 ? "" : bare.substring(0, equals).strip();
    if (!isName(name)) {
      notes.add("line " + number + " is not NAME=value");
      if (line.contains(KEY_BEGINS)) {
        throughKey();
      }
      return;
    }
    String value = value(number, bare.substring(equals + 1).strip());
    numbers.put(name, number);
    if (values.put(name, value) != null) {
      notes.add(
          shown(name) + " stands there twice, at last in line " + number + "; the last one counts");
    }
  }

  private String value(int number, String text) {
    char first = text.isEmpty() ? ' ' : text.charAt(0);
    if (first == '"' || first == '\'' || first == '`') {
      return quoted(number, text, first);
    }
    if (text.startsWith(KEY_BEGINS) && !text.contains(KEY_ENDS)) {
      notes.add("line " + number + " starts a key of several lines without quotes");
      return text + throughKey();
    }
    int remark = remark(text);
    return text.substring(0, remark).strip();
  }

  /// Where a remark begins: at a `#` after white space. `pass#word` is a value.
  private static int remark(String text) {
    for (int i = 1; i < text.length(); i++) {
      if (text.charAt(i) == '#' && Character.isWhitespace(text.charAt(i - 1))) {
        return i;
      }
    }
    return text.length();
  }

  private String quoted(int number, String text, char quote) {
    var value = new StringBuilder();
    int line = next;
    String part = text.substring(1);
    while (true) {
      int end = end(part, quote);
      if (end >= 0) {
        next = line;
        return value.append(part, 0, end).toString();
      }
      if (line >= lines.size()) {
        // Never closed: only this line is taken for it, or it would swallow all the others.
        notes.add("line " + number + " opens a quote that is not closed");
        return text;
      }
      value.append(part).append('\n');
      part = lines.get(line++);
    }
  }

  private static int end(String part, char quote) {
    for (int i = 0; i < part.length(); i++) {
      if (part.charAt(i) == '\\' && quote == '"') {
        i++;
      } else if (part.charAt(i) == quote) {
        return i;
      }
    }
    return -1;
  }

  /// The lines of a key are no variables, though they may end in `=`.
  private String throughKey() {
    var key = new StringBuilder();
    while (next < lines.size()) {
      String line = lines.get(next++);
      key.append('\n').append(line);
      if (line.contains(KEY_ENDS)) {
        break;
      }
    }
    return key.toString();
  }

  static boolean isName(String text) {
    return !text.isEmpty()
        && !digit(text.charAt(0))
        && text.chars()
            .allMatch(
                c -> c < 128 && (Character.isLetterOrDigit(c) || c == '_' || c == '.' || c == '-'));
  }

  private static boolean digit(char c) {
    return c >= '0' && c <= '9';
  }

  /// A name as it may be shown. A line of Base64 that got loose looks like a name too, and is not
  /// shown.
  static String shown(String name) {
    boolean word = name.chars().noneMatch(EnvText::upper) || name.chars().noneMatch(EnvText::lower);
    boolean data =
        name.length() > LONGEST_NAME || (name.length() >= 20 && !word && name.indexOf('_') < 0);
    return data ? "(a name that looks like data)" : name;
  }

  private static boolean upper(int c) {
    return c >= 'A' && c <= 'Z';
  }

  private static boolean lower(int c) {
    return c >= 'a' && c <= 'z';
  }
}
