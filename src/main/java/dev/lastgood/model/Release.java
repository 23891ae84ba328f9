package dev.lastgood.model;

import java.time.Instant;
import java.util.Optional;

/// One immutable thing that was or is live on a component.
///
/// @param id what the platform calls it for ever: a directory name, a deployment id, a digest
/// @param since when it went live, as far as anybody knows
public record Release(String component, String id, Origin origin, Optional<Instant> since) {
  public Release {
    Text.require(component, "component");
    Text.require(id, "release id");
  }

  public static Release of(String component, String id) {
    return new Release(component, id, Origin.UNKNOWN, Optional.empty());
  }

  /// The version it should report when it runs: the recorded one, else its id.
  public String expectedVersion() {
    return origin.version().orElse(id);
  }

  /// `backend v41`, with the version when it differs from the id.
  public String label() {
    return component
        + " "
        + id
        + origin.version().filter(v -> !v.equals(id)).map(v -> " (" + v + ")").orElse("");
  }

  public boolean is(Release other) {
    return component.equals(other.component) && id.equals(other.id);
  }
}
