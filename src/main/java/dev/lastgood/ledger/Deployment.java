package dev.lastgood.ledger;

import dev.lastgood.model.Actor;
import dev.lastgood.model.Release;
import java.time.Instant;

/// A release was made live, or was tried.
///
/// @param at when it went live
/// @param by who says so: a person, a deploy script, or Lastgood itself when it discovered or
///   rolled back
/// @param source `record`, `discovered`, `snapshot` or `run RUN`
/// @param state whether the deploy itself worked
public record Deployment(Release release, Instant at, Actor by, String source, State state) {
  /// Recorded by whoever deployed it. Only this says that the deploy itself went well.
  public static final String RECORD = "record";

  /// Found live by looking.
  public static final String DISCOVERED = "discovered";

  /// What was live when its platform kept it, and what is live since.
  public static final String SNAPSHOT = "snapshot";

  public enum State {
    LIVE,
    FAILED
  }
}
