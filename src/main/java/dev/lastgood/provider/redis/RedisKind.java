package dev.lastgood.provider.redis;

import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformKind;
import dev.lastgood.provider.Surroundings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// `platform: redis`.
public final class RedisKind implements PlatformKind<RedisSettings> {
  private static final int MIB = 1024 * 1024;

  @Override
  public String name() {
    return "redis";
  }

  @Override
  public Class<RedisSettings> settings() {
    return RedisSettings.class;
  }

  @Override
  public Platform open(String component, RedisSettings settings, Surroundings here) {
    check(component, settings);
    Path folder =
        settings
            .kept()
            .map(k -> here.base().resolve(k))
            .orElse(here.state().resolve("redis").resolve(component))
            .toAbsolutePath();
    var server = new Server(component, settings);
    var kept =
        new Kept(
            folder,
            here.clock(),
            (long) settings.keepMebibytes().orElse(1024) * MIB,
            settings.rdb().orElse(true),
            settings.scope().says());
    return new RedisPlatform(component, settings, server, kept, here);
  }

  private static void check(String component, RedisSettings settings) {
    RedisScope scope = settings.scope();
    if (scope instanceof RedisScope.PrefixRedisScope && scope.prefixes().isEmpty()) {
      throw new BadSettings(
          "scope.prefixes", "no prefix is named; `kind: database` means all keys");
    }
    for (String prefix : scope.prefixes()) {
      if (prefix.isBlank() || prefix.chars().anyMatch(c -> c < ' ' || c > '~')) {
        throw new BadSettings(
            "scope.prefixes", "a prefix is one or more visible ASCII characters, not a pattern");
      }
      if (Server.markOf(component).startsWith(prefix)) {
        throw new BadSettings(
            "scope.prefixes", "the prefix " + prefix + " is that of Lastgood's own mark");
      }
    }
    check(settings.salvage(), scope);
    if (settings.keep().filter(n -> n < 1).isPresent()) {
      throw new BadSettings("keep", "at least 1");
    }
    if (scope.home() < 0) {
      throw new BadSettings("scope.database", "databases are numbered from 0");
    }
    if (settings.user().isPresent() && settings.password().isEmpty()) {
      throw new BadSettings("password", "a user needs a password");
    }
    if (settings.keepMebibytes().filter(m -> m < 1).isPresent()) {
      throw new BadSettings("keep-mebibytes", "at least 1");
    }
    if (settings.port().filter(p -> p < 1 || p > 65_535).isPresent()) {
      throw new BadSettings("port", "a port is from 1 to 65535");
    }
  }

  private static void check(Optional<RedisSalvage> salvage, RedisScope scope) {
    if (salvage.isPresent() && !(scope instanceof RedisScope.PrefixRedisScope)) {
      throw new BadSettings(
          "salvage", "keys are compared one by one only where the scope is of `kind: prefix`");
    }
    for (String prefix : salvage.map(RedisSalvage::prefixes).orElse(List.of())) {
      if (scope.prefixes().stream().noneMatch(prefix::startsWith)) {
        throw new BadSettings(
            "salvage",
            "no key of the scope begins with "
                + prefix
                + "; the scope has "
                + String.join(", ", scope.prefixes()));
      }
    }
    salvage.ifPresent(s -> {
      for (String prefix : s.keepLive()) {
        if (s.keepRestored().contains(prefix)) {
          throw new BadSettings("salvage", prefix + " is in both lists");
        }
      }
    });
  }
}
