package dev.lastgood.plan;

import dev.lastgood.model.Scope;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Method;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Everything the planner is told. It looks nothing up.
///
/// @param purpose `rollback` or `undo`
/// @param reason why, in the words of the decision or the person
/// @param target what the target is, in words
/// @param routes one for each component that moves, in any order
/// @param closings where users are kept away while things move
/// @param purges what a CDN keeps of components, thrown away after those have moved
/// @param systemChecks checks that belong to no component and must be healthy afterwards
/// @param watchChecks what the watch looks at
/// @param audiences who is told; empty: nobody
/// @param within the clock of the decision
public record PlanRequest(
    Scope scope,
    String purpose,
    String reason,
    String target,
    List<Route> routes,
    List<Closing> closings,
    List<Act> purges,
    List<String> systemChecks,
    List<String> watchChecks,
    List<String> audiences,
    Aftercare aftercare,
    Optional<Duration> within,
    List<String> losses,
    List<String> warnings,
    History history) {
  public PlanRequest {
    routes = List.copyOf(routes);
    closings = List.copyOf(closings);
    purges = List.copyOf(purges);
    systemChecks = List.copyOf(systemChecks);
    watchChecks = List.copyOf(watchChecks);
    audiences = List.copyOf(audiences);
    losses = List.copyOf(losses);
    warnings = List.copyOf(warnings);
  }

  /// One component's part.
  ///
  /// @param needs components that must be done before this one begins, if they are in the plan
  /// @param methods ways from `change.from` to `change.to`, best first; never empty
  /// @param wayBack ways from `to` to `from`
  /// @param checks names of the checks that prove this component
  /// @param capturable whether the failed release can show logs and configuration
  public record Route(
      Change change,
      List<String> needs,
      List<Method> methods,
      List<Method> wayBack,
      List<String> checks,
      boolean capturable) {
    public Route {
      needs = List.copyOf(needs);
      methods = List.copyOf(methods);
      wayBack = List.copyOf(wayBack);
      checks = List.copyOf(checks);
      if (methods.isEmpty()) {
        throw new IllegalArgumentException(change.component() + ": no method");
      }
    }
  }

  /// @param hold how long the releases that were left are held
  /// @param watch how long to look on afterwards; zero: no watch
  /// @param every how often
  /// @param passes how often in a row the checks must be healthy
  /// @param patience how long they may take to get there
  public record Aftercare(
      Duration hold, Duration watch, Duration every, int passes, Duration patience) {}

  /// How long things took before, on this system.
  public interface History {
    /// Median duration of a step of this kind; empty when it never ran here.
    Optional<Duration> median(String component, String verb);

    History NONE = (_, _) -> Optional.empty();
  }
}
