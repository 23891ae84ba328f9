package dev.lastgood.demo;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// What happened when, as seen from outside Lastgood.
final class Timeline {
  private final InstantSource clock;
  private final List<Moment> moments = new ArrayList<>();

  record Moment(Instant at, String what) {}

  Timeline(InstantSource clock) {
    this.clock = clock;
  }

  void add(String what) {
    add(clock.instant(), what);
  }

  synchronized void add(Instant at, String what) {
    moments.add(new Moment(at, what));
  }

  /// In order of time.
  synchronized List<Moment> moments() {
    return moments.stream().sorted(Comparator.comparing(Moment::at)).toList();
  }
}
