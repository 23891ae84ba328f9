package dev.lastgood.rehearsal;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// GitHub's REST API, as far as running a deploy workflow uses it: one workflow of one repository.
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
  private String head = "";
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

  /// @param repository `owner/name`
  /// @param workflow its file
  public PlayedGithub(String token, String repository, String workflow, InstantSource clock)
      throws IOException {
    super(token);
    this.repository = repository;
    this.workflow = workflow;
    this.clock = clock;
    open();
  }

  // ---- its state

  /// A push was deployed.
  public synchronized void deployed(String sha) {
    is(sha, "completed", "success");
  }

  /// A push whose run is at this, or ended like this.
  public synchronized void is(String sha, String status, String conclusion) {
    Run run = begin(sha, "push", "Change " + sha.substring(0, 1), status);
    run.conclusion = conclusion;
    head = sha;
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
  }

  public synchronized String state() {
    return state;
  }

  public synchronized int runs() {
    return runs.size();
  }

  @Override
  public synchronized String snapshot() {
    return state + " " + runs;
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
    return asked.path().endsWith("/rerun") ? Told.json(201, Map.of()) : Told.empty(204);
  }

  @Override
  protected Told answer(Asked asked) {
    if (asked.header().apply("User-Agent").isBlank()) {
      return no(403, "Request forbidden by administrative rules.");
    }
    if (!asked.path().startsWith("/repos/" + repository + "/")) {
      return no(404, "Not Found");
    }
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
    return no(404, "Not Found");
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
                .skip((long) size * (page - 1))
                .limit(size)
                .map(this::json)
                .toList()));
  }

  /// It takes a branch or a tag, never a commit; what it deploys is the workflow's own business.
  private Told dispatch(JsonNode with) {
    if (!with.path("ref").asString("").equals("main")) {
      return no(422, "No ref found for: " + with.path("ref").asString(""));
    }
    if (!state.equals("active")) {
      return no(422, "Cannot trigger a 'workflow_dispatch' on a disabled workflow");
    }
    Run run =
        begin(
            head,
            "workflow_dispatch",
            "Deploy " + with.path("inputs").path("commit").asString(""),
            "queued");
    run.looks = looks;
    return Told.empty(204);
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
    run.looks = looks;
    return Told.json(201, Map.of());
  }

  private Map<String, ?> json(Run run) {
    var json = new TreeMap<String, Object>();
    json.put("id", 1000 + run.number);
    json.put("run_number", run.number);
    json.put("run_attempt", run.attempt);
    json.put("head_branch", "main");
    json.put("head_sha", run.sha);
    json.put("event", run.event);
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
