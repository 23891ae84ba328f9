package dev.lastgood.provider.forge;

import dev.lastgood.model.Text;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.http.Ask;
import java.time.Duration;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/// The deploy of one commit as GitHub knows it.
final class GithubDeploys implements Deploys {
  private static final Duration APPEARS = Duration.ofMinutes(5);
  private static final Duration TAKES = Duration.ofMinutes(30);

  private final Github github;
  private final DeploySettings settings;

  GithubDeploys(Github github, DeploySettings settings) {
    this.github = github;
    this.settings = settings;
  }

  @Override
  public String name() {
    return switch (settings) {
      case DeploySettings.WorkflowDeploySettings w -> w.workflow();
      case DeploySettings.EnvironmentDeploySettings e -> "the deployment to " + e.environment();
      case DeploySettings.CheckDeploySettings c -> "the check " + c.check();
    };
  }

  @Override
  public Duration appears() {
    return settings.appears().orElse(APPEARS);
  }

  @Override
  public Duration takes() {
    return settings.takes().orElse(TAKES);
  }

  @Override
  public String byHand() {
    String repository = Text.shellWord(github.repository());
    return switch (settings) {
      case DeploySettings.WorkflowDeploySettings w ->
          "gh run list --repo " + repository + " --workflow " + Text.shellWord(w.workflow());
      case DeploySettings.EnvironmentDeploySettings e ->
          "gh api "
              + Text.shellWord(
                  "repos/" + github.repository() + "/deployments?environment=" + e.environment());
      case DeploySettings.CheckDeploySettings _ ->
          "gh api " + Text.shellWord("repos/" + github.repository() + "/commits/HEAD/check-runs");
    };
  }

  @Override
  public Seen of(String commit, String branch) throws PlatformUnreachable {
    return switch (settings) {
      case DeploySettings.WorkflowDeploySettings w -> run(w.workflow(), commit, branch);
      case DeploySettings.EnvironmentDeploySettings e -> deployment(e.environment(), commit);
      case DeploySettings.CheckDeploySettings c -> check(c.check(), commit);
    };
  }

  private Seen.None none(String commit) {
    return new Seen.None(name() + ": nothing of " + Standing.cut(commit) + " has shown up");
  }

  // ---- a run

  private Seen run(String workflow, String commit, String branch) throws PlatformUnreachable {
    JsonNode runs =
        list(
            Ask.get(github.path("actions", "workflows", workflow, "runs"))
                .with("head_sha", commit)
                .with("branch", branch),
            "workflow_runs");
    Optional<Run> newest = Optional.empty();
    for (JsonNode one : runs) {
      Run run = Run.of(one).orElseThrow(() -> github.strange("a run without id or head_sha"));
      if (run.sha().equals(commit) && newest.filter(r -> r.number() > run.number()).isEmpty()) {
        newest = Optional.of(run);
      }
    }
    return newest.map(this::seen).orElseGet(() -> none(commit));
  }

  private Seen seen(Run run) {
    String words = name() + ", " + run.words() + " of " + Standing.cut(run.sha());
    if (!run.over()) {
      return new Seen.Going(
          run.status().equals("waiting") ? words + ": somebody must approve it" : words);
    }
    return run.successful()
        ? new Seen.Good(words)
        : new Seen.Bad(
            words
                + ": see `gh run view "
                + run.id()
                + " --repo "
                + github.repository()
                + " --log-failed`");
  }

  // ---- a deployment

  private Seen deployment(String environment, String commit) throws PlatformUnreachable {
    JsonNode all =
        github.json(
            Ask.get(github.path("deployments"))
                .with("sha", commit)
                .with("environment", environment));
    Optional<Long> newest = newest(all, "deployments");
    if (newest.isEmpty()) {
      return none(commit);
    }
    JsonNode statuses =
        github.json(Ask.get(github.path("deployments", "" + newest.get(), "statuses")));
    if (!statuses.isArray()) {
      throw github.strange("the statuses are no list");
    }
    // Newest first; before the first one it is queued.
    String state = statuses.path(0).path("state").asString("queued");
    String words =
        "deployment "
            + newest.get()
            + " of "
            + Standing.cut(commit)
            + " to "
            + environment
            + " ("
            + Text.plain(state)
            + ")";
    return switch (state) {
      case "success" -> new Seen.Good(words);
      case "queued", "pending", "in_progress" -> new Seen.Going(words);
      case "waiting" -> new Seen.Going(words + ": somebody must approve it");
      case "inactive" -> new Seen.Bad(words + ": another one took its place");
      case "failure", "error" -> new Seen.Bad(words);
      default -> throw github.strange("the state " + Text.plain(state) + " of a deployment");
    };
  }

  private Optional<Long> newest(JsonNode all, String what) throws PlatformUnreachable {
    if (!all.isArray()) {
      throw github.strange("the " + what + " are no list");
    }
    return StreamSupport.stream(all.spliterator(), false)
        .map(d -> d.path("id").asLong(0))
        .max(Comparator.naturalOrder());
  }

  // ---- a check or a status

  private Seen check(String name, String commit) throws PlatformUnreachable {
    JsonNode checks =
        list(
            Ask.get(github.path("commits", commit, "check-runs")).with("check_name", name),
            "check_runs");
    Optional<Long> newest = newest(checks, "check runs");
    for (JsonNode check : checks) {
      if (newest.equals(Optional.of(check.path("id").asLong(0)))) {
        String end = check.path("conclusion").asString("");
        boolean over = check.path("status").asString("").equals("completed");
        return judged(
            name, commit, over ? end : "", over ? end : check.path("status").asString(""));
      }
    }
    for (JsonNode status : list(Ask.get(github.path("commits", commit, "status")), "statuses")) {
      if (status.path("context").asString("").equals(name)) {
        String state = status.path("state").asString("");
        return judged(name, commit, state.equals("pending") ? "" : state, state);
      }
    }
    return none(commit);
  }

  /// @param end how it ended; empty: it did not
  private static Seen judged(String name, String commit, String end, String said) {
    String words =
        "the check "
            + name
            + " of "
            + Standing.cut(commit)
            + " ("
            + Text.plain(said).toLowerCase(Locale.ROOT)
            + ")";
    if (end.isEmpty()) {
      return new Seen.Going(words);
    }
    return end.equals("success") ? new Seen.Good(words) : new Seen.Bad(words);
  }

  private JsonNode list(Ask ask, String key) throws PlatformUnreachable {
    JsonNode all = github.json(ask).path(key);
    if (!all.isArray()) {
      throw github.strange("there are no " + key + " in it");
    }
    return all;
  }
}
