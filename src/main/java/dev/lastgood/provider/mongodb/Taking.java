package dev.lastgood.provider.mongodb;

import com.mongodb.MongoException;
import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Snapshotting.Taken;
import dev.lastgood.provider.local.SlotLock;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Takes a snapshot of the live collections with mongodump, and reads it all again: what is in the
/// manifest is what is in the dump.
final class Taking {
  private static final Duration LONGEST = Duration.ofHours(6);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final String component;
  private final Server server;
  private final Programs programs;
  private final Snapshots snapshots;
  private final Path lock;
  private final int jobs;
  private final InstantSource clock;

  Taking(
      String component,
      Server server,
      Programs programs,
      Snapshots snapshots,
      Path lock,
      int jobs,
      InstantSource clock) {
    this.component = component;
    this.server = server;
    this.programs = programs;
    this.snapshots = snapshots;
    this.lock = lock;
    this.jobs = jobs;
    this.clock = clock;
  }

  Taken take() throws PlatformUnreachable {
    String database = server.url().database();
    try (SlotLock turn = SlotLock.take(lock, PATIENCE).orElse(null)) {
      if (turn == null) {
        throw new PlatformUnreachable(
            database + ": another snapshot or a rollback of it is under way; try again after it");
      }
      try (Session session = server.patient()) {
        return taken(session, Scene.look(session, database));
      }
    } catch (MongoException e) {
      throw server.gone(e);
    } catch (IOException e) {
      throw new PlatformUnreachable("the snapshot could not be written: " + Why.of(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PlatformUnreachable("interrupted", e);
    }
  }

  private Taken taken(Session session, Scene scene) throws PlatformUnreachable, IOException {
    if (scene.halfway().isPresent()) {
      throw new PlatformUnreachable(
          scene.database() + " is in the middle of an exchange; finish it first: lastgood resume");
    }
    Path part = snapshots.begin(clock.instant());
    try {
      Manifest manifest = dumped(session, scene, part);
      manifest.write(part);
      snapshots.complete(part);
      return named(session, manifest);
    } catch (MongoException | IOException | PlatformUnreachable e) {
      Snapshots.remove(part);
      throw e;
    }
  }

  private Manifest dumped(Session session, Scene scene, Path part)
      throws PlatformUnreachable, IOException {
    Instant at = clock.instant();
    List<String> words =
        new ArrayList<>(
            List.of(
                "--db=" + scene.database(),
                "--excludeCollectionsWithPrefix=" + Names.OWN,
                "--out=" + Snapshots.dump(part),
                "--gzip",
                "--numParallelCollections=" + jobs));
    scene.views().keySet().forEach(v -> words.add("--excludeCollection=" + v));
    Optional<String> problem = programs.run(LONGEST, server.url(), "mongodump", words);
    if (problem.isPresent()) {
      throw new PlatformUnreachable(
          "mongodump of " + scene.database() + " failed, nothing was kept: " + problem.get());
    }
    Dump dump = Dump.in(Snapshots.dump(part), scene.database());
    for (String name : scene.names()) {
      if (!dump.files().containsKey(name)) {
        throw new PlatformUnreachable(
            "mongodump left out the collection " + name + "; nothing was kept");
      }
    }
    SortedMap<String, String> views = new TreeMap<>();
    scene.views().forEach((name, view) -> views.put(name, view.options().toJson()));
    return new Manifest(
        Manifest.FORM,
        Snapshots.id(part),
        scene.database(),
        at,
        session.version(),
        session.bytes(),
        Content.of(dump, name -> Content.shape(session, name)).collections(),
        views);
  }

  /// From now on the live collections are another release: the snapshot is the state before.
  private Taken named(Session session, Manifest manifest) {
    String next = "after-" + manifest.release().substring(Snapshots.PREFIX.length());
    new State(session).live(next);
    return new Taken(
        release(manifest.release(), manifest.at()),
        release(next, manifest.at()),
        List.of(
            "what was written while it was taken may be in it or not; a rollback carries it over"));
  }

  private Release release(String id, Instant since) {
    return new Release(component, id, Origin.UNKNOWN, Optional.of(since));
  }
}
