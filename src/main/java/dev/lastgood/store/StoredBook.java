package dev.lastgood.store;

import static dev.lastgood.store.BookRows.at;
import static dev.lastgood.store.BookRows.name;
import static dev.lastgood.store.BookRows.text;

import dev.lastgood.ledger.Book;
import dev.lastgood.ledger.Deployment;
import dev.lastgood.ledger.Hold;
import dev.lastgood.ledger.Mark;
import dev.lastgood.ledger.Sighting;
import dev.lastgood.model.Actor;
import dev.lastgood.model.Origin;
import dev.lastgood.model.Scope;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The ledger on SQLite or PostgreSQL.
public final class StoredBook implements Book {
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
            name(d.release().component(), "component"),
            name(d.release().id(), "release id"),
            name(origin.version(), "version"),
            name(origin.commit(), "commit"),
            name(origin.configHash(), "config hash"),
            name(origin.schemaRevision(), "schema revision"),
            at(d.release().since()),
            d.at().toEpochMilli(),
            name(d.by().name(), "name"),
            name(d.by().account(), "account"),
            name(d.source(), "source"),
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
            name(m.component(), "component"),
            name(m.release(), "release id"),
            m.word().name(),
            m.at().toEpochMilli(),
            name(m.by().name(), "name"),
            name(m.by().account(), "account"),
            text(m.reason()),
            name(m.fingerprint(), "fingerprint")));
  }

  @Override
  public void add(Scope scope, Sighting next) {
    database.lightly(sql -> {
      Optional<BookRows.Numbered<Sighting>> newest =
          sql.first(
              "select * from sighting where system = ? and environment = ?"
                  + " order by at desc, id desc limit 1",
              BookRows.numbered(BookRows::sighting),
              scope.system(),
              scope.environment());
      Optional<Sighting> both = newest.flatMap(n -> n.row().and(next));
      return both.isPresent()
          ? goOn(sql, newest.orElseThrow().id(), both.get())
          : begin(sql, scope, next);
    });
  }

  private static int goOn(Sql sql, long id, Sighting both) throws SQLException {
    return sql.update(
        "update sighting set at = ?, looks = ?, live = ?, says = ? where id = ?",
        both.at().toEpochMilli(),
        both.looks(),
        ConstellationJson.write(both.live()),
        text(both.says()),
        id);
  }

  private static int begin(Sql sql, Scope scope, Sighting s) throws SQLException {
    return sql.update(
        "insert into sighting (system, environment, since, at, looks, healthy, live, says)"
            + " values (?, ?, ?, ?, ?, ?, ?, ?)",
        scope.system(),
        scope.environment(),
        s.since().toEpochMilli(),
        s.at().toEpochMilli(),
        s.looks(),
        s.healthy() ? 1 : 0,
        ConstellationJson.write(s.live()),
        text(s.says()));
  }

  @Override
  public Hold add(Scope scope, Hold h) {
    return database.together(sql ->
        sql.first(
                "insert into hold (system, environment, component, release_id, by_name,"
                    + " by_account, reason, from_at, until_at)"
                    + " values (?, ?, ?, ?, ?, ?, ?, ?, ?) returning *",
                BookRows::hold,
                scope.system(),
                scope.environment(),
                name(h.component(), "component"),
                name(h.release(), "release id"),
                name(h.owner().name(), "name"),
                name(h.owner().account(), "account"),
                text(h.reason()),
                h.from().toEpochMilli(),
                h.until().toEpochMilli())
            .orElseThrow());
  }

  @Override
  public boolean lift(Scope scope, long hold, Actor by, String reason, Instant at) {
    return database.plainly(sql ->
        sql.update(
            "update hold set lifted_at = ?, lifted_by_name = ?, lifted_by_account = ?,"
                + " lifted_reason = ? where id = ? and system = ? and environment = ? and"
                + " lifted_at is null and until_at > ?",
            at.toEpochMilli(),
            name(by.name(), "name"),
            name(by.account(), "account"),
            text(reason),
            hold,
            scope.system(),
            scope.environment(),
            at.toEpochMilli()))
        == 1;
  }

  @Override
  public List<Deployment> deployments(Scope scope) {
    return list("deployment", "at, id", BookRows::deployment, scope);
  }

  @Override
  public List<Mark> marks(Scope scope) {
    return list("mark", "id", BookRows::mark, scope);
  }

  @Override
  public List<Sighting> sightings(Scope scope) {
    return list("sighting", "at, id", BookRows::sighting, scope);
  }

  @Override
  public List<Hold> holds(Scope scope) {
    return list("hold", "id", BookRows::hold, scope);
  }

  private <T> List<T> list(String table, String order, Sql.Row<T> row, Scope scope) {
    return database.plainly(sql ->
        sql.list(
            "select * from " + table + " where system = ? and environment = ? order by " + order,
            row,
            scope.system(),
            scope.environment()));
  }
}
