package dev.lastgood.provider.mongodb;

import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.http.Api;
import dev.lastgood.provider.http.Ask;
import dev.lastgood.provider.http.Reply;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// Clusters, snapshots and restore jobs of one project, as the Administration API v2 has them.
final class AtlasApi {
  private static final String PAGE = "500";

  private final Api api;
  private final String project;

  AtlasApi(Api api, String project) {
    this.api = api;
    this.project = project;
  }

  /// @param state `IDLE` when it can be used, else what is done to it
  /// @param hosts of its connection string, as `host` after `mongodb+srv://`; empty while it is
  ///   made
  record Cluster(String name, String state, String scheme, String hosts, JsonNode whole) {
    boolean ready() {
      return state.equals("IDLE") && !hosts.isEmpty();
    }

    /// Whether its continuous backup is on, so that a second can be restored.
    boolean seconds() {
      return whole.path("pitEnabled").asBoolean(false);
    }
  }

  /// @param status `completed` when it can be restored
  record Snapshot(String id, Optional<Instant> at, String status) {
    boolean usable() {
      return status.equals("completed");
    }
  }

  /// There is no status: done is, what has finished and neither failed nor was cancelled.
  ///
  /// @param release id of the snapshot, or [Moments#id] of the second
  record Job(String id, String target, String release, boolean finished, boolean failed) {}

  private static String release(JsonNode job) {
    JsonNode second = job.path("pointInTimeUTCSeconds");
    return second.isNumber() && second.asLong() > 0
        ? Moments.id(second.asLong())
        : job.path("snapshotId").asString("");
  }

  private String path(String... parts) {
    List<String> all = new ArrayList<>(List.of("api", "atlas", "v2", "groups", project));
    all.addAll(List.of(parts));
    return Ask.path(all.toArray(String[]::new));
  }

  Optional<Cluster> cluster(String name) throws PlatformUnreachable {
    Reply reply = api.read(Ask.get(path("clusters", name)));
    if (reply instanceof Reply.Answered a && a.status() == 404) {
      return Optional.empty();
    }
    JsonNode json = api.json(reply);
    if (!json.path("name").isString() || !json.path("stateName").isString()) {
      throw api.strange("a cluster without name or stateName");
    }
    String url = json.path("connectionStrings").path("standardSrv").asString("");
    if (url.isEmpty()) {
      url = json.path("connectionStrings").path("standard").asString("");
    }
    int begins = url.indexOf("://");
    String rest = begins < 0 ? "" : url.substring(begins + 3);
    int slash = rest.indexOf('/');
    return Optional.of(
        new Cluster(
            json.path("name").asString(),
            json.path("stateName").asString(),
            begins < 0 ? "" : url.substring(0, begins),
            slash < 0 ? rest : rest.substring(0, slash),
            json));
  }

  /// Newest first.
  List<Snapshot> snapshots(String cluster) throws PlatformUnreachable {
    List<Snapshot> all = new ArrayList<>();
    for (JsonNode each : results(path("clusters", cluster, "backup", "snapshots"))) {
      String id = each.path("id").asString("");
      String status = each.path("status").asString("");
      if (id.isEmpty() || status.isEmpty()) {
        throw api.strange("a snapshot without id or status");
      }
      all.add(new Snapshot(id, instant(each.path("createdAt").asString("")), status));
    }
    all.sort(java.util.Comparator.comparing((Snapshot s) -> s.at().orElse(Instant.MIN)).reversed());
    return all;
  }

  List<Job> jobs(String cluster) throws PlatformUnreachable {
    List<Job> all = new ArrayList<>();
    for (JsonNode each : results(path("clusters", cluster, "backup", "restoreJobs"))) {
      if (!each.path("id").isString()) {
        throw api.strange("a restore job without id");
      }
      all.add(
          new Job(
              each.path("id").asString(),
              each.path("targetClusterName").asString(""),
              release(each),
              each.path("finishedAt").isString(),
              each.path("failed").asBoolean(false)
                  || each.path("cancelled").asBoolean(false)
                  || each.path("expired").asBoolean(false)));
    }
    return all;
  }

  private Iterable<JsonNode> results(String path) throws PlatformUnreachable {
    JsonNode json = api.json(api.read(Ask.get(path).with("itemsPerPage", PAGE)));
    if (!json.path("results").isArray()) {
      throw api.strange("a list without results");
    }
    return json.path("results");
  }

  private static Optional<Instant> instant(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /// A cluster like another one, under another name.
  Reply create(String name, Cluster like) {
    Map<String, Object> body = new TreeMap<>();
    body.put("name", name);
    body.put("clusterType", like.whole().path("clusterType").asString("REPLICASET"));
    for (String same :
        List.of("replicationSpecs", "mongoDBMajorVersion", "backupEnabled", "pitEnabled")) {
      if (like.whole().has(same)) {
        body.put(same, like.whole().get(same));
      }
    }
    return api.change(Ask.send("POST", path("clusters"), body));
  }

  /// @param release id of a snapshot, or a second
  Reply restore(String from, String release, String target) {
    Map<String, Object> body = new TreeMap<>();
    OptionalLong second = Moments.second(release);
    if (second.isPresent()) {
      body.put("deliveryType", "pointInTime");
      body.put("pointInTimeUTCSeconds", second.getAsLong());
    } else {
      body.put("deliveryType", "automated");
      body.put("snapshotId", release);
    }
    body.put("targetClusterName", target);
    body.put("targetGroupId", project);
    return api.change(Ask.send("POST", path("clusters", from, "backup", "restoreJobs"), body));
  }
}
