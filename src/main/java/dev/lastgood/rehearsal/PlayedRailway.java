package dev.lastgood.rehearsal;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// Railway's GraphQL API, as far as a rollback uses it: one service in one environment. Made after
/// the schema that Railway publishes with its command line tool.
public final class PlayedRailway extends PlayedApi {
  private static final String SERVICE = "s";
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final List<String> WAY = List.of("QUEUED", "INITIALIZING", "DEPLOYING");

  private final InstantSource clock;
  private final boolean projectToken;
  private final List<Deployment> deployments = new ArrayList<>();
  private Optional<String> active = Optional.empty();
  private boolean autoDeploy = true;
  private boolean object;
  private String ending = "SUCCESS";
  private boolean says = true;
  private SortedMap<String, String> variables = new TreeMap<>();
  private boolean oldVariables;
  private int looksUntilCrash = -1;
  private Optional<Duration> each = Optional.empty();
  private int counter;
  private Instant newest = Instant.EPOCH;

  private static final class Deployment {
    final String id;
    final String commit;
    final Instant created;
    String image;
    String status;
    Instant since;
    boolean retained = true;
    SortedMap<String, String> variables = new TreeMap<>();

    Deployment(String id, String commit, String image, String status, Instant created) {
      this.id = id;
      this.commit = commit;
      this.image = image;
      this.status = status;
      this.created = created;
      this.since = created;
    }

    @Override
    public String toString() {
      return id + " " + status + " " + commit + " " + image + (retained ? "" : " (no image)");
    }
  }

  /// @param projectToken whether the token is one of a project, which has a header of its own
  public PlayedRailway(String token, boolean projectToken, InstantSource clock) throws IOException {
    super(token);
    this.projectToken = projectToken;
    this.clock = clock;
    open();
  }

  /// What a plan with so many requests per hour allows, as Railway's guide has it.
  public static Quota quota(int hourly) {
    return new Quota(hourly, Duration.ofHours(1)).and(hourly < 10_000 ? 10 : 50, SECOND);
  }

  // ---- its state

  /// A push was deployed, and serves.
  public synchronized void deployed(String id, String commit) {
    var one = new Deployment(id, commit, "sha256:" + id, "SUCCESS", now());
    deployments.add(one);
    serve(one);
  }

  /// A push whose deployment ended like this, or is at this.
  public synchronized void is(String id, String commit, String status) {
    deployments.add(new Deployment(id, commit, "sha256:" + id, status, now()));
  }

  public synchronized void delete(String id) {
    deployments.removeIf(d -> d.id.equals(id));
  }

  /// Railway removes the image of an old deployment.
  public synchronized void purge(String id) {
    deployments.stream().filter(d -> d.id.equals(id)).forEach(d -> d.retained = false);
  }

  /// How the next deployments end.
  public synchronized void ends(String status) {
    ending = status;
  }

  /// Each of the three states on the way lasts so long, however often somebody looks.
  public synchronized void takes(Duration each) {
    this.each = Optional.of(each);
  }

  /// The next deployment is successful, and crashes so many looks later.
  public synchronized void crashesAfter(int looks) {
    looksUntilCrash = looks;
  }

  /// A rollback answers with an object, as Railway's guide has it, not with a Boolean.
  public synchronized void answersWithObjects() {
    object = true;
  }

  /// A rollback answers false and does nothing.
  public synchronized void saysNo() {
    says = false;
  }

  /// A redeploy starts with the variables of the deployment it repeats, not with today's.
  public synchronized void redeploysWithOldVariables() {
    oldVariables = true;
  }

  /// What the next deployment is started with.
  public synchronized SortedMap<String, String> variables() {
    return new TreeMap<>(variables);
  }

  /// Somebody sets one without deploying.
  public synchronized void variable(String name, String value) {
    variables.put(name, value);
  }

  /// What serves was started with.
  public synchronized SortedMap<String, String> servesWith() {
    return active.flatMap(this::find).map(d -> new TreeMap<>(d.variables)).orElseThrow();
  }

  public synchronized boolean autoDeploy() {
    return autoDeploy;
  }

  public synchronized void autoDeploy(boolean on) {
    autoDeploy = on;
  }

  public synchronized Optional<String> active() {
    return active;
  }

  public synchronized long deployments() {
    return deployments.size();
  }

