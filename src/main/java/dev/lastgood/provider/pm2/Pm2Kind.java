package dev.lastgood.provider.pm2;

import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformKind;
import dev.lastgood.provider.Surroundings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// `platform: pm2`.
public final class Pm2Kind implements PlatformKind<Pm2Settings> {
  private static final List<String> ENDINGS = List.of(".config.js", ".config.cjs", ".json");

  @Override
  public String name() {
    return "pm2";
  }

  @Override
  public Class<Pm2Settings> settings() {
    return Pm2Settings.class;
  }

  @Override
  public Platform open(String component, Pm2Settings settings, Surroundings here) {
    String ecosystem = settings.ecosystem().orElse("ecosystem.config.js");
    check(settings, ecosystem);
    Path releases = here.base().resolve(settings.releases()).toAbsolutePath().normalize();
    Path home =
        settings
            .home()
            .map(h -> here.base().resolve(h))
            .orElseGet(() -> Path.of(System.getProperty("user.home"), ".pm2"))
            .toAbsolutePath();
    var pm2 = new Pm2(component, settings, home, here.state().toAbsolutePath());
    return new Pm2Platform(
        component,
        settings.apps(),
        new Folders(component, releases, ecosystem, pm2),
        pm2,
        settings.steady().orElse(Duration.ofSeconds(5)),
        here);
  }

  private static void check(Pm2Settings settings, String ecosystem) {
    if (settings.apps().isEmpty()) {
      throw new BadSettings("apps", "name the apps; all apps of a user are never touched");
    }
    for (String app : settings.apps()) {
      boolean plain =
          !app.isEmpty()
              && Character.isLetter(app.charAt(0))
              && app.chars()
                  .allMatch(
                      c -> c < 128 && (Character.isLetterOrDigit(c) || "._-".indexOf(c) >= 0));
      if (!plain || app.equals("all")) {
        throw new BadSettings(
            "apps", "`" + app + "` is no exact name: numbers, patterns and `all` are not taken");
      }
    }
    if (ENDINGS.stream().noneMatch(ecosystem::endsWith)
        || ecosystem.startsWith("-")
        || ecosystem.contains("..")) {
      throw new BadSettings(
          "ecosystem",
          "an ecosystem file ends in "
              + String.join(", ", ENDINGS)
              + "; PM2 runs any other file as an app");
    }
  }
}
