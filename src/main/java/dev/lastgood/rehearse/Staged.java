package dev.lastgood.rehearse;

import dev.lastgood.rehearsal.PlayedApi;
import java.util.List;
import java.util.Optional;

/// One component on the stage, its good release live.
///
/// @param settings the configured ones, led to the stage
/// @param api the played platform; empty where files were made up instead
/// @param breaks makes the release live that must be rolled back
/// @param unproven what this stage does not show of the platform, in words
record Staged<S extends Record>(
    S settings, Optional<PlayedApi> api, Breaks breaks, List<String> unproven) {
  Staged {
    unproven = List.copyOf(unproven);
  }

  /// A failing deploy.
  interface Breaks {
    void happen() throws java.io.IOException;
  }
}
