package dev.lastgood.rehearsal;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// Amazon ECS, as far as a rollback uses it: one cluster with one service, in the JSON 1.1 protocol
/// that Amazon's own command line tool and SDK speak. Signatures are not checked, only whose they
/// are. Made after Amazon's published model of the API, version 2014-11-13.
public final class PlayedEcs extends PlayedApi {
  private static final String TARGET = "AmazonEC2ContainerServiceV20141113.";
  private static final String LOGS = "Logs_20140328.";
  private static final String GROUP = "/ecs/played";
  private static final String ARN = "arn:aws:ecs:eu-central-1:000000000000:";
  private static final int WANTED = 2;
  private static final int TOO_MANY_FAILURES = 3;

  private final String cluster;
  private final String service;
  private final InstantSource clock;
  private final SortedMap<String, Definition> definitions = new TreeMap<>();
  private final List<Revision> revisions = new ArrayList<>();
  private final List<Deployment> deployments = new ArrayList<>();
  private final SortedMap<String, String> tags = new TreeMap<>();
  private final List<String> events = new ArrayList<>();
  private final List<Ran> tasks = new ArrayList<>();
  private String controller = "ECS";
  private boolean breaker = true;
  private boolean goesBack = true;
  private Optional<String> trouble = Optional.empty();
  private int looks = 1;
  private Instant newest = Instant.EPOCH;
  private Revision stands = new Revision("none", new Definition("none:0", ""), "", Instant.EPOCH);

  private static final class Definition {
    final String name;
    final String image;
    boolean active = true;

    Definition(String name, String image) {
      this.name = name;
      this.image = image;
    }

    String arn() {
      return ARN + "task-definition/" + name;
    }

    @Override
    public String toString() {
      return name + " " + image + (active ? "" : " INACTIVE");
    }
  }

  /// @param why why it stopped; empty while it runs
  private record Ran(String id, String definition, String why, List<String> lines) {}

  private record Revision(String arn, Definition definition, String digest, Instant created) {}

  private static final class Deployment {
    final String arn;
    final Revision source;
    final Revision target;
    final Instant created;
    String status;
    String why = "";
    String trouble;
    int looks;
    int running;
    int failed;

    Deployment(
        String arn, Revision source, Revision target, Instant created, String status, int looks) {
      this.arn = arn;
      this.source = source;
      this.target = target;
      this.created = created;
      this.status = status;
      this.trouble = "";
      this.looks = looks;
    }

    boolean open() {
      return status.equals("PENDING") || status.equals("IN_PROGRESS");
    }

    boolean back() {
      return status.equals("ROLLBACK_REQUESTED") || status.equals("ROLLBACK_IN_PROGRESS");
    }

    @Override
    public String toString() {
      return target.definition().name + " " + target.digest() + " " + status + " " + why;
    }
  }

  /// @param token the access key that may ask
  public PlayedEcs(String token, String cluster, String service, InstantSource clock)
      throws IOException {
    super(token);
    this.cluster = cluster;
    this.service = service;
    this.clock = clock;
    open();
  }

  // ---- its state

  /// A task definition was registered.
  ///
  /// @param name `family:revision`
  public synchronized void registered(String name, String image) {
    definitions.put(name, new Definition(name, image));
  }

  /// The tag of an image points at this from now on.
  public synchronized void pushed(String image, String digest) {
    tags.put(image, digest);
  }

  /// A deployment of it was completed, and it runs.
  public synchronized void deployed(String name) {
    Deployment it = begin(name);
    finish(it);
  }

  /// Somebody deploys it; it takes so many looks.
  public synchronized void deploys(String name, int looks) {
    begin(name).looks = looks;
  }

  /// Somebody deploys it, and its tasks do not start.
  public synchronized void deploysInVain(String name, String why) {
    begin(name).trouble = why;
  }

  /// The tasks of the next deployments do not start, for this reason.
  public synchronized void fails(String why) {
    trouble = Optional.of(why);
  }

  /// A task of this definition that stopped, and what its container wrote.
  public synchronized void stopped(String name, String why, String... lines) {
    tasks.add(new Ran("task" + (tasks.size() + 1), name, why, List.of(lines)));
  }

  public synchronized void takes(int looks) {
    this.looks = looks;
  }

  /// Whether the circuit breaker is on, and whether it goes back by itself.
  public synchronized void breaker(boolean on, boolean goesBack) {
    breaker = on;
    this.goesBack = goesBack;
  }

  /// Who deploys: `ECS`, `CODE_DEPLOY`, `EXTERNAL`.
  public synchronized void controller(String who) {
    controller = who;
  }

