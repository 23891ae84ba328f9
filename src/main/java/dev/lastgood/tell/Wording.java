package dev.lastgood.tell;

import dev.lastgood.model.Text;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Templates filled with facts. What is filled in is one line without control characters and is not
/// read for places again, so that a release called `{reason}` stays just that.
final class Wording {
  /// Longer messages are refused by chats and cut by pagers.
  private static final int LONGEST_VALUE = 500;

  private static final int LONGEST = 8000;

  private Wording() {}

  /// @param name of a file in `messages/`
  static String template(String name) {
    String file = "/messages/" + name + ".txt";
    try (InputStream in = Wording.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("Lastgood lacks its own file " + file);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Every `{place}` is filled; one without a value says "not known". A line whose only places are
  /// empty values is left out.
  static String fill(String template, Map<String, String> values) {
    return lines(
        template
            .lines()
            .filter(line -> !onlyEmpty(line, values))
            .map(line -> line(line, values))
            .collect(Collectors.joining("\n")));
  }

  private static boolean onlyEmpty(String line, Map<String, String> values) {
    List<String> places = places(line);
    return !places.isEmpty()
        && places.stream().allMatch(p -> values.containsKey(p) && value(p, values).isEmpty());
  }

  private static List<String> places(String line) {
    var places = new java.util.ArrayList<String>();
    int open = line.indexOf('{');
    while (open >= 0 && line.indexOf('}', open) > 0) {
      places.add(line.substring(open + 1, line.indexOf('}', open)));
      open = line.indexOf('{', line.indexOf('}', open));
    }
    return places;
  }

  private static String line(String line, Map<String, String> values) {
    var out = new StringBuilder();
    int from = 0;
    int open = line.indexOf('{');
    while (open >= 0 && line.indexOf('}', open) > 0) {
      int close = line.indexOf('}', open);
      out.append(line, from, open).append(value(line.substring(open + 1, close), values));
      from = close + 1;
      open = line.indexOf('{', from);
    }
    return out.append(line, from, line.length()).toString();
  }

  private static String value(String place, Map<String, String> values) {
    String value = values.get(place);
    return value == null ? "not known" : Text.clip(Text.plain(value), LONGEST_VALUE);
  }

  /// Lines stay lines; within them nothing is left that a terminal or a chat would obey.
  static String lines(String text) {
    String plain = text.lines().map(Text::plain).collect(Collectors.joining("\n")).strip();
    return Text.clip(plain, LONGEST);
  }
}
