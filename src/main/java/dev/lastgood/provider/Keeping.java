package dev.lastgood.provider;

import java.util.List;

/// A platform whose live release is gone when the next deploy writes over it, unless it was kept: a
/// configuration file. Kept when people or deploy scripts say what is live.
public interface Keeping {
  /// Keeps what is live, so that one can come back to it. Changes nothing of it; safe to repeat.
  ///
  /// @return ids of what was not kept before; empty when all of it was, or nothing is live
  /// @throws PlatformUnreachable if it cannot be read or kept
  List<String> keep() throws PlatformUnreachable;
}