  public synchronized void deregister(String name) {
    Optional.ofNullable(definitions.get(name)).ifPresent(d -> d.active = false);
  }

  /// The task definition that ECS is going to, or has reached.
  public synchronized String primary() {
    return stands.definition().name;
  }

  public synchronized int deployments() {
    return deployments.size();
  }

  @Override
  public synchronized String snapshot() {
    return stands.definition().name + " " + deployments + " " + definitions.values();
  }

  private Instant now() {
    Instant now = clock.instant();
    newest = now.isAfter(newest) ? now : newest.plusMillis(10);
    return newest;
  }

  private Deployment begin(String name) {
    Definition definition = definitions.computeIfAbsent(name, n -> new Definition(n, "shop/" + n));
    Instant at = now();
    int n = deployments.size() + 1;
    // Each deployment resolves the tag again; an image by digest is what it is.
    String digest =
        definition.image.contains("@")
            ? definition.image.substring(definition.image.indexOf('@') + 1)
            : tags.getOrDefault(definition.image, "sha256:" + name.replace(':', '-'));
    var revision =
        new Revision(
            ARN + "service-revision/" + cluster + "/" + service + "/" + n, definition, digest, at);
    revisions.add(revision);
    deployments.stream()
        .filter(d -> d.open() || d.back())
        .forEach(d -> {
          d.status = "STOPPED";
          d.why = "a newer deployment began";
        });
    var it =
        new Deployment(
            ARN + "service-deployment/" + cluster + "/" + service + "/" + n,
            stands,
            revision,
            at,
            "PENDING",
            looks);
    it.trouble = trouble.orElse("");
    deployments.add(it);
    stands = revision;
    return it;
  }

  private void finish(Deployment it) {
    it.status = "SUCCESSFUL";
    it.running = WANTED;
    events.addFirst("(service " + service + ") has reached a steady state.");
  }

  /// A look brings everything one step on.
  private void step() {
    for (Deployment it : List.copyOf(deployments)) {
      if (it.back()) {
        it.status =
            it.status.equals("ROLLBACK_REQUESTED") ? "ROLLBACK_IN_PROGRESS" : "ROLLBACK_SUCCESSFUL";
      } else if (it.open() && !it.trouble.isEmpty()) {
        it.status = "IN_PROGRESS";
        it.failed++;
        events.addFirst("(service " + service + ") was unable to start a task: " + it.trouble);
        stopped(it.target.definition().name, it.trouble);
        if (breaker && it.failed >= TOO_MANY_FAILURES) {
          trip(it);
        }
      } else if (it.open()) {
        it.status = "IN_PROGRESS";
        it.looks--;
        it.running = Math.min(WANTED - 1, it.running + 1);
        if (it.looks < 0) {
          finish(it);
        }
      }
    }
  }

  /// The circuit breaker: back to the last completed deployment, whatever that was.
  private void trip(Deployment it) {
    it.why = "ECS deployment circuit breaker: tasks failed to start.";
    it.status = goesBack ? "ROLLBACK_IN_PROGRESS" : "STOPPED";
    if (goesBack) {
      stands = completed(it);
    }
  }

  private Revision completed(Deployment but) {
    return deployments.reversed().stream()
        .filter(d -> d != but && d.status.equals("SUCCESSFUL"))
        .map(d -> d.target)
        .findFirst()
        .orElse(but.source);
  }

  // ---- its protocol

  @Override
  protected String credential(Asked asked) {
    String header = asked.header().apply("Authorization");
    int at = header.indexOf("Credential=");
    int slash = header.indexOf('/', at);
    return at < 0 || slash < 0 ? "" : header.substring(at + "Credential=".length(), slash);
  }

  private static String operation(Asked asked) {
    String target = asked.header().apply("X-Amz-Target");
    return target.replace(TARGET, "").replace(LOGS, "");
  }

  @Override
  protected boolean changes(Asked asked) {
    return change(asked);
  }

  /// Everything is a POST; these change something.
  public static boolean change(Asked asked) {
    return operation(asked).startsWith("Update") || operation(asked).startsWith("Stop");
  }

  @Override
  protected Object error(int status, String says) {
    String type =
        switch (status) {
          case 401 -> "UnrecognizedClientException";
          case 403 -> "AccessDeniedException";
          case 409 -> "ConflictException";
          case 429 -> "ThrottlingException";
          case 500 -> "ServerException";
          case 422 -> "InvalidParameterException";
          default -> "ClientException";
        };
    return Map.of("__type", type, "message", says);
  }

