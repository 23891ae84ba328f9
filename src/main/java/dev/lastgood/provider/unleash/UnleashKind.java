package dev.lastgood.provider.unleash;

import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformKind;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.flag.FlagPlatform;
import dev.lastgood.provider.http.Api;
import dev.lastgood.provider.http.Pace;
import dev.lastgood.provider.http.Site;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.TreeMap;

/// `platform: unleash`.
public final class UnleashKind implements PlatformKind<UnleashSettings> {
  @Override
  public String name() {
    return "unleash";
  }

  @Override
  public Class<UnleashSettings> settings() {
    return UnleashSettings.class;
  }

  @Override
  public Platform open(String component, UnleashSettings settings, Surroundings surroundings) {
    if (settings.flag().isBlank()) {
      throw new BadSettings("flag", "name the flag");
    }
    URI base = Site.base(Optional.of(settings.baseUrl()), "https://flags.example.com");
    var site =
        new Site(
            "Unleash",
            base,
            "Authorization",
            "",
            settings.token(),
            new TreeMap<>(),
            Site.patience(settings.timeout()),
            new Pace(20, Duration.ofMillis(200)),
            body -> {
              String detail = body.path("details").path(0).path("message").asString("");
              return detail.isEmpty() ? body.path("message").asString("") : detail;
            });
    return new FlagPlatform(
        component,
        new UnleashFlag(
            new Api(site),
            settings.project().orElse("default"),
            settings.environment().orElse("production"),
            settings.flag()));
  }
}
