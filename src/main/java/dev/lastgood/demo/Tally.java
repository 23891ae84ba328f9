package dev.lastgood.demo;

import dev.lastgood.demo.shop.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What the customers met, so far.
///
/// @param repeated requests a browser would have sent twice; they count once, by how they ended
/// @param orders orders the shop confirmed
/// @param reasons how often a request failed, by how it failed
/// @param failedBegan when each failed request was begun
/// @param recovered the first request served after the last failed one
public record Tally(
    Instant startedAt,
    long ok,
    long failed,
    long repeated,
    long orders,
    SortedMap<String, Long> reasons,
    Optional<Instant> firstFailed,
    Optional<Instant> lastFailed,
    Optional<Instant> recovered,
    List<Second> seconds,
    List<Mark> marks,
    List<Instant> failedBegan) {
  public Tally {
    reasons = Collections.unmodifiableSortedMap(new TreeMap<>(reasons));
    seconds = List.copyOf(seconds);
    marks = List.copyOf(marks);
    failedBegan = List.copyOf(failedBegan);
  }

  /// One second of traffic.
  ///
  /// @param second since the start
  /// @param slowestMillis of the requests that ended in it
  public record Second(long second, long ok, long failed, long slowestMillis) {}

  /// A moment somebody named, and what had been served and failed by then.
  public record Mark(String name, Instant at, long ok, long failed) {}

  /// From the first failed request to the first one served after the last failed one: the longest
  /// honest reading. Empty if nothing failed, or nothing has been served since.
  public Optional<Duration> downtime() {
    return recovered.flatMap(end -> firstFailed.map(start -> Duration.between(start, end)));
  }

  /// Requests that failed since a mark.
  public long failedSince(String mark) {
    return marks.stream()
        .filter(m -> m.name().equals(mark))
        .findFirst()
        .map(m -> failed - m.failed())
        .orElseThrow(() -> new IllegalArgumentException("no mark " + mark));
  }

  /// Requests that were begun after this moment and failed. Those on their way at that moment still
  /// end where they began, so they say nothing about what came after it.
  public long failedBegunAfter(Instant moment) {
    return failedBegan.stream().filter(began -> began.isAfter(moment)).count();
  }

  public String json() {
    Map<String, String> members = new LinkedHashMap<>();
    members.put("startedAt", Json.text(startedAt.toString()));
    members.put("ok", String.valueOf(ok));
    members.put("failed", String.valueOf(failed));
    members.put("repeated", String.valueOf(repeated));
    members.put("orders", String.valueOf(orders));
    members.put("reasons", Json.object(reasons));
    members.put("firstFailed", moment(firstFailed));
    members.put("lastFailed", moment(lastFailed));
    members.put("recovered", moment(recovered));
    members.put("downtimeMillis", downtime().map(d -> "" + d.toMillis()).orElse("null"));
    members.put("seconds", array(seconds.stream().map(Tally::json).toList()));
    members.put("marks", array(marks.stream().map(Tally::json).toList()));
    return members.entrySet().stream()
        .map(e -> "  " + Json.text(e.getKey()) + ": " + e.getValue())
        .collect(Collectors.joining(",\n", "{\n", "\n}\n"));
  }

  private static String json(Second s) {
    return "{\"second\":"
        + s.second()
        + ",\"ok\":"
        + s.ok()
        + ",\"failed\":"
        + s.failed()
        + ",\"slowestMillis\":"
        + s.slowestMillis()
        + "}";
  }

  private static String json(Mark m) {
    return "{\"name\":"
        + Json.text(m.name())
        + ",\"at\":"
        + Json.text(m.at().toString())
        + ",\"ok\":"
        + m.ok()
        + ",\"failed\":"
        + m.failed()
        + "}";
  }

  private static String moment(Optional<Instant> at) {
    return at.map(i -> Json.text(i.toString())).orElse("null");
  }

  private static String array(List<String> parts) {
    return parts.stream().collect(Collectors.joining(",\n    ", "[\n    ", "\n  ]"));
  }
}