  @Override
  public synchronized String snapshot() {
    return "active "
        + active
        + ", auto-deploy "
        + autoDeploy
        + (variables.isEmpty() ? "" : ", variables " + variables)
        + ", "
        + deployments;
  }

  private Instant now() {
    Instant now = clock.instant();
    newest = now.isAfter(newest) ? now : newest.plusMillis(1);
    return newest;
  }

  private void serve(Deployment one) {
    active
        .flatMap(this::find)
        .ifPresent(d -> {
          d.status = "REMOVED";
          d.since = now();
        });
    active = Optional.of(one.id);
  }

  private Optional<Deployment> find(String id) {
    return deployments.stream().filter(d -> d.id.equals(id)).findFirst();
  }

  /// A look brings everything one step on.
  private void step() {
    for (Deployment d : deployments) {
      if (WAY.contains(d.status) && d.id.startsWith("new-")) {
        each.ifPresentOrElse(lasting -> catchUp(d, lasting), () -> next(d, now()));
      } else if (d.status.equals("SUCCESS") && d.id.startsWith("new-") && looksUntilCrash >= 0) {
        if (looksUntilCrash == 0) {
          d.status = "CRASHED";
          d.since = now();
        }
        looksUntilCrash--;
      }
    }
  }

  private void catchUp(Deployment d, Duration lasting) {
    while (WAY.contains(d.status) && !clock.instant().isBefore(d.since.plus(lasting))) {
      next(d, d.since.plus(lasting));
    }
  }

  private void next(Deployment d, Instant at) {
    int next = WAY.indexOf(d.status) + 1;
    d.status = next < WAY.size() ? WAY.get(next) : ending;
    d.since = at;
    if (d.status.equals("SUCCESS")) {
      serve(d);
    }
  }

  // ---- its protocol

  @Override
  protected String credential(Asked asked) {
    String project = asked.header().apply("Project-Access-Token");
    String bearer = super.credential(asked);
    return projectToken ? (bearer.isEmpty() ? project : "") : (project.isEmpty() ? bearer : "");
  }

  @Override
  protected boolean changes(Asked asked) {
    return asked.json().path("query").asString("").strip().startsWith("mutation");
  }

  /// It says no with status 200.
  @Override
  protected Told denied(int status, String says) {
    return no(200, "Not Authorized");
  }

  @Override
  protected Object error(int status, String says) {
    return Map.of("errors", List.of(Map.of("message", says)));
  }

  @Override
  protected Told lie(Asked asked) {
    String field = field(asked);
    return data(
        field,
        switch (field) {
          case "serviceInstanceAutoDeployUpdate" ->
              Map.of(
                  "enabled",
                  asked.json().path("variables").path("input").path("enabled").asBoolean());
          case "serviceInstanceDeployV2" -> "new-0";
          case "deploymentRedeploy" -> Map.of("id", "new-0");
          default -> true;
        });
  }

  private static String field(Asked asked) {
    String query = asked.json().path("query").asString("");
    return List.of(
            "deploymentRollback",
            "serviceInstanceDeployV2",
            "serviceInstanceAutoDeployUpdate",
            "serviceInstanceAutoDeployStatus",
            "deploymentLogs",
            "deploymentSnapshot",
            "deploymentRedeploy",
            "variableUpsert",
            "variables",
            "deployments")
        .stream()
        .filter(f -> query.contains(f + "("))
        .findFirst()
        .orElse("");
  }

  private static Told data(String field, Object value) {
    return Told.json(200, Map.of("data", Map.of(field, value)));
  }

