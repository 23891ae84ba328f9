package dev.lastgood.provider.postgres;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// A database as it stands on the server.
///
/// @param oid names it for ever, whatever it is called
/// @param comment empty when it has none
record Standing(long oid, String name, String comment, boolean open, long bytes) {
  private static final String ALL =
      """
      select d.oid, d.datname, coalesce(shobj_description(d.oid, 'pg_database'), ''), d.datallowconn,
        case when has_database_privilege(d.oid, 'connect') then pg_database_size(d.oid) else 0 end
      from pg_database d where not d.datistemplate\
      """;

  static List<Standing> all(Session session) throws SQLException {
    return session.list(
        ALL + " order by d.oid",
        r ->
            new Standing(
                r.getLong(1), r.getString(2), r.getString(3), r.getBoolean(4), r.getLong(5)));
  }

  static Optional<Standing> named(Session session, String name) throws SQLException {
    return session.first(
        ALL + " and d.datname = ?",
        r ->
            new Standing(
                r.getLong(1), r.getString(2), r.getString(3), r.getBoolean(4), r.getLong(5)),
        name);
  }

  Optional<Marker> marker() {
    return Marker.in(comment);
  }

  /// The release it is; a database nobody has marked yet is named after its oid.
  String release() {
    return marker().map(Marker::release).orElse("live-" + oid);
  }

  /// The marker of the live database when it is another release from now on.
  Marker becoming(String release) {
    return new Marker(Marker.remark(comment), name, release, Marker.State.SERVED, parting());
  }

  /// Id of the notes of the exchange that made it live; empty: there are none.
  String parting() {
    return marker().map(Marker::parting).orElse("");
  }

  /// What is or was live under that name, and may be gone back to.
  boolean served(String live) {
    return name.equals(live)
        || marker()
            .filter(m -> m.of().equals(live) && m.state() == Marker.State.SERVED)
            .isPresent();
  }

  boolean beside(String live, String release) {
    return !name.equals(live)
        && marker()
            .filter(m -> m.of().equals(live) && m.release().equals(release))
            .filter(Marker::underWay)
            .isPresent();
  }
}
