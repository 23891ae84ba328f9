package dev.lastgood.condition;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What an HTTP check got, for its `expect:` condition: `status`, `body`, `text`, `headers`,
/// `millis`.
///
/// @param body the parsed JSON as plain Java values (`Map`, `List`, `String`, `Boolean`, any
///   `Number`, and `null` inside maps and lists); empty when the body was not JSON
/// @param headers by name in lower case; several values of one name joined by a comma
/// @param millis from the first byte sent to the last byte read
public record HttpAnswer(
    int status, Optional<Object> body, String text, Map<String, String> headers, long millis) {
  public HttpAnswer {
    var lower = new TreeMap<String, String>();
    headers.forEach((name, value) -> lower.put(name.toLowerCase(java.util.Locale.ROOT), value));
    headers = java.util.Collections.unmodifiableSortedMap(lower);
  }
}
