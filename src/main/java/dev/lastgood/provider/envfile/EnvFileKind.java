package dev.lastgood.provider.envfile;

import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformKind;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.VersionedFile;
import dev.lastgood.provider.ssh.HostGroup;
import java.nio.file.Path;

/// `platform: env-file`.
public final class EnvFileKind implements PlatformKind<EnvFileSettings> {
  @Override
  public String name() {
    return "env-file";
  }

  @Override
  public Class<EnvFileSettings> settings() {
    return EnvFileSettings.class;
  }

  @Override
  public Platform open(String component, EnvFileSettings settings, Surroundings here) {
    if (settings.hosts().isEmpty()) {
      return openAt(component, settings, here);
    }
    elsewhere(settings);
    return HostGroup.of(
        component, settings.hosts().get(), here, there -> openAt(component, settings, there));
  }

  /// Where nothing is relative to our configuration, and our state is not.
  private static void elsewhere(EnvFileSettings settings) {
    HostGroup.absolute("path", settings.path());
    if (settings.versions().isEmpty()) {
      throw new BadSettings(
          "versions", "with hosts, name a folder on them, e.g. /var/lib/lastgood/versions");
    }
    HostGroup.absolute("versions", settings.versions().get());
    settings.adopt().forEach(a -> HostGroup.absolute("adopt", a));
  }

  private static Platform openAt(String component, EnvFileSettings settings, Surroundings here) {
    Path path = absolute(here, settings.path());
    Path versions =
        settings
            .versions()
            .map(v -> absolute(here, v))
            .orElse(here.state().resolve("versions").resolve(component).toAbsolutePath());
    check(settings, path, versions);
    return new EnvFilePlatform(
        component,
        new VersionedFile(
            component,
            path,
            versions,
            settings.adopt().stream().map(a -> absolute(here, a)).toList()),
        new Required(settings.required()),
        here.state().resolve("env-file-" + component + ".lock"),
        settings.keep());
  }

  private static void check(EnvFileSettings settings, Path path, Path versions) {
    if (path.getParent() == null || versions.equals(path.getParent())) {
      throw new BadSettings(
          "versions",
          versions + " holds other files than kept versions; choose a folder of its own");
    }
    for (String name : settings.required()) {
      if (!EnvText.isName(name)) {
        throw new BadSettings("required", "`" + name + "` is no name of a variable");
      }
    }
    if (settings.keep().filter(k -> k < 1).isPresent()) {
      throw new BadSettings("keep", "at least 1 version is kept");
    }
  }

  private static Path absolute(Surroundings here, Path path) {
    return here.base().resolve(path).toAbsolutePath().normalize();
  }
}
