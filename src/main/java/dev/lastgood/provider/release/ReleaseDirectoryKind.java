package dev.lastgood.provider.release;

import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformKind;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.CommandServiceSettings;
import dev.lastgood.provider.local.Proxy;
import dev.lastgood.provider.local.Supervisor;
import dev.lastgood.provider.ssh.HostGroup;
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
    if (settings.hosts().isEmpty()) {
      return openAt(component, settings, surroundings);
    }
    elsewhere(settings);
    return HostGroup.of(
        component,
        settings.hosts().get(),
        surroundings,
        there -> openAt(component, settings, there));
  }

  private static void elsewhere(ReleaseDirectorySettings settings) {
    HostGroup.absolute("path", settings.path());
    if (settings.proxy().isPresent()) {
      throw new BadSettings(
          "proxy", "with hosts there is no proxy of one machine; make it a component of its own");
    }
    if (settings.service().filter(s -> !(s instanceof CommandServiceSettings)).isPresent()) {
      throw new BadSettings(
          "service.kind",
          "with hosts a service is of the kind `command`, e.g. systemctl: Lastgood is not there to"
              + " look after a process of its own");
    }
  }

  private static Platform openAt(
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
