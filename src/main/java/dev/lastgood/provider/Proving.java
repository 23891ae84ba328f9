package dev.lastgood.provider;

import java.util.List;

/// A platform that keeps something ready for a way back, at a price, until the state after it has
/// been proven.
public interface Proving {
  /// Lets go of what was kept for going back behind a release that is good.
  ///
  /// @return what was let go, one line each
  /// @throws PlatformUnreachable if it could not be
  List<String> proven(String release) throws PlatformUnreachable;
}
