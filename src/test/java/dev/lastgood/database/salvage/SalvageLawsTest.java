package dev.lastgood.database.salvage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.database.TwoStates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The law of salvage, on random histories: no row that users wrote is lost, none is invented, and
/// each one is in the good state or in a file. Every seed is a history;
/// `-Dlastgood.salvage.seeds=N` runs more of them, `-Dlastgood.salvage.seed=N` one.
@DisplayNameGeneration(ReplaceUnderscores.class)
class SalvageLawsTest {
  private static final int SEEDS = Integer.getInteger("lastgood.salvage.seeds", 12);

  @TempDir Path folder;

  @Test
  void every_row_of_users_is_in_the_good_state_or_in_a_file() throws Exception {
    int only = Integer.getInteger("lastgood.salvage.seed", -1);
    for (int seed = only < 0 ? 1 : only; seed <= (only < 0 ? SEEDS : only); seed++) {
      new History(seed, folder.resolve("seed-" + seed)).play();
    }
  }

  /// Writers, migrations and a crash, chosen by one seed.
  private static final class History {
    private static final String SCHEMA =
        """
        create table "Teams" (id int generated always as identity primary key, name text not null unique, motto text);
        create table people (team int not null references "Teams" on delete cascade, nr int not null,
          nick varchar(30), born date, wage numeric(12,2), tags text[] not null default '{}',
          shout text generated always as (upper(nick)) stored, primary key (team, nr));
        create table notes (id uuid primary key, team int, nr int, parent uuid references notes, body jsonb, level int not null default 1,
          foreign key (team, nr) references people);
        create table words (word text primary key, times bigint not null check (times >= 0));
        create table visits (page text, at timestamptz, hits int);
        create sequence tickets;
        """;
    private static final Map<String, String> KEYS =
        Map.of(
            "\"Teams\"", "id",
            "people", "team || '/' || nr",
            "notes", "id",
            "words", "word");

    private final int seed;
    private final Random random;
    private final Path folder;
    private final TwoStates states = new TwoStates(SCHEMA);
    private final Set<String> renames = new HashSet<>();
    // what users did, by table: the key of every row they wrote or deleted
    private final Map<String, Set<String>> users = new TreeMap<>();
    // 0: the wage keeps its type; 1: it becomes cents; 2: it loses its scale
    private final int wage;
    private boolean retyped;
    // whether the transactions of rows tell what was written
    private Optional<Departure> departure = Optional.empty();

    History(int seed, Path folder) {
      this.seed = seed;
      this.random = new Random(seed * 7919L);
      this.folder = folder;
      this.wage = random.nextInt(3);
    }

    void play() throws Exception {
      try (Connection live = DriverManager.getConnection(states.liveUrl())) {
        write(live, 150, false);
      }
      states.snapshot();
      departure = random.nextBoolean() ? Optional.of(departure()) : Optional.empty();
      Map<String, Map<String, String>> before = state(true);
      try (Connection live = DriverManager.getConnection(states.liveUrl())) {
        write(live, random.nextInt(60), true);
        migrate();
        write(live, random.nextInt(120), true);
      }
      Mark mark = crash();
      Round first = carry(Optional.empty(), "first");
      check(before, List.of("first"), first);
      try (Connection live = DriverManager.getConnection(states.liveUrl())) {
        write(live, random.nextInt(40), true);
      }
      boolean incremental = random.nextBoolean();
      Round second = carry(incremental ? Optional.of(first.mark()) : Optional.empty(), "second");
      assertThat(second.incremental()).isEqualTo(incremental);
      check(before, List.of("first", "second"), second);
      // what did not fit may fit once more has arrived; it comes to rest
      Round last = second;
      for (int i = 3; i < 8 && (i == 3 || last.applied() > 0); i++) {
        last = carry(Optional.empty(), "round-" + i);
      }
      assertThat(last.applied())
          .as("seed %s: repeating finds nothing more to apply", seed)
          .isZero();
      assertThat(mark).isNotNull();
    }

