package dev.lastgood.provider.kubernetes;

import dev.lastgood.model.Secret;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A real etcd, API server and controller manager on loopback. There is no machine that runs pods:
/// in its place a thread says of each pod what a kubelet would, by the tag of its image.
final class RealCluster implements AutoCloseable {
  static final String MASTER = "token-of-the-master";
  static final String NOBODY = "token-of-nobody";

  private final List<Process> processes = new ArrayList<>();
  private final Path dir;
  final Path kubeconfig;
  private final Cluster cluster;
  private volatile boolean closed;
  private final Thread kubelet;

  /// The one program that is all three; see `src/test/peers/kubernetes`.
  static Path program() {
    return Path.of(
        Optional.ofNullable(System.getenv("LASTGOOD_PEERS")).orElse("target/peers"), "kubernetes");
  }

  RealCluster(Path dir) throws Exception {
    this.dir = dir;
    List<Integer> ports = FreePorts.some(3);
    int api = ports.get(2);
    String etcdUrl = "http://127.0.0.1:" + ports.get(0);
    String peerUrl = "http://127.0.0.1:" + ports.get(1);
    keys();
    Files.writeString(
        dir.resolve("tokens.csv"),
        MASTER + ",master,master,\"system:masters\"\n" + NOBODY + ",nobody,nobody\n");
    kubeconfig = dir.resolve("kubeconfig");
    start(
        "etcd",
        "--data-dir=" + dir.resolve("data"),
        "--listen-client-urls=" + etcdUrl,
        "--advertise-client-urls=" + etcdUrl,
        "--listen-peer-urls=" + peerUrl,
        "--initial-advertise-peer-urls=" + peerUrl,
        "--initial-cluster=default=" + peerUrl,
        "--unsafe-no-fsync",
        "--log-level=error");
    start(
        "kube-apiserver",
        "--etcd-servers=" + etcdUrl,
        "--secure-port=" + api,
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        "--endpoint-reconciler-type=none",
        "--cert-dir=" + dir.resolve("pki"),
        "--token-auth-file=" + dir.resolve("tokens.csv"),
        "--authorization-mode=RBAC",
        "--service-account-issuer=https://lastgood.example",
        "--service-account-key-file=" + dir.resolve("sa.pub"),
        "--service-account-signing-key-file=" + dir.resolve("sa.key"),
        "--service-cluster-ip-range=10.96.0.0/16",
        "--disable-admission-plugins=ServiceAccount");
    holds(
        "the API server made its certificate",
        () -> Files.exists(dir.resolve("pki/apiserver.crt")));
    Files.writeString(
        kubeconfig,
        """
        apiVersion: v1
        kind: Config
        current-context: lab
        clusters:
          - name: lab
            cluster:
              server: https://127.0.0.1:%d
              certificate-authority: %s
        users:
          - name: master
            user:
              token: %s
          - name: nobody
            user:
              token: %s
        contexts:
          - name: lab
            context: { cluster: lab, user: master }
          - name: nobody
            context: { cluster: lab, user: nobody }
        """
            .formatted(api, dir.resolve("pki/apiserver.crt"), MASTER, NOBODY));
    holds("the API server is ready", () -> kubectl("get", "--raw", "/readyz").ok());
    start(
        "kube-controller-manager",
        "--kubeconfig=" + kubeconfig,
        "--service-account-private-key-file=" + dir.resolve("sa.key"),
        "--leader-elect=false",
        "--bind-address=127.0.0.1",
        "--secure-port=0",
        "--controllers=deployment-controller,replicaset-controller,statefulset-controller,daemonset-controller");
    cluster = new Cluster(new Access.File(kubeconfig, Optional.of("lab")), Duration.ofSeconds(20));
    kubelet = Thread.ofVirtual().start(this::play);
  }

  private void keys() throws GeneralSecurityException, IOException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair pair = generator.generateKeyPair();
    Files.writeString(dir.resolve("sa.key"), pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
    Files.writeString(dir.resolve("sa.pub"), pem("PUBLIC KEY", pair.getPublic().getEncoded()));
  }

  private static String pem(String what, byte[] der) {
    return "-----BEGIN "
        + what
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + what
        + "-----\n";
  }

