package dev.lastgood.provider.kubernetes;

import dev.lastgood.rehearsal.Asked;
import dev.lastgood.rehearsal.PlayedApi;
import dev.lastgood.rehearsal.Told;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.crud.AttributeSet;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.Buffer;
import io.fabric8.mockwebserver.http.Headers;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// An API server whose store is fabric8's CRUD mock: it merges, patches and refuses stale versions.
/// Added to that: who may ask, what goes wrong ([PlayedApi]), the form of errors, and a controller,
/// since the mock has none: it does to a workload what the real one does, as far as `mode` lets it.
final class PlayedCluster extends PlayedApi {
  static final String NAMESPACE = "shop";

  /// What becomes of a template that was written.
  enum Mode {
    SETTLES,
    LAGS,
    HALF_WAY,
    CRASHES,
    PULLS_NOTHING,
    TIMES_OUT
  }

  private final KubernetesCrudDispatcher store = new KubernetesCrudDispatcher();
  private final WorkloadKind kind;
  private final List<String> paths = new ArrayList<>();
  private final List<String> hidden = new ArrayList<>();
  private Mode mode = Mode.SETTLES;
  private Runnable meanwhile = () -> {};
  private Function<List<String>, String> helm = _ -> "1\nthere is no helm here";

  PlayedCluster(WorkloadKind kind, String token) throws IOException {
    super(token);
    this.kind = kind;
    open();
  }

  synchronized void mode(Mode mode) {
    this.mode = mode;
  }

  /// Happens once, when a change has come in and before it is made.
  synchronized void meanwhile(Runnable what) {
    meanwhile = what;
  }

  /// What the program that plays helm does with its words; the first line of the answer is its
  /// exit.
  synchronized void helm(Function<List<String>, String> helm) {
    this.helm = helm;
  }

  /// Whatever is below this path is forbidden.
  synchronized void hide(String path) {
    hidden.add(path);
  }

  // ---- the store, behind everybody's back

  static ObjectNode json(String text) {
    return (ObjectNode) JsonMapper.shared().readTree(text.replace('\'', '"'));
  }

  synchronized void put(String path, ObjectNode object) {
    AttributeSet key = store.getKey(path);
    Map.Entry<AttributeSet, String> old = store.findResource(key);
    ((ObjectNode) object.path("metadata"))
        .put("resourceVersion", "" + store.requestResourceVersion());
    store.processEvent(
        path,
        key,
        old == null ? null : old.getKey(),
        Serialization.unmarshal(object.toString(), GenericKubernetesResource.class),
        object.toString());
    if (!paths.contains(path)) {
      paths.add(path);
    }
  }

  synchronized ObjectNode get(String path) {
    return find(path).orElseThrow(() -> new AssertionError("nothing at " + path));
  }

  synchronized Optional<ObjectNode> find(String path) {
    return Optional.ofNullable(store.findResource(store.getKey(path)))
        .map(e -> (ObjectNode) JsonMapper.shared().readTree(e.getValue()));
  }

  synchronized void change(String path, Consumer<ObjectNode> how) {
    ObjectNode object = get(path);
    how.accept(object);
    put(path, object);
  }

  synchronized void delete(String path) {
    AttributeSet key = store.getKey(path);
    store.processEvent(path, key, store.findResource(key).getKey(), null, null);
    paths.remove(path);
  }

  @Override
  public synchronized String snapshot() {
    return paths.stream()
        .sorted()
        .map(p -> p + " " + find(p).map(JsonNode::toString).orElse("gone"))
        .collect(Collectors.joining("\n"));
  }

  // ---- what there is

  String workload() {
    return new WorkloadKind.Named(kind, NAMESPACE, "shop").path();
  }

  String revision(String hash) {
    return "/apis/apps/v1/namespaces/"
        + NAMESPACE
        + (kind.inReplicaSets() ? "/replicasets" : "/controllerrevisions")
        + "/shop-"
        + hash;
  }

  static String pod(String name) {
    return "/api/v1/namespaces/" + NAMESPACE + "/pods/" + name;
  }

  static String configMap(String name) {
    return "/api/v1/namespaces/" + NAMESPACE + "/configmaps/" + name;
  }

