package dev.lastgood.provider.postgres;

import dev.lastgood.provider.PlatformUnreachable;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/// Makes of a replica that has just become a server of its own one that nobody but Lastgood finds a
/// database on: the database gets the name of one that stands beside the live one, and the others
/// of the server are closed.
///
/// @param stops told where it could be killed
record Adopting(Server server, InstantSource clock, Crossing.Stops stops) {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final String IN_USE = "55006";

  /// The schema of another exchange's notes.
  private static final String NOTES = "drop schema if exists _lastgood_parting cascade";

  /// Each part of it is done once, also after a death in between.
  Standing adopt(String database, String release, boolean behind)
      throws SQLException, PlatformUnreachable, InterruptedException {
    try (Session session = server.patient(PATIENCE)) {
      if (Scene.look(session, database).beside(release).isEmpty()) {
        setAside(session, database, release, behind);
      }
      stops.at("aside");
      endOthers(session);
      Replica.unguard(session);
      Standing beside = Scene.look(session, database).beside(release).orElseThrow();
      Marker marker = beside.marker().orElseThrow();
      if (marker.state() == Marker.State.RESTORING) {
        try (Session inside = server.patient(beside.name(), PATIENCE)) {
          LettingGo.clean(inside);
          inside.run(NOTES);
        }
        Restoring.mark(session, beside.name(), marker.with(Marker.State.RESTORED));
      }
      return beside;
    }
  }

  private void setAside(Session session, String database, String release, boolean behind)
      throws SQLException, PlatformUnreachable, InterruptedException {
    Standing own =
        Standing.named(session, database)
            .orElseThrow(
                () -> new PlatformUnreachable("the promoted replica has no database " + database));
    session.run("alter database " + Quoted.name(database) + " allow_connections false");
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Sessions.end(session, own.oid(), 0);
      try {
        rename(session, own, release, behind);
        return;
      } catch (SQLException e) {
        if (!IN_USE.equals(e.getSQLState()) || System.nanoTime() > deadline) {
          throw e;
        }
      }
      Thread.sleep(5);
    }
  }

  private void rename(Session session, Standing own, String release, boolean behind)
      throws SQLException {
    String database = own.name();
    String beside =
        Quoted.fitting(
            database,
            "_restoring_"
                + Snapshots.stamp(clock.instant()).replace('-', '_')
                + "_"
                + Long.toHexString(0x10000 | (System.nanoTime() & 0xffff)).substring(1));
    String remark = Marker.remark(own.comment());
    session.connection().setAutoCommit(false);
    try {
      session.run("alter database " + Quoted.name(database) + " rename to " + Quoted.name(beside));
      Restoring.mark(
          session,
          beside,
          new Marker(remark, database, release, Marker.State.RESTORING, "", behind));
      for (String other : others(session, beside)) {
        session.run("alter database " + Quoted.name(other) + " allow_connections false");
      }
      session.run("alter database " + Quoted.name(beside) + " allow_connections true");
      session.connection().commit();
    } finally {
      session.connection().rollback();
      session.connection().setAutoCommit(true);
    }
  }

  /// While transactions are read-only still.
  private static void endOthers(Session session)
      throws SQLException, PlatformUnreachable, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    int left = ended(session);
    while (left > 0 && System.nanoTime() < deadline) {
      Thread.sleep(5);
      left = ended(session);
    }
    if (left > 0) {
      throw new PlatformUnreachable(
          left
              + " sessions in databases of the promoted replica do not end; it stays read-only. End them"
              + " there, then lastgood resume");
    }
  }

  private static int ended(Session session) throws SQLException {
    int left = 0;
    for (Standing closed : Standing.all(session)) {
      left += closed.open() ? 0 : Sessions.end(session, closed.oid(), 0);
    }
    return left;
  }

  /// Databases that came along, and of which the live one is on the other server.
  static List<String> others(Session session, String database) throws SQLException {
    return session.list(
        "select datname from pg_database where datallowconn and not datistemplate"
            + " and datname not in (current_database(), ?) order by 1",
        r -> r.getString(1),
        database);
  }
}
