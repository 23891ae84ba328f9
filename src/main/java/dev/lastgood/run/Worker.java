package dev.lastgood.run;

import dev.lastgood.plan.Step;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Sight;

/// Hands for steps: looks at the goal of one and does it. `flow` joins platforms and evidence
/// behind it. Neither throws for anything the world does; an interrupt ends a look or a wait early.
public interface Worker {
  /// Does the goal of the step hold now?
  Sight look(RunId run, Step step);

  /// Does it.
  ///
  /// @param key the same for every attempt of this step in this run
  Outcome act(RunId run, Step step, String key);
}
