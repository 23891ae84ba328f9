package dev.lastgood.rehearsal;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Vercel's REST API, as far as its own command line tool and a rollback use it: one team, one
/// project. Made after the requests of the tool, version 60.1.3, and Vercel's published client.
public final class PlayedVercel extends PlayedApi {
  private static final String PROJECTS = "/v\\d+/projects/[^/]+";
  private static final int PAGE = 20;
  private static final int TAGS = 16;

  private final String team;
  private final String teamId;
  private final String project;
  private final String projectId;
  private final List<Build> builds = new ArrayList<>();
  private final List<String> domains;
  private final List<String> failing = new ArrayList<>();
  private Optional<String> production = Optional.empty();
  private Optional<Job> job = Optional.empty();
  private boolean autoAssign = true;
  private boolean paused;
  private Duration talks = Duration.ZERO;
  private final List<String> purged = new ArrayList<>();
  private boolean rolledBack;
  private boolean hobby;
  private String ending = "succeeded";
  private int reads = 1;
  private Optional<Duration> lasting = Optional.empty();
  private final InstantSource clock;
  private long newest;

  /// @param state `READY`, `ERROR`, …
  /// @param substate `PROMOTED`, `STAGED` or `ROLLING`
  private record Build(String id, String state, String substate, String commit, long created) {
    String host() {
      return "shop-" + id.replace("dpl_", "").toLowerCase(Locale.ROOT) + ".vercel.app";
    }
  }

  /// What moves the aliases.
  private record Job(String from, String to, String type, long at, int reads, String end) {}

  /// @param domains the production domains of the project
  public PlayedVercel(
      String token, String team, String project, List<String> domains, InstantSource clock)
      throws IOException {
    super(token);
    this.clock = clock;
    this.team = team;
    this.teamId = "team_" + team;
    this.project = project;
    this.projectId = "prj_" + project;
    this.domains = List.copyOf(domains);
    open();
  }

  /// Vercel names no number that holds for every endpoint; so much its own tool asks for.
  public static Quota quota() {
    return new Quota(240, Duration.ofMinutes(1));
  }

  // ---- its state

  /// A build for production that was served once; the newest of them is live.
  public synchronized void served(String id, String commit) {
    builds.addFirst(new Build(id, "READY", "PROMOTED", commit, now()));
    production = Optional.of(id);
  }

  /// A build for production that nobody was ever served.
  public synchronized void staged(String id, String commit) {
    builds.addFirst(new Build(id, "READY", "STAGED", commit, now()));
  }

  public synchronized void broken(String id, String commit) {
    builds.addFirst(new Build(id, "ERROR", "", commit, now()));
  }

  /// Somebody deletes a deployment.
  public synchronized void delete(String id) {
    builds.removeIf(b -> b.id().equals(id));
  }

  /// Somebody else moves the aliases.
  ///
  /// @param reads looks until that is over
  public synchronized void promotes(String id, int reads) {
    begin(id, "promote", reads);
  }

  /// Only the deployment before the live one can be gone back to.
  public synchronized void hobby() {
    hobby = true;
  }

  /// How the next moves of aliases end: `succeeded`, `failed` or `skipped`.
  public synchronized void ends(String ending) {
    this.ending = ending;
  }

  /// This alias cannot be moved.
  public synchronized void fails(String alias) {
    failing.add(alias);
    ending = "failed";
  }

  /// How many looks a move of aliases takes.
  public synchronized void takes(int looks) {
    reads = looks;
  }

  /// A move of aliases takes so long, however often somebody looks.
  public synchronized void takes(Duration lasting) {
    this.lasting = Optional.of(lasting);
  }

  /// How long its runtime log goes on after all was said.
  public synchronized void talks(Duration more) {
    talks = more;
  }

  public synchronized Optional<String> production() {
    return production;
  }

  public synchronized boolean paused() {
    return paused;
  }

  public synchronized boolean autoAssign() {
    return autoAssign;
  }

  public synchronized void autoAssign(boolean on) {
    autoAssign = on;
  }

  /// What was thrown away of its caches, in order: `everything of the CDN`, `deleted 3 tags`.
  public synchronized List<String> purged() {
    return List.copyOf(purged);
  }

