package dev.lastgood.provider.docker;

import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformKind;
import dev.lastgood.provider.Surroundings;
import java.time.Duration;

/// `platform: docker-volume`.
public final class VolumeKind implements PlatformKind<VolumeSettings> {
  @Override
  public String name() {
    return "docker-volume";
  }

  @Override
  public Class<VolumeSettings> settings() {
    return VolumeSettings.class;
  }

  @Override
  public Platform open(String component, VolumeSettings settings, Surroundings here) {
    // One letter is a Windows drive to Docker.
    if (!Docker.plainName(settings.volume()) || settings.volume().length() < 2) {
      throw new BadSettings("volume", "`" + settings.volume() + "` is no name of a volume");
    }
    String helper = settings.helper().orElse("busybox");
    if (!Images.isId(helper) && !Images.isRepository(helper.replaceFirst("[:@].*", ""))) {
      throw new BadSettings("helper", "`" + helper + "` is no name of an image");
    }
    return new VolumePlatform(
        component,
        new Volumes(
            component,
            new Docker(component, settings.docker()),
            settings.volume(),
            helper,
            settings.timeout().orElse(Duration.ofMinutes(10))),
        new Book(here.state().resolve("docker-volume-" + component + ".book").toAbsolutePath()),
        here);
  }
}
