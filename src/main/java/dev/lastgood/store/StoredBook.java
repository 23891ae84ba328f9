package dev.lastgood.store;

import dev.lastgood.ledger.Book;
import dev.lastgood.ledger.Deployment;
import dev.lastgood.ledger.Hold;
import dev.lastgood.ledger.Mark;
import dev.lastgood.ledger.Sighting;
import dev.lastgood.model.Actor;
import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import dev.lastgood.model.Scope;
import dev.lastgood.model.Text;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The ledger on SQLite or PostgreSQL. Texts are cut to what the tables take; names are not: a name
/// that is too long is refused by whoever asks.
public final class StoredBook implements Book {
  private static final int REASON = 2000;
  private static final int SAYS = 4000;

  private final Database database;

  public StoredBook(Database database) {
    this.database = database;
  }

  @Override
  public void add(Scope scope, Deployment d) {
    Origin origin = d.release().origin();
    database.plainly(sql ->
        sql.update(
            "insert into deployment (system, environment, component, release_id, version,"
                + " commit_id, config_hash, schema_revision, since, at, by_name, by_account,"
                + " source, state) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            scope.system(),
            scope.environment(),
            d.release().component(),
            d.release().id(),
            orNull(origin.version()),
            orNull(origin.commit()),
            orNull(origin.configHash()),
            orNull(origin.schemaRevision()),
            millis(d.release().since()),
            d.at().toEpochMilli(),
            d.by().name(),
            d.by().account(),
            d.source(),
            d.state().name()));
  }

  @Override
  public void add(Scope scope, Mark m) {
    database.plainly(sql ->
        sql.update(
            "insert into mark (system, environment, component, release_id, word, at, by_name,"
                + " by_account, reason, fingerprint) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            scope.system(),
            scope.environment(),
            m.component(),
            m.release(),
            m.word().name(),
            m.at().toEpochMilli(),
            m.by().name(),
            m.by().account(),
            Text.clip(m.reason(), REASON),
            orNull(m.fingerprint())));
  }

  @Override
  public void add(Scope scope, Sighting s) {
    database.plainly(sql ->
        sql.update(
            "insert into sighting (system, environment, at, healthy, live, says)"
                + " values (?, ?, ?, ?, ?, ?)",
            scope.system(),
            scope.environment(),
            s.at().toEpochMilli(),
            s.healthy() ? 1 : 0,
            ConstellationJson.write(s.live()),
            Text.clip(s.says(), SAYS)));
  }

  @Override
  public Hold add(Scope scope, Hold h) {
    return database.together(sql -> {
      sql.update(
          "insert into hold (system, environment, component, release_id, by_name, by_account,"
              + " reason, from_at, until_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
          scope.system(),
          scope.environment(),
          orNull(h.component()),
          orNull(h.release()),
          h.owner().name(),
          h.owner().account(),
          Text.clip(h.reason(), REASON),
          h.from().toEpochMilli(),
          h.until().toEpochMilli());
      return sql.first(
              "select * from hold where id = (select max(id) from hold where system = ? and"
                  + " environment = ? and by_account = ? and from_at = ?)",
              StoredBook::hold,
              scope.system(),
              scope.environment(),
              h.owner().account(),
              h.from().toEpochMilli())
          .orElseThrow();
    });
  }

  @Override
  public boolean lift(Scope scope, long hold, Actor by, String reason, Instant at) {
    return database.plainly(sql ->
        sql.update(
            "update hold set lifted_at = ?, lifted_by_name = ?, lifted_by_account = ?,"
                + " lifted_reason = ? where id = ? and system = ? and environment = ? and"
                + " lifted_at is null and until_at > ?",
            at.toEpochMilli(),
            by.name(),
            by.account(),
            Text.clip(reason, REASON),
            hold,
            scope.system(),
            scope.environment(),
            at.toEpochMilli()))
        == 1;
  }

  @Override
  public List<Deployment> deployments(Scope scope) {
    return list("deployment", "at, id", StoredBook::deployment, scope);
  }

  @Override
  public List<Mark> marks(Scope scope) {
    return list("mark", "at, id", StoredBook::mark, scope);
  }

  @Override
  public List<Sighting> sightings(Scope scope) {
    return list("sighting", "at, id", StoredBook::sighting, scope);
  }

  @Override
  public List<Hold> holds(Scope scope) {
    return list("hold", "from_at, id", StoredBook::hold, scope);
  }

  private <T> List<T> list(String table, String order, Sql.Row<T> row, Scope scope) {
    return database.plainly(sql ->
        sql.list(
            "select * from " + table + " where system = ? and environment = ? order by " + order,
            row,
            scope.system(),
            scope.environment()));
  }

  private static Deployment deployment(ResultSet row) throws SQLException {
    var origin =
        new Origin(
            text(row, "version"),
            text(row, "commit_id"),
            text(row, "config_hash"),
            text(row, "schema_revision"));
    return new Deployment(
        new Release(
            row.getString("component"), row.getString("release_id"), origin, at(row, "since")),
        Instant.ofEpochMilli(row.getLong("at")),
        actor(row),
        row.getString("source"),
        Deployment.State.valueOf(row.getString("state")));
  }

  private static Mark mark(ResultSet row) throws SQLException {
    return new Mark(
        row.getString("component"),
        row.getString("release_id"),
        Mark.Word.valueOf(row.getString("word")),
        Instant.ofEpochMilli(row.getLong("at")),
        actor(row),
        row.getString("reason"),
        text(row, "fingerprint"));
  }

  private static Sighting sighting(ResultSet row) throws SQLException {
    return new Sighting(
        Instant.ofEpochMilli(row.getLong("at")),
        ConstellationJson.read(row.getString("live")),
        row.getInt("healthy") == 1,
        row.getString("says"));
  }

  private static Hold hold(ResultSet row) throws SQLException {
    return new Hold(
        row.getLong("id"),
        text(row, "component"),
        text(row, "release_id"),
        actor(row),
        row.getString("reason"),
        Instant.ofEpochMilli(row.getLong("from_at")),
        Instant.ofEpochMilli(row.getLong("until_at")),
        at(row, "lifted_at"));
  }

  private static Actor actor(ResultSet row) throws SQLException {
    return new Actor(row.getString("by_name"), row.getString("by_account"));
  }

  private static Optional<String> text(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getString(column));
  }

  private static Optional<Instant> at(ResultSet row, String column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
  }

  private static @Nullable String orNull(Optional<String> text) {
    return text.orElse(null);
  }

  private static @Nullable Long millis(Optional<Instant> at) {
    return at.map(Instant::toEpochMilli).orElse(null);
  }
}
