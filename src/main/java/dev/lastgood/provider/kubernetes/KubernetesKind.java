package dev.lastgood.provider.kubernetes;

import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformKind;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.http.Site;
import dev.lastgood.provider.kubernetes.WorkloadKind.Named;
import java.time.Duration;
import java.util.Optional;

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
    return new KubernetesPlatform(
        component,
        new Cluster(
            Access.of(
                here,
                settings.kubeconfig(),
                settings.context(),
                settings.server(),
                settings.token(),
                settings.ca()),
            Site.patience(settings.timeout())),
        named(settings),
        argocd(settings.argocdNamespace()),
        longest(settings.deadline()));
  }

  static Duration longest(Optional<Duration> deadline) {
    Duration longest = deadline.orElse(LONGEST);
    if (longest.compareTo(Duration.ofMinutes(1)) < 0
        || longest.compareTo(Duration.ofHours(6)) > 0) {
      throw new BadSettings("deadline", "a rollout may take 1m to 6h");
    }
    return longest;
  }

  static String argocd(Optional<String> namespace) {
    return plain("argocd-namespace", namespace.orElse("argocd"), "a namespace");
  }

  /// @param what it is the name of, in words
  static String plain(String key, String name, String what) {
    if (!Owners.plain(name)) {
      throw new BadSettings(key, "`" + name + "` is no name of " + what);
    }
    return name;
  }

  private static Named named(KubernetesSettings settings) {
    String namespace = plain("namespace", settings.namespace(), "a namespace");
    return named(namespace, settings.workload());
  }

  /// @param workload as it stands under the key `workload`
  static Named named(String namespace, String workload) {
    String[] parts = workload.split("/", -1);
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
    return new Named(kind, namespace, parts[1]);
  }
}
