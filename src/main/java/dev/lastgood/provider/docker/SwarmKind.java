package dev.lastgood.provider.docker;

import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformKind;
import dev.lastgood.provider.Surroundings;

/// `platform: swarm`.
public final class SwarmKind implements PlatformKind<SwarmSettings> {
  @Override
  public String name() {
    return "swarm";
  }

  @Override
  public Class<SwarmSettings> settings() {
    return SwarmSettings.class;
  }

  @Override
  public Platform open(String component, SwarmSettings settings, Surroundings here) {
    if (!Docker.plainName(settings.service())) {
      throw new BadSettings("service", "`" + settings.service() + "` is no name of a service");
    }
    var docker = new Docker(component, settings.docker());
    return new SwarmPlatform(
        component,
        settings,
        new Swarm(component, docker, settings.service()),
        new Images(component, docker),
        here);
  }
}