  @Override
  public synchronized String snapshot() {
    return "production "
        + production
        + ", auto-assign "
        + autoAssign
        + (paused ? ", paused" : "")
        + ", job "
        + job.map(j -> j.type() + " " + j.from() + " to " + j.to() + " at " + j.at())
        + ", "
        + builds;
  }

  /// Later than anything before, also when the clock stands still.
  private long now() {
    newest = Math.max(newest + 1, clock.millis());
    return newest;
  }

  // ---- its protocol

  @Override
  protected Object error(int status, String says) {
    String code =
        switch (status) {
          case 401, 403 -> "forbidden";
          case 404 -> "not_found";
          case 429 -> "rate_limited";
          default -> "bad_request";
        };
    return Map.of("error", Map.of("code", code, "message", says));
  }

  @Override
  protected Told lie(Asked asked) {
    return asked.method().equals("PATCH") ? Told.json(200, project(false)) : Told.empty(201);
  }

  @Override
  protected Told answer(Asked asked) {
    if (asked.is("GET", "/v2/user")) {
      return Told.json(200, Map.of("user", user()));
    }
    if (asked.is("GET", "/v\\d+/teams") || asked.is("GET", "/teams")) {
      return Told.json(200, Map.of("teams", List.of(team()), "pagination", pages(1, null)));
    }
    if (asked.is("GET", "(/v\\d+)?/teams/[^/]+")) {
      return Told.json(200, team());
    }
    boolean mine =
        asked.query().getOrDefault("teamId", teamId).equals(teamId)
            && asked.query().getOrDefault("slug", team).equals(team);
    if (!mine) {
      return no(403, "Not authorized: Trying to access resource under another scope");
    }
    if (asked.is("GET", "/v\\d+/deployments")) {
      return list(asked);
    }
    if (asked.is("GET", "/v\\d+/deployments/[^/]+")) {
      return find(asked.part(2))
          .map(b -> Told.json(200, deployment(b, true)))
          .orElseGet(() -> no(404, "The deployment could not be found"));
    }
    if (asked.is("GET", "/v\\d+/deployments/[^/]+/events")) {
      return find(asked.part(2))
          .map(b -> Told.json(200, List.of(event(b, "Cloning"), event(b, "Build completed"))))
          .orElseGet(() -> no(404, "The deployment could not be found"));
    }
    if (asked.path().matches("/v1/(edge|data)-cache/.*")) {
      return cache(asked);
    }
    return asked.path().matches(PROJECTS + "(/.*)?")
        ? ofProject(asked)
        : no(404, "The requested API endpoint was not found");
  }

  /// It answers success with an empty body.
  private Told cache(Asked asked) {
    if (!List.of(project, projectId).contains(asked.query().getOrDefault("projectIdOrName", ""))) {
      return no(404, "Project not found");
    }
    if (asked.is("POST", "/v1/edge-cache/purge-all")) {
      purged.add("everything of the CDN");
      return Told.empty(200);
    }
    if (asked.is("DELETE", "/v1/data-cache/purge-all")) {
      purged.add("everything of the data cache");
      return Told.empty(200);
    }
    if (!asked.is("POST", "/v1/edge-cache/(invalidate|dangerously-delete)-by-tags")) {
      return no(404, "The requested API endpoint was not found");
    }
    JsonNode tags = asked.json().path("tags");
    if (!tags.isArray() || tags.isEmpty() || tags.size() > TAGS) {
      return no(400, "Invalid request: `tags` should be an array of up to " + TAGS + " strings");
    }
    boolean stale = asked.part(2).startsWith("invalidate");
    purged.add((stale ? "marked " : "deleted ") + tags.size() + " tags");
    return Told.empty(200);
  }

  private Told ofProject(Asked asked) {
    if (!List.of(project, projectId).contains(asked.part(2))) {
      return no(404, "Project not found");
    }
    if (asked.is("GET", PROJECTS)) {
      return Told.json(200, project(true));
    }
    if (asked.is("PATCH", PROJECTS)) {
      if (asked.json().has("autoAssignCustomDomains")) {
        autoAssign = asked.json().path("autoAssignCustomDomains").asBoolean();
      }
      return Told.json(200, project(false));
    }
    if (asked.is("GET", PROJECTS + "/deployments/[^/]+/runtime-logs")) {
      return find(asked.part(4))
          .map(this::runtime)
          .orElseGet(() -> no(404, "The deployment could not be found"));
    }
    if (asked.is("POST", PROJECTS + "/(pause|unpause)")) {
      paused = asked.part(3).equals("pause");
      return Told.empty(200);
    }
    if (asked.is("GET", PROJECTS + "/(rollback|promote)/aliases")) {
      return aliases(asked.query().containsKey("failedOnly"));
    }
    if (asked.is("POST", PROJECTS + "/(rollback|promote)/[^/]+")) {
      return move(asked.part(3), asked.part(4));
    }
    return no(404, "The requested API endpoint was not found");
  }

