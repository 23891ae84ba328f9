package dev.lastgood.provider.kubernetes;

import dev.lastgood.model.Release;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformContract;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.Argv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;

/// A release that the real helm made in a namespace of its own: tags v1 and v2 of a chart of a
/// Deployment and a ConfigMap; v2 is deployed.
final class RealHelm implements PlatformContract.World {
  static final String VALUE = "hunter6-of-the-values";
  private static final AtomicInteger NAMES = new AtomicInteger();

  final String namespace = "release-" + NAMES.incrementAndGet();
  private final RealCluster cluster;
  private final Path dir;
  private final String live;
  private final String older;

  static Optional<Path> program() {
    String peers = Optional.ofNullable(System.getenv("LASTGOOD_PEERS")).orElse("target/peers");
    List<Path> places = new ArrayList<>(List.of(Path.of(peers, "bin", "helm")));
    for (String place : System.getenv("PATH").split(":", -1)) {
      places.add(Path.of(place, "helm"));
    }
    return places.stream().map(Path::toAbsolutePath).filter(Files::isExecutable).findFirst();
  }

  RealHelm(RealCluster cluster, Path temp) throws Exception {
    this.cluster = cluster;
    dir = Files.createTempDirectory(temp, "chart");
    chart("");
    cluster.kubectl("create", "namespace", namespace);
    deploy("v1");
    deploy("v2");
    Inventory inventory = platform().inventory();
    live = inventory.releases().getFirst().id();
    older = inventory.releases().getLast().id();
  }

  /// @param more a template besides
  void chart(String more) throws IOException {
    Files.createDirectories(dir.resolve("templates"));
    Files.writeString(
        dir.resolve("Chart.yaml"), "apiVersion: v2\nname: shop\nversion: 0.3.0\nappVersion: '1'\n");
    Files.writeString(dir.resolve("templates/more.yaml"), more);
    Files.writeString(
        dir.resolve("templates/shop.yaml"),
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: { name: "shop-{{ .Values.tag }}" }
        data: { password: "{{ .Values.password }}" }
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: shop }
        spec:
          replicas: 2
          selector: { matchLabels: { app: shop } }
          template:
            metadata: { labels: { app: shop } }
            spec:
              terminationGracePeriodSeconds: 0
              containers:
                - name: web
                  image: "registry.example/shop:{{ .Values.tag }}"
                  env: [{ name: TAG, value: "{{ .Values.tag }}" }]
                  envFrom: [{ configMapRef: { name: "shop-{{ .Values.tag }}" } }]
        """);
  }

  List<String> upgrade(String tag) {
    return List.of(
        program().orElseThrow().toString(),
        "upgrade",
        "--install",
        "shop",
        dir.toString(),
        "--namespace",
        namespace,
        "--kubeconfig",
        cluster.kubeconfig.toString(),
        "--set",
        "tag=" + tag + ",password=" + VALUE);
  }

  void deploy(String tag) throws InterruptedException {
    Argv.End end = new Argv(upgrade(tag), Optional.of(dir), Map.of(), Duration.ofMinutes(2)).run();
    if (!(end instanceof Argv.End.Exited(int code, _)) || code != 0) {
      throw new AssertionError(end.toString());
    }
    if (tag.startsWith("v")) {
      RealCluster.Said said =
          cluster.kubectl("rollout", "status", "deployment/shop", "-n", namespace, "--timeout=50s");
      if (!said.ok()) {
        throw new AssertionError(said.text());
      }
    }
  }

  /// What helm itself says.
  String helm(String... words) {
    List<String> all = new ArrayList<>(List.of(program().orElseThrow().toString()));
    all.addAll(List.of(words));
    all.addAll(List.of("--namespace", namespace, "--kubeconfig", cluster.kubeconfig.toString()));
    return new Argv(all, Optional.of(dir), Map.of(), Duration.ofMinutes(2)).run().output();
  }

  @Override
  public Platform platform() {
    return platform(Instant.now(), Duration.ofMinutes(1), false);
  }

  /// @param direct whether by address and token instead of a kubeconfig
  Platform platform(Instant now, Duration hooks, boolean direct) {
    String server =
        cluster.kubectl("config", "view", "-o", "jsonpath={.clusters[0].cluster.server}").text();
    return new HelmKind()
        .open(
            "backend",
            new HelmSettings(
                namespace,
                "shop",
                Optional.empty(),
                List.of(program().orElseThrow().toString()),
                direct ? Optional.empty() : Optional.of(cluster.kubeconfig),
                direct ? Optional.empty() : Optional.of("lab"),
                direct ? Optional.of(server) : Optional.empty(),
                direct
                    ? Optional.of(new Secret("${env:T}", () -> RealCluster.MASTER))
                    : Optional.empty(),
                direct ? Optional.of(cluster.authority()) : Optional.empty(),
                Optional.empty(),
                Optional.of(Duration.ofSeconds(20)),
                Optional.of(hooks),
                Optional.empty()),
            new Surroundings(dir, dir, () -> now));
  }

  JsonNode deployment() throws Exception {
    return cluster.get("/apis/apps/v1/namespaces/" + namespace + "/deployments/shop");
  }

  String version() throws Exception {
    return platform().inventory().live().map(Release::expectedVersion).orElse("none");
  }

  @Override
  public String live() {
    return live;
  }

  @Override
  public String older() {
    return older;
  }

  @Override
  public String snapshot() throws Exception {
    return helm("history", "shop", "-o", "json")
        + cluster.kubectl("get", "secrets,configmaps", "-n", namespace, "-o", "name").text()
        + deployment().path("spec");
  }

  @Override
  public void remove(String id) {
    cluster.kubectl(
        "delete",
        "secret",
        "-n",
        namespace,
        "sh.helm.release.v1.shop.v" + (id.equals(older) ? 1 : 2));
  }

  @Override
  public List<String> secrets() {
    return List.of(VALUE, RealCluster.MASTER);
  }

  @Override
  public void close() {
    cluster.kubectl("delete", "deployment", "shop", "-n", namespace, "--wait=false");
  }
}
