package dev.lastgood.provider.github;

import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.http.Api;
import dev.lastgood.provider.http.Ask;
import dev.lastgood.provider.http.Reply;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The requests to GitHub about one workflow of one repository.
final class GithubApi {
  private static final int PAGE = 50;

  private final Api api;
  private final String owner;
  private final String name;
  private final String workflow;
  private final String branch;
  private final String input;
  private final int depth;

  GithubApi(Api api, String owner, String name, GithubActionsSettings settings, int depth) {
    this.api = api;
    this.owner = owner;
    this.name = name;
    this.workflow = settings.workflow();
    this.branch = settings.branch().orElse("main");
    this.input = settings.commitInput().orElse("");
    this.depth = depth;
  }

  String repository() {
    return owner + "/" + name;
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
    return Ask.path("repos", owner, name, "actions") + Ask.path(more);
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
          api.json(
                  checked(
                      api.read(
                          Ask.get(actions("workflows", workflow, "runs"))
                              .with("branch", branch)
                              .with("per_page", "" + PAGE)
                              .with("page", "" + page))))
              .path("workflow_runs");
      if (!runs.isArray()) {
        throw api.strange("there are no workflow_runs in it");
      }
      for (JsonNode one : runs) {
        all.add(
            Run.of(one)
                .orElseThrow(
                    () -> api.strange("a run without id, head_sha, status or created_at")));
      }
      if (runs.size() < PAGE) {
        break;
      }
    }
    all.sort(Comparator.comparingLong(Run::number).reversed());
    return List.copyOf(all);
  }

  /// @return empty when GitHub says that there is none
  Optional<Run> run(String id) throws PlatformUnreachable {
    Reply reply = checked(api.read(Ask.get(actions("runs", id))));
    if (reply instanceof Reply.Answered no && no.status() == 404) {
      return Optional.empty();
    }
    return Optional.of(Run.of(api.json(reply)).orElseThrow(() -> api.strange("the run has no id")));
  }

  /// `active`, `disabled_manually`, `disabled_inactivity`.
  String state() throws PlatformUnreachable {
    String state =
        api.json(checked(api.read(Ask.get(actions("workflows", workflow)))))
            .path("state")
            .asString("");
    if (state.isEmpty()) {
      throw api.strange("the workflow has no state");
    }
    return state;
  }

  /// A limit without a number comes as 403, and says when to come back.
  private static Reply checked(Reply reply) throws PlatformUnreachable {
    Optional<String> limit = limited(reply);
    if (limit.isPresent()) {
      throw new PlatformUnreachable(limit.get());
    }
    return reply;
  }

  private static Optional<String> limited(Reply reply) {
    if (!(reply instanceof Reply.Answered a) || a.status() != 403) {
      return Optional.empty();
    }
    Optional<String> after = a.header().apply("Retry-After");
    boolean empty = a.header().apply("X-RateLimit-Remaining").filter("0"::equals).isPresent();
    return after.isPresent() || empty
        ? Optional.of(
            "GitHub: too many requests with this token, nothing was done"
                + after.map(s -> ": wait " + s + " s").orElse(": wait until the hour is over"))
        : Optional.empty();
  }

  // ---- changing

  Outcome again(String run) {
    return outcome(api.change(Ask.send("POST", actions("runs", run, "rerun"), Map.of())));
  }

  Outcome dispatch(String commit) {
    return outcome(
        api.change(
            Ask.send(
                "POST",
                actions("workflows", workflow, "dispatches"),
                Map.of("ref", branch, "inputs", Map.of(input, commit)))));
  }

  /// @param on `enable` or `disable`
  Outcome turn(String on) {
    return outcome(api.change(Ask.send("PUT", actions("workflows", workflow, on), Map.of())));
  }

  private static Outcome outcome(Reply reply) {
    Optional<String> limit = limited(reply);
    if (limit.isPresent()) {
      return new Outcome.Refused(limit.get());
    }
    return reply instanceof Reply.Answered a && a.ok()
        ? new Outcome.Done("accepted (" + a.status() + ")")
        : Api.failure(reply);
  }
}
