package dev.lastgood.provider.postgres;

import dev.lastgood.database.salvage.Departure;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Everything a database can be restored from.
///
/// @param promoting whether the replica can be gone over to
record Sources(
    Snapshots snapshots,
    Dumps dumps,
    Optional<Replica> replica,
    Optional<Archive> archive,
    Promoting promoting) {
  /// Why a replica cannot be gone over to; empty when it can.
  interface Promoting {
    Optional<String> problem(Source source);
  }

  /// The same, for people who plan.
  Sources with(Promoting other) {
    return new Sources(snapshots, dumps, replica, archive, other);
  }

  /// Newest snapshots first, each with the fastest way to bring it up before the others; then
  /// moments of the archive, then dumps as configured; the unusable ones among them.
  List<Source> all(Scene scene) throws PlatformUnreachable {
    String database = scene.name();
    int server = scene.version();
    List<Source> all = new ArrayList<>();
    try {
      for (Snapshots.Kept kept : snapshots.all()) {
        for (Source source : of(kept, scene)) {
          all.add(problem(source, database, server).map(source::unusable).orElse(source));
        }
      }
    } catch (IOException e) {
      throw new PlatformUnreachable("the folder of snapshots: " + Why.of(e), e);
    }
    if (archive.isPresent()) {
      all.addAll(archive.get().moments());
    }
    all.addAll(dumps.all(database, server));
    return all;
  }

  private List<Source> of(Snapshots.Kept kept, Scene scene) {
    Source dump = Source.of(kept);
    if (kept.manifest().isEmpty()) {
      return List.of(dump);
    }
    Optional<RestorePoint> point;
    try {
      point = RestorePoint.in(kept.folder());
    } catch (IOException e) {
      return List.of(dump.unusable(Why.of(e)));
    }
    List<Source> all = new ArrayList<>();
    if (point.isPresent() && replica.isPresent()) {
      all.add(dump.as(Source.Form.PROMOTED, point));
    }
    if (scene.good(kept.id()).isPresent()) {
      all.add(dump.as(Source.Form.COPY, Optional.empty()));
    }
    if (point.isEmpty() || java.nio.file.Files.exists(kept.dump())) {
      all.add(dump);
    }
    if (point.isPresent()) {
      replica.ifPresent(_ -> all.add(dump.as(Source.Form.REPLICA, point)));
      archive.ifPresent(_ -> all.add(dump.as(Source.Form.ARCHIVE, point)));
    }
    return all.isEmpty()
        ? List.of(
            dump.unusable("has only a restore point, and no replica and no archive is configured"))
        : all;
  }

  private static Optional<String> problem(Source source, String database, int server) {
    return source
        .manifest()
        .flatMap(m -> {
          if (!m.database().equals(database)) {
            return Optional.of("is of database " + m.database() + ", not of " + database);
          }
          return Listing.newer(m.server() / 10_000 + ".0", server);
        });
  }

  /// Those the release can be brought up from, best first; why not, where that is cheap to tell.
  List<Source> find(String release, Scene scene) throws PlatformUnreachable {
    return all(scene).stream().filter(s -> s.release().equals(release)).toList();
  }

  /// What a snapshot noted when it was what the live database was.
  ///
  /// @param server where the live database is
  /// @return empty when it is none of ours, or of another history of the server
  Optional<Departure> departure(String release, Scene scene, Server server)
      throws PlatformUnreachable {
    // whatever it is brought up from, its folder is the same
    Optional<Source> snapshot =
        find(release, scene).stream().filter(s -> s.manifest().isPresent()).findFirst();
    return Timeline.same(server, snapshot)
        .flatMap(Source::manifest)
        .flatMap(m -> Optional.ofNullable(m.departure()));
  }

  /// The one a plan chose; the dump when it named none.
  Optional<Source> find(String release, Scene scene, String form) throws PlatformUnreachable {
    return find(release, scene).stream()
        .filter(s -> form.isEmpty() ? s.isDump() : s.form().name().equals(form))
        .findFirst();
  }

  /// What a person should know about them.
  List<String> notes() {
    try {
      return archive.isEmpty() ? List.of() : archive.get().notes();
    } catch (IOException e) {
      return List.of("the folder of throwaway servers: " + Why.of(e));
    }
  }

  /// What is wrong with one that is not on this machine; asks the replica or the archive.
  Optional<String> problem(Source source, Session session) throws SQLException {
    return switch (source.form()) {
      case PROMOTED -> promoting.problem(source);
      case REPLICA -> replica.flatMap(r -> r.problem(source.point().orElseThrow()));
      case ARCHIVE ->
          archive.isEmpty()
              ? Optional.empty()
              : archive.get().problem(source.point().orElseThrow(), session);
      case COPY, CUSTOM, DIRECTORY, PLAIN, PLAIN_GZ, NONE -> Optional.empty();
    };
  }
}
