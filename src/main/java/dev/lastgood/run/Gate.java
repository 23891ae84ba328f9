package dev.lastgood.run;

import dev.lastgood.run.RunEvent.Approved;
import dev.lastgood.run.RunEvent.Proposed;
import java.time.Instant;
import java.util.List;

/// Whether enough people have said yes for a run to begin. Pure; the policy is behind it.
public interface Gate {
  Answer open(Proposed proposed, Instant proposedAt, List<Approved> approved, Instant now);

  sealed interface Answer {
    String says();

    record Open(String says) implements Answer {}

    /// @param says what is wanted
    /// @param until nobody waits longer than this; then the run is abandoned
    record Shut(String says, Instant until) implements Answer {}
  }
}