  static String secret(String name) {
    return "/api/v1/namespaces/" + NAMESPACE + "/secrets/" + name;
  }

  static ObjectNode template(String tag, String config) {
    return json(
        """
        {'metadata': {'labels': {'app': 'shop'}},
         'spec': {'containers': [{'name': 'web', 'image': 'registry.example:5000/shop:%s',
           'env': [{'name': 'PAYMENT_KEY', 'value': 'hunter3-literal'}],
           'envFrom': [{'configMapRef': {'name': '%s'}}, {'secretRef': {'name': 'shop-secret'}}]}]}}
        """
            .formatted(tag, config));
  }

  void workload(ObjectNode template) {
    ObjectNode whole =
        json(
            """
            {'apiVersion': '%s', 'kind': '%s',
             'metadata': {'name': 'shop', 'namespace': 'shop', 'uid': 'uid-of-shop', 'generation': 2,
               'creationTimestamp': '2026-11-01T08:00:00Z', 'labels': {'app': 'shop'},
               'annotations': {'team': 'checkout'}},
             'spec': {'replicas': 3, 'selector': {'matchLabels': {'app': 'shop'}}},
             'status': {'observedGeneration': 2}}
            """
                .formatted(
                    kind == WorkloadKind.ROLLOUT ? "argoproj.io/v1alpha1" : "apps/v1",
                    kind.kind()));
    ((ObjectNode) whole.path("spec")).set("template", template);
    put(workload(), whole);
  }

  /// A revision as the controller keeps it.
  void revision(String hash, long number, String created, ObjectNode template) {
    ObjectNode whole =
        json(
            """
            {'apiVersion': 'apps/v1', 'kind': '%s',
             'metadata': {'name': 'shop-%s', 'namespace': 'shop', 'uid': 'uid-of-%s',
               'creationTimestamp': '%s', 'labels': {'app': 'shop', '%s': '%s'},
               'annotations': {'team': 'checkout', 'made-by': 'pipeline %s'},
               'ownerReferences': [{'kind': '%s', 'name': 'shop', 'uid': 'uid-of-shop', 'controller': true}]}}
            """
                .formatted(
                    kind.inReplicaSets() ? "ReplicaSet" : "ControllerRevision",
                    hash,
                    hash,
                    created,
                    kind.label(),
                    hash,
                    number,
                    kind.kind()));
    ObjectNode inside = template.deepCopy();
    if (kind.inReplicaSets()) {
      ((ObjectNode) inside.path("metadata").path("labels")).put(kind.label(), hash);
      whole.putObject("spec").set("template", inside);
    } else {
      inside.put("$patch", "replace");
      whole.putObject("data").putObject("spec").set("template", inside);
    }
    number(whole, number);
    put(revision(hash), whole);
  }

  private void number(ObjectNode revision, long number) {
    if (kind.inReplicaSets()) {
      ((ObjectNode) revision.path("metadata").path("annotations"))
          .put(kind.numbered(), "" + number);
    } else {
      revision.put("revision", number);
    }
  }

  private long number(JsonNode revision) {
    return kind.inReplicaSets()
        ? revision.path("metadata").path("annotations").path(kind.numbered()).asLong(0)
        : revision.path("revision").asLong(0);
  }

