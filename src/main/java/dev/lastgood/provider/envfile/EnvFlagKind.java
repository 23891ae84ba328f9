package dev.lastgood.provider.envfile;

import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformKind;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.flag.FlagPlatform;
import java.nio.file.Path;
import java.time.Duration;

/// `platform: env-flag`.
public final class EnvFlagKind implements PlatformKind<EnvFlagSettings> {
  @Override
  public String name() {
    return "env-flag";
  }

  @Override
  public Class<EnvFlagSettings> settings() {
    return EnvFlagSettings.class;
  }

  @Override
  public Platform open(String component, EnvFlagSettings settings, Surroundings here) {
    String on = settings.on().orElse("true");
    String off = settings.off().orElse("false");
    check(settings, on, off);
    Path path = here.base().resolve(settings.path()).toAbsolutePath().normalize();
    Path lock = here.state().resolve("env-flag-" + component + ".lock");
    var variable = new EnvVariable(path, settings.variable(), on, off, lock);
    var flag = new FlagPlatform(component, variable);
    if (settings.restart().isEmpty()) {
      return flag;
    }
    return new EnvFlagPlatform(
        component,
        flag,
        variable,
        new Readers(
            settings.restart(),
            settings.reads(),
            here.base(),
            here.state().resolve("env-flag-" + component + ".restarted"),
            settings.restartTimeout().orElse(Duration.ofMinutes(2)),
            settings.readsWithin().orElse(Duration.ofSeconds(60)),
            settings.downtime().orElse(Duration.ZERO)),
        lock);
  }

  private static void check(EnvFlagSettings settings, String on, String off) {
    if (!EnvText.isName(settings.variable())) {
      throw new BadSettings("variable", "`" + settings.variable() + "` is no name of a variable");
    }
    plain("on", on);
    plain("off", off);
    if (on.equals(off)) {
      throw new BadSettings("off", "on and off have the same value");
    }
    if (settings.restart().isEmpty() && !settings.reads().isEmpty()) {
      throw new BadSettings("reads", "it proves a restart: set `restart`, too");
    }
    settings
        .restartTimeout()
        .filter(t -> !t.isPositive() || t.compareTo(Duration.ofHours(1)) > 0)
        .ifPresent(t -> {
          throw new BadSettings("restart-timeout", "a restart may take up to 1h");
        });
    settings
        .readsWithin()
        .filter(t -> !t.isPositive() || t.compareTo(Duration.ofHours(1)) > 0)
        .ifPresent(t -> {
          throw new BadSettings("reads-within", "what was started anew may take up to 1h");
        });
  }

  /// What means the same in every dialect of env files, quoted or not.
  private static void plain(String key, String value) {
    if (value.length() > 100
        || !value
            .chars()
            .allMatch(
                c -> c < 128 && (Character.isLetterOrDigit(c) || "._:/@+-".indexOf(c) >= 0))) {
      throw new BadSettings(
          key, "the value of a flag is a plain word: letters, digits and any of . _ : / @ + -");
    }
  }
}
