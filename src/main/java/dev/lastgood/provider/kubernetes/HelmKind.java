package dev.lastgood.provider.kubernetes;

import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformKind;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.http.Site;
import dev.lastgood.provider.local.OneAtATime;
import java.time.Duration;

/// `platform: helm`.
public final class HelmKind implements PlatformKind<HelmSettings> {
  private static final Duration HOOKS = Duration.ofMinutes(5);

  @Override
  public String name() {
    return "helm";
  }

  @Override
  public Class<HelmSettings> settings() {
    return HelmSettings.class;
  }

  @Override
  public Platform open(String component, HelmSettings settings, Surroundings here) {
    String namespace = KubernetesKind.plain("namespace", settings.namespace(), "a namespace");
    String release = KubernetesKind.plain("release", settings.release(), "a release");
    Duration longest = KubernetesKind.longest(settings.deadline());
    Duration hooks = settings.hooks().orElse(HOOKS);
    if (hooks.compareTo(Duration.ofSeconds(1)) < 0 || hooks.compareTo(longest) > 0) {
      throw new BadSettings("hooks", "a hook may take 1s to " + longest.toMinutes() + "m");
    }
    var access =
        Access.of(
            here,
            settings.kubeconfig(),
            settings.context(),
            settings.server(),
            settings.token(),
            settings.ca());
    var cluster = new Cluster(access, Site.patience(settings.timeout()));
    var named = new HelmRelease(namespace, release);
    return new HelmPlatform(
        component,
        cluster,
        named,
        new HelmHistory(
            cluster, named, settings.workload().map(w -> KubernetesKind.named(namespace, w))),
        new HelmProgram(access, named, settings.helm(), hooks, longest),
        new OneAtATime(component, here.state().resolve("helm-" + component + ".lock"), longest),
        new HelmPlatform.Limits(
            KubernetesKind.argocd(settings.argocdNamespace()), longest, here.clock()));
  }
}
