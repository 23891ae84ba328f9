package dev.lastgood.evidence;

import dev.lastgood.condition.Condition;
import dev.lastgood.model.Secret;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// One thing to measure, as data.
///
/// @param component whose health it tells; empty: of the system as a whole
/// @param when in which moments it is used
/// @param timeout for one measurement, everything included; a latency check has it for each of its
///   requests
public record Check(
    String name, Optional<String> component, Set<Moment> when, Duration timeout, Probe probe) {
  public Check {
    when = Set.copyOf(when);
  }

  /// `BEFORE`: tells whether there is trouble. `AFTER`: must be healthy for the rollback to be
  /// proven. `WATCH`: looked at again and again afterwards.
  public enum Moment {
    BEFORE,
    AFTER,
    WATCH
  }

  /// How it is measured.
  public sealed interface Probe {}

  /// @param url where; its scheme, host and port are replaced when a proof names another address
  /// @param status statuses that are healthy; any other is unhealthy
  /// @param expect a condition over `status`, `body` (parsed JSON), `text`, `headers`, `millis`
  /// @param word an exact word at a place in the JSON body
  /// @param version a place in the JSON body (or a header) that must equal the target's version
  /// @param latency how fast it must be
  /// @param headers sent with it
  public record Http(
      String url,
      String method,
      Set<Integer> status,
      Optional<Condition> expect,
      Optional<Word> word,
      Optional<VersionAt> version,
      Optional<Latency> latency,
      SortedMap<String, Secret> headers)
      implements Probe {
    public Http {
      status = Set.copyOf(status);
      headers = Collections.unmodifiableSortedMap(new TreeMap<>(headers));
    }
  }

  /// The word at a dotted path of the JSON body, compared whole and without regard to case:
  /// `unhealthy` is not `healthy`. A word in neither set is inconclusive.
  public record Word(String at, Set<String> healthy, Set<String> unhealthy) {
    public Word {
      healthy = Set.copyOf(healthy);
      unhealthy = Set.copyOf(unhealthy);
    }
  }

  /// @param at dotted path in the JSON body, or `header:NAME`
  public record VersionAt(String at) {}

  /// @param p95 95th percentile of `requests` requests must be at most this
  public record Latency(Duration p95, int requests) {}

  /// Something accepts connections there.
  public record Tcp(String host, int port) implements Probe {}

  /// A command as argv: exit 0 is healthy, `unhealthyExits` are unhealthy, any other is
  /// inconclusive.
  public record Command(List<String> argv, Set<Integer> unhealthyExits) implements Probe {
    public Command {
      argv = List.copyOf(argv);
      unhealthyExits = Set.copyOf(unhealthyExits);
    }
  }
}
