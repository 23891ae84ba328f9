package dev.lastgood.rehearsal;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/// GitHub's REST API, as far as a rollback uses it: one workflow of one repository, its branches,
/// pull requests, and what is reported of its commits. A push to its branch sets off the workflow.
/// Made after GitHub's published description of the API, version 2022-11-28.
public final class PlayedGithub extends PlayedApi {
  private static final String ACTIONS = "/repos/[^/]+/[^/]+/actions";
  private static final String WORKFLOW = ACTIONS + "/workflows/[^/]+";

  private final String repository;
  private final String workflow;
  private final InstantSource clock;
  private final List<Run> runs = new ArrayList<>();
  private String state = "active";
  private String ending = "success";
  private final PlayedRepository commits;
  private final String branch;
  private final PlayedPulls pulls;
  private final PlayedBranches branches;
  private final PlayedReports reports = new PlayedReports();
  private Optional<String> head = Optional.empty();
  private boolean deaf;
  private int looks = 1;
  private int counter;
  private Instant newest = Instant.EPOCH;

  private static final class Run {
    final int number;
    final String sha;
    final String event;
    final String title;
    final Instant created;
    Instant started;
    String status;
    String conclusion;
    int attempt = 1;
    int looks;

    Run(int number, String sha, String event, String title, Instant created, String status) {
      this.number = number;
      this.sha = sha;
      this.event = event;
      this.title = title;
      this.created = created;
      this.started = created;
      this.status = status;
      this.conclusion = "";
    }

    @Override
    public String toString() {
      return number
          + "."
          + attempt
          + " "
          + event
          + " "
          + title
          + " "
          + sha
          + " "
          + status
          + " "
          + conclusion;
    }
  }

  /// With a repository in memory and the branch `main`.
  ///
  /// @param repository `owner/name`
  /// @param workflow its file
  public PlayedGithub(String token, String repository, String workflow, InstantSource clock)
      throws IOException {
    this(token, repository, workflow, clock, new PlayedCommits(), "main");
  }

  /// @param commits the repository behind it
  /// @param branch the one that deploys
  public PlayedGithub(
      String token,
      String repository,
      String workflow,
      InstantSource clock,
      PlayedRepository commits,
      String branch)
      throws IOException {
    super(token);
    this.repository = repository;
    this.workflow = workflow;
    this.clock = clock;
    this.commits = commits;
    this.branch = branch;
    this.pulls = new PlayedPulls(repository, commits, clock::instant);
    this.branches = new PlayedBranches(commits);
    this.head = commits.head(branch);
    open();
  }

  // ---- its state

  /// A push was deployed.
  public synchronized void deployed(String sha) {
    is(sha, "completed", "success");
  }

  /// A push whose run is at this, or ended like this.
  public synchronized void is(String sha, String status, String conclusion) {
    if (commits instanceof PlayedCommits memory) {
      memory.push(branch, sha, "Change");
    }
    Run run = begin(sha, "push", "Change " + sha.substring(0, 1), status);
    run.conclusion = conclusion;
    head = commits.head(branch);
  }

  /// From now on pushes set off nothing.
  public synchronized void deaf() {
    deaf = true;
  }

  /// A ruleset of the branch asks for pull requests with an approval of a code owner.
  public synchronized void asksForPullRequests() {
    branches.rules();
  }

  /// The older protection asks for pull requests.
  ///
  /// @param shown whether the token sees it
  public synchronized void protect(boolean shown) {
    branches.protect(shown);
  }

  /// Somebody merges each pull request as soon as it is open.
  ///
  /// @param manner `merge`, `squash`, `rebase`
  public synchronized void mergesAtOnce(String manner) {
    pulls.mergesAtOnce(manner);
  }

  /// Somebody merges it.
  public synchronized void merge(int pull, String manner) {
    pulls.merge(pull, manner);
  }

  /// Somebody closes it without merging.
  public synchronized void close(int pull) {
    pulls.close(pull);
  }

  /// An approval is missing for the next looks at a pull request.
  public synchronized void blocks(int looks) {
    pulls.blocks(looks);
  }

  /// What GitHub says of whether pull requests can be merged: `clean`, `dirty`, `behind`.
  public synchronized void mergeable(String state) {
    pulls.is(state);
  }

