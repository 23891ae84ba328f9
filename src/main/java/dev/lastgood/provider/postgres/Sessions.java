package dev.lastgood.provider.postgres;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/// Who is connected to a database.
final class Sessions {
  /// The server ends its own cleaners by itself, and nobody but a superuser could. An ordinary role
  /// does not see what they are, but that they are nobody's.
  private static final String OTHERS =
      " from pg_stat_activity a left join pg_roles r on r.oid = a.usesysid"
          + " where a.datid = ?::bigint::oid and a.pid <> pg_backend_pid()"
          + " and a.usesysid is not null";

  /// A session of ours may still be closing when it is asked who is there.
  private static final String USERS =
      OTHERS + " and coalesce(a.application_name, '') not in ('lastgood', 'lastgood-salvage')";

  private Sessions() {}

  /// How many are users'.
  static long count(Session session, long oid) throws SQLException {
    return session.number("select count(*)" + USERS, oid);
  }

  /// Those of users: `12 of app as shop`, most first.
  static List<String> inWords(Session session, long oid) throws SQLException {
    return session.list(
        "select count(*) || ' of ' || case when coalesce(application_name, '') = ''"
            + " then 'an unnamed application' else left(application_name, 40) end"
            + " || ' as ' || coalesce(usename, '?')"
            + USERS
            + " group by application_name, usename order by count(*) desc, 1 limit 8",
        r -> dev.lastgood.model.Text.plain(r.getString(1)),
        oid);
  }

  /// Ends them.
  ///
  /// @param except the process of one that stays; 0: none
  /// @return how many there were
  static int end(Session session, long oid, long except) throws SQLException {
    return session
        .list(
            "select pg_terminate_backend(a.pid)" + OTHERS + " and a.pid <> ?",
            r -> r.getBoolean(1),
            oid,
            except)
        .size();
  }

  /// @param shut whether nobody could come in any more before they were counted: the rename has its
  ///   lock on the database
  /// @param others how many were there, who were told to end
  record Out(boolean shut, int others) {}

  /// Ends those of two databases, on one way there and back: two statements, one after the other.
  ///
  /// @param live who may stay in it as for [#end(Session, long, long)]
  /// @param target oid of the other; 0: there is none
  static Out end(Session session, long live, long except, long target) throws SQLException {
    try (Statement statement = session.connection().createStatement()) {
      statement.execute(
          """
          select exists (select from pg_locks where locktype = 'object' and classid = 'pg_database'::regclass
            and objid = %1$s::bigint::oid and mode = 'AccessExclusiveLock' and granted);
          select count(pg_terminate_backend(a.pid)) from pg_stat_activity a
            where a.datid in (%1$s::bigint::oid, %2$s::bigint::oid) and a.pid <> pg_backend_pid()
            and a.usesysid is not null and a.pid <> %3$s
          """
              .formatted(live, target, except));
      boolean shut;
      try (ResultSet row = statement.getResultSet()) {
        row.next();
        shut = row.getBoolean(1);
      }
      statement.getMoreResults();
      try (ResultSet row = statement.getResultSet()) {
        row.next();
        return new Out(shut, row.getInt(1));
      }
    }
  }

  /// What nobody but a person can remove from the way, in words.
  static List<String> untouchable(Session session, long oid) throws SQLException {
    List<String> words = new ArrayList<>();
    session
        .list(
            "select gid, owner from pg_prepared_xacts where database ="
                + " (select datname from pg_database where oid = ?::bigint::oid)",
            r -> r.getString(1) + " of " + r.getString(2),
            oid)
        .forEach(x ->
            words.add(
                "prepared transaction "
                    + dev.lastgood.model.Text.plain(x)
                    + " is open: commit or roll it back"));
    boolean superuser = session.yes("select rolsuper from pg_roles where rolname = current_user");
    if (!superuser) {
      session
          .list(
              "select distinct coalesce(usename, '?') || case when r.rolsuper then ', a superuser,"
                  + " cannot be ended by this role: end them, or let a superuser end them (select"
                  + " pg_terminate_backend(pid) from pg_stat_activity …)' else ' cannot be ended by"
                  + " this role: end them, or grant it pg_signal_backend' end"
                  + OTHERS
                  + " and (r.rolsuper or not (pg_has_role(a.usesysid, 'member')"
                  + " or pg_has_role('pg_signal_backend', 'member')))",
              r -> r.getString(1),
              oid)
          .forEach(user -> words.add("sessions of " + user));
    }
    return words;
  }
}
