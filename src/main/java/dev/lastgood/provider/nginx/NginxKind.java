package dev.lastgood.provider.nginx;

import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformKind;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.Nginx;
import dev.lastgood.provider.local.VersionedFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// `platform: nginx`.
public final class NginxKind implements PlatformKind<NginxSettings> {
  private static final Duration START = Duration.ofSeconds(30);

  @Override
  public String name() {
    return "nginx";
  }

  @Override
  public Class<NginxSettings> settings() {
    return NginxSettings.class;
  }

  @Override
  public Platform open(String component, NginxSettings settings, Surroundings here) {
    Path path = absolute(here, settings.path());
    Path versions =
        settings
            .versions()
            .map(v -> absolute(here, v))
            .orElse(here.state().resolve("versions").resolve(component).toAbsolutePath());
    Path config =
        settings.config().map(c -> absolute(here, c)).orElse(Path.of("/etc/nginx/nginx.conf"));
    check(settings, path, versions, config);
    return new NginxPlatform(
        component,
        new VersionedFile(
            component,
            path,
            versions,
            settings.adopt().stream().map(a -> absolute(here, a)).toList()),
        Nginx.at(here, settings.binary(), settings.config(), settings.prefix(), settings.pid()),
        settings.start().isEmpty()
            ? Optional.empty()
            : Optional.of(new Argv(settings.start(), Optional.of(here.base()), Map.of(), START)),
        settings.errorLog().map(l -> absolute(here, l)),
        settings.keep());
  }

  private static void check(NginxSettings settings, Path path, Path versions, Path config) {
    Path folder = path.getParent();
    if (folder == null) {
      throw new BadSettings("path", path + " is no file");
    }
    boolean included = versions.startsWith(folder) && !path.equals(config);
    if (included || versions.equals(folder)) {
      throw new BadSettings(
          "versions",
          versions
              + " is where nginx may read "
              + path.getFileName()
              + " by a pattern, and would read the kept versions as well; choose another folder");
    }
    if (settings.keep().filter(k -> k < 1).isPresent()) {
      throw new BadSettings("keep", "at least 1 version is kept");
    }
  }

  private static Path absolute(Surroundings here, Path path) {
    return here.base().resolve(path).toAbsolutePath().normalize();
  }
}