  public synchronized int pulls() {
    return pulls.count();
  }

  public synchronized String body(int pull) {
    return pulls.body(pull);
  }

  /// Somebody reports a deployment.
  ///
  /// @param states oldest first
  public synchronized void deployment(String sha, String environment, String... states) {
    reports.deployment(sha, environment, List.of(states));
  }

  /// Somebody reports a check run; an empty conclusion: it goes on.
  public synchronized void check(String sha, String name, String conclusion) {
    reports.check(sha, name, conclusion);
  }

  /// Somebody reports a commit status.
  public synchronized void status(String sha, String context, String state) {
    reports.status(sha, context, state);
  }

  /// The answer when the requests of the hour are used up.
  ///
  /// @param until when there are new ones
  public static Trap usedUp(Instant until) {
    return new Trap.Says(
        403,
        "{\"message\":\"API rate limit exceeded for user ID 1.\"}",
        new TreeMap<>(
            Map.of(
                "x-ratelimit-limit", "5000",
                "x-ratelimit-remaining", "0",
                "x-ratelimit-reset", "" + until.getEpochSecond())));
  }

  /// The answer when there were too many at once.
  public static Trap tooFast(int seconds) {
    return new Trap.Says(
        403,
        "{\"message\":\"You have exceeded a secondary rate limit\"}",
        new TreeMap<>(Map.of("Retry-After", "" + seconds)));
  }

  /// How the next runs end.
  public synchronized void ends(String conclusion) {
    ending = conclusion;
  }

  public synchronized void takes(int looks) {
    this.looks = looks;
  }

  public synchronized void delete(String sha) {
    runs.removeIf(r -> r.sha.equals(sha) || r.title.contains(sha));
    if (commits instanceof PlayedCommits memory) {
      memory.forget(sha);
    }
  }

  public synchronized String state() {
    return state;
  }

  public synchronized int runs() {
    return runs.size();
  }

  @Override
  public synchronized String snapshot() {
    return state + " " + runs + " " + pulls + " " + commits;
  }

  private Instant now() {
    Instant now = clock.instant();
    newest = now.isAfter(newest) ? now : newest.plusSeconds(1);
    return newest;
  }

  private Run begin(String sha, String event, String title, String status) {
    counter++;
    var run = new Run(counter, sha, event, title, now(), status);
    runs.add(run);
    return run;
  }

  private void start(Run run) {
    run.looks = looks;
    if (looks == 0) {
      run.status = "completed";
      run.conclusion = ending;
    }
  }

  /// A push to the branch, by whatever way it came.
  private void notice() {
    Optional<String> now = commits.head(branch);
    if (!now.equals(head) && !deaf && state.equals("active")) {
      String title = commits.message(now.orElse("")).lines().findFirst().orElse("");
      start(begin(now.orElse(""), "push", title, "queued"));
    }
    head = now;
  }

  private void step() {
    for (Run run : runs) {
      if (run.status.equals("queued") && run.looks > 0) {
        run.status = "in_progress";
      } else if (run.status.equals("in_progress") && run.looks > 0) {
        run.looks--;
        if (run.looks == 0) {
          run.status = "completed";
          run.conclusion = ending;
        }
      }
    }
  }

  // ---- its protocol

  @Override
  protected Object error(int status, String says) {
    return Map.of("message", says, "documentation_url", "https://docs.github.com/rest");
  }

  @Override
  protected Told denied(int status, String says) {
    return status == 401
        ? no(401, "Bad credentials")
        : no(403, "Resource not accessible by personal access token");
  }

  @Override
  protected Told lie(Asked asked) {
    String path = asked.path();
    if (path.endsWith("/merge")) {
      return Told.json(200, Map.of("merged", true, "sha", "f".repeat(40)));
    }
    if (path.endsWith("/pulls")) {
      return Told.json(201, Map.of("number", 99, "state", "open"));
    }
    if (path.endsWith("/git/commits")) {
      return Told.json(201, Map.of("sha", "f".repeat(40)));
    }
    return path.endsWith("/rerun") || path.endsWith("/git/refs")
        ? Told.json(201, Map.of())
        : Told.empty(204);
  }

