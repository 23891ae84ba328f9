package dev.lastgood.ledger;

import dev.lastgood.model.Constellation;
import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Which releases were live together, and when, from the deployments alone. Releases that went live
/// at the same instant went live together; the combinations in between never were.
final class History {
  private final List<Deployment> deployments;
  private final Map<Name, Origin> origins = new HashMap<>();
  private final List<Stretch> stretches = new ArrayList<>();

  private record Name(String component, String id) {
    static Name of(Release release) {
      return new Name(release.component(), release.id());
    }
  }

  /// @param recorded in any order
  History(List<Deployment> recorded) {
    deployments = recorded.stream().sorted(Comparator.comparing(Deployment::at)).toList();
    deployments.forEach(d ->
        origins.merge(
            Name.of(d.release()), d.release().origin(), (older, newer) -> newer.or(older)));
    var live = new TreeMap<String, Release>();
    byInstant()
        .forEach((at, together) -> {
          together.forEach(d -> live.put(d.release().component(), known(d.release())));
          next(new Constellation(live), at);
        });
  }

  private SortedMap<Instant, List<Deployment>> byInstant() {
    return deployments.stream()
        .filter(d -> d.state() == Deployment.State.LIVE)
        .collect(Collectors.groupingBy(Deployment::at, TreeMap::new, Collectors.toList()));
  }

  private void next(Constellation live, Instant at) {
    if (!stretches.isEmpty()) {
      Stretch last = stretches.getLast();
      if (last.live().sameReleases(live)) {
        return; // recorded once more: nothing changed
      }
      stretches.set(stretches.size() - 1, new Stretch(last.live(), last.from(), Optional.of(at)));
    }
    stretches.add(new Stretch(live, at, Optional.empty()));
  }

  /// Oldest first, of every state.
  List<Deployment> deployments() {
    return deployments;
  }

  /// Oldest first.
  List<Stretch> stretches() {
    return List.copyOf(stretches);
  }

  Optional<Stretch> at(Instant at) {
    return stretches.reversed().stream().filter(s -> !s.from().isAfter(at)).findFirst();
  }

  /// The newest one that has this release.
  Optional<Stretch> newestWith(Release release) {
    return stretches.reversed().stream().filter(s -> has(s.live(), release)).findFirst();
  }

  static boolean has(Constellation live, Release release) {
    return live.on(release.component()).filter(release::is).isPresent();
  }

  /// The release with everything the ledger was ever told about it.
  Release known(Release release) {
    Origin told = origins.getOrDefault(Name.of(release), Origin.UNKNOWN);
    return new Release(
        release.component(), release.id(), told.or(release.origin()), release.since());
  }

  /// Whether anything was ever recorded on this component.
  boolean knows(String component) {
    return origins.keySet().stream().anyMatch(n -> n.component().equals(component));
  }

  /// Every release that was ever recorded on this component.
  List<Release> releases(String component) {
    return origins.entrySet().stream()
        .filter(e -> e.getKey().component().equals(component))
        .map(e -> new Release(component, e.getKey().id(), e.getValue(), Optional.empty()))
        .sorted(Comparator.comparing(Release::id))
        .toList();
  }
}
