package dev.lastgood.provider.local;

import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import java.util.Optional;

/// Moves the traffic of one upstream to an address.
public interface Proxy {
  /// `host:port` that gets the traffic now, as the running proxy says itself; empty when it says
  /// none.
  ///
  /// @throws PlatformUnreachable if neither the proxy nor its file can be read
  Optional<String> target() throws PlatformUnreachable;

  /// Routes everything new there: written atomically, tested, loaded, read back; the old state is
  /// restored when the test fails. Safe to repeat. Throws nothing.
  Outcome route(String hostPort);

  /// What a person would type.
  String byHand(String hostPort);
}
