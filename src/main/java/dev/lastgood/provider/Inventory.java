package dev.lastgood.provider;

import dev.lastgood.model.Release;
import java.util.List;
import java.util.Optional;

/// What a platform has for one component.
///
/// @param live what serves now, as observed; empty when nothing does or it is none of the releases
/// @param releases what could be switched to, newest first, the live one included
/// @param excluded what looks like a release and cannot be one, with the reason
/// @param notes what a person should know: "current is a directory, not a link"
public record Inventory(
    Optional<Release> live, List<Release> releases, List<Excluded> excluded, List<String> notes) {
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
}
