package dev.lastgood.provider.kubernetes;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What helm does to a played cluster: its revisions in Secrets, and the objects of the chart.
final class PlayedHelm {
  /// In the values of every revision; must never be seen.
  static final String VALUE = "hunter5-of-the-values";

  /// What happens to the helm that is asked.
  enum Mode {
    WORKS,
    /// It says no before it writes anything down.
    REFUSES,
    /// The objects are refused; the revision is marked as failed.
    FAILS,
    /// A hook fails: helm ends and leaves its revision pending.
    HOOK_FAILS,
    /// It is killed after it wrote its revision down.
    KILLED,
    LIES
  }

  private final PlayedCluster cluster;
  private final Map<Integer, ObjectNode> revisions = new TreeMap<>();
  private Mode mode = Mode.WORKS;
  private Instant now = Instant.parse("2026-11-04T08:00:00Z");
  private int calls;

  PlayedHelm(PlayedCluster cluster) {
    this.cluster = cluster;
    cluster.helm(this::run);
  }

  void mode(Mode mode) {
    this.mode = mode;
  }

  /// How often a rollback was asked for.
  int calls() {
    return calls;
  }

  static String path(int number) {
    return PlayedCluster.secret("sh.helm.release.v1.shop.v" + number);
  }

  static String manifest(String tag, String config, String more) {
    return manifest(WorkloadKind.DEPLOYMENT, tag, config, more);
  }

  static String manifest(WorkloadKind kind, String tag, String config, String more) {
    ObjectNode workload =
        PlayedCluster.json(
            "{'apiVersion': 'apps/v1', 'kind': '%s', 'metadata': {'name': 'shop'}, 'spec': {}}"
                .formatted(kind.kind()));
    ((ObjectNode) workload.path("spec")).set("template", PlayedCluster.template(tag, config));
    return "---\n# Source: shop/templates/workload.yaml\n" + workload + "\n---\n" + more;
  }

  /// A revision as helm keeps it.
  void revision(int number, String status, String description, String manifest) {
    ObjectNode whole =
        PlayedCluster.json(
            """
            {'name': 'shop', 'namespace': 'shop', 'version': %d,
             'info': {'first_deployed': '2026-11-01T09:00:00+01:00', 'last_deployed': '%s'},
             'chart': {'metadata': {'name': 'shop', 'version': '0.3.0', 'appVersion': '1.0'}},
             'config': {'password': '%s'},
             'hooks': [{'name': 'shop-check', 'kind': 'Job', 'path': 'shop/templates/hook.yaml', 'manifest': 'kind: Job',
               'events': ['pre-rollback'], 'last_run': {'started_at': '', 'phase': ''}}]}
            """
                .formatted(number, now, VALUE));
    whole.put("manifest", manifest);
    revisions.put(number, whole);
    status(number, status, description);
    now = now.plusSeconds(60);
  }

  /// As if it had begun at another time.
  void at(int number, Instant at) {
    ((ObjectNode) known(number).path("info")).put("last_deployed", at.toString());
    write(number);
  }

  void status(int number, String status, String description) {
    ((ObjectNode) known(number).path("info")).put("status", status).put("description", description);
    write(number);
  }

  private ObjectNode known(int number) {
    return Objects.requireNonNull(revisions.get(number), "there is no revision " + number);
  }

  void remove(int number) {
    revisions.remove(number);
    cluster.delete(path(number));
  }

  private void write(int number) {
    ObjectNode whole = known(number);
    ObjectNode secret =
        PlayedCluster.json(
            """
            {'apiVersion': 'v1', 'kind': 'Secret', 'type': 'helm.sh/release.v1',
             'metadata': {'name': 'sh.helm.release.v1.shop.v%d', 'namespace': 'shop', 'uid': 'uid-of-helm-%d',
               'labels': {'owner': 'helm', 'name': 'shop', 'version': '%d', 'status': '%s'}}}
            """
                .formatted(number, number, number, whole.path("info").path("status").asString()));
    secret
        .putObject("data")
        .put(
            "release",
            base64(base64(zipped(whole.toString())).getBytes(StandardCharsets.US_ASCII)));
    cluster.put(path(number), secret);
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static byte[] zipped(String text) {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new GZIPOutputStream(bytes)) {
      zip.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  // ---- the program

  private String run(List<String> words) {
    if (words.getFirst().equals("version")) {
      return "0\nv3.21.4+gplayed";
    }
    calls++;
    if (!words.subList(0, 2).equals(List.of("rollback", "shop"))) {
      return "1\nError: unknown command";
    }
    ObjectNode target = revisions.get(Integer.parseInt(words.get(2)));
    if (target == null || mode == Mode.REFUSES) {
      return "1\nError: release has no " + words.get(2) + " version";
    }
    return mode == Mode.LIES ? "0\nRollback was a success!" : rollback(target);
  }

  private String rollback(ObjectNode target) {
    int last = revisions.keySet().stream().mapToInt(n -> n).max().orElseThrow();
    int number = last + 1;
    String says = "Rollback to " + target.path("version").asInt();
    revision(number, "pending-rollback", says, target.path("manifest").asString());
    switch (mode) {
      case FAILS -> {
        status(last, "superseded", known(last).path("info").path("description").asString());
        status(number, "failed", "Rollback \"shop\" failed: admission webhook says no");
        return "1\nError: admission webhook says no";
      }
      case HOOK_FAILS -> {
        return "1\nError: job failed: BackoffLimitExceeded";
      }
      case KILLED -> {
        return "killed\n";
      }
      case WORKS, REFUSES, LIES -> {}
    }
    apply(target);
    revisions.forEach((n, r) -> {
      if (r.path("info").path("status").asString().equals("deployed")) {
        status(n, "superseded", r.path("info").path("description").asString());
      }
    });
    status(number, "deployed", says);
    return "0\nRollback was a success! Happy Helming!";
  }

  private void apply(ObjectNode target) {
    Optional<JsonNode> template =
        Manifest.of("shop", target.path("manifest").asString())
            .flatMap(m -> m.workloads().stream().findFirst())
            .map(Manifest.Part::template);
    cluster.change(
        cluster.workload(),
        w -> ((ObjectNode) w.path("spec")).set("template", template.orElseThrow()));
    cluster.control();
  }
}
