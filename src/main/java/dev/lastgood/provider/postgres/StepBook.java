package dev.lastgood.provider.postgres;

import java.sql.SQLException;
import java.util.List;

/// What was stepped down, written in the database itself, in the same transactions.
final class StepBook {
  private static final String MADE =
      """
      create schema if not exists _lastgood;
      create table if not exists _lastgood.step (id bigint generated always as identity primary key,
        release_from text not null, release_to text not null, migration text not null,
        at timestamptz not null default pg_catalog.now(), up text not null, down text not null,
        state jsonb not null default '[]', saved jsonb not null default '[]', undone_at timestamptz)\
      """;

  private StepBook() {}

  /// @param up what applies it again
  record Taken(long id, String from, String to, String migration, String up) {}

  static void open(Session session) throws SQLException {
    session.run(MADE);
  }

  /// What the tool has applied again since cannot be taken up once more.
  static void supersede(Session session, String migration) throws SQLException {
    session.list(
        "update _lastgood.step set undone_at = pg_catalog.now()"
            + " where migration = ? and undone_at is null returning id",
        r -> r.getLong(1),
        migration);
  }

  static boolean there(Session session) throws SQLException {
    return session.yes("select pg_catalog.to_regclass('_lastgood.step') is not null");
  }

  /// The steps that made a release, in the order they were taken, and that are not undone.
  static List<Taken> of(Session session, String release) throws SQLException {
    if (!there(session)) {
      return List.of();
    }
    return session.list(
        "select id, release_from, release_to, migration, up from _lastgood.step"
            + " where release_to = ? and undone_at is null order by id",
        r ->
            new Taken(r.getLong(1), r.getString(2), r.getString(3), r.getString(4), r.getString(5)),
        release);
  }

  static boolean isTaken(Session session, String release, String migration) throws SQLException {
    return of(session, release).stream().anyMatch(t -> t.migration().equals(migration));
  }

  /// The step that is to be undone.
  static java.util.Optional<Long> open(Session session, String release, String migration)
      throws SQLException {
    return of(session, release).stream()
        .filter(t -> t.migration().equals(migration))
        .map(Taken::id)
        .reduce((_, last) -> last);
  }

  static boolean isUndone(Session session, String release, String migration) throws SQLException {
    return there(session)
        && open(session, release, migration).isEmpty()
        && session.yes(
            "select exists (select from _lastgood.step where release_to = ? and migration = ?)",
            release,
            migration);
  }
}
