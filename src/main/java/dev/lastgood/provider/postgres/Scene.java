package dev.lastgood.provider.postgres;

import dev.lastgood.provider.PlatformUnreachable;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// The databases of the server as they stand now.
///
/// @param name under which the database is live
/// @param version number of the server, e.g. 150008
record Scene(String name, int version, List<Standing> databases) {
  static Scene look(Session session, String name) throws SQLException {
    return new Scene(
        name,
        (int) session.number("select current_setting('server_version_num')::int"),
        Standing.all(session));
  }

  Optional<Standing> live() {
    return databases.stream().filter(d -> d.name().equals(name)).findFirst();
  }

  Standing present() throws PlatformUnreachable {
    return live()
        .orElseThrow(() ->
            new PlatformUnreachable(
                "there is no database " + name + " on this server: look at the name in `url`"));
  }

  /// Kept databases that were live under the name, newest first.
  List<Standing> kept() {
    return databases.stream()
        .filter(d -> !d.name().equals(name) && d.served(name))
        .sorted(java.util.Comparator.comparing(Standing::name).reversed())
        .toList();
  }

  /// One that stands, live or kept, by what it is.
  Optional<Standing> served(String release) {
    return live()
        .filter(d -> d.release().equals(release))
        .or(() -> kept().stream().filter(d -> d.release().equals(release)).findFirst());
  }

  Optional<Standing> oid(String oid) {
    return databases.stream().filter(d -> Long.toString(d.oid()).equals(oid)).findFirst();
  }

  /// The one that is being made ready, the furthest first.
  Optional<Standing> beside(String release) {
    return databases.stream()
        .filter(d -> d.beside(name, release))
        .max(
            java.util.Comparator.comparing((Standing d) -> d.marker().orElseThrow().state())
                .thenComparingLong(Standing::oid));
  }

  List<Standing> halfway() {
    return databases.stream()
        .filter(d ->
            !d.name().equals(name)
                && d.marker().filter(m -> m.of().equals(name) && m.underWay()).isPresent())
        .toList();
  }

  /// Snapshots that are kept as idle databases.
  List<Standing> good() {
    return databases.stream()
        .filter(d ->
            d.marker()
                .filter(m -> m.of().equals(name) && m.state() == Marker.State.GOOD)
                .isPresent())
        .toList();
  }

  Optional<Standing> good(String release) {
    return good().stream().filter(d -> d.release().equals(release)).findFirst();
  }

  boolean at(String release, Marker.State atLeast) {
    return beside(release)
        .flatMap(Standing::marker)
        .filter(m -> m.state().compareTo(atLeast) >= 0)
        .isPresent();
  }
}
