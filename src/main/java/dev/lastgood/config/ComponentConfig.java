package dev.lastgood.config;

import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformKind;
import dev.lastgood.provider.Surroundings;
import java.util.List;

/// One component as configured: its platform, that platform's settings, and what it needs.
///
/// @param needs components that must be rolled back before this one
public record ComponentConfig<S extends Record>(
    String name, PlatformKind<S> kind, S settings, List<String> needs) {
  public ComponentConfig {
    needs = List.copyOf(needs);
  }

  public Platform open(Surroundings surroundings) {
    return kind.open(name, settings, surroundings);
  }
}
