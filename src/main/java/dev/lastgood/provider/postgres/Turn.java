package dev.lastgood.provider.postgres;

import dev.lastgood.provider.Sight;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.time.Duration;

/// Whose turn it is to change a database: an advisory lock of the maintenance session, which the
/// server takes back when its holder is gone.
final class Turn {
  private Turn() {}

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
