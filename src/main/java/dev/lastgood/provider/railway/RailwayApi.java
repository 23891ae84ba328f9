package dev.lastgood.provider.railway;

import dev.lastgood.model.Text;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.http.Graph;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/// The questions to Railway, in the words of its published schema.
final class RailwayApi {
  static final int SEEN = 50;
  private static final int LINES = 500;
  private static final String SERVICE =
      """
      query lastgoodService($input: DeploymentListInput!, $first: Int, $environmentId: String!, $serviceId: String!) {
        deployments(input: $input, first: $first) {
          edges { node { id status statusUpdatedAt createdAt canRollback meta } }
        }
        serviceInstance(environmentId: $environmentId, serviceId: $serviceId) { activeDeployments { id } }
      }\
      """;
  private static final String AUTO_DEPLOY =
      """
      query lastgoodAutoDeploy($environmentId: String!, $projectId: String!, $serviceId: String!) {
        serviceInstanceAutoDeployStatus(environmentId: $environmentId, projectId: $projectId, serviceId: $serviceId) { enabled }
      }\
      """;
  private static final String SET_AUTO_DEPLOY =
      """
      mutation lastgoodSetAutoDeploy($input: ServiceInstanceAutoDeployUpdateInput!) {
        serviceInstanceAutoDeployUpdate(input: $input) { enabled }
      }\
      """;
  private static final String ROLLBACK =
      "mutation lastgoodRollback($id: String!) { deploymentRollback(id: $id) }";
  private static final String ROLLBACK_OBJECT =
      "mutation lastgoodRollback($id: String!) { deploymentRollback(id: $id) { id } }";
  private static final String DEPLOY =
      """
      mutation lastgoodDeploy($commitSha: String, $environmentId: String!, $serviceId: String!) {
        serviceInstanceDeployV2(commitSha: $commitSha, environmentId: $environmentId, serviceId: $serviceId)
      }\
      """;
  private static final String VARIABLES =
      """
      query lastgoodVariable($environmentId: String!, $projectId: String!, $serviceId: String!) {
        variables(environmentId: $environmentId, projectId: $projectId, serviceId: $serviceId)
      }\
      """;
  private static final String SET_VARIABLE =
      "mutation lastgoodSetVariable($input: VariableUpsertInput!) { variableUpsert(input: $input) }";
  private static final String STARTED_WITH =
      """
      query lastgoodStartedWith($deploymentId: String!) {
        deploymentSnapshot(deploymentId: $deploymentId) { variables }
      }\
      """;
  private static final String REDEPLOY =
      """
      mutation lastgoodRedeploy($id: String!) {
        deploymentRedeploy(id: $id, usePreviousImageTag: true) { id }
      }\
      """;
  private static final String LOG =
      """
      query lastgoodLog($deploymentId: String!, $limit: Int) {
        deploymentLogs(deploymentId: $deploymentId, limit: $limit) { timestamp message severity }
      }\
      """;

  private final Graph graph;
  private final Map<String, String> ids;

  RailwayApi(Graph graph, Map<String, String> ids) {
    this.graph = graph;
    this.ids = Map.copyOf(ids);
  }

  /// @param newest newest first
  /// @param active ids of what serves
  /// @param now Railway's clock, where it told
  record Service(List<Deployed> newest, Set<String> active, Optional<Instant> now) {
    /// What serves: the newest running one of the active ones.
    Optional<Deployed> live() {
      return newest.stream().filter(d -> active.contains(d.id()) && d.running()).findFirst();
    }

    Optional<Deployed> find(String id) {
      return newest.stream().filter(d -> d.id().equals(id)).findFirst();
    }
  }

  Service service() throws PlatformUnreachable {
    Map<String, ?> variables =
        Map.of(
            "input",
            ids,
            "first",
            SEEN,
            "environmentId",
            id("environmentId"),
            "serviceId",
            id("serviceId"));
    Graph.Seen seen = graph.query("lastgoodService", SERVICE, variables);
    JsonNode edges = seen.data().path("deployments").path("edges");
    JsonNode active = seen.data().path("serviceInstance").path("activeDeployments");
    if (!edges.isArray() || !active.isArray()) {
      throw strange("deployments or activeDeployments is missing");
    }
    List<Deployed> all = new ArrayList<>();
    for (JsonNode edge : edges) {
      all.add(
          Deployed.of(edge.path("node"))
              .orElseThrow(() -> strange("a deployment without id, status or createdAt")));
    }
    var serving = new TreeSet<String>();
    active.forEach(a -> serving.add(a.path("id").asString("")));
    all.sort(Comparator.comparing(Deployed::created).reversed());
    return new Service(List.copyOf(all), serving, seen.date().flatMap(RailwayApi::date));
  }