  private void start(String... words) throws IOException {
    List<String> command = new ArrayList<>(List.of(program().toAbsolutePath().toString()));
    command.addAll(List.of(words));
    processes.add(
        new ProcessBuilder(command)
            .directory(dir.toFile())
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve(words[0] + ".log").toFile())
            .start());
  }

  /// As long as a busy machine may need.
  static void holds(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofMinutes(4).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within 4 minutes: " + what);
      }
      Thread.sleep(50);
    }
  }

  // ---- kubectl

  record Said(int code, String text) {
    boolean ok() {
      return code == 0;
    }
  }

  Said kubectl(String... words) {
    List<String> command =
        new ArrayList<>(List.of("kubectl", "--kubeconfig", kubeconfig.toString()));
    command.addAll(List.of(words));
    return said(
        new Argv(command, Optional.of(dir), java.util.Map.of(), Duration.ofSeconds(60)).run());
  }

  void apply(String manifest) {
    Argv.End end =
        new Argv(
                List.of("kubectl", "--kubeconfig", kubeconfig.toString(), "apply", "-f", "-"),
                Optional.of(dir),
                java.util.Map.of(),
                Duration.ofSeconds(60))
            .run(manifest);
    if (!said(end).ok()) {
      throw new AssertionError(end.output());
    }
  }

  private static Said said(Argv.End end) {
    return end instanceof Argv.End.Exited(int code, String output)
        ? new Said(code, output.strip())
        : new Said(-1, end.toString());
  }

  Path authority() {
    return dir.resolve("pki/apiserver.crt");
  }

  JsonNode get(String path) throws PlatformUnreachable {
    return cluster.find(path).orElseThrow(() -> new AssertionError("nothing at " + path));
  }

  /// Changes it as somebody else would.
  void merge(String path, String part) {
    Cluster.Sent sent = cluster.change("PATCH", path, Cluster.Body.merge(PlayedCluster.json(part)));
    if (!(sent instanceof Cluster.Sent.Yes)) {
      throw new AssertionError(path + ": " + sent);
    }
  }

  Platform platform(String workload, String context) {
    return KubernetesWorld.open(
        new KubernetesSettings(
            "default",
            workload,
            Optional.of(kubeconfig),
            Optional.of(context),
            Optional.empty(),
            Optional.<Secret>empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(Duration.ofSeconds(20)),
            Optional.empty()));
  }

  // ---- in place of a kubelet

  private void play() {
    while (!closed) {
      try {
        for (JsonNode pod : cluster.list("/api/v1/pods", "")) {
          say(pod);
        }
        Thread.sleep(50);
      } catch (PlatformUnreachable e) {
        // The server starts or ends; it is asked again.
        Thread.onSpinWait();
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void say(JsonNode pod) {
    String tag =
        pod.path("spec")
            .path("containers")
            .path(0)
            .path("image")
            .asString("")
            .replaceFirst(".*:", "");
    boolean ready = !tag.equals("crashes") && !tag.equals("missing");
    JsonNode status = pod.path("status");
    if (!status.path("containerStatuses").isEmpty()
        || pod.path("metadata").has("deletionTimestamp")) {
      return;
    }
    String waiting =
        tag.equals("crashes")
            ? "{'reason': 'CrashLoopBackOff', 'message': 'back-off restarting'}"
            : "{'reason': 'ImagePullBackOff', 'message': 'no such image'}";
    ObjectNode said =
        PlayedCluster.json(
            """
            {'status': {'phase': '%s', 'conditions': [{'type': 'Ready', 'status': '%s'}],
             'containerStatuses': [{'name': 'web', 'image': 'x', 'imageID': '', 'ready': %s, 'restartCount': %d,
               'state': %s}]}}
            """
                .formatted(
                    ready ? "Running" : "Pending",
                    ready ? "True" : "False",
                    ready,
                    ready ? 0 : 5,
                    ready ? "{'running': {}}" : "{'waiting': " + waiting + "}"));
    // A pod that is gone meanwhile needs nothing to be said of it.
    cluster.change(
        "PATCH",
        "/api/v1/namespaces/"
            + pod.path("metadata").path("namespace").asString("default")
            + "/pods/"
            + Pods.name(pod)
            + "/status",
        Cluster.Body.merge(said));
  }

  @Override
  public void close() {
    closed = true;
    kubelet.interrupt();
    for (Process process : processes.reversed()) {
      process.destroy();
      try {
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }
}
