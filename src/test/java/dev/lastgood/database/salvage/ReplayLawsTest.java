package dev.lastgood.database.salvage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.database.DatabaseTrouble;
import dev.lastgood.database.TwoStates;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The law of a replay, on random histories: afterwards the good state is what it would be had
/// users written the same, in the same order, and no migration had ever run. Sessions are ended
/// meanwhile. Every seed is a history; `-Dlastgood.replay.seeds=N` runs more of them,
/// `-Dlastgood.replay.seed=N` one.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ReplayLawsTest {
  private static final int SEEDS = Integer.getInteger("lastgood.replay.seeds", 3);

  @TempDir Path folder;

  @Test
  void the_good_state_is_as_if_no_migration_had_ever_run() throws Exception {
    int only = Integer.getInteger("lastgood.replay.seed", -1);
    for (int seed = only < 0 ? 1 : only; seed <= (only < 0 ? SEEDS : only); seed++) {
      new History(seed, folder.resolve("seed-" + seed)).play();
    }
  }

  private static final class History {
    private static final String SCHEMA =
        """
        create table "Team" (id int primary key, "Name" text not null, code text unique, size int, motto text);
        create table member (team int not null references "Team" on delete cascade on update cascade, nr int not null,
          nick varchar(30), wage numeric(12,2), at timestamptz, blob text, loud text generated always as (upper(nick)) stored,
          primary key (team, nr));
        alter table member alter blob set storage external;
        create table scratch (id uuid primary key, body jsonb);
        """;

    private final int seed;
    private final Random random;
    private final Path folder;
    private final TwoStates states = TwoStates.logical(SCHEMA);
    private final Set<String> done = new HashSet<>();
    private final Map<String, String> called = new HashMap<>();
    private String expected = "";
    private int folders;

    History(int seed, Path folder) {
      this.seed = seed;
      this.random = new Random(seed * 104_729L);
      this.folder = folder;
    }

    void play() throws Exception {
      for (int n = 0; n < 60; n++) {
        states.live(
            fresh(n), "insert into scratch values (md5('" + n + "')::uuid, '{\"n\": " + n + "}')");
        states.live(
            "insert into member (team, nr, nick, wage, at, blob) select "
                + n
                + ", g, 'nick' || g, g * 1.25, now(), repeat(md5(g::text), 200) from generate_series(1, 3) g");
      }
      Prepared prepared = SlotHere.open(states);
      try {
        states.snapshot();
        expected = states.goodUrl().replaceAll("_good\\?", "_expected?");
        String live = states.liveUrl().replaceAll(".*/([^?]*)\\?.*", "$1");
        TwoStates.run(
            states.liveUrl().replace("/" + live + "?", "/postgres?"),
            "create database " + live + "_expected template " + live + "_good");
        for (int round = 0; round < 3; round++) {
          users(20 + random.nextInt(40));
          migrate();
          users(20 + random.nextInt(40));
          if (random.nextBoolean()) {
            replay(prepared, random.nextInt(80));
          }
        }
        replay(prepared, random.nextInt(80));
        check();
      } finally {
        SlotHere.drop(states, prepared);
      }
    }

    private void check() {
      for (String table : List.of("\"Team\"", "member", "scratch")) {
        String all = "select * from " + table + " order by 1, 2";
        assertThat(states.inGood(all))
            .as("seed %s: %s", seed, table)
            .isEqualTo(TwoStates.rows(expected, all));
      }
    }

    private void replay(Prepared prepared, int pause) throws Exception {
      for (int n = 0; ; n++) {
        var killer = n < 3 ? new Killer(states, pause) : null;
        try (Replay replay =
            new Replay(
                states.goodDatabase(),
                states.liveDatabase(),
                prepared,
                Policy.usual(),
                1 + random.nextInt(60))) {
          Replayed replayed = replay.untilNow(() -> folder.resolve("left-" + folders++));
          assertThat(replayed.leftOutRows()).as("seed %s: %s", seed, replayed.tables()).isZero();
          return;
        } catch (DatabaseTrouble e) {
          assertThat(n).as("seed %s: %s", seed, e.getMessage()).isLessThan(3);
        } finally {
          if (killer != null) {
            killer.stop();
          }
        }
      }
    }

    // -- users ----------------------------------------------------------------------------------

    /// Two users at once; what one of them commits later counts later.
    private void users(int times) throws SQLException {
      try (var one = new User();
          var other = new User()) {
        for (int n = 0; n < times; n++) {
          User user = random.nextBoolean() ? one : other;
          if (!user.write()) {
            // it would wait for the other one
            (user == one ? other : one).end();
          }
          if (random.nextInt(4) == 0) {
            user.end();
          }
        }
        one.end();
        other.end();
      }
    }

    private final class User implements AutoCloseable {
      private final Connection connection = DriverManager.getConnection(states.liveUrl());
      private final List<String> said = new ArrayList<>();

      User() throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
          statement.execute("set lock_timeout = '20ms'");
        }
        connection.commit();
      }

      boolean write() throws SQLException {
        String sql = statement();
        var before = connection.setSavepoint();
        try (Statement statement = connection.createStatement()) {
          if (statement.executeUpdate(translated(sql)) > 0 || sql.startsWith("truncate")) {
            said.add(sql);
          }
          return true;
        } catch (SQLException e) {
          connection.rollback(before);
          if ("55P03".equals(e.getSQLState())) {
            return false;
          }
          if (!String.valueOf(e.getSQLState()).startsWith("23")) {
            throw e;
          }
          return true; // users meet rules, too
        }
      }

      void end() throws SQLException {
        if (random.nextInt(6) == 0) {
          connection.rollback();
        } else {
          connection.commit();
          if (!said.isEmpty()) {
            TwoStates.run(expected, said.toArray(String[]::new));
          }
        }
        said.clear();
      }

      @Override
      public void close() throws SQLException {
        connection.close();
      }
    }

    private String translated(String sql) {
      String translated = sql;
      for (var name : new TreeMap<>(called).entrySet()) {
        translated = translated.replace(name.getKey(), name.getValue());
      }
      return translated;
    }

    private String fresh(int id) {
      return "insert into \"Team\" (id, \"Name\", code, size) values ("
          + id
          + ", "
          + word()
          + ", 'c"
          + id
          + "', "
          + random.nextInt(100)
          + ")";
    }

    private String word() {
      return List.of(
              "''", "'a\"b'", "'it''s'", "'ä,ö 😀'", "'back\\slash'", "E'line\\nbreak'", "'null'")
          .get(random.nextInt(7));
    }

    /// Each names its rows by their keys, so that it means the same in both worlds. Rows that a
    /// migration deleted or made are nobody's any more.
    private String statement() {
      int id = random.nextInt(60);
      String key = " where team = " + id + " and nr = " + (1 + random.nextInt(4));
      return switch (random.nextInt(14)) {
        case 0, 1 -> "update \"Team\" set \"Name\" = " + word() + " where id = " + id;
        case 2 ->
            "update \"Team\" set size = "
                + random.nextInt(100)
                + ", \"Name\" = 'both' where id = "
                + id;
        case 3 -> "update \"Team\" set code = 'c" + random.nextInt(90) + "' where id = " + id;
        case 4 -> "update \"Team\" set code = null where id = " + id;
        case 5 -> fresh(random.nextInt(60));
        case 6 -> "delete from member" + key;
        case 7 ->
            "update member set nick = " + word() + ", wage = " + random.nextInt(900) + ".5" + key;
        case 8 -> "update member set blob = repeat('" + random.nextInt(9) + "', 9000)" + key;
        case 9 ->
            "insert into member (team, nr, nick, wage, blob) values ("
                + id
                + ", "
                + (1 + random.nextInt(4))
                + ", "
                + word()
                + ", 1, repeat('new', 3000))";
        case 10 -> "update member set nr = nr + 10" + key;
        case 11 ->
            "insert into scratch values (md5('"
                + random.nextInt(200)
                + "')::uuid, '{\"b\": [1, "
                + random.nextInt(9)
                + "]}')";
        case 12 -> "update scratch set body = null where id = md5('" + id + "')::uuid";
        default ->
            random.nextInt(12) == 0 ? "truncate scratch" : "delete from \"Team\" where id = " + id;
      };
    }

    // -- migrations -----------------------------------------------------------------------------

    /// Each in one transaction, with rows that it writes itself.
    private void migrate() throws SQLException {
      int kind = random.nextInt(6);
      if (!done.add("kind " + kind)) {
        return;
      }
      switch (kind) {
        case 0 -> {
          SlotHere.together(
              states,
              "alter table \"Team\" rename column \"Name\" to title",
              "update \"Team\" set title = upper(title)");
          called.put("\"Name\"", "title");
        }
        case 1 ->
            SlotHere.together(
                states,
                "alter table member add column extra text default 'x'",
                "update member set nick = 'migrated', wage = wage * 2 where nr = 2");
        case 2 ->
            SlotHere.together(
                states,
                "alter table \"Team\" alter column size type bigint",
                "update \"Team\" set motto = 'rewritten ' || id");
        case 3 ->
            SlotHere.together(
                states,
                "alter table \"Team\" drop column motto",
                "insert into \"Team\" select 1000 + n from generate_series(1, 3) n where false");
        case 4 ->
            SlotHere.together(
                states,
                "select pg_logical_emit_message(true, 'lastgood', 'migration')",
                "update member set blob = 'short', at = now() where team % 5 = 0",
                "update scratch set body = '{}'");
        default ->
            SlotHere.together(
                states,
                "create index on member (nick)",
                "update \"Team\" set size = size + 1000 where id % 2 = 0",
                "insert into member (team, nr) select id, 100 from \"Team\"");
      }
    }
  }
}
