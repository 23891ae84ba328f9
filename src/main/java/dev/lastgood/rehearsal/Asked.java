package dev.lastgood.rehearsal;

import java.util.SortedMap;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/// One request as a played platform sees it.
///
/// @param path decoded
/// @param header its value, or nothing
/// @param json the body; a missing node when there is none
public record Asked(
    String method,
    String path,
    SortedMap<String, String> query,
    Function<String, String> header,
    JsonNode json) {
  public boolean is(String wanted, String pattern) {
    return method.equals(wanted) && path.matches(pattern);
  }

  /// A part of the path, counted from 0.
  public String part(int n) {
    String[] parts = path.substring(1).split("/", -1);
    return n < parts.length ? parts[n] : "";
  }

  public boolean changes() {
    return !method.equals("GET") && !method.equals("HEAD");
  }

  @Override
  public String toString() {
    return method + " " + path;
  }
}
