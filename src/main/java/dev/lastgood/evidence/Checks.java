package dev.lastgood.evidence;

import dev.lastgood.condition.Durations;
import dev.lastgood.model.Measurement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;

/// Measures many checks side by side, so that a round takes as long as its slowest check.
public final class Checks {
  /// A system under stress is not asked by everybody at once.
  private static final int AT_ONCE = 16;

  private final Checker checker;

  public Checks(Checker checker) {
    this.checker = checker;
  }

  /// By name of the check. Throws nothing; each answer comes within the time of its check.
  ///
  /// @param address base URL to ask instead of the one of each check
  /// @param version what checks that read a version must find; empty: any
  public SortedMap<String, Measurement> measure(
      List<Check> checks, Optional<String> address, Optional<String> version) {
    return round(checks, address, version).measurements();
  }

  /// As [#measure], with the time each took.
  public Round round(List<Check> checks, Optional<String> address, Optional<String> version) {
    var slots = new Semaphore(AT_ONCE);
    var asked = new TreeMap<String, Future<Seen>>();
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Check check : checks) {
        asked.put(check.name(), tasks.submit(() -> seen(slots, check, address, version)));
      }
      var round = new TreeMap<String, Seen>();
      asked.forEach((name, seen) -> round.put(name, result(seen)));
      return new Round(round);
    }
  }

  private Seen seen(
      Semaphore slots, Check check, Optional<String> address, Optional<String> version)
      throws InterruptedException {
    slots.acquire();
    try {
      long start = System.nanoTime();
      Measurement measurement = checker.measure(check, address, version);
      return new Seen(measurement, Duration.ofNanos(System.nanoTime() - start));
    } finally {
      slots.release();
    }
  }

  private static Seen result(Future<Seen> seen) {
    try {
      return seen.get();
    } catch (ExecutionException e) {
      // What survives: the other checks, and the run that asked for them.
      return none("given up before it was measured");
    } catch (InterruptedException e) {
      seen.cancel(true);
      Thread.currentThread().interrupt();
      return none("given up: Lastgood was told to stop while it measured");
    }
  }

  private static Seen none(String says) {
    return new Seen(new Measurement.Error(says), Duration.ZERO);
  }

  /// @param took from asking to knowing, waiting for a free slot excluded
  public record Seen(Measurement measurement, Duration took) {}

  /// What one look at all of them gave.
  ///
  /// @param seen by name of the check
  public record Round(SortedMap<String, Seen> seen) {
    public Round {
      seen = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(seen));
    }

    public SortedMap<String, Measurement> measurements() {
      var measurements = new TreeMap<String, Measurement>();
      seen.forEach((name, s) -> measurements.put(name, s.measurement()));
      return measurements;
    }

    /// Every check is healthy, and there is at least one: nothing measured is nothing proven.
    public boolean allHealthy() {
      return !seen.isEmpty() && seen.values().stream().allMatch(s -> s.measurement().healthy());
    }

    /// One line for people: what is not healthy, or how many are.
    public String says() {
      if (seen.isEmpty()) {
        return "no checks are configured for this moment";
      }
      String bad =
          seen.entrySet().stream()
              .filter(e -> !e.getValue().measurement().healthy())
              .map(Round::line)
              .collect(Collectors.joining("; "));
      return bad.isEmpty() ? seen.size() + " of " + seen.size() + " checks healthy" : bad;
    }

    /// One line for each check, in the order of their names.
    public List<String> lines() {
      return seen.entrySet().stream()
          .map(e -> line(e) + " [" + Durations.shown(e.getValue().took()) + "]")
          .toList();
    }

    private static String line(Map.Entry<String, Seen> e) {
      Measurement m = e.getValue().measurement();
      return e.getKey() + " is " + m.word() + ": " + m.seen();
    }
  }
}
