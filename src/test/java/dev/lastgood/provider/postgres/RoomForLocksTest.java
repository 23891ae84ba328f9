package dev.lastgood.provider.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Secret;
import dev.lastgood.store.PostgresFixture;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// What was made for each of very many tables goes, although no transaction has room for all of
/// their locks.
@DisplayNameGeneration(ReplaceUnderscores.class)
class RoomForLocksTest {
  private final String url = PostgresFixture.narrowUrl();

  @Test
  void what_notes_and_tells_what_users_write_is_taken_away_from_very_many_tables()
      throws Exception {
    sql(
        """
        create schema _lastgood_slot; create schema _lastgood_noting;
        create function _lastgood_slot.who() returns trigger language plpgsql as 'begin return null; end';
        create publication lastgood_1
        """);
    sql(
        """
        do $$ begin for n in 1..800 loop
          execute format('create table "T %1$s" (id int)', n);
          execute format('create trigger _lastgood_who before insert on "T %1$s" for each statement execute function _lastgood_slot.who()', n);
          execute format('create function _lastgood_noting.note_%1$s() returns trigger language plpgsql as $x$begin return null; end$x$', n);
          execute format('create trigger _lastgood_insert after insert on "T %1$s" for each statement execute function _lastgood_noting.note_%1$s()', n);
          commit;
        end loop; end $$
        """);
    for (String schema : new String[] {"_lastgood_slot", "_lastgood_noting"}) {
      assertThatThrownBy(() -> sql("drop schema " + schema + " cascade"))
          .hasMessageContaining("out of shared memory");
    }
    var server = new Server(new Secret("${env:DATABASE_URL}", () -> url), "postgres");
    String name = url.replaceFirst(".*/", "").replaceFirst("\\?.*", "");

    try (Session inside = server.patient(name, Duration.ofMinutes(2))) {
      LettingGo.clean(inside);

      assertThat(inside.number("select count(*) from pg_trigger")).isZero();
      assertThat(inside.number("select count(*) from pg_publication")).isZero();
      assertThat(
              inside.list(
                  "select nspname from pg_namespace where nspname like '\\_lastgood%'",
                  r -> r.getString(1)))
          .isEmpty();
    }
  }

  private void sql(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
