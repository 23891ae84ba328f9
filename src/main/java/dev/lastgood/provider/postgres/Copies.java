package dev.lastgood.provider.postgres;

import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Snapshots kept as idle databases on the server of the live one. A copy of such a database takes
/// a tenth of a restore; it is not used up by it.
final class Copies {
  private static final String INFIX = "_good_";

  private final Server server;
  private final Restoring restoring;

  Copies(Server server, Restoring restoring) {
    this.server = server;
    this.restoring = restoring;
  }

  static String name(String database, String release) {
    return Quoted.fitting(database, INFIX + release.replace("snapshot-", "").replace('-', '_'));
  }

  /// Restores a snapshot into an idle database, while users go on with the live one.
  ///
  /// @param turn a session of the maintenance database that has the turn
  /// @return what came of it, one line; the snapshot itself is as it was in any case
  Made make(Session turn, Standing live, Source dump, Duration longest)
      throws SQLException, PlatformUnreachable {
    sweep(turn, live);
    List<String> missing = Preflight.of(turn, live, dump).missing();
    if (!missing.isEmpty()) {
      return new Made(false, "no copy was made, that needs: " + String.join("; ", missing));
    }
    if (restoring.restore(turn, live, dump, longest) instanceof Outcome.Refused(String reason)) {
      return new Made(false, "no copy was made: " + reason);
    }
    Standing made =
        Scene.look(turn, live.name())
            .beside(dump.release())
            .orElseThrow(() -> new SQLException("the copy of " + dump.release() + " is gone"));
    List<String> wrong = wrong(made, dump, longest);
    if (!wrong.isEmpty()) {
      Restoring.drop(turn, made.name());
      return new Made(
          false, "no copy was made, what was restored is not it: " + String.join("; ", wrong));
    }
    return kept(turn, live, made, dump.release());
  }

  /// @param done whether the copy stands
  record Made(boolean done, String says) {}

  private List<String> wrong(Standing made, Source dump, Duration longest)
      throws SQLException, PlatformUnreachable {
    try (Session inside = server.patient(made.name(), longest)) {
      Content found = Content.of(inside);
      return Verifying.wrong(found, dump.wanted(found, false));
    }
  }

  private static Made kept(Session turn, Standing live, Standing made, String release)
      throws SQLException {
    String name = name(live.name(), release);
    String marker = new Marker("", live.name(), release, Marker.State.GOOD).comment();
    turn.run("begin");
    try {
      turn.run("alter database " + Quoted.name(made.name()) + " rename to " + Quoted.name(name));
      turn.run("alter database " + Quoted.name(name) + " allow_connections false");
      turn.run("comment on database " + Quoted.name(name) + " is " + Quoted.text(marker));
      turn.run("commit");
    } catch (SQLException e) {
      if (!Server.lost(e)) {
        turn.run("rollback");
        Restoring.drop(turn, made.name());
      }
      throw e;
    }
    return new Made(
        true,
        "kept as the idle database "
            + name
            + " ("
            + Ways.megabytes(made.bytes())
            + "), restored and compared with the snapshot");
  }

  /// Removes what an attempt that died left. The caller has the turn, so nobody is at it.
  private static void sweep(Session turn, Standing live) throws SQLException {
    for (Standing left : Scene.look(turn, live.name()).halfway()) {
      boolean half = left.marker().orElseThrow().state() == Marker.State.RESTORING;
      if (half) {
        Restoring.drop(turn, left.name());
      }
    }
  }

  /// `create database …` out of the copy. The server copies files, which a file system with
  /// reflinks does at once where the server is told to (`file_copy_method`).
  static String create(Session turn, Standing live, String good, String beside)
      throws SQLException {
    boolean chooses = turn.number("select current_setting('server_version_num')::int") >= 150_000;
    return Dressing.create(turn, live, beside, good) + (chooses ? " strategy file_copy" : "");
  }

  static Standing of(Session turn, Standing live, String release)
      throws SQLException, PlatformUnreachable {
    return Scene.look(turn, live.name())
        .good(release)
        .orElseThrow(
            () -> new PlatformUnreachable("the copy of " + release + " is not there any more"));
  }

  /// Removes the copy of a snapshot that is removed; nothing when it has none.
  void remove(String release) throws PlatformUnreachable {
    try (Session session = server.maintenance()) {
      Optional<Standing> good = Scene.look(session, server.url().database()).good(release);
      if (good.isPresent()) {
        Restoring.drop(session, good.get().name());
      }
    } catch (SQLException e) {
      throw server.gone(e);
    }
  }
}
