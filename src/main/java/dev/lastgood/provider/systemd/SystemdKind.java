package dev.lastgood.provider.systemd;

import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformKind;
import dev.lastgood.provider.Surroundings;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;

/// `platform: systemd`.
public final class SystemdKind implements PlatformKind<SystemdSettings> {
  private static final String OF_NAMES = "@:._-\\";

  @Override
  public String name() {
    return "systemd";
  }

  @Override
  public Class<SystemdSettings> settings() {
    return SystemdSettings.class;
  }

  @Override
  public Platform open(String component, SystemdSettings settings, Surroundings here) {
    check(settings);
    List<Path> files = settings.files().stream().map(f -> absolute(here, f)).toList();
    if (new HashSet<>(files).size() != files.size()) {
      throw new BadSettings("files", "a file is named twice");
    }
    Path versions =
        settings
            .versions()
            .map(v -> absolute(here, v))
            .orElse(here.state().resolve("versions").resolve(component).toAbsolutePath());
    return new SystemdPlatform(
        component,
        settings,
        new UnitFiles(
            settings.unit(),
            files,
            versions,
            settings.adopt().stream().map(a -> absolute(here, a)).toList()),
        new Systemctl(component, settings),
        here);
  }

  private static void check(SystemdSettings settings) {
    String unit = settings.unit();
    boolean plain =
        unit.chars()
            .allMatch(c -> c < 128 && (Character.isLetterOrDigit(c) || OF_NAMES.indexOf(c) >= 0));
    if (!plain || !unit.endsWith(".service") || unit.startsWith("-") || unit.length() > 255) {
      throw new BadSettings(
          "unit",
          "`" + unit + "` is no exact name of a service; write it whole, e.g. shop.service");
    }
    if (unit.contains("@.")) {
      throw new BadSettings("unit", "`" + unit + "` is a template; name one of its instances");
    }
    if (settings.files().isEmpty()) {
      throw new BadSettings("files", "name the unit file at least: a release is a version of it");
    }
    if (settings.keep().filter(k -> k < 1).isPresent()) {
      throw new BadSettings("keep", "at least 1 version is kept");
    }
  }

  private static Path absolute(Surroundings here, Path path) {
    return here.base().resolve(path).toAbsolutePath().normalize();
  }
}
