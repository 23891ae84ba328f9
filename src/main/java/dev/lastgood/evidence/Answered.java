package dev.lastgood.evidence;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a service answered, as a check's condition sees it.
///
/// @param body the JSON body as maps, lists, text, numbers (`Long`, `Double`, `BigInteger`) and
///   booleans, with [JsonBody#NULL] for null; empty when it is not JSON
/// @param text the body as text
/// @param headers names in lower case; repeated ones joined by a comma
/// @param millis from the first packet to the last byte
public record Answered(
    int status,
    Optional<Object> body,
    String text,
    SortedMap<String, String> headers,
    long millis) {
  public Answered {
    headers = Collections.unmodifiableSortedMap(new TreeMap<>(headers));
  }

  static Answered of(HttpReply reply, Optional<Object> body) {
    return new Answered(
        reply.status(), body, reply.text(), new TreeMap<>(reply.headers()), reply.millis());
  }

  /// The parts by the names that conditions use: `status`, `body`, `text`, `headers`, `millis`.
  /// `body` is missing when there is none.
  public Map<String, Object> byName() {
    var parts = new TreeMap<String, Object>();
    parts.put("status", (long) status);
    parts.put("text", text);
    parts.put("headers", headers);
    parts.put("millis", millis);
    body.ifPresent(b -> parts.put("body", b));
    return parts;
  }
}
