package dev.lastgood.provider.github;

import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.forge.Github;
import dev.lastgood.provider.forge.Run;
import dev.lastgood.provider.http.Ask;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The requests to GitHub about one workflow of one repository.
final class GithubApi {
  private static final int PAGE = 50;

  private final Github github;
  private final String workflow;
  private final String branch;
  private final String input;
  private final int depth;

  GithubApi(Github github, GithubActionsSettings settings, int depth) {
    this.github = github;
    this.workflow = settings.workflow();
    this.branch = settings.branch().orElse("main");
    this.input = settings.commitInput().orElse("");
    this.depth = depth;
  }

  String repository() {
    return github.repository();
  }

  String workflow() {
    return workflow;
  }

  String branch() {
    return branch;
  }

  /// The input that takes a commit; blank: there is none.
  String input() {
    return input;
  }

  private String actions(String... more) {
    return github.path("actions") + Ask.path(more);
  }

  // ---- reading

  /// The runs on the branch.
  ///
  /// @return by number, newest first
  List<Run> runs() throws PlatformUnreachable {
    List<Run> all = new ArrayList<>();
    int before = -1;
    for (int page = 1; all.size() < depth && all.size() != before; page++) {
      before = all.size();
      JsonNode runs =
          github
              .json(
                  Ask.get(actions("workflows", workflow, "runs"))
                      .with("branch", branch)
                      .with("per_page", "" + PAGE)
                      .with("page", "" + page))
              .path("workflow_runs");
      if (!runs.isArray()) {
        throw github.strange("there are no workflow_runs in it");
      }
      for (JsonNode one : runs) {
        all.add(
            Run.of(one)
                .orElseThrow(
                    () -> github.strange("a run without id, head_sha, status or created_at")));
      }
      if (runs.size() < PAGE) {
        break;
      }
    }
    all.sort(Comparator.comparingLong(Run::number).reversed());
    return Run.byContent(all);
  }

  /// @return empty when GitHub says that there is none
  Optional<Run> run(String id) throws PlatformUnreachable {
    Optional<JsonNode> found = github.find(Ask.get(actions("runs", id)));
    return found.isEmpty()
        ? Optional.empty()
        : Optional.of(Run.of(found.get()).orElseThrow(() -> github.strange("the run has no id")));
  }

  /// `active`, `disabled_manually`, `disabled_inactivity`.
  String state() throws PlatformUnreachable {
    String state = github.json(Ask.get(actions("workflows", workflow))).path("state").asString("");
    if (state.isEmpty()) {
      throw github.strange("the workflow has no state");
    }
    return state;
  }

  // ---- changing

  Outcome again(String run) {
    return github.change(Ask.send("POST", actions("runs", run, "rerun"), Map.of()));
  }

  Outcome dispatch(String commit) {
    return github.change(
        Ask.send(
            "POST",
            actions("workflows", workflow, "dispatches"),
            Map.of("ref", branch, "inputs", Map.of(input, commit))));
  }

  /// @param on `enable` or `disable`
  Outcome turn(String on) {
    return github.change(Ask.send("PUT", actions("workflows", workflow, on), Map.of()));
  }
}
