package dev.lastgood.provider.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.model.Secret;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Opens a database with its sources, and goes from release to release as a run does.
final class Going {
  private Going() {}

  /// @param url of the database, for JDBC
  /// @param keep number of snapshots
  record Kept(
      String url,
      List<SnapshotAs> as,
      Optional<Integer> keep,
      Optional<ReplicaSettings> replica,
      Optional<ArchiveSettings> archive,
      Optional<String> pgbouncer) {
    Kept(String url, SnapshotAs... as) {
      this(
          url, List.of(as), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    Kept(
        String url,
        List<SnapshotAs> as,
        Optional<Integer> keep,
        Optional<ReplicaSettings> replica,
        Optional<ArchiveSettings> archive) {
      this(url, as, keep, replica, archive, Optional.empty());
    }

    Kept keeping(int number) {
      return new Kept(url, as, Optional.of(number), replica, archive, pgbouncer);
    }

    Kept with(ReplicaSettings replica) {
      return new Kept(url, as, keep, Optional.of(replica), archive, pgbouncer);
    }

    Kept with(ArchiveSettings archive) {
      return new Kept(url, as, keep, replica, Optional.of(archive), pgbouncer);
    }

    /// @param admin URL of its console
    Kept behind(String admin) {
      return new Kept(url, as, keep, replica, archive, Optional.of(admin));
    }

    PostgresPlatform in(Path dir) throws IOException {
      return in(dir, InstantSource.system());
    }

    PostgresPlatform in(Path dir, InstantSource clock) throws IOException {
      return in(dir, clock, _ -> {});
    }

    PostgresPlatform in(Path dir, InstantSource clock, Crossing.Stops stops) throws IOException {
      var settings =
          new PostgresSettings(
              new Secret("${env:DATABASE_URL}", () -> url),
              Optional.of(dir.resolve("snapshots")),
              List.of(),
              keep,
              Optional.empty(),
              Optional.empty(),
              Optional.of(2),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              pgbouncer.map(u -> new Secret("${env:PGBOUNCER_URL}", () -> u)),
              as,
              replica,
              archive,
              Optional.empty(),
              List.of());
      return (PostgresPlatform)
          new PostgresKind()
              .open(
                  "database",
                  settings,
                  new Surroundings(dir, Files.createDirectories(dir.resolve("state")), clock),
                  stops);
    }
  }

  static List<Method> methods(Platform platform, String to) throws PlatformUnreachable {
    Inventory inventory = platform.inventory();
    return platform.methods(inventory.live().orElseThrow(), inventory.find(to).orElseThrow());
  }

  static List<Act> acts(Method method) {
    return method.legs().stream().map(Act.class::cast).toList();
  }

  static void perform(Platform platform, Act act) {
    assertThat(platform.act(act, "key")).as(act.says()).isInstanceOf(Outcome.Done.class);
    assertThat(platform.look(act)).as(act.says()).isInstanceOf(Sight.Holds.class);
  }

  /// By the way of that name.
  static void walk(Platform platform, String to, String method) throws PlatformUnreachable {
    Method way =
        methods(platform, to).stream()
            .filter(m -> m.name().equals(method))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no way " + method));
    acts(way).forEach(a -> perform(platform, a));
  }
}
