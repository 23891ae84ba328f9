package dev.lastgood.demo.shop;

import java.util.Map;
import java.util.stream.Collectors;

/// As much JSON as the shop speaks: flat objects, written.
public final class Json {
  private Json() {}

  public static String object(Map<String, ?> members) {
    return members.entrySet().stream()
        .map(e -> text(e.getKey()) + ":" + value(e.getValue()))
        .collect(Collectors.joining(",", "{", "}"));
  }

  public static String text(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append(String.format("\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }

  private static String value(Object value) {
    return value instanceof Number || value instanceof Boolean
        ? value.toString()
        : text(value.toString());
  }
}