  private static Optional<Instant> date(String header) {
    try {
      return Optional.of(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(header)));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static PlatformUnreachable strange(String what) {
    return new PlatformUnreachable(
        "Railway answered in a shape this version of Lastgood does not know: " + what);
  }

  boolean autoDeploys() throws PlatformUnreachable {
    JsonNode on =
        graph
            .query("lastgoodAutoDeploy", AUTO_DEPLOY, ids)
            .data()
            .path("serviceInstanceAutoDeployStatus")
            .path("enabled");
    if (!on.isBoolean()) {
      throw strange("nobody knows whether pushes deploy");
    }
    return on.asBoolean();
  }

  Graph.Made autoDeploy(boolean on) {
    var input = new TreeMap<String, Object>(ids);
    input.put("enabled", on);
    return graph.mutate("lastgoodSetAutoDeploy", SET_AUTO_DEPLOY, Map.of("input", input));
  }

  /// The schema says that the answer is a Boolean, the guide that it is an object. Who is asked in
  /// the wrong way says so before doing anything.
  Graph.Made rollback(String id) {
    Graph.Made made = graph.mutate("lastgoodRollback", ROLLBACK, Map.of("id", id));
    return made instanceof Graph.Made.No no
            && (no.error().contains("selection of subfields")
                || no.error().contains("subselection"))
        ? graph.mutate("lastgoodRollback", ROLLBACK_OBJECT, Map.of("id", id))
        : made;
  }

  Graph.Made deploy(String commit) {
    return graph.mutate(
        "lastgoodDeploy",
        DEPLOY,
        Map.of(
            "commitSha", commit,
            "environmentId", id("environmentId"),
            "serviceId", id("serviceId")));
  }

  /// The value that the next deployment gets; empty: it is not set. The others, secrets among them,
  /// are not looked at.
  Optional<String> variable(String name) throws PlatformUnreachable {
    return value(graph.query("lastgoodVariable", VARIABLES, ids).data().path("variables"), name);
  }

  /// The value that a deployment was started with; empty: none.
  Optional<String> startedWith(String deployment, String name) throws PlatformUnreachable {
    return value(
        graph
            .query("lastgoodStartedWith", STARTED_WITH, Map.of("deploymentId", deployment))
            .data()
            .path("deploymentSnapshot")
            .path("variables"),
        name);
  }

  private static Optional<String> value(JsonNode variables, String name)
      throws PlatformUnreachable {
    if (!variables.isObject()) {
      throw strange("nobody knows which variables are set");
    }
    return variables.hasNonNull(name)
        ? Optional.of(variables.path(name).asString(""))
        : Optional.empty();
  }

  /// Sets it, without a deploy.
  Graph.Made setVariable(String name, String value) {
    var input = new TreeMap<String, Object>(ids);
    input.put("name", name);
    input.put("value", value);
    input.put("skipDeploys", true);
    return graph.mutate("lastgoodSetVariable", SET_VARIABLE, Map.of("input", input));
  }

  /// Deploys it once more, from its image, with today's variables.
  Graph.Made redeploy(String id) {
    return graph.mutate("lastgoodRedeploy", REDEPLOY, Map.of("id", id));
  }

  List<String> log(String deployment) throws PlatformUnreachable {
    List<String> lines = new ArrayList<>();
    for (JsonNode line :
        graph
            .query("lastgoodLog", LOG, Map.of("deploymentId", deployment, "limit", LINES))
            .data()
            .path("deploymentLogs")) {
      lines.add(
          line.path("timestamp").asString("")
              + " "
              + Text.plain(line.path("message").asString("")));
    }
    return lines;
  }

  /// The page a person would open.
  String page() {
    return "https://railway.com/project/"
        + id("projectId")
        + "/service/"
        + id("serviceId")
        + "?environmentId="
        + id("environmentId");
  }

  String id(String name) {
    return Optional.ofNullable(ids.get(name)).orElseThrow();
  }
}
