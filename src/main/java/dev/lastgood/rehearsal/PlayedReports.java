package dev.lastgood.rehearsal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What others report to a played GitHub of a commit: deployments, check runs, statuses.
final class PlayedReports {
  private static final String REPOSITORY = "/repos/[^/]+/[^/]+";

  private final List<Deployment> deployments = new ArrayList<>();
  private final List<Check> checks = new ArrayList<>();
  private final Map<String, Map<String, String>> statuses = new TreeMap<>();

  private record Deployment(String sha, String environment, List<String> states) {}

  private record Check(String sha, String name, String status, String conclusion) {}

  /// @param states oldest first
  void deployment(String sha, String environment, List<String> states) {
    deployments.add(new Deployment(sha, environment, List.copyOf(states)));
  }

  /// @param conclusion empty: it is not over
  void check(String sha, String name, String conclusion) {
    checks.add(
        new Check(sha, name, conclusion.isEmpty() ? "in_progress" : "completed", conclusion));
  }

  void status(String sha, String context, String state) {
    statuses.computeIfAbsent(sha, _ -> new TreeMap<>()).put(context, state);
  }

  /// @return empty when it is about something else
  Optional<Told> answer(Asked asked) {
    if (asked.is("GET", REPOSITORY + "/deployments")) {
      return Optional.of(deployments(asked));
    }
    if (asked.is("GET", REPOSITORY + "/deployments/[0-9]+/statuses")) {
      int at = Integer.parseInt(asked.part(4)) - 1;
      return Optional.of(
          Told.json(
              200,
              deployments.get(at).states().reversed().stream()
                  .map(s -> Map.of("state", s))
                  .toList()));
    }
    if (asked.is("GET", REPOSITORY + "/commits/[^/]+/check-runs")) {
      return Optional.of(checks(asked));
    }
    if (asked.is("GET", REPOSITORY + "/commits/[^/]+/status")) {
      Map<String, String> of = statuses.getOrDefault(asked.part(4), Map.of());
      return Optional.of(
          Told.json(
              200,
              Map.of(
                  "statuses",
                  of.entrySet().stream()
                      .map(e -> Map.of("context", e.getKey(), "state", e.getValue()))
                      .toList())));
    }
    return Optional.empty();
  }

  private Told deployments(Asked asked) {
    List<Map<String, ?>> found = new ArrayList<>();
    for (int i = deployments.size(); i > 0; i--) {
      Deployment one = deployments.get(i - 1);
      if (one.sha().equals(asked.query().get("sha"))
          && one.environment().equals(asked.query().get("environment"))) {
        found.add(Map.of("id", i, "sha", one.sha(), "environment", one.environment()));
      }
    }
    return Told.json(200, found);
  }

  private Told checks(Asked asked) {
    List<Map<String, ?>> found = new ArrayList<>();
    for (int i = checks.size(); i > 0; i--) {
      Check one = checks.get(i - 1);
      if (one.sha().equals(asked.part(4)) && one.name().equals(asked.query().get("check_name"))) {
        var json = new TreeMap<String, Object>();
        json.put("id", i);
        json.put("status", one.status());
        if (!one.conclusion().isEmpty()) {
          json.put("conclusion", one.conclusion());
        }
        found.add(json);
      }
    }
    return Told.json(200, Map.of("check_runs", found));
  }
}