    private Departure departure() throws SQLException {
      try (Connection live = DriverManager.getConnection(states.liveUrl())) {
        return Departure.now(live);
      }
    }

    private Round carry(Optional<Mark> since, String name) throws Exception {
      var salvage =
          new Salvage(
              states.goodDatabase(), states.liveDatabase(), Policy.usual(), 1 + random.nextInt(3));
      return departure.map(salvage::since).orElse(salvage).round(since, folder.resolve(name));
    }

    /// Sessions in the good state are ended at random until a round has failed or got through; what
    /// failed must have left nothing.
    private Mark crash() throws Exception {
      Mark mark = Salvage.mark(states.liveDatabase());
      Map<String, Map<String, String>> before = state(true);
      var over = new AtomicBoolean();
      long pause = random.nextInt(120);
      Thread killer =
          Thread.ofPlatform()
              .start(() -> {
                try (Connection c =
                        DriverManager.getConnection(
                            states.goodUrl().replaceAll("/[^/?]*\\?", "/postgres?"));
                    Statement s = c.createStatement()) {
                  Thread.sleep(pause);
                  while (!over.get()) {
                    s.execute(
                        "select pg_terminate_backend(pid) from pg_stat_activity where application_name ="
                            + " 'lastgood-salvage' and datname like '%_good' and query ~ '"
                            + (random.nextBoolean() ? "insert|update|delete" : ".")
                            + "' limit 1");
                  }
                } catch (SQLException | InterruptedException e) {
                  // the test is over
                }
              });
      try {
        carry(Optional.empty(), "crashed");
      } catch (dev.lastgood.database.DatabaseTrouble e) {
        assertThat(state(true)).as("seed %s: a failed round keeps nothing", seed).isEqualTo(before);
        assertThat(Files.exists(folder.resolve("crashed"))).isFalse();
        return mark;
      } finally {
        over.set(true);
        killer.join();
      }
      // it got through before anybody was killed; the good state is made anew
      return mark;
    }

    // -- what must hold -------------------------------------------------------------------------

    private void check(Map<String, Map<String, String>> before, List<String> files, Round round)
        throws IOException, SQLException {
      Map<String, Map<String, String>> good = state(true);
      Map<String, Map<String, String>> live = state(false);
      for (String table : KEYS.keySet()) {
        Set<String> left = leftOut(files, table);
        Map<String, String> goodRows = good.getOrDefault(table, Map.of());
        Map<String, String> liveRows = live.getOrDefault(table, Map.of());
        Map<String, String> rowsBefore = before.getOrDefault(table, Map.of());
        var keys = new TreeSet<>(goodRows.keySet());
        keys.addAll(liveRows.keySet());
        for (String key : keys) {
          String here = goodRows.get(key);
          String there = liveRows.get(key);
          boolean same = here != null && here.equals(there);
          boolean untouched =
              here != null
                  && here.equals(rowsBefore.get(key))
                  && !users.getOrDefault(table, Set.of()).contains(key);
          assertThat(same || untouched || left.contains(key))
              .as(
                  "seed %s: %s %s is %s in the good state and %s live, and in no file: %s",
                  seed, table, key, here, there, left)
              .isTrue();
          if (!users.getOrDefault(table, Set.of()).contains(key)) {
            assertThat(here)
                .as("seed %s: %s %s was never touched by users", seed, table, key)
                .isEqualTo(rowsBefore.get(key));
          }
        }
      }
      assertThat(bag(true)).as("seed %s: visits", seed).isEqualTo(bag(false));
      long found = round.tables().stream().mapToLong(TableRound::found).sum();
      assertThat(found).isEqualTo(round.applied() + round.leftOutRows());
    }

    private List<String> bag(boolean good) {
      String sql = "select page, at, hits, count(*) from visits group by 1, 2, 3 order by 1, 2, 3";
      return good ? states.inGood(sql) : states.inLive(sql);
    }

