package dev.lastgood.provider.postgres;

import dev.lastgood.provider.PlatformUnreachable;
import java.sql.SQLException;
import java.util.Optional;

/// The history a server is in: it is given a new number each time a replica or a restored server
/// becomes one of its own. Transaction ids mean nothing in another one.
final class Timeline {
  private Timeline() {}

  /// @return empty where it may not be asked
  static Optional<Integer> of(Server server) throws PlatformUnreachable {
    try (Session session = server.maintenance()) {
      return session.first(
          "select ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int",
          r -> r.getInt(1));
    } catch (SQLException e) {
      if (Server.lost(e)) {
        throw server.gone(e);
      }
      return Optional.empty();
    }
  }

  /// The snapshot, unless what it knows of transactions and columns is of another history.
  static Optional<Source> same(Server server, Optional<Source> snapshot)
      throws PlatformUnreachable {
    Optional<Integer> then =
        snapshot.flatMap(Source::manifest).flatMap(m -> Optional.ofNullable(m.timeline()));
    if (then.isEmpty()) {
      return snapshot;
    }
    Optional<Integer> now = of(server);
    return snapshot.filter(_ -> now.isEmpty() || now.equals(then));
  }
}
