package dev.lastgood.rehearsal;

import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/// An answer of a played platform.
public record Told(int status, String body, SortedMap<String, String> headers) {
  static final JsonMapper JSON = JsonMapper.shared();

  public static Told json(int status, Object json) {
    return new Told(status, JSON.writeValueAsString(json), new TreeMap<>());
  }

  public static Told empty(int status) {
    return new Told(status, "", new TreeMap<>());
  }

  /// The answer does not end for so long after all was said.
  static final String LINGERS = "X-Played-Lingers";

  public Told lingering(Duration more) {
    return with(Map.of(LINGERS, "" + more.toMillis()));
  }

  public Told with(Map<String, String> more) {
    var all = new TreeMap<>(headers);
    all.putAll(more);
    return new Told(status, body, all);
  }
}
