package dev.lastgood.provider.postgres;

import dev.lastgood.provider.PlatformUnreachable;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/// Keeps writers waiting, and lets readers go on: an open transaction that holds a lock on every
/// table. When its process dies, the server lets the writers go on. When the door of the database
/// has been shut meanwhile and everybody else is out, nobody is left who could write.
final class Latch implements AutoCloseable {
  private static final String TABLES =
      """
      select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and c.relpersistence <> 't'
        and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\\_toast%'
        and not exists (select from pg_depend e where e.classid = 'pg_class'::regclass
          and e.objid = c.oid and e.deptype = 'e')
      order by 1\
      """;

  private final Session session;
  private final long pid;

  private Latch(Session session, long pid) {
    this.session = session;
    this.pid = pid;
  }

  /// @param patience for transactions of users that are under way; with it over nothing is locked
  static Latch on(Server server, Standing live, Duration patience)
      throws SQLException, PlatformUnreachable {
    Session session = server.patient(live.name(), patience.multipliedBy(3));
    try {
      long pid = session.number("select pg_backend_pid()");
      List<String> tables = session.list(TABLES, r -> r.getString(1));
      session.run("begin; set local lock_timeout = " + patience.toMillis());
      if (!tables.isEmpty()) {
        session.run("lock table " + String.join(", ", tables) + " in exclusive mode");
      }
      return new Latch(session, pid);
    } catch (SQLException e) {
      session.close();
      throw e;
    }
  }

  /// The session that holds it: the last one to leave.
  long pid() {
    return pid;
  }

  @Override
  public void close() {
    session.close();
  }
}
