package dev.lastgood.provider;

import java.util.List;
import java.util.Set;

/// A platform whose old releases take room, and are removed by Lastgood when the settings say how
/// many to keep.
public interface Retention {
  /// Removes what is beyond the configured number, never the live release and never one of `keep`.
  ///
  /// @param keep ids that stay whatever their age: the last known good ones, the failed ones under
  ///   inquiry
  /// @return ids that were removed; empty when no number is configured
  /// @throws PlatformUnreachable if it cannot be listed or removed
  List<String> prune(Set<String> keep) throws PlatformUnreachable;
}