    /// Rows as the good state knows them, without what a migration may have retyped.
    private Map<String, Map<String, String>> state(boolean good) {
      var all = new TreeMap<String, Map<String, String>>();
      for (String table : KEYS.keySet()) {
        String columns =
            switch (table) {
              case "\"Teams\"" -> "name, " + name(good, "motto");
              case "people" -> name(good, "nick") + ", born, tags" + (wage == 0 ? ", wage" : "");
              case "notes" -> "team, nr, parent, body, level";
              default -> "times";
            };
        all.put(
            table,
            states.map(
                good, "select " + KEYS.get(table) + ", row(" + columns + ")::text from " + table));
      }
      return all;
    }

    private String name(boolean good, String column) {
      return !good && renames.contains(column) ? column + "_new" : column;
    }

    private Set<String> leftOut(List<String> folders, String table) throws IOException {
      var keys = new HashSet<String>();
      String file = LeftOut.fileName("public", table.replace("\"", "")) + ".csv";
      for (String name : folders) {
        Path path = folder.resolve(name).resolve(file);
        if (!Files.exists(path)) {
          continue;
        }
        try (var reader = Files.newBufferedReader(path)) {
          var csv = new Csv(reader);
          csv.next();
          for (var row = csv.next(); row.isPresent(); row = csv.next()) {
            String key = String.valueOf(row.get().get(3));
            keys.add(table.equals("people") ? key + "/" + row.get().get(4) : key);
          }
        }
      }
      return keys;
    }

    // -- migrations -----------------------------------------------------------------------------

    private void migrate() {
      int count = 1 + random.nextInt(4);
      for (int i = 0; i < count; i++) {
        switch (random.nextInt(10)) {
          case 0 -> rename("\"Teams\"", "motto");
          case 1 -> rename("people", "nick");
          case 2, 3 -> {
            if (wage > 0 && !retyped) {
              retyped = true;
              states.live(
                  "alter table people alter column wage type "
                      + (wage == 1 ? "bigint using (wage * 100)::bigint" : "numeric"));
            }
          }
          case 4 ->
              states.live(
                  "alter table notes add column if not exists seen boolean not null default false");
          case 5 ->
              states.live(
                  "create table if not exists extra (id int primary key); insert into extra values (1) on conflict do nothing");
          case 6 -> states.live("alter table words drop constraint if exists words_times_check");
          case 7 ->
              states.live("alter table \"Teams\" drop constraint if exists \"Teams_name_key\"");
          case 8 -> states.live("alter table notes alter column level type bigint");
          default -> states.live("alter table notes drop constraint if exists notes_parent_fkey");
        }
      }
    }

    private void rename(String table, String column) {
      if (renames.add(column)) {
        states.live("alter table " + table + " rename column " + column + " to " + column + "_new");
      }
    }

    // -- users ----------------------------------------------------------------------------------

