package dev.lastgood.provider.http;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/// One request to an API.
///
/// @param path begins with a slash, its parts encoded; see [#path]
/// @param body JSON; empty for none
/// @param headers besides those of the [Site]
public record Ask(
    String method,
    String path,
    SortedMap<String, String> query,
    Optional<String> body,
    SortedMap<String, String> headers) {
  public Ask {
    query = Collections.unmodifiableSortedMap(new TreeMap<>(query));
    headers = Collections.unmodifiableSortedMap(new TreeMap<>(headers));
  }

  public static Ask get(String path) {
    return new Ask("GET", path, new TreeMap<>(), Optional.empty(), new TreeMap<>());
  }

  /// @param json maps, lists, texts, numbers and booleans
  public static Ask send(String method, String path, Object json) {
    return new Ask(
        method,
        path,
        new TreeMap<>(),
        Optional.of(Writer.JSON.writeValueAsString(json)),
        new TreeMap<>());
  }

  public Ask with(String name, String value) {
    var more = new TreeMap<>(query);
    more.put(name, value);
    return new Ask(method, path, more, body, headers);
  }

  public Ask header(String name, String value) {
    var more = new TreeMap<>(headers);
    more.put(name, value);
    return new Ask(method, path, query, body, more);
  }

  /// Parts joined by slashes, each encoded, so that an id with a slash or a question mark in it
  /// cannot become another request.
  public static String path(String... parts) {
    return Stream.of(parts).map(p -> "/" + encoded(p)).collect(Collectors.joining());
  }

  String target() {
    return query.isEmpty()
        ? path
        : path
            + "?"
            + query.entrySet().stream()
                .map(e -> encoded(e.getKey()) + "=" + encoded(e.getValue()))
                .collect(Collectors.joining("&"));
  }

  private static String encoded(String text) {
    String part = URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    // A path part of dots would lead elsewhere, however it is encoded otherwise.
    return part.equals(".") || part.equals("..") ? part.replace(".", "%2E") : part;
  }

  /// Method and path, for people; the query and the body may hold what is nobody's business.
  @Override
  public String toString() {
    return path.isEmpty() ? method : method + " " + path;
  }

  private static final class Writer {
    private static final JsonMapper JSON = JsonMapper.shared();
  }
}
