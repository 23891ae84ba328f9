package dev.lastgood.provider.mongodb;

import dev.lastgood.database.salvage.Policy.Ambiguous;
import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformKind;
import dev.lastgood.provider.Surroundings;
import java.nio.file.Path;

/// `platform: mongodb`. The driver is loaded when a platform is opened, not before.
public final class MongodbKind implements PlatformKind<MongodbSettings> {
  private static final int MOST_JOBS = 64;

  @Override
  public String name() {
    return "mongodb";
  }

  @Override
  public Class<MongodbSettings> settings() {
    return MongodbSettings.class;
  }

  @Override
  public Platform open(String component, MongodbSettings settings, Surroundings here) {
    check(settings);
    Path state = here.state().toAbsolutePath();
    int jobs = settings.jobs().orElse(2);
    var server = new Server(settings.url());
    var programs = new Programs(settings.programs().map(p -> absolute(here, p)), state);
    var snapshots =
        new Snapshots(
            settings.snapshots().map(p -> absolute(here, p)).orElse(state.resolve("snapshots")));
    Path lock = state.resolve("mongodb-" + component + ".lock");
    return new MongodbPlatform(
        component,
        server,
        snapshots,
        new Taking(component, server, programs, snapshots, lock, jobs, here.clock()),
        new Deeds(
            component,
            server,
            snapshots,
            new Restoring(server, programs, jobs, here.clock()),
            new Switching(here.clock()),
            new Carried(state, settings.ambiguous().orElse(Ambiguous.ASK)),
            lock),
        settings);
  }

  private static void check(MongodbSettings settings) {
    if (settings.keep().filter(k -> k < 1).isPresent()) {
      throw new BadSettings("keep", "at least 1 snapshot is kept");
    }
    if (settings.jobs().filter(j -> j < 1 || j > MOST_JOBS).isPresent()) {
      throw new BadSettings("jobs", "from 1 to " + MOST_JOBS);
    }
  }

  private static Path absolute(Surroundings here, Path path) {
    return here.base().resolve(path).toAbsolutePath().normalize();
  }
}
