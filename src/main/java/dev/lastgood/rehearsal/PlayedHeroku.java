package dev.lastgood.rehearsal;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Heroku's Platform API, as far as its own command line tool and a rollback use it: one app. Made
/// after the requests of the tool, version 11.10, and Heroku's published schema.
public final class PlayedHeroku extends PlayedApi {
  private static final String APP = "/apps/[^/]+";

  private final String app;
  private final InstantSource clock;
  private final List<Rel> releases = new ArrayList<>();
  private SortedMap<String, String> config = new TreeMap<>();
  private Optional<String> current = Optional.empty();
  private String ending = "succeeded";
  private String dynos = "up";
  private int looks = 1;
  private boolean maintenance;
  private final String token;
  private final List<String> sessions = new ArrayList<>();

  private static final class Rel {
    final String id;
    final int version;
    final String slug;
    final String description;
    final SortedMap<String, String> config;
    final Instant created;
    String status;
    boolean eligible = true;
    int looks;

    Rel(
        String id,
        int version,
        String slug,
        String description,
        SortedMap<String, String> config,
        String status,
        Instant created) {
      this.id = id;
      this.version = version;
      this.slug = slug;
      this.description = description;
      this.config = new TreeMap<>(config);
      this.status = status;
      this.created = created;
    }

    @Override
    public String toString() {
      return "v" + version + " " + status + " " + slug + " " + description;
    }
  }

  public PlayedHeroku(String token, String app, InstantSource clock) throws IOException {
    super(token);
    this.token = token;
    this.app = app;
    this.clock = clock;
    open();
  }

  /// The bucket of one token, as Heroku's guide has it.
  public static Quota quota() {
    return new Quota(4500, Duration.ofHours(1));
  }

  // ---- its state

  /// Code was released and runs.
  ///
  /// @return the id of the release
  public synchronized String deployed(String commit) {
    return runs(next(commit, "Deploy " + commit, "succeeded"));
  }

  /// A config var was set: a release of the same code.
  public synchronized String set(String name, String value) {
    String slug = current.flatMap(this::find).map(r -> r.slug).orElse("");
    config.put(name, value);
    return runs(next(slug, "Set " + name + " config vars", "succeeded"));
  }

  /// Code was released and is at this: `failed`, `pending`, `expired`.
  public synchronized String is(String commit, String status) {
    return next(commit, "Deploy " + commit, status).id;
  }

  public synchronized void delete(String id) {
    releases.removeIf(r -> r.id.equals(id));
  }

  public synchronized void forbid(String id) {
    find(id).ifPresent(r -> r.eligible = false);
  }

  /// How the release phase of the next rollbacks ends.
  public synchronized void ends(String status) {
    ending = status;
  }

  /// How many looks a release phase takes.
  public synchronized void takes(int looks) {
    this.looks = looks;
  }

  /// What the dynos are: `up`, `starting`, `crashed`.
  public synchronized void dynos(String state) {
    dynos = state;
  }

  public synchronized boolean maintenance() {
    return maintenance;
  }

  public synchronized Optional<String> current() {
    return current;
  }

  public synchronized long releases() {
    return releases.size();
  }

  @Override
  public synchronized String snapshot() {
    return "current "
        + current
        + (maintenance ? ", maintenance" : "")
        + ", config "
        + config.keySet()
        + ", "
        + releases;
  }

  private String runs(Rel rel) {
    current = Optional.of(rel.id);
    return rel.id;
  }

  private Rel next(String slug, String description, String status) {
    int version = releases.isEmpty() ? 1 : releases.getLast().version + 1;
    String id = "00000000-0000-4000-8000-" + String.format("%012d", version);
    var rel = new Rel(id, version, slug, description, config, status, clock.instant());
    releases.add(rel);
    return rel;
  }

  private Optional<Rel> find(String idOrVersion) {
    return releases.stream()
        .filter(r -> r.id.equals(idOrVersion) || ("" + r.version).equals(idOrVersion))
        .findFirst();
  }

  /// A look brings a release phase one step on.
  private void step() {
    for (Rel rel : releases) {
      if (rel.status.equals("pending") && rel.looks > 0) {
        rel.looks--;
        if (rel.looks == 0) {
          rel.status = ending;
          if (ending.equals("succeeded")) {
            config = new TreeMap<>(rel.config);
            runs(rel);
          }
        }
      }
    }
  }

  // ---- its protocol

  @Override
  protected Object error(int status, String says) {
    String id =
        switch (status) {
          case 401 -> "unauthorized";
          case 403 -> "forbidden";
          case 404 -> "not_found";
          case 429 -> "rate_limit";
          default -> "invalid_params";
        };
    return Map.of("id", id, "message", says);
  }

  @Override
  protected Told lie(Asked asked) {
    return find(asked.json().path("release").asString(""))
        .map(r -> Told.json(201, json(r)))
        .orElseGet(() -> no(404, "Couldn't find that release."));
  }

  /// Whoever knows the address of a log may read it.
  @Override
  protected String credential(Asked asked) {
    return sessions.contains(asked.path()) ? token : super.credential(asked);
  }

  /// To ask for a log is a POST, and changes nothing.
  @Override
  protected boolean changes(Asked asked) {
    return super.changes(asked) && !asked.path().endsWith("/log-sessions");
  }

