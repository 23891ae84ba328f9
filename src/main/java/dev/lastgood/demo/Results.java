package dev.lastgood.demo;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Counts what many customers meet at the same time.
final class Results {
  private final InstantSource clock;
  private final Instant startedAt;
  private final SortedMap<String, Long> reasons = new TreeMap<>();
  private final SortedMap<Long, Tally.Second> seconds = new TreeMap<>();
  private final List<Tally.Mark> marks = new ArrayList<>();
  private final List<Instant> failedBegan = new ArrayList<>();
  private long ok;
  private long failed;
  private long repeated;
  private long orders;
  private Optional<Instant> firstFailed = Optional.empty();
  private Optional<Instant> lastFailed = Optional.empty();
  private Optional<Instant> recovered = Optional.empty();

  Results(InstantSource clock) {
    this.clock = clock;
    startedAt = clock.instant();
  }

  synchronized void add(Visit visit, Customer.Result result, long millis) {
    Instant now = clock.instant();
    boolean served = result.failure().isEmpty();
    if (served) {
      ok++;
      orders += visit.isOrder() ? 1 : 0;
      if (failed > 0 && recovered.isEmpty()) {
        recovered = Optional.of(now);
      }
    } else {
      failed++;
      reasons.merge(result.failure().get(), 1L, Long::sum);
      firstFailed = firstFailed.or(() -> Optional.of(now));
      lastFailed = Optional.of(now);
      failedBegan.add(now.minusMillis(millis));
      recovered = Optional.empty();
    }
    repeated += result.repeated() ? 1 : 0;
    long second = Duration.between(startedAt, now).toSeconds();
    seconds.merge(
        second,
        new Tally.Second(second, served ? 1 : 0, served ? 0 : 1, millis),
        (a, b) ->
            new Tally.Second(
                second,
                a.ok() + b.ok(),
                a.failed() + b.failed(),
                Math.max(a.slowestMillis(), b.slowestMillis())));
  }

  synchronized void mark(String name) {
    marks.add(new Tally.Mark(name, clock.instant(), ok, failed));
  }

  synchronized Tally tally() {
    return new Tally(
        startedAt,
        ok,
        failed,
        repeated,
        orders,
        reasons,
        firstFailed,
        lastFailed,
        recovered,
        List.copyOf(seconds.values()),
        marks,
        failedBegan);
  }
}
