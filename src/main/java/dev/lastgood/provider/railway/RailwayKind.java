package dev.lastgood.provider.railway;

import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformKind;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.http.Api;
import dev.lastgood.provider.http.Graph;
import dev.lastgood.provider.http.Pace;
import dev.lastgood.provider.http.Paces;
import dev.lastgood.provider.http.Site;
import dev.lastgood.provider.railway.RailwaySettings.MaintenanceVariable;
import dev.lastgood.provider.railway.RailwaySettings.TokenKind;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/// `platform: railway`.
public final class RailwayKind implements PlatformKind<RailwaySettings> {
  private static final int HOBBY = 1000;
  private static final int PRO = 10_000;
  private static final Duration SETTLE = Duration.ofSeconds(10);
  private final Paces paces = new Paces();

  @Override
  public String name() {
    return "railway";
  }

  @Override
  public Class<RailwaySettings> settings() {
    return RailwaySettings.class;
  }

  @Override
  public Platform open(String component, RailwaySettings settings, Surroundings surroundings) {
    for (Map.Entry<String, String> id :
        Map.of(
                "project", settings.project(),
                "environment", settings.environment(),
                "service", settings.service())
            .entrySet()) {
      if (id.getValue().isBlank()) {
        throw new BadSettings(
            id.getKey(), "give its id, from the address of its page or `railway status --json`");
      }
    }
    int hourly = settings.requestsPerHour().orElse(HOBBY);
    if (hourly < 1) {
      throw new BadSettings("requests-per-hour", "at least 1");
    }
    Duration settle = settings.settle().orElse(SETTLE);
    if (settle.isNegative() || settle.compareTo(Duration.ofMinutes(5)) > 0) {
      throw new BadSettings("settle", "0s to 5m");
    }
    URI base = Site.base(settings.baseUrl(), "https://backboard.railway.com/graphql/v2");
    boolean project = settings.tokenKind().orElse(TokenKind.ACCOUNT) == TokenKind.PROJECT;
    var site =
        new Site(
            "Railway",
            base,
            project ? "Project-Access-Token" : "Authorization",
            project ? "" : "Bearer ",
            settings.token(),
            new TreeMap<>(),
            Site.patience(settings.timeout()),
            paces.of(base, settings.token(), () -> pace(hourly)),
            body -> body.path("errors").path(0).path("message").asString(""));
    var railway =
        new RailwayApi(
            new Graph(new Api(site), ""),
            Map.of(
                "projectId", settings.project(),
                "environmentId", settings.environment(),
                "serviceId", settings.service()));
    var started = new Started(surroundings.state().resolve("railway-" + component + ".json"));
    boolean hold = settings.hold().orElse(true);
    return settings
        .maintenance()
        .<Platform>map(m ->
            new MaintainedService(
                component, railway, started, hold, settle, surroundings.clock(), checked(m)))
        .orElseGet(() ->
            new RailwayPlatform(component, railway, started, hold, settle, surroundings.clock()));
  }

  /// A rollback of a service takes some tens of looks: a quarter of the hour's requests may come at
  /// once, the others one by one. And no more in any second than the plan allows: 10, or 50.
  private static Pace pace(int hourly) {
    int atOnce = Math.max(1, hourly / 4);
    Pace byTheHour = new Pace(atOnce, Duration.ofHours(1).dividedBy(Math.max(1, hourly - atOnce)));
    return hourly < PRO
        ? byTheHour.and(3, Duration.ofMillis(150))
        : byTheHour.and(10, Duration.ofMillis(25));
  }

  private static MaintenanceVariable checked(MaintenanceVariable settings) {
    String name = settings.variable();
    if (name.isEmpty() || !name.chars().allMatch(c -> c == '_' || Character.isLetterOrDigit(c))) {
      throw new BadSettings(
          "maintenance.variable", "a variable is named with letters, digits and _");
    }
    if (settings.on().orElse("true").equals(settings.off().orElse("false"))) {
      throw new BadSettings("maintenance.off", "`on` and `off` must differ");
    }
    return settings;
  }
}
