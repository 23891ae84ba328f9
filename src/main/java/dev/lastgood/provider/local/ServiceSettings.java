package dev.lastgood.provider.local;

import dev.lastgood.provider.Surroundings;

/// Settings of what runs a component; `kind:` says which.
public sealed interface ServiceSettings permits ProcessServiceSettings, CommandServiceSettings {
  /// @param component names the files in the state folder
  /// @throws dev.lastgood.provider.BadSettings if the settings contradict each other
  Supervisor open(String component, Surroundings surroundings);
}
