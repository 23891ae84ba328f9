package dev.lastgood.provider.postgres;

import dev.lastgood.provider.PlatformUnreachable;
import java.sql.SQLException;

/// A kept database is closed; whoever has something to do in it opens it for as long as that takes.
final class Door implements AutoCloseable {
  private final Server server;
  private final Standing kept;

  private Door(Server server, Standing kept) {
    this.server = server;
    this.kept = kept;
  }

  /// @param turn a session of the maintenance database
  static Door open(Server server, Session turn, Standing kept) throws SQLException {
    turn.run("alter database " + Quoted.name(kept.name()) + " allow_connections true");
    return new Door(server, kept);
  }

  /// Closes it, unless it is live now.
  @Override
  public void close() throws PlatformUnreachable {
    try (Session session = server.maintenance()) {
      if (Standing.named(session, kept.name()).filter(k -> k.oid() == kept.oid()).isPresent()) {
        session.run("alter database " + Quoted.name(kept.name()) + " allow_connections false");
      }
    } catch (SQLException e) {
      // It stays open under its long name; the next attempt closes it.
      System.getLogger(Door.class.getName()).log(System.Logger.Level.DEBUG, "door", e);
    }
  }
}
