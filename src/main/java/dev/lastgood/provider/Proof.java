package dev.lastgood.provider;

import dev.lastgood.model.Text;
import java.time.Duration;
import java.util.Optional;

/// A demand of an adapter: before the next act, this address of the component must pass the
/// component's checks and report the version. So the destination is proven before traffic moves.
///
/// @param address base URL to prove instead of the public one, e.g. `http://127.0.0.1:8082`; empty:
///   the public one
/// @param version what it must report, where the checks read a version
public record Proof(
    String component, String says, Optional<String> address, String version, Duration deadline)
    implements Leg {
  public Proof {
    Text.require(component, "component");
  }
}
