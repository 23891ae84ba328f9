package dev.lastgood.provider.mongodb;

import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Brings a snapshot up beside the live collections, under names of its own.
final class Restoring {
  private final Server server;
  private final Programs programs;
  private final int jobs;
  private final InstantSource clock;

  Restoring(Server server, Programs programs, int jobs, InstantSource clock) {
    this.server = server;
    this.programs = programs;
    this.jobs = jobs;
    this.clock = clock;
  }

  /// Each attempt has names of its own, so that a mongorestore that outlived its Lastgood can never
  /// write into those of the next.
  Outcome restore(Session session, Scene scene, Snapshots.Kept snapshot, Act act)
      throws PlatformUnreachable {
    var state = new State(session);
    for (Scene.Group left : scene.unfinished()) {
      if (left.stage() == Scene.Stage.RESTORING && left.release().equals(snapshot.id())) {
        drop(session, scene, left);
        state.forget(left.id());
      }
    }
    String prefix = Names.beside(Names.free(clock.instant(), scene.all().keySet()));
    List<String> names = List.copyOf(snapshot.manifest().orElseThrow().collections().keySet());
    List<String> tooLong =
        names.stream().filter(n -> !Names.fits(scene.database(), prefix + n)).toList();
    if (!tooLong.isEmpty()) {
      return new Outcome.Refused(
          "a name beside would be longer than MongoDB allows, that of "
              + String.join(", ", tooLong));
    }
    Scene.Group group = Scene.Group.beside(prefix, snapshot.id(), names);
    state.put(group);
    Optional<String> problem =
        programs.run(act.deadline(), server.url(), "mongorestore", words(scene, snapshot, prefix));
    if (problem.isPresent()) {
      drop(session, Scene.look(session, scene.database()), group);
      state.forget(group.id());
      return new Outcome.Refused(
          "mongorestore of "
              + snapshot.id()
              + " failed, the live collections were not touched: "
              + problem.get());
    }
    state.put(group.at(Scene.Stage.RESTORED, "restored"));
    return new Outcome.Done("restored under " + prefix + "…");
  }

  private List<String> words(Scene scene, Snapshots.Kept snapshot, String prefix) {
    return new ArrayList<>(
        List.of(
            "--gzip",
            "--stopOnError",
            "--nsInclude=" + scene.database() + ".*",
            "--nsFrom=" + scene.database() + ".*",
            "--nsTo=" + scene.database() + "." + prefix + "*",
            "--numParallelCollections=" + jobs,
            "--dir=" + snapshot.dump()));
  }

  private static void drop(Session session, Scene scene, Scene.Group group) {
    for (String name : group.names()) {
      if (scene.all().containsKey(group.prefix() + name)) {
        session.drop(group.prefix() + name);
      }
    }
  }
}
