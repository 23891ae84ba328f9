package dev.lastgood.provider.flagd;

import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformKind;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.flag.FlagPlatform;
import dev.lastgood.provider.http.Api;
import dev.lastgood.provider.http.Pace;
import dev.lastgood.provider.http.Site;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// `platform: flagd`.
public final class FlagdKind implements PlatformKind<FlagdSettings> {
  @Override
  public String name() {
    return "flagd";
  }

  @Override
  public Class<FlagdSettings> settings() {
    return FlagdSettings.class;
  }

  @Override
  public Platform open(String component, FlagdSettings settings, Surroundings here) {
    if (settings.flag().isBlank()) {
      throw new BadSettings("flag", "name the flag");
    }
    Path path = here.base().resolve(settings.path()).toAbsolutePath().normalize();
    Optional<Evaluation> evaluation =
        settings
            .evaluates()
            .map(url ->
                new Evaluation(
                    new Api(
                        Site.open(
                            "flagd",
                            Site.plain("evaluates", url, "http://127.0.0.1:8016"),
                            Site.patience(settings.timeout()),
                            new Pace(20, Duration.ofMillis(100)),
                            body -> body.path("errorDetails").asString(""))),
                    settings.flag()));
    return new FlagPlatform(
        component,
        new FlagdFlag(
            path,
            settings.flag(),
            settings.offServes(),
            evaluation,
            new Definitions(here.state().resolve("flagd-" + component)),
            here.state().resolve("flagd-" + component + ".lock")));
  }
}
