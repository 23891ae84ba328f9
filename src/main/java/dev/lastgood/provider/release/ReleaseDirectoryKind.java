package dev.lastgood.provider.release;

import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformKind;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.Proxy;
import dev.lastgood.provider.local.Supervisor;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/// `platform: release-directory`.
public final class ReleaseDirectoryKind implements PlatformKind<ReleaseDirectorySettings> {
  @Override
  public String name() {
    return "release-directory";
  }

  @Override
  public Class<ReleaseDirectorySettings> settings() {
    return ReleaseDirectorySettings.class;
  }

  @Override
  public Platform open(
      String component, ReleaseDirectorySettings settings, Surroundings surroundings) {
    if (settings.keep().filter(k -> k < 2).isPresent()) {
      throw new BadSettings(
          "keep", "keep: must be at least 2: the live release and one to go back to");
    }
    if (settings.proxy().isPresent() && settings.service().isEmpty()) {
      throw new BadSettings("proxy", "proxy: leads to a service, and none is configured");
    }
    Layout layout = Layout.of(component, settings, surroundings.base());
    Optional<Supervisor> service =
        settings.service().map(s -> nested("service", () -> s.open(component, surroundings)));
    Optional<Proxy> proxy = settings.proxy().map(p -> nested("proxy", () -> p.open(surroundings)));
    if (proxy.isPresent() && service.get().ports().isEmpty()) {
      throw new BadSettings(
          "service.ports", "service: ports: must name where the proxy finds the service");
    }
    Duration drain = settings.drain().orElse(Duration.ofSeconds(10));
    return new ReleaseDirectory(layout, settings, service, proxy, drain);
  }

  /// Points at the nested key.
  private static <T> T nested(String key, Supplier<T> open) {
    try {
      return open.get();
    } catch (BadSettings bad) {
      throw new BadSettings(key + "." + bad.key(), String.valueOf(bad.getMessage()));
    }
  }
}
