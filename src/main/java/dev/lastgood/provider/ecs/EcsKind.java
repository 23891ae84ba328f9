package dev.lastgood.provider.ecs;

import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformKind;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.http.Site;
import java.time.Duration;

/// `platform: ecs`.
public final class EcsKind implements PlatformKind<EcsSettings> {
  private static final int DEEPEST = 500;

  @Override
  public String name() {
    return "ecs";
  }

  @Override
  public Class<EcsSettings> settings() {
    return EcsSettings.class;
  }

  @Override
  public Platform open(String component, EcsSettings settings, Surroundings surroundings) {
    if (settings.cluster().isBlank() || settings.service().isBlank()) {
      throw new BadSettings(
          settings.cluster().isBlank() ? "cluster" : "service", "name cluster and service");
    }
    if (!settings.region().chars().allMatch(EcsKind::inRegion) || settings.region().isBlank()) {
      throw new BadSettings("region", "a region is written like eu-central-1");
    }
    if (settings.accessKeyId().isPresent() != settings.secretAccessKey().isPresent()) {
      throw new BadSettings(
          settings.accessKeyId().isPresent() ? "access-key-id" : "secret-access-key",
          "access-key-id and secret-access-key belong together");
    }
    if (settings.sessionToken().isPresent() && settings.accessKeyId().isEmpty()) {
      throw new BadSettings("session-token", "it needs access-key-id and secret-access-key");
    }
    int depth = settings.depth().orElse(EcsApi.DEPTH);
    if (depth < 2 || depth > DEEPEST) {
      throw new BadSettings("depth", "2 to " + DEEPEST + " deployments can be looked at");
    }
    settings.baseUrl().ifPresent(url -> Site.base(settings.baseUrl(), url));
    Duration patience = Site.patience(settings.timeout());
    var ecs = new EcsApi(Aws.ecs(settings, patience), settings, depth);
    return new EcsPlatform(
        component, ecs, new ContainerLogs(ecs, Aws.logs(settings, patience), settings.region()));
  }

  private static boolean inRegion(int c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  }
}