  @Override
  protected Told answer(Asked asked) {
    if (asked.header().apply("User-Agent").isBlank()) {
      return no(403, "Request forbidden by administrative rules.");
    }
    if (!asked.path().startsWith("/repos/" + repository + "/")) {
      return no(404, "Not Found");
    }
    notice();
    if (asked.path().matches(WORKFLOW + "(/.*)?") && !asked.part(5).equals(workflow)) {
      return no(404, "Not Found");
    }
    if (asked.is("GET", WORKFLOW)) {
      return Told.json(
          200, Map.of("id", 1, "path", ".github/workflows/" + workflow, "state", state));
    }
    if (asked.is("GET", WORKFLOW + "/runs")) {
      step();
      return list(asked);
    }
    if (asked.is("POST", WORKFLOW + "/dispatches")) {
      return dispatch(asked.json());
    }
    if (asked.is("PUT", WORKFLOW + "/(enable|disable)")) {
      state = asked.part(6).equals("enable") ? "active" : "disabled_manually";
      return Told.empty(204);
    }
    if (asked.is("GET", ACTIONS + "/runs/[0-9]+")) {
      return find(asked.part(5))
          .map(r -> Told.json(200, json(r)))
          .orElseGet(() -> no(404, "Not Found"));
    }
    if (asked.is("POST", ACTIONS + "/runs/[0-9]+/rerun")) {
      return find(asked.part(5)).map(this::again).orElseGet(() -> no(404, "Not Found"));
    }
    return pulls
        .answer(asked, this::no)
        .or(() -> branches.answer(asked, this::no))
        .or(() -> reports.answer(asked))
        .orElseGet(() -> no(404, "Not Found"));
  }

  private Optional<Run> find(String id) {
    return runs.stream().filter(r -> id.equals("" + (1000 + r.number))).findFirst();
  }

  private Told list(Asked asked) {
    int size = Integer.parseInt(asked.query().getOrDefault("per_page", "30"));
    int page = Integer.parseInt(asked.query().getOrDefault("page", "1"));
    return Told.json(
        200,
        Map.of(
            "total_count",
            runs.size(),
            "workflow_runs",
            runs.reversed().stream()
                .filter(r -> r.sha.equals(asked.query().getOrDefault("head_sha", r.sha)))
                .skip((long) size * (page - 1))
                .limit(size)
                .map(this::json)
                .toList()));
  }

  /// It takes a branch or a tag, never a commit; what it deploys is the workflow's own business.
  private Told dispatch(JsonNode with) {
    if (!with.path("ref").asString("").equals(branch)) {
      return no(422, "No ref found for: " + with.path("ref").asString(""));
    }
    if (!state.equals("active")) {
      return no(422, "Cannot trigger a 'workflow_dispatch' on a disabled workflow");
    }
    Run run = begin(head.orElse(""), "workflow_dispatch", "Deploy " + firstInput(with), "queued");
    start(run);
    return Told.empty(204);
  }

  /// Whatever its name is.
  private static String firstInput(JsonNode with) {
    return StreamSupport.stream(with.path("inputs").spliterator(), false)
        .map(v -> v.asString(""))
        .findFirst()
        .orElse("");
  }

  private Told again(Run run) {
    if (!state.equals("active")) {
      return no(403, "Unable to re-run this workflow run because the workflow is disabled");
    }
    if (!run.status.equals("completed")) {
      return no(403, "This workflow is already running");
    }
    run.attempt++;
    run.status = "queued";
    run.conclusion = "";
    run.started = now();
    start(run);
    return Told.json(201, Map.of());
  }

  private Map<String, ?> json(Run run) {
    var json = new TreeMap<String, Object>();
    json.put("id", 1000 + run.number);
    json.put("run_number", run.number);
    json.put("run_attempt", run.attempt);
    json.put("head_branch", branch);
    json.put("head_sha", run.sha);
    json.put("event", run.event);
    json.put(
        "head_commit",
        Map.of("id", run.sha, "tree_id", commits.tree(run.sha).orElse(""), "message", ""));
    json.put("status", run.status);
    json.put("display_title", run.title);
    json.put("created_at", run.created.toString());
    json.put("run_started_at", run.started.toString());
    json.put("html_url", "https://github.example/" + repository + "/actions/runs/" + run.number);
    if (!run.conclusion.isEmpty()) {
      json.put("conclusion", run.conclusion);
    }
    return json;
  }
}