  /// Amazon says no with status 400.
  @Override
  protected Told denied(int status, String says) {
    return Told.json(400, error(status, says));
  }

  @Override
  protected Told lie(Asked asked) {
    return operation(asked).startsWith("Stop")
        ? Told.json(
            200,
            Map.of("serviceDeploymentArn", asked.json().path("serviceDeploymentArn").asString("")))
        : Told.json(200, Map.of("service", service()));
  }

  @Override
  protected Told answer(Asked asked) {
    return told(asked).with(Map.of("Content-Type", "application/x-amz-json-1.1"));
  }

  private Told told(Asked asked) {
    JsonNode with = asked.json();
    String operation = operation(asked);
    boolean inCluster =
        operation.equals("DescribeServices")
            || operation.equals("UpdateService")
            || operation.equals("ListServiceDeployments");
    if (inCluster && !with.path("cluster").asString("default").equals(cluster)) {
      return Told.json(
          400, Map.of("__type", "ClusterNotFoundException", "message", "Cluster not found."));
    }
    return switch (operation) {
      case "DescribeServices" -> described(with.path("services").path(0).asString(""));
      case "UpdateService" -> update(with);
      case "ListServiceDeployments" -> listed();
      case "DescribeServiceDeployments" ->
          find(with.path("serviceDeploymentArns").path(0).asString(""))
              .map(d -> {
                step();
                return Told.json(
                    200, Map.of("serviceDeployments", List.of(detail(d)), "failures", List.of()));
              })
              .orElseGet(() ->
                  Told.json(200, Map.of("serviceDeployments", List.of(), "failures", List.of())));
      case "DescribeServiceRevisions" -> revisions(with.path("serviceRevisionArns"));
      case "StopServiceDeployment" -> stop(with.path("serviceDeploymentArn").asString(""));
      case "ListTaskDefinitions" -> definitions(with.path("familyPrefix").asString(""));
      case "DescribeTaskDefinition" -> definition(with.path("taskDefinition").asString(""));
      case "ListTasks" -> tasks(with.path("desiredStatus").asString("RUNNING"));
      case "DescribeTasks" -> tasks(with.path("tasks"));
      case "GetLogEvents" -> log(with);
      default -> denied(400, "Unknown operation " + operation);
    };
  }

  private Optional<Deployment> find(String arn) {
    return deployments.stream().filter(d -> d.arn.equals(arn)).findFirst();
  }

  private Told described(String asked) {
    if (!asked.equals(service) && !asked.endsWith("/" + service)) {
      return Told.json(
          200,
          Map.of(
              "services",
              List.of(),
              "failures",
              List.of(
                  Map.of("arn", ARN + "service/" + cluster + "/" + asked, "reason", "MISSING"))));
    }
    step();
    return Told.json(200, Map.of("services", List.of(service()), "failures", List.of()));
  }

  private Map<String, ?> service() {
    var json = new TreeMap<String, Object>();
    json.put("serviceArn", ARN + "service/" + cluster + "/" + service);
    json.put("serviceName", service);
    json.put("clusterArn", ARN + "cluster/" + cluster);
    json.put("status", "ACTIVE");
    json.put("desiredCount", WANTED);
    json.put("taskDefinition", stands.definition().arn());
    json.put("deploymentController", Map.of("type", controller));
    json.put(
        "deploymentConfiguration",
        Map.of(
            "deploymentCircuitBreaker",
            Map.of("enable", breaker, "rollback", goesBack),
            "maximumPercent",
            200,
            "minimumHealthyPercent",
            100));
    json.put("deployments", rollouts(json));
    json.put(
        "currentServiceRevisions",
        deployments.isEmpty() ? List.of() : List.of(Map.of("arn", stands.arn())));
    List<Map<String, ?>> told = new ArrayList<>();
    for (String event : events) {
      told.add(Map.of("id", "e" + told.size(), "createdAt", seconds(newest), "message", event));
    }
    json.put("events", told);
    return json;
  }

