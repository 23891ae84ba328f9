package dev.lastgood.provider.supabase;

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

/// `platform: supabase`.
public final class SupabaseKind implements PlatformKind<SupabaseSettings> {
  private static final int REFERENCE = 20;
  private final Paces paces = new Paces();

  @Override
  public String name() {
    return "supabase";
  }

  @Override
  public Class<SupabaseSettings> settings() {
    return SupabaseSettings.class;
  }

  @Override
  public Platform open(String component, SupabaseSettings settings, Surroundings surroundings) {
    String project = settings.project();
    if (project.length() != REFERENCE || !project.chars().allMatch(c -> c >= 'a' && c <= 'z')) {
      throw new BadSettings(
          "project", "it is the reference of the project, 20 small letters, not its name");
    }
    Duration grace = settings.grace().orElse(Duration.ofMinutes(3));
    if (grace.isNegative() || grace.compareTo(Duration.ofHours(1)) > 0) {
      throw new BadSettings("grace", "0s to 1h");
    }
    URI base = Site.base(settings.baseUrl(), "https://api.supabase.com/v1");
    var site =
        new Site(
            "Supabase",
            base,
            "Authorization",
            "Bearer ",
            settings.token(),
            new TreeMap<>(),
            Site.patience(settings.timeout()),
            // 120 a minute.
            paces.of(base, settings.token(), () -> new Pace(20, Duration.ofMillis(600))),
            body -> body.path("message").asString(""));
    return new SupabasePlatform(
        component, new SupabaseApi(new Api(site), project), grace, surroundings);
  }
}
