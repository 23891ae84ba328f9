package dev.lastgood.provider.kubernetes;

import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformKind;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.http.Site;
import dev.lastgood.provider.kubernetes.WorkloadKind.Named;
import java.nio.file.Path;
import java.time.Duration;

/// `platform: kubernetes`.
public final class KubernetesKind implements PlatformKind<KubernetesSettings> {
  private static final Duration LONGEST = Duration.ofMinutes(15);

  @Override
  public String name() {
    return "kubernetes";
  }

  @Override
  public Class<KubernetesSettings> settings() {
    return KubernetesSettings.class;
  }

  @Override
  public Platform open(String component, KubernetesSettings settings, Surroundings here) {
    Duration longest = settings.deadline().orElse(LONGEST);
    if (longest.compareTo(Duration.ofMinutes(1)) < 0
        || longest.compareTo(Duration.ofHours(6)) > 0) {
      throw new BadSettings("deadline", "a rollout may take 1m to 6h");
    }
    String argocd = settings.argocdNamespace().orElse("argocd");
    if (!Owners.plain(argocd)) {
      throw new BadSettings("argocd-namespace", "`" + argocd + "` is no name of a namespace");
    }
    return new KubernetesPlatform(
        component,
        new Cluster(access(settings, here), Site.patience(settings.timeout())),
        named(settings),
        argocd,
        longest);
  }

  private static Named named(KubernetesSettings settings) {
    if (!Owners.plain(settings.namespace())) {
      throw new BadSettings(
          "namespace", "`" + settings.namespace() + "` is no name of a namespace");
    }
    String[] parts = settings.workload().split("/", -1);
    WorkloadKind kind =
        WorkloadKind.of(parts[0])
            .orElseThrow(() ->
                new BadSettings(
                    "workload",
                    "write kind/name, such as deployment/shop; known kinds are "
                        + WorkloadKind.known()));
    if (parts.length != 2 || !Owners.plain(parts[1])) {
      throw new BadSettings("workload", "write kind/name, such as deployment/shop");
    }
    return new Named(kind, settings.namespace(), parts[1]);
  }

  private static Access access(KubernetesSettings settings, Surroundings here) {
    if (settings.server().isEmpty()) {
      if (settings.token().isPresent() || settings.ca().isPresent()) {
        throw new BadSettings("server", "`token` and `ca` belong to `server`, and there is none");
      }
      return new Access.File(
          settings
              .kubeconfig()
              .map(k -> here.base().resolve(k).toAbsolutePath().normalize())
              .orElseGet(() -> Path.of(System.getProperty("user.home"), ".kube", "config")),
          settings.context());
    }
    if (settings.kubeconfig().isPresent() || settings.context().isPresent()) {
      throw new BadSettings("server", "give `server`, or `kubeconfig` and `context`, not both");
    }
    String server = server(settings);
    return new Access.Direct(
        server,
        settings.token().orElseThrow(() -> new BadSettings("token", "`server` needs a `token`")),
        settings.ca().map(c -> here.base().resolve(c).toAbsolutePath().normalize()));
  }

  private static String server(KubernetesSettings settings) {
    try {
      return Site.base(settings.server(), "https://10.0.0.1:6443").toString();
    } catch (BadSettings e) {
      throw new BadSettings("server", String.valueOf(e.getMessage()));
    }
  }
}
