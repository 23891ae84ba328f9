package dev.lastgood.provider;

import dev.lastgood.model.Release;
import java.util.List;

/// A platform whose live state can be kept as it is now, before something changes it: a database
/// before a deploy.
public interface Snapshotting {
  /// Keeps what is live as a release that one can come back to, while users go on working. What is
  /// live afterwards is another release: the same content, about to change.
  ///
  /// @throws PlatformUnreachable if it could not be taken; then nothing is left of it
  Taken snapshot() throws PlatformUnreachable;

  /// @param kept what was taken
  /// @param live what is live from now on
  /// @param notes what a person should know about it
  record Taken(Release kept, Release live, List<String> notes) {
    public Taken {
      notes = List.copyOf(notes);
    }
  }
}
