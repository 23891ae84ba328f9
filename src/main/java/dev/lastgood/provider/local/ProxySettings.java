package dev.lastgood.provider.local;

import dev.lastgood.provider.Surroundings;

/// Settings of a proxy; `kind:` says which.
public sealed interface ProxySettings permits NginxProxySettings, FileProxySettings {
  /// @throws dev.lastgood.provider.BadSettings if the settings contradict each other
  Proxy open(Surroundings surroundings);
}
