package dev.lastgood.provider.heroku;

import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformKind;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.http.Api;
import dev.lastgood.provider.http.Pace;
import dev.lastgood.provider.http.Paces;
import dev.lastgood.provider.http.Site;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/// `platform: heroku`.
public final class HerokuKind implements PlatformKind<HerokuSettings> {
  private static final int DEPTH = 50;
  private static final int DEEPEST = 500;
  private final Paces paces = new Paces();

  @Override
  public String name() {
    return "heroku";
  }

  @Override
  public Class<HerokuSettings> settings() {
    return HerokuSettings.class;
  }

  @Override
  public Platform open(String component, HerokuSettings settings, Surroundings surroundings) {
    if (settings.app().isBlank()) {
      throw new BadSettings("app", "name the app, or give its id");
    }
    int depth = settings.depth().orElse(DEPTH);
    if (depth < 2 || depth > DEEPEST) {
      throw new BadSettings("depth", "2 to " + DEEPEST + " releases can be looked at");
    }
    URI base = Site.base(settings.baseUrl(), "https://api.heroku.com");
    var site =
        new Site(
            "Heroku",
            base,
            "Authorization",
            "Bearer ",
            settings.token(),
            // Their own tool's version: it tells `eligible_for_rollback`.
            new TreeMap<>(Map.of("Accept", "application/vnd.heroku+json; version=3.sdk")),
            Site.patience(settings.timeout()),
            // The bucket holds 4500 and gets 75 a minute.
            paces.of(base, settings.token(), () -> new Pace(300, Duration.ofMillis(800))),
            body -> body.path("message").asString(""));
    return new HerokuPlatform(
        component, new HerokuApi(new Api(site), settings.app(), depth, site.patience()));
  }
}
