package dev.lastgood.provider;

import dev.lastgood.model.Release;
import java.util.List;

/// A place where one component lives. `PlatformContract` says, as tests, what each adapter must do.
public interface Platform {
  /// What is live and what could be. Changes nothing.
  ///
  /// @throws PlatformUnreachable if no usable answer came in time
  Inventory inventory() throws PlatformUnreachable;

  /// The ways from one release to another, best first; never empty unless it cannot be done at all.
  /// Changes nothing. Called with `from` and `to` exchanged it gives the way back (undo).
  ///
  /// @throws PlatformUnreachable if no usable answer came in time
  List<Method> methods(Release from, Release to) throws PlatformUnreachable;

  /// Does the goal of the act hold? Changes nothing, throws nothing, answers within a few seconds.
  Sight look(Act act);

  /// Does it. Safe to repeat: when the goal holds already, nothing more changes. Throws nothing.
  ///
  /// @param key the same for every attempt of the same step of the same run; for platforms that
  ///   know idempotency keys, and to find again what a crashed attempt started
  Outcome act(Act act, String key);
}
