package dev.lastgood.ledger;

import dev.lastgood.model.Constellation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Finds the times in which a constellation passed its checks without a break.
///
/// A soak is a row of healthy sightings of the same constellation in one stretch. A sighting that
/// was not healthy ends it, so does a deployment, and so does a silence longer than
/// [#longestSilence]: of what nobody looked at, nothing is known. A row that lasts for the soak
/// time proves the constellation good.
final class Soaks {
  private final History history;
  private final Duration soak;
  private final List<Seen> sightings;
  private final List<Soak> rows = new ArrayList<>();

  /// What was live at a sighting; what it does not name is filled from the deployments.
  ///
  /// @param stretch when the stretch it ended in began
  record Seen(Sighting sighting, Constellation live, Optional<Instant> stretch) {
    /// When something was deployed while the sighting went on, only its last look is about what is
    /// live now.
    boolean oneStretch() {
      return stretch.isEmpty() || !sighting.since().isBefore(stretch.get());
    }

    Instant first() {
      return oneStretch() ? sighting.since() : sighting.at();
    }

    Instant last() {
      return sighting.at();
    }

    int looks() {
      return oneStretch() ? sighting.looks() : 1;
    }
  }

  /// @param stretch when the stretch it lies in began
  record Soak(
      Constellation live, Optional<Instant> stretch, Instant first, Instant last, int looks) {
    Duration lasted() {
      return Duration.between(first, last);
    }
  }

  Soaks(History history, List<Sighting> all, Duration soak) {
    this.history = history;
    this.soak = soak;
    this.sightings =
        all.stream()
            .sorted(Comparator.comparing(Sighting::at))
            .filter(s -> !s.live().releases().isEmpty() || !s.healthy())
            .map(this::seen)
            .toList();
    boolean unbroken = false;
    for (Seen seen : sightings) {
      if (!seen.sighting().healthy()) {
        unbroken = false;
      } else if (unbroken && goesOn(rows.getLast(), seen)) {
        Soak row = rows.removeLast();
        rows.add(
            new Soak(
                seen.live(), row.stretch(), row.first(), seen.last(), row.looks() + seen.looks()));
      } else {
        rows.add(new Soak(seen.live(), seen.stretch(), seen.first(), seen.last(), seen.looks()));
        unbroken = true;
      }
    }
  }

  /// Two sightings further apart than this do not belong to one soak.
  Duration longestSilence() {
    return soak.compareTo(Sighting.LONGEST_SILENCE) > 0 ? soak : Sighting.LONGEST_SILENCE;
  }

  private boolean goesOn(Soak row, Seen seen) {
    return row.live().sameReleases(seen.live())
        && row.stretch().equals(seen.stretch())
        && Duration.between(row.last(), seen.first()).compareTo(longestSilence()) <= 0;
  }

  private Seen seen(Sighting sighting) {
    Optional<Stretch> stretch = history.at(sighting.at());
    Constellation live = stretch.map(Stretch::live).orElse(Constellation.EMPTY);
    for (var release : sighting.live().releases().values()) {
      live = live.with(history.known(release));
    }
    return new Seen(sighting, live, stretch.map(Stretch::from));
  }

  /// Oldest first.
  List<Seen> sightings() {
    return sightings;
  }

  /// Those that lasted long enough, oldest first.
  List<Soak> passed() {
    return rows.stream().filter(r -> r.lasted().compareTo(soak) >= 0).toList();
  }

  /// The row that the newest sighting belongs to; empty when that one was not healthy.
  Optional<Soak> current() {
    return sightings.isEmpty() || !sightings.getLast().sighting().healthy()
        ? Optional.empty()
        : Optional.of(rows.getLast());
  }

  Optional<Seen> lastOf(Constellation live) {
    return sightings.reversed().stream().filter(s -> s.live().sameReleases(live)).findFirst();
  }
}
