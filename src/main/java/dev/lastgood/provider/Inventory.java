package dev.lastgood.provider;

import dev.lastgood.model.Release;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a platform has for one component.
///
/// @param live what serves now, as observed; empty when nothing does or it is none of the releases
/// @param releases what could be switched to, newest first, the live one included
/// @param excluded what looks like a release and cannot be one, with the reason
/// @param notes what a person should know: "current is a directory, not a link"
/// @param towards what only those should know who go to that release, by its id
public record Inventory(
    Optional<Release> live,
    List<Release> releases,
    List<Excluded> excluded,
    List<String> notes,
    Map<String, String> towards) {
  private static final int SHOWN = 20;

  /// @param reason why it is never a target: "copy of v2, which failed"
  public record Excluded(String id, String reason) {}

  public Inventory {
    releases = List.copyOf(releases);
    excluded = List.copyOf(excluded);
    notes = List.copyOf(notes);
    towards = Collections.unmodifiableMap(new LinkedHashMap<>(towards));
  }

  public Inventory(
      Optional<Release> live, List<Release> releases, List<Excluded> excluded, List<String> notes) {
    this(live, releases, excluded, notes, Map.of());
  }

  /// All that a person should know, wherever they go.
  public List<String> remarks() {
    return Stream.concat(notes.stream(), towards.values().stream()).toList();
  }

  /// What those should know who go to a release.
  public List<String> remarks(Release to) {
    return Stream.concat(notes.stream(), Optional.ofNullable(towards.get(to.id())).stream())
        .toList();
  }

  public Optional<Release> find(String id) {
    return releases.stream().filter(r -> r.id().equals(id)).findFirst();
  }

  /// The release of that id.
  ///
  /// @throws PlatformUnreachable if there is none; names those there are
  public Release known(Release wanted) throws PlatformUnreachable {
    return find(wanted.id())
        .orElseThrow(() ->
            new PlatformUnreachable(
                wanted.component()
                    + ": there is no release "
                    + wanted.id()
                    + ". Releases: "
                    + (releases.isEmpty()
                        ? "none"
                        : releases.stream()
                            .map(Release::id)
                            .limit(SHOWN)
                            .collect(Collectors.joining(", ")))));
  }

  /// Whether one was made after the other, as far as both are known.
  public boolean newer(Release one, Release other) {
    List<String> ids = releases.stream().map(Release::id).toList();
    int here = ids.indexOf(one.id());
    return here >= 0 && here < ids.indexOf(other.id());
  }
}
