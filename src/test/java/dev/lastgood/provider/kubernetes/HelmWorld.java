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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A release `shop` with three revisions of a chart with one Deployment; the newest is deployed.
final class HelmWorld implements PlatformContract.World {
  /// Sends its words to the played cluster, and ends as it is told to.
  private static final String PROGRAM =
      """
      words=$(printf '"%s",' "$@")
      said=$(curl -sS -H "Authorization: Bearer $HELM_KUBETOKEN" -H 'Content-Type: application/json' \\
        -d "[${words%,}]" "$HELM_KUBEAPISERVER/played-helm") || exit 9
      code=$(printf '%s\\n' "$said" | head -n 1)
      printf '%s\\n' "$said" | tail -n +2
      [ "$code" = killed ] && kill -9 $$
      exit "$code"
      """;

  private static final String CONFIG =
      "kind: ConfigMap\napiVersion: v1\nmetadata: {name: shop-config-b}\n";

  /// What is deployed.
  static final String THIRD = PlayedHelm.manifest("1.4.2", "shop-config-b", CONFIG);

  final KubernetesWorld inner;
  final PlayedCluster cluster;
  final PlayedHelm helm;
  private final Path dir;
  private Instant now = Instant.parse("2026-11-05T08:00:00Z");
  private Duration patience = Duration.ofSeconds(20);

  HelmWorld(Path temp) throws IOException {
    this(temp, WorkloadKind.DEPLOYMENT);
  }

  HelmWorld(Path temp, WorkloadKind kind) throws IOException {
    dir = Files.createTempDirectory(temp, "helm");
    Files.writeString(dir.resolve("helm"), PROGRAM);
    inner = new KubernetesWorld(kind);
    cluster = inner.cluster;
    helm = new PlayedHelm(cluster);
    helm.revision(
        1,
        "superseded",
        "Install complete",
        PlayedHelm.manifest(kind, "1.4.0", "shop-config-a", ""));
    helm.revision(
        2,
        "superseded",
        "Upgrade complete",
        PlayedHelm.manifest(kind, "1.4.1", "shop-config-a", ""));
    helm.revision(
        3,
        "deployed",
        "Upgrade complete",
        PlayedHelm.manifest(kind, "1.4.2", "shop-config-b", CONFIG));
  }

  /// From now on one request takes no longer, with its repetitions.
  void patience(Duration patience) {
    this.patience = patience;
  }

  /// From now on it is so late.
  void at(Instant now) {
    this.now = now;
  }

  @Override
  public Platform platform() {
    return platform(List.of("sh", dir.resolve("helm").toString()));
  }

  Platform platform(List<String> program) {
    return new HelmKind()
        .open(
            "backend",
            new HelmSettings(
                PlayedCluster.NAMESPACE,
                "shop",
                Optional.empty(),
                program,
                Optional.empty(),
                Optional.empty(),
                Optional.of(cluster.url().toString()),
                Optional.of(new Secret("${env:KUBE_TOKEN}", () -> KubernetesWorld.TOKEN)),
                Optional.empty(),
                Optional.empty(),
                Optional.of(patience),
                Optional.empty(),
                Optional.empty()),
            new Surroundings(dir, dir, () -> now));
  }

  Method way() throws PlatformUnreachable {
    return way(live(), older());
  }

  Method way(String from, String to) throws PlatformUnreachable {
    return platform().methods(Release.of("backend", from), Release.of("backend", to)).getFirst();
  }

  /// The act that lets helm go back.
  Act rollback() throws PlatformUnreachable {
    return (Act)
        way().legs().stream()
            .filter(l -> ((Act) l).verb().equals(HelmPlatform.ROLLBACK))
            .findFirst()
            .orElseThrow();
  }

  Outcome act(Act act) {
    return platform().act(act, "key");
  }

  private String id(int number) {
    try {
      return new HelmHistory(
              new Cluster(
                  new Access.Direct(
                      cluster.url().toString(),
                      new Secret("token", () -> KubernetesWorld.TOKEN),
                      Optional.empty()),
                  Duration.ofSeconds(20)),
              new HelmRelease("shop", "shop"),
              Optional.empty())
          .read("backend").newest().stream()
              .filter(r -> r.number() == number)
              .map(HelmRevision::id)
              .findFirst()
              .orElseThrow();
    } catch (PlatformUnreachable e) {
      throw new AssertionError(e);
    }
  }

  String of(int number) {
    return id(number);
  }

  private Optional<String> live = Optional.empty();
  private Optional<String> older = Optional.empty();

  @Override
  public String live() {
    live = live.or(() -> Optional.of(id(3)));
    return live.get();
  }

  @Override
  public String older() {
    older = older.or(() -> Optional.of(id(2)));
    return older.get();
  }

  @Override
  public String snapshot() {
    return cluster.snapshot();
  }

  @Override
  public void remove(String id) {
    helm.remove(id.equals(older()) ? 2 : 3);
  }

  @Override
  public List<String> secrets() {
    return List.of(KubernetesWorld.TOKEN, "hunter3-literal", "hunter4-secret", PlayedHelm.VALUE);
  }

  @Override
  public void close() {
    cluster.close();
  }
}