  @Override
  protected Told answer(Asked asked) {
    if (sessions.contains(asked.path())) {
      // No business of the token's on this host.
      return asked.header().apply("Authorization").isEmpty()
          ? new Told(200, log(), new TreeMap<>())
              .with(Map.of("Content-Type", "application/logplex-1"))
          : no(400, "No credentials here.");
    }
    if (!asked.header().apply("Accept").contains("version=3")) {
      return no(406, "An Accept header with a version is needed.");
    }
    if (asked.is("GET", "/account")) {
      return Told.json(200, Map.of("email", "rehearsal@example.com", "id", "usr-1"));
    }
    if (!asked.path().matches(APP + "(/.*)?") || !asked.part(1).equals(app)) {
      return no(404, "Couldn't find that app.");
    }
    if (asked.is("GET", APP)) {
      return Told.json(200, Map.of("id", "app-1", "name", app, "maintenance", maintenance));
    }
    if (asked.is("PATCH", APP)) {
      maintenance = asked.json().path("maintenance").asBoolean(maintenance);
      return Told.json(200, Map.of("id", "app-1", "name", app, "maintenance", maintenance));
    }
    if (asked.is("POST", APP + "/log-sessions")) {
      sessions.add("/sessions/" + (sessions.size() + 1));
      return Told.json(
          201, Map.of("id", "ls-1", "logplex_url", url() + sessions.getLast() + "?srv=1325419200"));
    }
    if (asked.is("GET", APP + "/releases")) {
      return list(asked.header().apply("Range"));
    }
    if (asked.is("POST", APP + "/releases")) {
      return rollback(asked.json().path("release").asString(""));
    }
    if (asked.is("GET", APP + "/releases/[^/]+")) {
      return find(asked.part(3))
          .map(r -> Told.json(200, json(r)))
          .orElseGet(() -> no(404, "Couldn't find that release."));
    }
    if (asked.is("GET", APP + "/releases/[^/]+/config-vars")) {
      return find(asked.part(3))
          .map(r -> Told.json(200, r.config))
          .orElseGet(() -> no(404, "Couldn't find that release."));
    }
    if (asked.is("GET", APP + "/config-vars")) {
      return Told.json(200, config);
    }
    if (asked.is("GET", APP + "/slugs/[^/]+")) {
      return Told.json(200, Map.of("id", asked.part(3), "commit", asked.part(3)));
    }
    if (asked.is("GET", APP + "/dynos")) {
      return Told.json(200, current.flatMap(this::find).map(this::dyno).stream().toList());
    }
    return no(404, "The requested API endpoint was not found.");
  }

  /// The app says what it was given, as some do.
  private String log() {
    String at = "2026-11-21T12:00:00.000000+00:00 ";
    return at
        + "app[web.1]: starting with "
        + config
        + "\n"
        + at
        + "heroku[web.1]: State changed from starting to "
        + dynos
        + "\n";
  }

  private Map<String, ?> dyno(Rel rel) {
    return Map.of(
        "id",
        "dyno-1",
        "name",
        "web.1",
        "type",
        "web",
        "state",
        dynos,
        "release",
        Map.of("id", rel.id, "version", rel.version));
  }

  private Told list(String range) {
    step();
    int max = range.contains("max=") ? number(range, "max=") : 200;
    int below = range.startsWith("version ]") ? number(range, "]") : Integer.MAX_VALUE;
    List<Rel> found = releases.reversed().stream().filter(r -> r.version < below).toList();
    List<Map<String, ?>> page = new ArrayList<>();
    found.stream().limit(max).forEach(r -> page.add(json(r)));
    Told told = Told.json(page.size() < found.size() ? 206 : 200, page);
    return page.size() < found.size()
        ? told.with(
            Map.of(
                "Next-Range",
                "version ]" + found.get(max - 1).version + "..; max=" + max + ", order=desc"))
        : told;
  }

  private static int number(String text, String after) {
    String rest = text.substring(text.indexOf(after) + after.length());
    int end = 0;
    while (end < rest.length() && Character.isDigit(rest.charAt(end))) {
      end++;
    }
    return Integer.parseInt(rest.substring(0, end));
  }

  /// It takes the id alone; "v12" is refused, as users report of the real one.
  private Told rollback(String id) {
    Optional<Rel> target = releases.stream().filter(r -> r.id.equals(id)).findFirst();
    if (target.isEmpty()) {
      return no(404, "Couldn't find that release.");
    }
    Rel to = target.get();
    if (!to.status.equals("succeeded") || !to.eligible || to.slug.isEmpty()) {
      return no(422, "Cannot rollback to that release.");
    }
    SortedMap<String, String> now = config;
    config = to.config;
    Rel copy = next(to.slug, "Rollback to v" + to.version, "pending");
    config = now;
    copy.looks = Math.max(1, looks);
    return Told.json(201, json(copy));
  }

  private Map<String, ?> json(Rel rel) {
    var json = new TreeMap<String, Object>();
    json.put("id", rel.id);
    json.put("version", rel.version);
    json.put("status", rel.status);
    json.put("current", current.equals(Optional.of(rel.id)));
    json.put("description", rel.description);
    json.put("eligible_for_rollback", rel.eligible && rel.status.equals("succeeded"));
    json.put("created_at", rel.created.toString());
    json.put("updated_at", rel.created.toString());
    json.put("user", Map.of("email", "rehearsal@example.com", "id", "usr-1"));
    json.put("app", Map.of("id", "app-1", "name", app));
    if (!rel.slug.isEmpty()) {
      json.put("slug", Map.of("id", rel.slug));
    }
    return json;
  }
}