  /// One document a line, and then it waits for more.
  private Told runtime(Build b) {
    String line =
        Told.json(
                200,
                Map.of(
                    "level",
                    "error",
                    "message",
                    "TypeError: total is undefined, commit " + b.commit(),
                    "rowId",
                    "1",
                    "source",
                    "serverless",
                    "timestampInMs",
                    b.created(),
                    "domain",
                    b.host(),
                    "messageTruncated",
                    false,
                    "requestMethod",
                    "GET",
                    "requestPath",
                    "/checkout",
                    "responseStatusCode",
                    500))
            .body();
    return new Told(200, line + "\n{\"level\":", new TreeMap<>())
        .with(Map.of("Content-Type", "application/stream+json"))
        .lingering(talks);
  }

  private Told move(String type, String id) {
    Optional<Build> build = find(id);
    if (build.isEmpty()) {
      return no(404, "The deployment could not be found");
    }
    if (production.equals(Optional.of(build.get().id()))) {
      return type.equals("promote")
          ? no(
              409,
              "The provided deploymentId ("
                  + id
                  + ") is already the current production deployment.")
          : no(422, "The deployment is already the production deployment");
    }
    if (job.filter(this::open).isPresent()) {
      return no(409, "Another rollback or promotion is in progress");
    }
    if (type.equals("rollback") && hobby && !previous().equals(Optional.of(build.get().id()))) {
      return no(402, "Rolling back further than the previous deployment needs Pro. Upgrade.");
    }
    begin(build.get().id(), type, reads);
    return Told.empty(201);
  }

  private void begin(String id, String type, int looks) {
    job = Optional.of(new Job(production.orElse(""), id, type, now(), Math.max(looks, 1), ending));
  }

  private boolean open(Job j) {
    return j.reads() > 0;
  }

  /// The deployment that was served before the live one.
  private Optional<String> previous() {
    List<String> served =
        builds.stream().filter(b -> b.substate().equals("PROMOTED")).map(Build::id).toList();
    int at = served.indexOf(production.orElse(""));
    return at >= 0 && at + 1 < served.size() ? Optional.of(served.get(at + 1)) : Optional.empty();
  }

  /// A look at the project brings the job one step on.
  private void step() {
    if (job.isEmpty() || !open(job.get())) {
      return;
    }
    Job j = job.get();
    if (lasting.filter(l -> clock.millis() < j.at() + l.toMillis()).isPresent()) {
      return;
    }
    int left = lasting.isPresent() ? 0 : j.reads() - 1;
    job = Optional.of(new Job(j.from(), j.to(), j.type(), j.at(), left, j.end()));
    if (left == 0 && j.end().equals("succeeded")) {
      production = Optional.of(j.to());
      autoAssign = j.type().equals("promote");
      rolledBack = j.type().equals("rollback");
    }
  }

  private Optional<Build> find(String idOrHost) {
    return domains.contains(idOrHost)
        ? production.flatMap(this::find)
        : builds.stream()
            .filter(b -> b.id().equals(idOrHost) || b.host().equals(idOrHost))
            .findFirst();
  }

  // ---- its answers

  private Told list(Asked asked) {
    long until = Long.parseLong(asked.query().getOrDefault("until", "9999999999999"));
    int limit = Integer.parseInt(asked.query().getOrDefault("limit", "" + PAGE));
    String target = asked.query().getOrDefault("target", "production");
    List<String> states = List.of(asked.query().getOrDefault("state", "").split(","));
    List<Build> found =
        builds.stream()
            .filter(b -> target.equals("production") && b.created() < until)
            .filter(b -> states.contains("") || states.contains(b.state()))
            .toList();
    List<Build> page = found.stream().limit(Math.min(limit, PAGE)).toList();
    Long next = page.size() < found.size() ? (Long) page.getLast().created() : null;
    return Told.json(
        200,
        Map.of(
            "deployments",
            page.stream().map(b -> deployment(b, false)).toList(),
            "pagination",
            pages(page.size(), next)));
  }

