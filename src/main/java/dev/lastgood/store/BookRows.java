package dev.lastgood.store;

import dev.lastgood.ledger.Book;
import dev.lastgood.ledger.Deployment;
import dev.lastgood.ledger.Hold;
import dev.lastgood.ledger.Mark;
import dev.lastgood.ledger.Sighting;
import dev.lastgood.model.Actor;
import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import dev.lastgood.model.Text;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Rows of the ledger, read and written.
final class BookRows {
  private BookRows() {}

  record Numbered<T>(long id, T row) {}

  static <T> Sql.Row<Numbered<T>> numbered(Sql.Row<T> of) {
    return row -> new Numbered<>(row.getLong("id"), of.read(row));
  }

  static Deployment deployment(ResultSet row) throws SQLException {
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
        actor(row, "by"),
        row.getString("source"),
        Deployment.State.valueOf(row.getString("state")));
  }

  static Mark mark(ResultSet row) throws SQLException {
    return new Mark(
        row.getString("component"),
        row.getString("release_id"),
        Mark.Word.valueOf(row.getString("word")),
        Instant.ofEpochMilli(row.getLong("at")),
        actor(row, "by"),
        row.getString("reason"),
        text(row, "fingerprint"));
  }

  static Sighting sighting(ResultSet row) throws SQLException {
    return new Sighting(
        Instant.ofEpochMilli(row.getLong("since")),
        Instant.ofEpochMilli(row.getLong("at")),
        row.getInt("looks"),
        ConstellationJson.read(row.getString("live")),
        row.getInt("healthy") == 1,
        row.getString("says"));
  }

  static Hold hold(ResultSet row) throws SQLException {
    Optional<Instant> lifted = at(row, "lifted_at");
    return new Hold(
        row.getLong("id"),
        text(row, "component"),
        text(row, "release_id"),
        actor(row, "by"),
        row.getString("reason"),
        Instant.ofEpochMilli(row.getLong("from_at")),
        Instant.ofEpochMilli(row.getLong("until_at")),
        lifted.isPresent()
            ? Optional.of(
                new Hold.Lifted(
                    lifted.get(), actor(row, "lifted_by"), row.getString("lifted_reason")))
            : Optional.empty());
  }

  private static Actor actor(ResultSet row, String prefix) throws SQLException {
    return new Actor(row.getString(prefix + "_name"), row.getString(prefix + "_account"));
  }

  private static Optional<String> text(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getString(column));
  }

  private static Optional<Instant> at(ResultSet row, String column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
  }

  /// Cut to what the table takes; the one character that PostgreSQL cannot store is replaced.
  static String text(String any) {
    return Text.clip(any.replace('\0', '\ufffd'), Book.LONGEST_TEXT);
  }

  static String name(String name, String what) {
    if (name.length() > Book.LONGEST_NAME) {
      throw new IllegalArgumentException(
          what
              + " "
              + Text.clip(name, 40)
              + " is longer than "
              + Book.LONGEST_NAME
              + " characters");
    }
    if (name.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(what + " must not hold the character 0");
    }
    return name;
  }

  static @Nullable String name(Optional<String> name, String what) {
    return name.isPresent() ? name(name.get(), what) : null;
  }

  static @Nullable Long at(Optional<Instant> at) {
    return at.isPresent() ? at.get().toEpochMilli() : null;
  }
}
