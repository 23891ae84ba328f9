package dev.lastgood.rehearsal;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// How often a vendor lets one token ask, whatever is asked for: played services of one account
/// share one.
public final class Quota {
  private final List<Span> spans;
  private final Deque<Long> taken = new ArrayDeque<>();

  private record Span(int requests, Duration per) {}

  /// @param requests within any such time
  public Quota(int requests, Duration per) {
    this(List.of(new Span(requests, per)));
  }

  private Quota(List<Span> spans) {
    this.spans = spans;
  }

  /// The same, and no more than this either.
  public Quota and(int requests, Duration per) {
    return new Quota(Stream.concat(spans.stream(), Stream.of(new Span(requests, per))).toList());
  }

  /// @return how long to wait for one more; empty: it is granted
  synchronized Optional<Duration> take(long now) {
    long longest = spans.stream().mapToLong(s -> s.per().toNanos()).max().orElse(0);
    while (!taken.isEmpty() && now - taken.getFirst() > longest) {
      taken.removeFirst();
    }
    Optional<Duration> wait =
        spans.stream()
            .map(s -> beyond(s, now))
            .flatMap(Optional::stream)
            .max(Comparator.naturalOrder());
    if (wait.isEmpty()) {
      taken.addLast(now);
    }
    return wait;
  }

  private Optional<Duration> beyond(Span span, long now) {
    long since = now - span.per().toNanos();
    List<Long> within = taken.stream().filter(t -> t - since > 0).toList();
    return within.size() < span.requests()
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(within.get(within.size() - span.requests()) - since));
  }

  /// The most that were granted within any time of this length.
  public synchronized int busiest(Duration within) {
    List<Long> all = List.copyOf(taken);
    int most = 0;
    for (int first = 0, last = 0; last < all.size(); last++) {
      while (all.get(last) - all.get(first) > within.toNanos()) {
        first++;
      }
      most = Math.max(most, last - first + 1);
    }
    return most;
  }
}
