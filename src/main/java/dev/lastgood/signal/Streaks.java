package dev.lastgood.signal;

import dev.lastgood.model.Measurement;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Tells trouble from a blip: round by round, how often each check was bad since it was last
/// healthy. Each kind of bad counts for itself, and only a healthy round ends a streak, so that a
/// service that is now dead and now sick is found too.
///
/// @param needed bad rounds of one kind that make trouble; at least 1
/// @param bad by name of the check; healthy checks are not in it
public record Streaks(int needed, SortedMap<String, Streak> bad) {
  public Streaks {
    if (needed < 1) {
      throw new IllegalArgumentException("at least one bad round makes trouble, not " + needed);
    }
    bad = Collections.unmodifiableSortedMap(new TreeMap<>(bad));
  }

  /// Nothing was measured yet.
  public static Streaks none(int needed) {
    return new Streaks(needed, new TreeMap<>());
  }

  /// @param since the first bad round
  /// @param latest what the newest round saw
  record Streak(Instant since, int unhealthy, int errors, int unclear, String latest) {
    Streak and(Measurement m) {
      return switch (m) {
        case Measurement.Healthy _ -> this;
        case Measurement.Unhealthy u -> new Streak(since, unhealthy + 1, errors, unclear, u.seen());
        case Measurement.Error e -> new Streak(since, unhealthy, errors + 1, unclear, e.seen());
        case Measurement.Inconclusive i ->
            new Streak(since, unhealthy, errors, unclear + 1, i.seen());
      };
    }

    private int rounds(Trouble.Kind of) {
      return switch (of) {
        case UNHEALTHY -> unhealthy;
        case NO_ANSWER -> errors;
        case UNCLEAR -> unclear;
      };
    }

    private Optional<Trouble> trouble(String check, int needed) {
      return List.of(Trouble.Kind.values()).stream()
          .filter(k -> rounds(k) >= needed)
          .findFirst()
          .map(k -> new Trouble(check, k, since, rounds(k), latest));
    }
  }

  /// After one more round. A check that is not in it is forgotten.
  ///
  /// @param round by name of the check
  public Streaks after(Instant at, Map<String, Measurement> round) {
    var next = new TreeMap<String, Streak>();
    round.forEach((check, m) -> {
      if (!m.healthy()) {
        var begun = bad.getOrDefault(check, new Streak(at, 0, 0, 0, ""));
        next.put(check, begun.and(m));
      }
    });
    return new Streaks(needed, next);
  }

  /// Checks in trouble, the one that has been longest first.
  public List<Trouble> troubles() {
    return bad.entrySet().stream()
        .flatMap(e -> e.getValue().trouble(e.getKey(), needed).stream())
        .sorted(java.util.Comparator.comparing(Trouble::since).thenComparing(Trouble::check))
        .toList();
  }
}