  private static Map<String, ?> pages(int count, @Nullable Long next) {
    var pages = new LinkedHashMap<String, @Nullable Object>();
    pages.put("count", count);
    pages.put("next", next);
    pages.put("prev", null);
    return pages;
  }

  private Map<String, ?> deployment(Build b, boolean whole) {
    var json = new TreeMap<String, Object>();
    json.put(whole ? "id" : "uid", b.id());
    json.put("name", project);
    json.put("url", b.host());
    json.put("createdAt", b.created());
    json.put("created", b.created());
    json.put("buildingAt", b.created());
    json.put("ready", b.created() + 30_000);
    json.put("readyState", b.state());
    json.put("state", b.state());
    json.put("target", "production");
    json.put("projectId", projectId);
    json.put("ownerId", teamId);
    json.put("team", team());
    json.put("creator", user());
    json.put("inspectorUrl", "https://vercel.com/" + team + "/" + project + "/" + b.id());
    json.put("alias", production.equals(Optional.of(b.id())) ? domains : List.of());
    json.put("meta", Map.of("githubCommitSha", b.commit(), "githubCommitRef", "main"));
    if (!b.substate().isEmpty()) {
      json.put("readySubstate", b.substate());
    }
    if (!whole) {
      boolean candidate = b.substate().equals("PROMOTED") && !production.equals(opt(b));
      json.put("isRollbackCandidate", candidate && (!hobby || previous().equals(opt(b))));
    }
    return json;
  }

  private static Optional<String> opt(Build b) {
    return Optional.of(b.id());
  }

  private static Map<String, ?> event(Build b, String text) {
    return Map.of("type", "stdout", "created", b.created(), "payload", Map.of("text", text));
  }

  private Map<String, ?> project(boolean look) {
    if (look && lasting.isPresent()) {
      step();
    }
    var json = new TreeMap<String, Object>();
    json.put("id", projectId);
    json.put("name", project);
    json.put("accountId", teamId);
    json.put("link", Map.of());
    json.put("updatedAt", newest);
    job.ifPresent(j -> json.put("lastAliasRequest", lastAliasRequest(j)));
    if (look && lasting.isEmpty()) {
      step();
    }
    json.put("autoAssignCustomDomains", autoAssign);
    json.put("paused", paused);
    production
        .flatMap(this::find)
        .ifPresent(b -> json.put("targets", Map.of("production", deployment(b, true))));
    if (rolledBack) {
      json.put("lastRollbackTarget", Map.of("deployment", production.orElse("")));
    }
    return json;
  }

  private static Map<String, ?> lastAliasRequest(Job j) {
    return Map.of(
        "fromDeploymentId",
        j.from(),
        "toDeploymentId",
        j.to(),
        "jobStatus",
        j.reads() > 1 ? "pending" : j.reads() == 1 ? "in-progress" : j.end(),
        "requestedAt",
        j.at(),
        "type",
        j.type());
  }

  private Told aliases(boolean failedOnly) {
    Stream<Map<String, ?>> all =
        domains.stream()
            .map(d ->
                Map.of(
                    "alias",
                    Map.of("alias", d, "deploymentId", production.orElse("")),
                    "id",
                    "als_" + d,
                    "status",
                    failing.contains(d) ? "failed" : "completed"));
    return Told.json(
        200,
        Map.of(
            "aliases",
            all.filter(a -> !failedOnly || "failed".equals(a.get("status"))).toList(),
            "pagination",
            pages(domains.size(), null)));
  }

  private Map<String, ?> team() {
    return Map.of(
        "id",
        teamId,
        "slug",
        team,
        "name",
        team,
        "creatorId",
        "usr_1",
        "membership",
        Map.of("role", "OWNER"),
        "billing",
        Map.of("plan", hobby ? "hobby" : "pro"));
  }

  private Map<String, ?> user() {
    return Map.of(
        "id",
        "usr_1",
        "uid",
        "usr_1",
        "username",
        "rehearsal",
        "email",
        "rehearsal@example.com",
        "name",
        "rehearsal",
        "version",
        "northstar",
        "defaultTeamId",
        teamId);
  }
}
