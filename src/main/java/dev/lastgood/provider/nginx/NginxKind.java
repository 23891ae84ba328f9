package dev.lastgood.provider.nginx;

import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformKind;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.Nginx;
import dev.lastgood.provider.local.VersionedFile;
import dev.lastgood.provider.ssh.HostGroup;
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
    if (settings.hosts().isEmpty()) {
      return openAt(component, settings, here);
    }
    elsewhere(settings);
    return HostGroup.of(
        component, settings.hosts().get(), here, there -> openAt(component, settings, there));
  }

  /// Where nothing is relative to our configuration, and our state is not.
  private static void elsewhere(NginxSettings settings) {
    HostGroup.absolute("path", settings.path());
    if (settings.versions().isEmpty()) {
      throw new BadSettings(
          "versions", "with hosts, name a folder on them, e.g. /var/lib/lastgood/versions");
    }
    HostGroup.absolute("versions", settings.versions().get());
    settings.adopt().forEach(a -> HostGroup.absolute("adopt", a));
  }

  private static Platform openAt(String component, NginxSettings settings, Surroundings here) {
    Path path = absolute(here, settings.path());
    Path versions =
        settings
            .versions()
            .map(v -> absolute(here, v))
            .orElse(here.state().resolve("versions").resolve(component).toAbsolutePath());
    Path config =
        settings
            .config()
            .map(c -> absolute(here, c))
            .orElseGet(() -> here.base().getFileSystem().getPath("/etc/nginx/nginx.conf"));
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

  /// Patterns of nginx do not find what begins with a point.
  private static boolean hidden(Path folder, Path within) {
    for (Path name : folder.relativize(within)) {
      if (name.toString().startsWith(".")) {
        return true;
      }
    }
    return false;
  }

  private static void check(NginxSettings settings, Path path, Path versions, Path config) {
    Path folder = path.getParent();
    if (folder == null) {
      throw new BadSettings("path", path + " is no file");
    }
    boolean included =
        versions.startsWith(folder) && !path.equals(config) && !hidden(folder, versions);
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
