package dev.lastgood.provider.docker;

import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformKind;
import dev.lastgood.provider.Surroundings;
import java.nio.file.Path;
import java.util.List;

/// `platform: compose`.
public final class ComposeKind implements PlatformKind<ComposeSettings> {
  @Override
  public String name() {
    return "compose";
  }

  @Override
  public Class<ComposeSettings> settings() {
    return ComposeSettings.class;
  }

  @Override
  public Platform open(String component, ComposeSettings settings, Surroundings here) {
    check(settings);
    List<Path> files = settings.files().stream().map(f -> absolute(here, f)).toList();
    Path override =
        settings
            .override()
            .map(o -> absolute(here, o))
            .orElseGet(
                () -> files.getFirst().resolveSibling("lastgood." + settings.service() + ".yml"));
    if (files.contains(override)) {
      throw new BadSettings("override", override + " is one of `files`; Lastgood would replace it");
    }
    var docker = new Docker(component, settings.docker());
    var images = new Images(component, docker);
    return new ComposePlatform(
        component,
        settings,
        new Project(
            docker, settings, files, settings.envFile().map(e -> absolute(here, e)), override),
        images,
        new Pin(
            settings.service(),
            override,
            here.state().resolve("versions").resolve(component).toAbsolutePath(),
            here.clock()),
        here);
  }

  private static void check(ComposeSettings settings) {
    if (settings.files().isEmpty()) {
      throw new BadSettings("files", "name the Compose files; which one counts is not guessed");
    }
    for (String name : List.of(settings.project(), settings.service())) {
      if (!Docker.plainName(name)) {
        throw new BadSettings(
            name.equals(settings.service()) ? "service" : "project",
            "`" + name + "` is no name Compose takes");
      }
    }
    settings
        .repository()
        .filter(r -> !Images.isRepository(r))
        .ifPresent(r -> {
          throw new BadSettings(
              "repository", "`" + r + "` is no name of images; leave out tag and digest");
        });
  }

  private static Path absolute(Surroundings here, Path path) {
    return here.base().resolve(path).toAbsolutePath().normalize();
  }
}