  private List<Map<String, ?>> rollouts(Map<String, Object> service) {
    List<Map<String, ?>> shown = new ArrayList<>();
    Optional<Deployment> moving =
        deployments.reversed().stream().filter(d -> d.open() || d.back()).findFirst();
    Optional<Deployment> last =
        deployments.isEmpty() ? Optional.empty() : Optional.of(deployments.getLast());
    boolean stuck = last.filter(d -> d.status.equals("STOPPED")).isPresent();
    int running = moving.map(d -> d.running).orElse(stuck ? 0 : WANTED);
    String state = moving.isPresent() ? "IN_PROGRESS" : stuck ? "FAILED" : "COMPLETED";
    service.put("runningCount", moving.isPresent() || stuck ? WANTED : running);
    service.put("pendingCount", 0);
    boolean back = moving.filter(Deployment::back).isPresent();
    if (deployments.isEmpty()) {
      return shown;
    }
    shown.add(
        rollout(
            "PRIMARY",
            stands,
            back ? WANTED - 1 : running,
            back ? 0 : last.map(d -> d.failed).orElse(0),
            state,
            stuck ? last.get().why : ""));
    if (moving.isPresent() || stuck) {
      Revision draining = back ? moving.get().target : last.get().source;
      shown.add(rollout("ACTIVE", draining, back ? 0 : WANTED - running, 0, "COMPLETED", ""));
    }
    return shown;
  }

  private static Map<String, ?> rollout(
      String status, Revision of, int running, int failed, String state, String why) {
    var json = new TreeMap<String, Object>();
    json.put("id", "ecs-svc/" + of.arn().substring(of.arn().lastIndexOf('/') + 1));
    json.put("status", status);
    json.put("taskDefinition", of.definition().arn());
    json.put("desiredCount", status.equals("PRIMARY") ? WANTED : 0);
    json.put("pendingCount", 0);
    json.put("runningCount", running);
    json.put("failedTasks", failed);
    json.put("createdAt", seconds(of.created()));
    json.put("updatedAt", seconds(of.created()));
    json.put("rolloutState", state);
    json.put("rolloutStateReason", why.isEmpty() ? "ECS deployment " + state : why);
    return json;
  }

  private static double seconds(Instant at) {
    return at.toEpochMilli() / 1000.0;
  }

  private Told update(JsonNode with) {
    if (!with.path("service").asString("").equals(service)) {
      return Told.json(
          400, Map.of("__type", "ServiceNotFoundException", "message", "Service not found."));
    }
    String asked = with.path("taskDefinition").asString(stands.definition().name);
    String name = asked.substring(asked.lastIndexOf('/') + 1);
    boolean force = with.path("forceNewDeployment").asBoolean(false);
    String number = name.contains(":") ? name.substring(name.indexOf(':') + 1) : "";
    if (!number.isEmpty() && !number.chars().allMatch(Character::isDigit)) {
      return Told.json(400, error(422, "Invalid revision number. Number: " + number));
    }
    if (number.isEmpty()) {
      name = newestOf(name);
    }
    Definition definition = definitions.get(name);
    if (definition == null) {
      return Told.json(400, error(400, "Unable to describe task definition."));
    }
    if (!definition.active) {
      return Told.json(400, error(400, "TaskDefinition is inactive"));
    }
    if (!controller.equals("ECS") && with.has("taskDefinition")) {
      return Told.json(
          400,
          error(
              422,
              "Unable to update task definition on services with a "
                  + controller
                  + " deployment controller."));
    }
    if (force || !stands.definition().name.equals(name)) {
      begin(name);
    }
    return Told.json(200, Map.of("service", service()));
  }

  private String newestOf(String family) {
    return definitions.keySet().stream()
        .filter(n -> n.startsWith(family + ":"))
        .max(Comparator.comparingInt(n -> Integer.parseInt(n.substring(n.indexOf(':') + 1))))
        .orElse(family);
  }

  private Told stop(String arn) {
    Optional<Deployment> found = find(arn);
    if (found.isEmpty()) {
      return Told.json(
          400,
          Map.of("__type", "ServiceDeploymentNotFoundException", "message", "It was not found."));
    }
    Deployment it = found.get();
    if (it.open()) {
      it.status = "ROLLBACK_REQUESTED";
      it.why = "Rollback requested by a user";
      stands = completed(it);
    } else if (!it.back()) {
      return Told.json(400, error(409, "The deployment is not in flight"));
    }
    return Told.json(200, Map.of("serviceDeploymentArn", arn));
  }

  private Told listed() {
    List<Map<String, ?>> briefs = new ArrayList<>();
    for (Deployment d : deployments.reversed()) {
      var json = brief(d);
      json.put("targetServiceRevisionArn", d.target.arn());
      briefs.add(json);
    }
    return Told.json(200, Map.of("serviceDeployments", briefs));
  }

  private Map<String, Object> brief(Deployment d) {
    var json = new TreeMap<String, Object>();
    json.put("serviceDeploymentArn", d.arn);
    json.put("serviceArn", ARN + "service/" + cluster + "/" + service);
    json.put("clusterArn", ARN + "cluster/" + cluster);
    json.put("createdAt", seconds(d.created));
    json.put("startedAt", seconds(d.created));
    json.put("status", d.status);
    if (!d.why.isEmpty()) {
      json.put("statusReason", d.why);
    }
    return json;
  }

