package dev.lastgood.provider;

import dev.lastgood.model.Release;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// What a platform has for one component.
///
/// @param live what serves now, as observed; empty when nothing does or it is none of the releases
/// @param releases what could be switched to, newest first, the live one included
/// @param excluded what looks like a release and cannot be one, with the reason
/// @param notes what a person should know: "current is a directory, not a link"
public record Inventory(
    Optional<Release> live, List<Release> releases, List<Excluded> excluded, List<String> notes) {
  private static final int SHOWN = 20;

  /// @param reason why it is never a target: "copy of v2, which failed"
  public record Excluded(String id, String reason) {}

  public Inventory {
    releases = List.copyOf(releases);
    excluded = List.copyOf(excluded);
    notes = List.copyOf(notes);
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
