package dev.lastgood.provider.kubernetes;

import dev.lastgood.model.Release;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformContract;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Surroundings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// One workload `shop` with three revisions; the newest is live.
final class KubernetesWorld implements PlatformContract.World {
  static final String TOKEN = "hunter2";
  final PlayedCluster cluster;
  private final WorkloadKind kind;

  KubernetesWorld(WorkloadKind kind) throws IOException {
    this.kind = kind;
    cluster = new PlayedCluster(kind, TOKEN);
    cluster.workload(PlayedCluster.template("1.4.2", "shop-config-b"));
    cluster.revision(
        "zzz", 1, "2026-11-01T08:00:00Z", PlayedCluster.template("1.4.0", "shop-config-a"));
    cluster.revision(
        "aaa", 2, "2026-11-02T08:00:00Z", PlayedCluster.template("1.4.1", "shop-config-a"));
    cluster.revision(
        "bbb", 3, "2026-11-03T08:00:00Z", PlayedCluster.template("1.4.2", "shop-config-b"));
    cluster.named(PlayedCluster.configMap("shop-config-a"), "ConfigMap");
    cluster.named(PlayedCluster.configMap("shop-config-b"), "ConfigMap");
    cluster.named(PlayedCluster.secret("shop-secret"), "Secret");
    cluster.control();
  }

  @Override
  public Platform platform() {
    return platform(TOKEN, kind.word() + "/shop");
  }

  Platform platform(String token, String workload) {
    return platform(token, workload, Duration.ofSeconds(20));
  }

  Platform platform(Duration timeout) {
    return platform(TOKEN, kind.word() + "/shop", timeout);
  }

  private Platform platform(String token, String workload, Duration timeout) {
    return open(
        new KubernetesSettings(
            PlayedCluster.NAMESPACE,
            workload,
            Optional.empty(),
            Optional.empty(),
            Optional.of(cluster.url().toString()),
            Optional.of(new Secret("${env:KUBE_TOKEN}", () -> token)),
            Optional.empty(),
            Optional.empty(),
            Optional.of(timeout),
            Optional.empty()));
  }

  static Platform open(KubernetesSettings settings) {
    return new KubernetesKind()
        .open(
            "backend",
            settings,
            new Surroundings(
                Path.of(".").toAbsolutePath(), Path.of("."), InstantSource.fixed(Instant.EPOCH)));
  }

  Method way() throws PlatformUnreachable {
    return way(live(), older());
  }

  Method way(String from, String to) throws PlatformUnreachable {
    return platform().methods(Release.of("backend", from), Release.of("backend", to)).getFirst();
  }

  List<Act> acts() throws PlatformUnreachable {
    return way().legs().stream().map(Act.class::cast).toList();
  }

  /// The act that writes the template.
  Act change() throws PlatformUnreachable {
    return acts().stream()
        .filter(a -> a.verb().equals(KubernetesPlatform.TEMPLATE))
        .findFirst()
        .orElseThrow();
  }

  Outcome act(Act act) {
    return platform().act(act, "key");
  }

  @Override
  public String live() {
    return "shop-bbb";
  }

  @Override
  public String older() {
    return "shop-aaa";
  }

  @Override
  public String snapshot() {
    return cluster.snapshot();
  }

  @Override
  public void remove(String id) {
    cluster.delete(cluster.revision(id.substring("shop-".length())));
  }

  @Override
  public List<String> secrets() {
    return List.of(TOKEN, "hunter3-literal", "hunter4-secret");
  }

  @Override
  public void close() {
    cluster.close();
  }
}
