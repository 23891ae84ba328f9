package dev.lastgood.provider.postgres;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// What this role may do on this server, found by asking and never by the name of a provider.
final class Rights {
  private static final int OLDEST = 140_000;

  private Rights() {}

  /// What a rollback needs and is not there; empty: all is.
  static List<String> missing(Session session, Standing live) throws SQLException {
    List<String> missing = new ArrayList<>();
    if (session.number("select current_setting('server_version_num')::int") < OLDEST) {
      missing.add("PostgreSQL 14 or newer");
    }
    if (session.yes("select pg_is_in_recovery()")) {
      missing.add("the primary: this server is a replica");
    }
    boolean superuser = session.yes("select rolsuper from pg_roles where rolname = current_user");
    if (superuser) {
      return missing;
    }
    if (!session.yes("select rolcreatedb from pg_roles where rolname = current_user")) {
      missing.add("the right to create databases (alter role … createdb)");
    }
    boolean owner =
        session.yes(
            "select pg_has_role(datdba, 'member') from pg_database where oid = ?::bigint::oid",
            live.oid());
    if (!owner) {
      missing.add("ownership of " + live.name() + ", or membership in the role that owns it");
    }
    return missing;
  }
}
