package dev.lastgood.rehearsal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// The Administration API v2 of MongoDB Atlas, as far as restoring into a new cluster uses it: a
/// project with clusters, their snapshots and restore jobs. Made after its documentation.
///
/// A restore erases its target at once, works for some looks, and has no status: only `finishedAt`,
/// `failed` and `cancelled` tell. Every request is another job. Who asks proves it by a token of a
/// service account, or by HTTP digest with an API key.
public final class PlayedAtlas extends PlayedApi {
  private static final String GROUP = "/api/atlas/v2/groups/[^/]+";
  private static final String POINT = "second ";
  private static final String CLUSTER = GROUP + "/clusters/[^/]+";

  /// The public half of the API key, whose private half is the token.
  public static final String PUBLIC_KEY = "abcdwxyz";

  private final String token;
  private final Servers servers;
  private final SortedMap<String, Cluster> clusters = new TreeMap<>();
  private final SortedMap<String, String> snapshots = new TreeMap<>();
  private final List<Job> jobs = new ArrayList<>();
  private int looks = 2;
  private boolean fails;
  private boolean seconds;
  private int nonces = 1;

  /// What stands behind the clusters.
  public interface Servers {
    /// @return `mongodb://host:port` of a new, empty one
    String started(String cluster);

    void erased(String cluster);

    void restored(String cluster, String snapshot);

    /// Atlas itself is over.
    default void ended() {}
  }

  private static final class Cluster {
    final String url;
    int busy;

    Cluster(String url, int busy) {
      this.url = url;
      this.busy = busy;
    }
  }

  private static final class Job {
    final String id;
    final String snapshot;
    final String target;
    int busy;
    boolean failed;

    Job(String id, String snapshot, String target, int busy) {
      this.id = id;
      this.snapshot = snapshot;
      this.target = target;
      this.busy = busy;
    }
  }

  /// @param token the client secret
  public PlayedAtlas(String token, Servers servers) throws IOException {
    super(token);
    this.token = token;
    this.servers = servers;
    open();
  }

  // ---- its state

  public synchronized void cluster(String name, String url) {
    clusters.put(name, new Cluster(url, 0));
  }

  /// @param status `queued`, `inProgress`, `completed` or `failed`
  public synchronized void snapshot(String id, String status) {
    snapshots.put(id, status);
  }

  public synchronized void expire(String snapshot) {
    snapshots.remove(snapshot);
  }

  /// Restores fail from now on, after they have erased their target; or no longer.
  public synchronized void restoresFail(boolean now) {
    fails = now;
  }

  /// Whether the continuous backup of its clusters is on.
  public synchronized void keepsSeconds(boolean now) {
    seconds = now;
  }

  /// The challenge that is answered now is good no longer.
  public synchronized void forgetsChallenges() {
    nonces++;
  }

  public synchronized int jobs() {
    return jobs.size();
  }

  @Override
  public void close() {
    super.close();
    servers.ended();
  }

  @Override
  public synchronized String snapshot() {
    return clusters.keySet() + " " + snapshots + " " + jobs.size();
  }

  // ---- its protocol

  @Override
  protected String credential(Asked asked) {
    String sent = asked.header().apply("Authorization");
    if (sent.startsWith("Basic ")) {
      byte[] both = Base64.getDecoder().decode(sent.substring("Basic ".length()));
      String text = new String(both, StandardCharsets.UTF_8);
      return text.substring(text.indexOf(':') + 1);
    }
    if (sent.startsWith("Digest ")) {
      return PlayedDigest.proves(sent, asked.method(), PUBLIC_KEY, token, nonce()) ? token : "";
    }
    return sent.equals("Bearer access-" + token.hashCode()) ? token : "";
  }

  private String nonce() {
    return "nonce-" + nonces;
  }

  @Override
  protected Told denied(int status, String says) {
    Told told = super.denied(status, says);
    return status == 401
        ? told.with(Map.of("WWW-Authenticate", PlayedDigest.challenge(nonce())))
        : told;
  }

  @Override
  protected boolean changes(Asked asked) {
    return asked.changes() && !asked.path().equals("/api/oauth/token");
  }

  @Override
  protected Object error(int status, String says) {
    return Map.of("error", status, "errorCode", says, "detail", says, "reason", says);
  }

  @Override
  protected Told lie(Asked asked) {
    return Told.json(201, Map.of("id", "6a0000000000000000000000", "name", "x"));
  }

