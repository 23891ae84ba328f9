package dev.lastgood.provider.postgres;

import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.time.Duration;

/// Whose turn it is to change a database: an advisory lock of the maintenance session, which the
/// server takes back when its holder is gone.
final class Turn {
  /// With whoever has it.
  static final Duration PATIENCE = Duration.ofSeconds(20);

  private Turn() {}

  /// What is done by whoever has the turn.
  interface Deed {
    Outcome in(Session turn)
        throws SQLException, PlatformUnreachable, IOException, InterruptedException;
  }

  /// Takes the turn for one act and does it.
  ///
  /// @param untouched what is true of a refusal by the server, for its end; may be empty
  static Outcome act(Server server, Act act, String untouched, Deed deed) {
    String database = act.get(Ways.DATABASE);
    try (Session turn = server.patient(act.deadline())) {
      return take(turn, database, PATIENCE)
          ? deed.in(turn)
          : new Outcome.Unknown("somebody else is at " + database + " now");
    } catch (SQLException e) {
      String why = String.valueOf(server.gone(e).getMessage());
      return Server.lost(e) ? new Outcome.Unknown(why) : new Outcome.Refused(why + untouched);
    } catch (PlatformUnreachable e) {
      return new Outcome.Refused(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return new Outcome.Unknown(Why.of(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Outcome.Unknown("interrupted");
    }
  }

  /// @return whether it is this session's turn now
  static boolean take(Session session, String database, Duration patience)
      throws SQLException, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!session.yes("select pg_try_advisory_lock(?)", key(database))) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      Thread.sleep(20);
    }
    return true;
  }

  /// Whether somebody is at it.
  static boolean taken(Session session, String database) throws SQLException {
    long key = key(database);
    return session.yes(
        "select exists (select from pg_locks where locktype = 'advisory' and objsubid = 1"
            + " and classid = ?::bigint::oid and objid = ?::bigint::oid and granted)",
        key >>> 32,
        key & 0xffffffffL);
  }

  /// Of a goal that does not hold: on its way as long as somebody is at it, and never by itself
  /// when nobody is. Whoever acts and sees the latter need not wait for it.
  ///
  /// @param atIt whether the turn was [#taken] before the goal was looked at
  static Sight sight(String seen, boolean atIt) {
    return atIt
        ? new Sight.UnderWay(seen + ", and somebody is at it")
        : new Sight.Failed(seen + ", and nobody is at it");
  }

  private static long key(String database) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(("lastgood " + database).getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.wrap(digest).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
