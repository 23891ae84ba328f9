package dev.lastgood.provider.ecs;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// A service as it stands now.
///
/// @param status `ACTIVE`, `DRAINING`, `INACTIVE`
/// @param controller who deploys it: `ECS`, `CODE_DEPLOY`, `EXTERNAL`
/// @param breaker whether the circuit breaker is on and goes back by itself
/// @param minimumHealthy how many percent of the tasks stay up in a deployment
/// @param rollouts what runs and what comes; the primary one is where ECS is going
/// @param revisions ARNs of the service revisions that run now
/// @param events what ECS told, newest first
record Standing(
    String status,
    String controller,
    boolean breaker,
    int minimumHealthy,
    List<Rollout> rollouts,
    List<String> revisions,
    List<String> events) {
  /// @param task its task definition, as `family:revision`
  /// @param state `IN_PROGRESS`, `COMPLETED`, `FAILED`; empty where ECS does not tell
  record Rollout(
      boolean primary,
      String task,
      int desired,
      int running,
      int failed,
      String state,
      String why) {
    boolean settled() {
      return (state.isEmpty() || state.equals("COMPLETED")) && running == desired;
    }

    String words() {
      return task
          + " is "
          + (state.isEmpty() ? (settled() ? "steady" : "not steady") : state)
          + ", "
          + running
          + " of "
          + desired
          + " tasks run"
          + (failed > 0 ? ", " + failed + " failed to start" : "");
    }
  }

  Optional<Rollout> primary() {
    return rollouts.stream().filter(Rollout::primary).findFirst();
  }

  /// Only the primary one is left, and it has what it wants.
  boolean steady() {
    return rollouts.size() == 1 && primary().filter(Rollout::settled).isPresent();
  }

  /// "web:3 is COMPLETED, 2 of 2 tasks run; web:2 still has 1".
  String words() {
    return primary().map(Rollout::words).orElse("no deployment is the primary one")
        + rollouts.stream()
            .filter(r -> !r.primary())
            .map(r -> "; " + r.task() + " still has " + r.running())
            .collect(Collectors.joining());
  }
}