  private Map<String, ?> detail(Deployment d) {
    var json = brief(d);
    json.put("targetServiceRevision", Map.of("arn", d.target.arn(), "runningTaskCount", d.running));
    json.put(
        "sourceServiceRevisions",
        List.of(Map.of("arn", d.source.arn(), "runningTaskCount", WANTED - d.running)));
    return json;
  }

  private Told revisions(JsonNode arns) {
    List<Map<String, ?>> found = new ArrayList<>();
    for (JsonNode arn : arns) {
      revisions.stream()
          .filter(r -> r.arn().equals(arn.asString("")))
          .forEach(r ->
              found.add(
                  Map.of(
                      "serviceRevisionArn",
                      r.arn(),
                      "serviceArn",
                      ARN + "service/" + cluster + "/" + service,
                      "taskDefinition",
                      r.definition().arn(),
                      "createdAt",
                      seconds(r.created()),
                      "containerImages",
                      List.of(
                          Map.of(
                              "containerName",
                              "app",
                              "image",
                              r.definition().image,
                              "imageDigest",
                              r.digest())))));
    }
    return Told.json(200, Map.of("serviceRevisions", found, "failures", List.of()));
  }

  private Told definitions(String family) {
    return Told.json(
        200,
        Map.of(
            "taskDefinitionArns",
            definitions.values().stream()
                .filter(d -> d.active && d.name.startsWith(family + ":"))
                .map(Definition::arn)
                .toList()
                .reversed()));
  }

  private String taskArn(Ran task) {
    return ARN + "task/" + cluster + "/" + task.id();
  }

  private Told tasks(String status) {
    return Told.json(
        200,
        Map.of(
            "taskArns",
            tasks.stream()
                .filter(t -> t.why().isEmpty() == status.equals("RUNNING"))
                .map(this::taskArn)
                .toList()
                .reversed()));
  }

  private Told tasks(JsonNode arns) {
    List<Map<String, ?>> found = new ArrayList<>();
    for (JsonNode arn : arns) {
      tasks.stream()
          .filter(t -> taskArn(t).equals(arn.asString("")))
          .forEach(t ->
              found.add(
                  Map.of(
                      "taskArn",
                      taskArn(t),
                      "taskDefinitionArn",
                      ARN + "task-definition/" + t.definition(),
                      "lastStatus",
                      t.why().isEmpty() ? "RUNNING" : "STOPPED",
                      "stoppedReason",
                      t.why())));
    }
    return Told.json(200, Map.of("tasks", found, "failures", List.of()));
  }

  private Told log(JsonNode with) {
    String stream = with.path("logStreamName").asString("");
    Optional<Ran> task =
        tasks.stream()
            .filter(t -> with.path("logGroupName").asString("").equals(GROUP))
            .filter(t -> stream.equals("web/app/" + t.id()))
            .findFirst();
    if (task.isEmpty()) {
      return Told.json(
          400,
          Map.of(
              "__type",
              "ResourceNotFoundException",
              "message",
              "The specified log stream does not exist."));
    }
    List<Map<String, ?>> lines = new ArrayList<>();
    for (String line : task.get().lines()) {
      lines.add(Map.of("timestamp", newest.toEpochMilli(), "message", line));
    }
    return Told.json(200, Map.of("events", lines, "nextBackwardToken", "b/0"));
  }

  private Told definition(String asked) {
    Definition it = definitions.get(asked.substring(asked.lastIndexOf('/') + 1));
    if (it == null) {
      return Told.json(400, error(400, "Unable to describe task definition."));
    }
    return Told.json(
        200,
        Map.of(
            "taskDefinition",
            Map.of(
                "taskDefinitionArn",
                it.arn(),
                "family",
                it.name.substring(0, it.name.indexOf(':')),
                "revision",
                Integer.parseInt(it.name.substring(it.name.indexOf(':') + 1)),
                "status",
                it.active ? "ACTIVE" : "INACTIVE",
                "containerDefinitions",
                List.of(
                    Map.of(
                        "name",
                        "app",
                        "image",
                        it.image,
                        "environment",
                        List.of(Map.of("name", "STRIPE_KEY", "value", "hunter3")),
                        "logConfiguration",
                        Map.of(
                            "logDriver",
                            "awslogs",
                            "options",
                            Map.of(
                                "awslogs-group",
                                GROUP,
                                "awslogs-region",
                                "eu-central-1",
                                "awslogs-stream-prefix",
                                "web")))))));
  }
}
