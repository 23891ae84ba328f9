package dev.lastgood.provider.postgres;

import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Address;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;

/// The two servers of which one has the live database: clients are led to one of them, and a
/// database of the live name, open to users, is on one of them at most.
///
/// @param primaryAt where clients find the primary; empty: as in its URL
/// @param replicaAt the same of the replica
record Pair(
    Server primary,
    Server replica,
    Optional<Address> primaryAt,
    Optional<Address> replicaAt,
    Signpost post) {
  /// By its part in the configuration, whatever it does now.
  enum Side {
    PRIMARY,
    REPLICA;

    Side other() {
      return this == PRIMARY ? REPLICA : PRIMARY;
    }

    /// As it stands in an act.
    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Side> of(String word) {
      for (Side side : values()) {
        if (side.word().equals(word)) {
          return Optional.of(side);
        }
      }
      return Optional.empty();
    }
  }

  Server server(Side side) {
    return side == Side.PRIMARY ? primary : replica;
  }

  /// Where clients find it.
  Address at(Side side) throws PlatformUnreachable {
    Optional<Address> said = side == Side.PRIMARY ? primaryAt : replicaAt;
    if (said.isPresent()) {
      return said.get();
    }
    PostgresUrl url = server(side).url();
    return new Address(
        url.host().indexOf(':') >= 0 ? "[" + url.host() + "]" : url.host(), url.port());
  }

  /// The one clients are led to.
  ///
  /// @throws PlatformUnreachable when that cannot be told, or it is neither
  Side led() throws PlatformUnreachable {
    Address leads;
    try {
      leads = post.leads();
    } catch (IOException e) {
      throw new PlatformUnreachable(Why.of(e), e);
    }
    for (Side side : Side.values()) {
      if (at(side).leadsTo(leads)) {
        return side;
      }
    }
    throw new PlatformUnreachable(
        post.file()
            + " leads to "
            + leads
            + ", which is neither the primary ("
            + at(Side.PRIMARY)
            + ") nor the replica ("
            + at(Side.REPLICA)
            + "); how clients call them is said under primary-at and replica-at");
  }

  /// The server of the live database. Where nobody can tell it is the primary: should that be
  /// wrong, it has no database of the live name.
  Server live() {
    try {
      return server(led());
    } catch (PlatformUnreachable e) {
      return primary;
    }
  }

  /// One of the two as it stands now.
  ///
  /// @param follows whether it is a replica still; then its databases are not its own
  record View(Server server, Scene scene, boolean follows) {
    /// The database users would find there and could write to.
    Optional<Standing> live() {
      return follows ? Optional.empty() : scene.live();
    }
  }

  /// @param database the live name
  View view(Side side, String database) throws SQLException, PlatformUnreachable {
    Server server = server(side);
    try (Session session = server.maintenance()) {
      return new View(
          server, Scene.look(session, database), session.yes("select pg_is_in_recovery()"));
    }
  }
}
