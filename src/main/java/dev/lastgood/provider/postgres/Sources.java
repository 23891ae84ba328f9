package dev.lastgood.provider.postgres;

import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Everything a database can be restored from.
record Sources(Snapshots snapshots, Dumps dumps) {
  /// Newest snapshots first, then dumps as configured; the unusable ones among them.
  ///
  /// @param server version number of the server
  List<Source> all(String database, int server) throws PlatformUnreachable {
    List<Source> all = new ArrayList<>();
    try {
      for (Snapshots.Kept kept : snapshots.all()) {
        Source source = Source.of(kept);
        all.add(problem(source, database, server).map(source::unusable).orElse(source));
      }
    } catch (IOException e) {
      throw new PlatformUnreachable("the folder of snapshots: " + Why.of(e), e);
    }
    all.addAll(dumps.all(database, server));
    return all;
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

  Optional<Source> find(String release, String database, int server) throws PlatformUnreachable {
    return all(database, server).stream().filter(s -> s.release().equals(release)).findFirst();
  }
}
