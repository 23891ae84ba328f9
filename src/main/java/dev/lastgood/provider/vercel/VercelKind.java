package dev.lastgood.provider.vercel;

import dev.lastgood.model.Secret;
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
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// `platform: vercel`.
public final class VercelKind implements PlatformKind<VercelSettings> {
  static final String USUAL = "https://api.vercel.com";
  private static final Duration LONGEST = Duration.ofMinutes(3);
  private static final int DEPTH = 60;
  private static final int DEEPEST = 500;
  private final Paces paces = new Paces();

  @Override
  public String name() {
    return "vercel";
  }

  @Override
  public Class<VercelSettings> settings() {
    return VercelSettings.class;
  }

  @Override
  public Platform open(String component, VercelSettings settings, Surroundings surroundings) {
    if (settings.project().isBlank()) {
      throw new BadSettings("project", "name the project, or give its id");
    }
    settings
        .depth()
        .filter(d -> d < 2 || d > DEEPEST)
        .ifPresent(d -> {
          throw new BadSettings("depth", "2 to " + DEEPEST + " deployments can be looked at");
        });
    settings
        .domain()
        .filter(d -> d.isBlank() || d.contains("/") || d.contains(":"))
        .ifPresent(d -> {
          throw new BadSettings("domain", "a host alone, such as app.example.com");
        });
    settings
        .deadline()
        .filter(d -> d.compareTo(Duration.ofSeconds(1)) < 0 || d.compareTo(Duration.ofHours(1)) > 0)
        .ifPresent(d -> {
          throw new BadSettings("deadline", "domains may take from 1s to 1h to move");
        });
    URI base = Site.base(settings.baseUrl(), USUAL);
    Secret token = settings.token();
    var site =
        new Site(
            "Vercel",
            base,
            "Authorization",
            "Bearer ",
            token,
            new TreeMap<>(),
            Site.patience(settings.timeout()),
            // Its own tool looks every 250 ms; so much is borne.
            paces.of(base, settings.token(), () -> new Pace(20, Duration.ofMillis(300))),
            VercelKind::complaint);
    return new VercelPlatform(
        component,
        new VercelApi(new Api(site), settings.project(), settings.team()),
        new Builds(component, settings.versionFrom(), settings.depth().orElse(DEPTH)),
        settings.domain(),
        settings.deadline().orElse(LONGEST));
  }

  /// `{"error":{"code","message"}}`; a few endpoints say `err`.
  static String complaint(JsonNode body) {
    String says = body.path("error").path("message").asString("");
    return says.isEmpty() ? body.path("err").path("message").asString("") : says;
  }
}
