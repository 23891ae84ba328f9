package dev.lastgood.ledger;

import dev.lastgood.model.Release;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Where one component can go, as its platform says now.
///
/// @param releases what could be switched to, newest first
/// @param fingerprints digest of the content, by release id, where the platform can tell
/// @param excluded why something that looks like a release is never a target, by id
/// @param unreachable why the platform could not be asked
public record Reach(
    List<Release> releases,
    SortedMap<String, String> fingerprints,
    SortedMap<String, String> excluded,
    Optional<String> unreachable) {
  public Reach {
    releases = List.copyOf(releases);
    fingerprints = Collections.unmodifiableSortedMap(new TreeMap<>(fingerprints));
    excluded = Collections.unmodifiableSortedMap(new TreeMap<>(excluded));
  }

  public static Reach of(
      List<Release> releases, Map<String, String> fingerprints, Map<String, String> excluded) {
    return new Reach(
        releases, new TreeMap<>(fingerprints), new TreeMap<>(excluded), Optional.empty());
  }

  public static Reach of(List<Release> releases) {
    return of(releases, Map.of(), Map.of());
  }

  /// The platform did not answer.
  public static Reach none(String why) {
    return new Reach(List.of(), new TreeMap<>(), new TreeMap<>(), Optional.of(why));
  }

  Optional<Release> find(String id) {
    return releases.stream().filter(r -> r.id().equals(id)).findFirst();
  }

  Optional<String> fingerprint(String id) {
    return Optional.ofNullable(fingerprints.get(id));
  }
}
