package dev.lastgood.provider.postgres;

import dev.lastgood.provider.PlatformUnreachable;
import java.sql.SQLException;
import java.time.InstantSource;

/// Makes restore points in the log of the live server.
record Points(Server server, InstantSource clock) {
  /// A transaction that writes holds a lock on its own number until after it has been seen to end.
  /// The newest of them are in no snapshot, not even as being under way.
  private static final String UNDER_WAY =
      "select exists (select from pg_locks where locktype = 'transactionid' and granted)";

  static final String SYSTEM = "select system_identifier::text from pg_control_system()";

  /// A name nobody used before: replay stops at the first point of a name.
  static String name(String snapshot) {
    return snapshot.replace("snapshot-", "lastgood-")
        + "-"
        + Long.toHexString(0x10000 | (System.nanoTime() & 0xffff)).substring(1);
  }

  /// @param view a session whose transaction sees what the snapshot is; the point comes right after
  ///   it, so that everything in the snapshot lies before the point
  RestorePoint make(Session view, String name) throws SQLException, PlatformUnreachable {
    String seen = view.text("select pg_current_snapshot()");
    try (Session session = server.maintenance()) {
      String lsn = session.text("select pg_create_restore_point(?)", name);
      // In this order: who lets go of his lock before the second view is seen by it.
      boolean nobody = !session.yes(UNDER_WAY);
      boolean same = session.text("select pg_current_snapshot()").equals(seen);
      return new RestorePoint(name, lsn, session.text(SYSTEM), nobody && same, clock.instant());
    }
  }

  /// Lets the log that holds the point be archived now, and not when its segment is full.
  void archive() throws SQLException, PlatformUnreachable {
    try (Session session = server.maintenance()) {
      session.run("select pg_switch_wal()");
    }
  }
}