  @Override
  protected Told answer(Asked asked) {
    JsonNode with = asked.json().path("variables");
    String field = field(asked);
    return switch (field) {
      case "deployments" ->
          with.path("serviceId").asString("").equals(SERVICE)
              ? service()
              : no(200, "ServiceInstance not found");
      case "deploymentRollback" ->
          rollback(with.path("id").asString(""), asked.json().path("query").asString(""));
      case "serviceInstanceDeployV2" -> deploy(with.path("commitSha").asString(""));
      case "serviceInstanceAutoDeployStatus" ->
          data(field, Map.of("enabled", autoDeploy, "canEnable", true));
      case "serviceInstanceAutoDeployUpdate" -> {
        autoDeploy = with.path("input").path("enabled").asBoolean();
        yield data(field, Map.of("enabled", autoDeploy));
      }
      case "variables" -> data(field, new TreeMap<>(variables));
      case "variableUpsert" -> upsert(with.path("input"));
      case "deploymentRedeploy" -> redeploy(with.path("id").asString(""));
      case "deploymentSnapshot" ->
          find(with.path("deploymentId").asString(""))
              .map(d -> data(field, Map.of("variables", d.variables)))
              .orElseGet(() -> no(200, "Deployment not found"));
      case "deploymentLogs" ->
          find(with.path("deploymentId").asString(""))
              .map(d ->
                  data(
                      field,
                      List.of(
                          Map.of(
                              "timestamp",
                              d.created.toString(),
                              "message",
                              "listening, commit " + d.commit,
                              "severity",
                              "info"))))
              .orElseGet(() -> no(200, "Deployment not found"));
      default -> no(400, "Cannot query field");
    };
  }

  private Told service() {
    step();
    List<Map<String, ?>> edges =
        deployments.stream()
            .sorted(Comparator.comparing((Deployment d) -> d.created).reversed())
            .<Map<String, ?>>map(d -> Map.of("node", node(d)))
            .toList();
    return Told.json(
        200,
        Map.of(
            "data",
            Map.of(
                "deployments",
                Map.of("edges", edges),
                "serviceInstance",
                Map.of(
                    "activeDeployments", active.stream().map(id -> Map.of("id", id)).toList()))));
  }

  private static Map<String, ?> node(Deployment d) {
    return new TreeMap<>(
        Map.of(
            "id",
            d.id,
            "status",
            d.status,
            "createdAt",
            d.created.toString(),
            "statusUpdatedAt",
            d.since.toString(),
            "canRollback",
            d.retained && !d.status.equals("FAILED"),
            "meta",
            Map.of("commitHash", d.commit, "imageDigest", d.image)));
  }

  private Told rollback(String id, String query) {
    boolean selects = query.contains("{ id }");
    if (object && !selects) {
      return no(
          200,
          "Field \"deploymentRollback\" of type \"Deployment!\" must have a selection of subfields.");
    }
    if (!object && selects) {
      return no(
          200,
          "Field \"deploymentRollback\" must not have a selection since type \"Boolean!\" has no"
              + " subfields.");
    }
    Optional<Deployment> target = find(id);
    if (target.isEmpty()) {
      return no(200, "Deployment not found");
    }
    if (!target.get().retained) {
      return no(200, "This deployment cannot be rolled back to");
    }
    if (!says) {
      return data("deploymentRollback", false);
    }
    // Railway restores the variables, too.
    variables = new TreeMap<>(target.get().variables);
    Deployment copy = started(target.get().commit, target.get().image);
    return data("deploymentRollback", object ? Map.of("id", copy.id) : true);
  }

  private Told deploy(String commit) {
    if (deployments.stream().noneMatch(d -> d.commit.equals(commit))) {
      return no(200, "Commit not found");
    }
    Deployment built = started(commit, "");
    built.image = "sha256:" + built.id;
    return data("serviceInstanceDeployV2", built.id);
  }

  private Deployment started(String commit, String image) {
    counter++;
    var id = String.format(Locale.ROOT, "new-%d", counter);
    var one = new Deployment(id, commit, image, "QUEUED", now());
    one.variables = new TreeMap<>(variables);
    deployments.add(one);
    return one;
  }

  private Told upsert(JsonNode input) {
    if (input.path("name").asString("").isEmpty() || !input.path("value").isString()) {
      return no(200, "Variable name and value are required");
    }
    variables.put(input.path("name").asString(), input.path("value").asString());
    if (!input.path("skipDeploys").asBoolean(false)) {
      active.flatMap(this::find).ifPresent(d -> started(d.commit, d.image));
    }
    return data("variableUpsert", true);
  }

  private Told redeploy(String id) {
    Optional<Deployment> again = find(id);
    if (again.isEmpty()) {
      return no(200, "Deployment not found");
    }
    Deployment copy = started(again.get().commit, again.get().image);
    if (oldVariables) {
      copy.variables = new TreeMap<>(again.get().variables);
    }
    return data("deploymentRedeploy", Map.of("id", copy.id));
  }
}