  void named(String path, String what) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    put(
        path,
        json(
            """
            {'apiVersion': 'v1', 'kind': '%s', 'metadata': {'name': '%s', 'namespace': 'shop'},
             'data': {'password': 'hunter4-secret'}}
            """
                .formatted(what, name)));
  }

  void pod(String name, String hash, String state) {
    put(
        pod(name),
        json(
            """
            {'apiVersion': 'v1', 'kind': 'Pod',
             'metadata': {'name': '%s', 'namespace': 'shop', 'uid': 'uid-of-%s',
               'labels': {'app': 'shop', '%s': '%s'}}, 'status': %s}
            """
                .formatted(
                    name,
                    name,
                    kind.label(),
                    kind == WorkloadKind.STATEFUL_SET ? "shop-" + hash : hash,
                    state)));
  }

  static final String READY =
      "{'phase': 'Running', 'conditions': [{'type': 'Ready', 'status': 'True'}],"
          + " 'containerStatuses': [{'name': 'web', 'restartCount': 0, 'state': {'running': {}}}]}";
  static final String CRASHING =
      "{'phase': 'Running', 'conditions': [{'type': 'Ready', 'status': 'False'}],"
          + " 'containerStatuses': [{'name': 'web', 'restartCount': 5, 'state': {'waiting':"
          + " {'reason': 'CrashLoopBackOff', 'message': 'back-off 1m20s restarting failed container'}},"
          + " 'lastState': {'terminated': {'exitCode': 1, 'reason': 'Error'}}}]}";
  static final String PULLING =
      "{'phase': 'Pending', 'conditions': [{'type': 'Ready', 'status': 'False'}],"
          + " 'containerStatuses': [{'name': 'web', 'restartCount': 0, 'state': {'waiting':"
          + " {'reason': 'ImagePullBackOff', 'message': 'Back-off pulling image'}}}]}";

  // ---- the controller

  /// What the controller does once it has seen the workload.
  synchronized void control() {
    if (mode == Mode.LAGS) {
      return;
    }
    ObjectNode workload = get(workload());
    String hash = hash(workload.path("spec").path("template"));
    long highest =
        paths.stream()
            .filter(p -> p.startsWith(revision("")))
            .mapToLong(p -> number(get(p)))
            .max()
            .orElse(0);
    change(
        revision(hash),
        r -> {
          if (number(r) < highest) {
            number(r, highest + 1);
          }
        });
    long number = number(get(revision(hash)));
    pods(hash);
    change(
        workload(),
        w -> {
          if (kind.inReplicaSets()) {
            ((ObjectNode) w.path("metadata").path("annotations")).put(kind.numbered(), "" + number);
          }
          w.set(
              "status",
              kind == WorkloadKind.ROLLOUT ? PlayedRollouts.status(w, hash, mode) : status(hash));
          ((ObjectNode) w.path("status"))
              .put("observedGeneration", "" + w.path("metadata").path("generation").asLong());
        });
  }

  private String hash(JsonNode template) {
    return paths.stream()
        .filter(p -> p.startsWith(revision("")))
        .filter(p -> bare(get(p)).equals(template))
        .map(p -> p.substring(revision("").length()))
        .findFirst()
        .orElseThrow(
            () -> new AssertionError("a template of no revision was written: " + template));
  }

  private JsonNode bare(ObjectNode revision) {
    ObjectNode template =
        (ObjectNode)
            (kind.inReplicaSets() ? revision : revision.path("data"))
                .path("spec")
                .path("template")
                .deepCopy();
    template.remove("$patch");
    ((ObjectNode) template.path("metadata").path("labels")).remove(kind.label());
    return template;
  }

  private void pods(String hash) {
    List.copyOf(paths).stream().filter(p -> p.contains("/pods/")).forEach(this::delete);
    pod(
        "shop-" + hash + "-1",
        hash,
        switch (mode) {
          case CRASHES -> CRASHING;
          case PULLS_NOTHING -> PULLING;
          case SETTLES, LAGS, HALF_WAY, TIMES_OUT -> READY;
        });
  }

  private ObjectNode status(String hash) {
    int done = mode == Mode.SETTLES ? 3 : 1;
    return switch (kind) {
      case DEPLOYMENT ->
          json(
              """
              {'replicas': 3, 'updatedReplicas': %d, 'availableReplicas': %d, 'conditions': [{'type': 'Progressing',
               'status': '%s', 'reason': '%s', 'message': 'ReplicaSet \\"shop-%s\\" says so.'}]}
              """
                  .formatted(
                      done,
                      done,
                      mode == Mode.TIMES_OUT ? "False" : "True",
                      mode == Mode.TIMES_OUT ? "ProgressDeadlineExceeded" : "ReplicaSetUpdated",
                      hash));
      case STATEFUL_SET ->
          json(
              """
              {'replicas': 3, 'updatedReplicas': %d, 'readyReplicas': %d, 'updateRevision': 'shop-%s',
               'currentRevision': 'shop-%s'}
              """
                  .formatted(done, done, hash, done == 3 ? hash : "other"));
      case DAEMON_SET ->
          json(
              """
              {'desiredNumberScheduled': 3, 'updatedNumberScheduled': %d, 'numberAvailable': %d}
              """
                  .formatted(done, done));
      case ROLLOUT -> throw new AssertionError("see PlayedRollouts");
    };
  }

  // ---- serving

  @Override
  protected Told answer(Asked asked) {
    if (hidden.stream().anyMatch(asked.path()::startsWith)) {
      return no(403, "\"" + asked.path() + "\" is forbidden: User \"lastgood\" cannot do that");
    }
    if (asked.path().endsWith("/log")) {
      return new Told(200, "listening\nkey is hunter3-literal\n", new java.util.TreeMap<>());
    }
    if (asked.changes()) {
      meanwhile.run();
      meanwhile = () -> {};
    }
    if (asked.path().equals("/played-helm")) {
      List<String> words = new ArrayList<>();
      asked.json().forEach(w -> words.add(w.asString()));
      return new Told(200, helm.apply(words), new java.util.TreeMap<>());
    }
    if (asked.path().equals(workload() + "/status")) {
      return status(asked);
    }
    MockResponse response =
        store.dispatch(
            new RecordedRequest(
                "HTTP/1.1",
                HttpMethod.valueOf(asked.method()),
                asked.path() + query(asked),
                Headers.builder().add("Content-Type", asked.header().apply("Content-Type")).build(),
                new Buffer(asked.json().toString().getBytes(StandardCharsets.UTF_8))));
    String body = response.getBody() == null ? "" : response.getBody().readUtf8();
    if (response.code() == 404) {
      return no(404, asked.path() + " not found");
    }
    boolean ok = response.code() / 100 == 2;
    if (ok && asked.changes() && asked.path().equals(workload())) {
      control();
    }
    if (ok && asked.method().equals("DELETE")) {
      paths.remove(asked.path());
      return Told.json(200, Map.of("kind", "Status", "metadata", Map.of(), "status", "Success"));
    }
    return ok
        ? new Told(200, namesOnly(asked, body), new java.util.TreeMap<>())
        : new Told(response.code(), body, new java.util.TreeMap<>());
  }

  /// The subresource, which the store does not know: only the status of a change counts.
  private Told status(Asked asked) {
    ObjectNode now = get(workload());
    JsonNode expected = asked.json().path("metadata").path("resourceVersion");
    if (!expected.equals(now.path("metadata").path("resourceVersion"))) {
      return no(409, "the object has been modified");
    }
    change(
        workload(),
        w -> ((ObjectNode) w.path("status")).setAll((ObjectNode) asked.json().path("status")));
    if (mode != Mode.LAGS) {
      change(workload(), w -> PlayedRollouts.steer((ObjectNode) w.path("status"), mode));
    }
    return new Told(200, get(workload()).toString(), new java.util.TreeMap<>());
  }

  private static String namesOnly(Asked asked, String body) {
    String accept = asked.header().apply("Accept");
    if (!accept.contains("as=PartialObjectMetadata")) {
      return body;
    }
    ObjectNode whole = (ObjectNode) JsonMapper.shared().readTree(body);
    if (accept.contains("as=PartialObjectMetadataList")) {
      whole.path("items").forEach(i -> ((ObjectNode) i).retain("metadata"));
      return whole.put("kind", "PartialObjectMetadataList").toString();
    }
    return whole.retain("metadata").put("kind", "PartialObjectMetadata").toString();
  }

  private static String query(Asked asked) {
    return asked.query().isEmpty()
        ? ""
        : asked.query().entrySet().stream()
            .map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&", "?", ""));
  }

  @Override
  protected Told lie(Asked asked) {
    return new Told(
        200, get(asked.path().replaceFirst("/status$", "")).toString(), new java.util.TreeMap<>());
  }

  @Override
  protected Object error(int status, String says) {
    return Map.of(
        "kind",
        "Status",
        "apiVersion",
        "v1",
        "metadata",
        Map.of(),
        "status",
        "Failure",
        "message",
        says,
        "code",
        status);
  }
}
