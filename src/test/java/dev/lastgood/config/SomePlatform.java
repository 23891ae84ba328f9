package dev.lastgood.config;

import dev.lastgood.model.Doc;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformKind;
import dev.lastgood.provider.Surroundings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A platform with a setting of every type, to bind.
final class SomePlatform implements PlatformKind<SomePlatform.Settings> {
  @Override
  public String name() {
    return "some-platform";
  }

  @Override
  public Class<Settings> settings() {
    return Settings.class;
  }

  @Override
  public Platform open(String component, Settings settings, Surroundings surroundings) {
    throw new BadSettings("keep-at-most", "`keep-at-most` must be at least 2");
  }

  enum Speed {
    VERY_SLOW,
    FAST
  }

  sealed interface Door {}

  record PlainDoor(@Doc("Its name.") String name) implements Door {}

  record LockedDoor(Secret key, Optional<Duration> patience) implements Door {}

  record Settings(
      @Doc("Where it lives.") Path path,
      Optional<Integer> keepAtMost,
      Optional<Long> bytes,
      Optional<Double> share,
      Optional<Boolean> loud,
      Optional<Duration> patience,
      Optional<Speed> speed,
      Optional<Secret> token,
      Optional<Door> door,
      List<String> command,
      Set<Integer> ports,
      Map<String, String> labels) {}
}