  @Override
  protected Told answer(Asked asked) {
    if (asked.is("POST", "/api/oauth/token")) {
      return Told.json(
          200, Map.of("access_token", "access-" + token.hashCode(), "expires_in", 3600));
    }
    if (!asked.header().apply("Accept").startsWith("application/vnd.atlas.")) {
      return no(406, "INVALID_VERSION_DATE");
    }
    if (asked.is("GET", CLUSTER)) {
      return one(asked.part(6));
    }
    if (asked.is("POST", GROUP + "/clusters")) {
      return create(asked);
    }
    if (asked.is("GET", CLUSTER + "/backup/snapshots") && clusters.containsKey(asked.part(6))) {
      return Told.json(200, Map.of("results", listed()));
    }
    if (asked.is("GET", CLUSTER + "/backup/restoreJobs")) {
      return Told.json(200, Map.of("results", jobs.stream().map(this::told).toList()));
    }
    if (asked.is("POST", CLUSTER + "/backup/restoreJobs")) {
      return restore(asked);
    }
    return no(404, "RESOURCE_NOT_FOUND");
  }

  private Told one(String name) {
    Cluster cluster = clusters.get(name);
    if (cluster == null) {
      return no(404, "CLUSTER_NOT_FOUND");
    }
    boolean busy = cluster.busy-- > 0;
    Map<String, Object> told = new TreeMap<>();
    told.put("name", name);
    told.put("stateName", busy ? "CREATING" : "IDLE");
    told.put("clusterType", "REPLICASET");
    told.put("mongoDBMajorVersion", "8.0");
    told.put("backupEnabled", true);
    told.put("pitEnabled", seconds);
    told.put("replicationSpecs", List.of(Map.of("numShards", 1)));
    told.put("connectionStrings", busy ? Map.of() : Map.of("standard", cluster.url + "/"));
    return Told.json(200, told);
  }

  private Told create(Asked asked) {
    String name = asked.json().path("name").asString("");
    if (clusters.containsKey(name)) {
      return no(400, "DUPLICATE_CLUSTER_NAME");
    }
    if (!asked.json().path("replicationSpecs").isArray()) {
      return no(400, "MISSING_ATTRIBUTE");
    }
    clusters.put(name, new Cluster(servers.started(name), looks));
    return Told.json(201, Map.of("name", name, "stateName", "CREATING"));
  }

  private List<Map<String, String>> listed() {
    List<Map<String, String>> all = new ArrayList<>();
    snapshots.forEach((id, status) ->
        all.add(Map.of("id", id, "status", status, "createdAt", "2026-11-21T10:00:00Z")));
    return all;
  }

  private Told restore(Asked asked) {
    String target = asked.json().path("targetClusterName").asString("");
    String snapshot = asked.json().path("snapshotId").asString("");
    if (!clusters.containsKey(target)) {
      return no(404, "CLUSTER_NOT_FOUND");
    }
    if (asked.json().path("deliveryType").asString("").equals("pointInTime")) {
      if (!seconds || !asked.json().path("pointInTimeUTCSeconds").isNumber()) {
        return no(400, "INVALID_POINT_IN_TIME");
      }
      snapshot = POINT + asked.json().path("pointInTimeUTCSeconds").asLong();
    } else if (!"completed".equals(snapshots.get(snapshot))) {
      return no(404, "SNAPSHOT_NOT_FOUND");
    }
    servers.erased(target);
    var job = new Job("6a00000000000000000000" + (10 + jobs.size()), snapshot, target, looks);
    job.failed = fails;
    jobs.add(job);
    return Told.json(201, told(job));
  }

  private Map<String, Object> told(Job job) {
    Map<String, Object> told = new TreeMap<>();
    told.put("id", job.id);
    if (job.snapshot.startsWith(POINT)) {
      told.put("deliveryType", "pointInTime");
      told.put("pointInTimeUTCSeconds", Long.parseLong(job.snapshot.substring(POINT.length())));
    } else {
      told.put("deliveryType", "automated");
      told.put("snapshotId", job.snapshot);
    }
    told.put("targetClusterName", job.target);
    told.put("cancelled", false);
    told.put("expired", false);
    boolean over = job.busy-- <= 0;
    told.put("failed", over && job.failed);
    if (over) {
      if (job.busy == -1 && !job.failed) {
        servers.restored(job.target, job.snapshot);
      }
      told.put("finishedAt", "2026-11-21T11:00:00Z");
    }
    return told;
  }
}
