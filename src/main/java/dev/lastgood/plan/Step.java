package dev.lastgood.plan;

import dev.lastgood.model.Text;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// One step of a plan.
///
/// @param id unique in the plan and stable: `roll-back/backend/2-route`
/// @param way set when the step belongs to one of several ways of a component
/// @param needs ids of steps, or `way:COMPONENT` for "whichever way of that component was taken is
///   done"
/// @param says one line for people, in the imperative: "stop backend v2"
/// @param byHand what a person would type if Lastgood were down; empty when there is nothing to
///   type
/// @param expected usual duration, from history or the platform's default
/// @param deadline after this it is given up as unknown
/// @param retry how often an attempt that was refused as transient is made again
/// @param required when it fails: true stops what needs it and asks a person; false is noted and
///   passed over
public record Step(
    String id,
    Phase phase,
    Work work,
    Optional<Way> way,
    List<String> needs,
    String says,
    String byHand,
    Duration expected,
    Duration deadline,
    boolean required) {
  public Step {
    Text.require(id, "step id");
    needs = List.copyOf(needs);
  }
}