    private void write(Connection connection, int times, boolean noted) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        for (int i = 0; i < times; i++) {
          try {
            one(statement, noted);
          } catch (SQLException e) {
            if (!String.valueOf(e.getSQLState()).startsWith("23")) {
              throw e;
            }
            // users meet rules, too
          }
        }
      }
    }

    private void one(Statement statement, boolean noted) throws SQLException {
      String word =
          "'"
              + List.of("", "a\"b", "it''s", "ä,ö", "back\\slash", "x y", "null", "Z")
                  .get(random.nextInt(8))
              + random.nextInt(25)
              + "'";
      int kind = random.nextInt(noted ? 17 : 10);
      String nick = name(false, "nick");
      switch (kind) {
        case 0, 1 ->
            note(
                statement,
                noted,
                "\"Teams\"",
                "insert into \"Teams\" (name, "
                    + name(false, "motto")
                    + ") values ("
                    + word
                    + ", "
                    + word
                    + ") returning id");
        case 2, 3, 4 ->
            note(
                statement,
                noted,
                "people",
                "insert into people (team, nr, "
                    + nick
                    + ", born, wage, tags) select id, "
                    + random.nextInt(30)
                    + ", "
                    + word
                    + ", date '2000-01-01' + "
                    + random.nextInt(9000)
                    + ", "
                    + random.nextInt(100000)
                    + (retyped || random.nextBoolean() ? "" : ".25")
                    + ", array["
                    + word
                    + "] from \"Teams\" order by md5(id::text || '"
                    + random.nextInt(99)
                    + "') limit 1 returning team || '/' || nr");
        case 5, 6 ->
            note(
                statement,
                noted,
                "notes",
                "insert into notes (id, team, nr, parent, body, level) select md5('"
                    + random.nextLong()
                    + "')::uuid, p.team, p.nr, (select id from notes order by md5(id::text || '"
                    + random.nextInt(99)
                    + "') limit 1), jsonb_build_object('t', "
                    + word
                    + "), "
                    + random.nextInt(5)
                    + " from people p order by md5(p.team || '-' || p.nr || '"
                    + random.nextInt(99)
                    + "') limit 1 returning id");
        case 7, 8 ->
            note(
                statement,
                noted,
                "words",
                "insert into words values ("
                    + word
                    + ", "
                    + (random.nextInt(20) - 2)
                    + ") on conflict (word) do update set times = words.times + 1 returning word");
        case 9 ->
            statement.execute(
                "insert into visits values ("
                    + word
                    + ", timestamptz '2024-01-01' + "
                    + random.nextInt(5)
                    + " * interval '1 hour', "
                    + random.nextInt(3)
                    + ")");
        case 10 ->
            note(
                statement,
                noted,
                "people",
                "update people set "
                    + nick
                    + " = "
                    + word
                    + (random.nextBoolean() ? "" : ", tags = array_append(tags, " + word + ")")
                    + " where nr % 7 = "
                    + random.nextInt(7)
                    + " returning team || '/' || nr");
        case 11 ->
            note(
                statement,
                noted,
                "notes",
                "update notes set level = level + 1, parent = null where level = "
                    + random.nextInt(9)
                    + " returning id");
        case 12 ->
            note(
                statement,
                noted,
                "people",
                "delete from people p where nr % 11 = "
                    + random.nextInt(11)
                    + " and not exists (select from notes n where n.team = p.team and n.nr = p.nr) returning team || '/' || nr");
        case 13 ->
            note(
                statement,
                noted,
                "notes",
                "delete from notes n where level = "
                    + random.nextInt(9)
                    + " and not exists (select from notes c where c.parent = n.id) returning id");
        case 14 -> {
          statement.execute(
              "delete from visits where ctid in (select ctid from visits limit "
                  + random.nextInt(3)
                  + ")");
          statement.execute(
              "update visits set hits = hits + 1 where ctid in (select ctid from visits limit "
                  + random.nextInt(3)
                  + ")");
        }
        case 15 -> {
          // takes people along
          String which =
              " where team % 5 = "
                  + random.nextInt(5)
                  + " and not exists (select from notes n where n.team = people.team)";
          note(statement, noted, "people", "select team || '/' || nr from people" + which);
          note(
              statement,
              noted,
              "\"Teams\"",
              "delete from \"Teams\" where id in (select team from people"
                  + which
                  + ") returning id");
        }
        default ->
            note(
                statement,
                noted,
                "words",
                "delete from words where length(word) = " + random.nextInt(9) + " returning word");
      }
    }

    private void note(Statement statement, boolean noted, String table, String sql)
        throws SQLException {
      try (ResultSet rows = statement.executeQuery(sql)) {
        var keys = new ArrayList<String>();
        while (rows.next()) {
          keys.add(rows.getString(1));
        }
        if (noted) {
          users.computeIfAbsent(table, _ -> new HashSet<>()).addAll(keys);
        }
      }
    }
  }
}
