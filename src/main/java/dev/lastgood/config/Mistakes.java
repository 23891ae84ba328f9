package dev.lastgood.config;

import dev.lastgood.config.ConfigException.Mistake;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Collects mistakes, so that all of them can be told at once.
final class Mistakes {
  /// A file that is wrong in more places is wrong in one.
  private static final int TOLD = 100;

  private final Set<Mistake> all = new LinkedHashSet<>();

  void add(Place place, String message) {
    all.add(place.mistake(message));
  }

  void throwIfAny() throws ConfigException {
    if (!all.isEmpty()) {
      throw new ConfigException(sorted());
    }
  }

  private List<Mistake> sorted() {
    var sorted = new ArrayList<>(all);
    sorted.sort(
        Comparator.comparing(Mistake::file)
            .thenComparingInt(Mistake::line)
            .thenComparingInt(Mistake::column));
    if (sorted.size() <= TOLD) {
      return sorted;
    }
    List<Mistake> told = new ArrayList<>(sorted.subList(0, TOLD));
    told.add(new Mistake(told.getFirst().file(), 0, 0, "and " + (sorted.size() - TOLD) + " more"));
    return told;
  }
}
