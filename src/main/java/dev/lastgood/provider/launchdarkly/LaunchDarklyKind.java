package dev.lastgood.provider.launchdarkly;

import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformKind;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.flag.FlagPlatform;
import dev.lastgood.provider.http.Api;
import dev.lastgood.provider.http.Pace;
import dev.lastgood.provider.http.Site;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/// `platform: launchdarkly`.
public final class LaunchDarklyKind implements PlatformKind<LaunchDarklySettings> {
  /// The version whose shapes are read here.
  private static final String VERSION = "20240415";

  @Override
  public String name() {
    return "launchdarkly";
  }

  @Override
  public Class<LaunchDarklySettings> settings() {
    return LaunchDarklySettings.class;
  }

  @Override
  public Platform open(String component, LaunchDarklySettings settings, Surroundings here) {
    String project = settings.project().orElse("default");
    String environment = settings.environment().orElse("production");
    present("flag", settings.flag());
    present("project", project);
    present("environment", environment);
    settings.offServes().ifPresent(v -> present("off-serves", v));
    var site =
        new Site(
            "LaunchDarkly",
            Site.base(settings.baseUrl(), "https://app.launchdarkly.com"),
            "Authorization",
            "", // no `Bearer`: LaunchDarkly takes the bare token
            settings.token(),
            new TreeMap<>(Map.of("LD-API-Version", VERSION)),
            Site.patience(settings.timeout()),
            new Pace(10, Duration.ofMillis(500)),
            body -> body.path("message").asString(""));
    return new FlagPlatform(
        component,
        new LaunchDarklyFlag(
            new Api(site),
            project,
            environment,
            settings.flag(),
            settings.offServes(),
            settings.ignoreConflicts().orElse(false)));
  }

  private static void present(String key, String value) {
    if (value.isBlank()) {
      throw new BadSettings(key, "it is empty");
    }
  }
}
