package dev.lastgood.rehearse;

import dev.lastgood.rehearsal.PlayedApi;
import java.util.List;
import java.util.Optional;

/// One component on the stage, its good release live.
///
/// @param settings the configured ones, led to the stage
/// @param api the played platform; empty where files were made up instead
/// @param breaks makes the release live that must be rolled back
/// @param goal the release to go back to, where that is not the one that is live in the beginning:
///   a backup
/// @param unproven what this stage does not show of the platform, in words
record Staged<S extends Record>(
    S settings,
    Optional<PlayedApi> api,
    Breaks breaks,
    Optional<String> goal,
    List<String> unproven) {
  Staged {
    unproven = List.copyOf(unproven);
  }

  Staged(S settings, Optional<PlayedApi> api, Breaks breaks, List<String> unproven) {
    this(settings, api, breaks, Optional.empty(), unproven);
  }

  /// A failing deploy.
  interface Breaks {
    void happen() throws java.io.IOException;
  }
}
