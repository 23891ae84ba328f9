package dev.lastgood.model;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Which release of every component was live at the same time. Empty when nothing is known.
///
/// @param releases by component name
public record Constellation(SortedMap<String, Release> releases) {
  public static final Constellation EMPTY = new Constellation(new TreeMap<>());

  public Constellation {
    releases = Collections.unmodifiableSortedMap(new TreeMap<>(releases));
  }

  public static Constellation of(Release... all) {
    return new Constellation(
        List.of(all).stream()
            .collect(Collectors.toMap(Release::component, r -> r, (_, b) -> b, TreeMap::new)));
  }

  public Optional<Release> on(String component) {
    return Optional.ofNullable(releases.get(component));
  }

  public Constellation with(Release release) {
    var next = new TreeMap<>(releases);
    next.put(release.component(), release);
    return new Constellation(next);
  }

  /// Same release ids on the same components; what is known about them may differ.
  public boolean sameReleases(Constellation other) {
    return ids().equals(other.ids());
  }

  public Map<String, String> ids() {
    var ids = new TreeMap<String, String>();
    releases.forEach((component, release) -> ids.put(component, release.id()));
    return ids;
  }
}
