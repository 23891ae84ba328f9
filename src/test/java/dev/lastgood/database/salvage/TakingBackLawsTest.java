package dev.lastgood.database.salvage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.database.DatabaseTrouble;
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
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The law of an exchange that is taken back, on random histories: what users wrote since is in the
/// other database, column by column, or in a file; and no row that they did not touch since is
/// changed there, whatever else made it differ. Then the same the other way once more. The way
/// there is a comparison, or a replay from a slot. Every seed is a history;
/// `-Dlastgood.salvage.seeds=N` runs more of them, `-Dlastgood.salvage.seed=N` one.
@DisplayNameGeneration(ReplaceUnderscores.class)
class TakingBackLawsTest {
  private static final int SEEDS = Integer.getInteger("lastgood.salvage.seeds", 5);

  @TempDir Path folder;

  @Test
  void what_users_wrote_since_is_there_or_in_a_file_and_nothing_else_changes() throws Exception {
    play(false);
  }

  @Test
  void the_same_holds_when_the_way_there_was_replayed_from_a_slot() throws Exception {
    play(true);
  }

  private void play(boolean exact) throws Exception {
    int only = Integer.getInteger("lastgood.salvage.seed", -1);
    for (int seed = only < 0 ? 1 : only; seed <= (only < 0 ? SEEDS : only); seed++) {
      var history = new History(seed, exact, folder.resolve((exact ? "exact-" : "seed-") + seed));
      history.play();
    }
  }

  private static final class History {
    private static final String SCHEMA =
        """
        create table "Teams" (id int generated always as identity primary key, name text not null unique, motto text);
        create table people (team int not null references "Teams" on delete cascade, nr int not null,
          nick varchar(30), born date, wage numeric(12,2), tags text[] not null default '{}',
          shout text generated always as (upper(nick)) stored, primary key (team, nr));
        create table "No""tes" (id uuid primary key, team int, nr int, parent uuid references "No""tes", body jsonb, level int not null default 1,
          foreign key (team, nr) references people);
        create table words (word text primary key, times bigint not null check (times >= 0));
        create table visits (page text, at timestamptz, hits int);
        """;
    private static final Map<String, String> KEYS =
        Map.of(
            "\"Teams\"",
            "id",
            "people",
            "team || '/' || nr",
            "\"No\"\"tes\"",
            "id",
            "words",
            "word");

    private final int seed;
    private final Random random;
    private final Path folder;
    private final boolean exact;
    private final TwoStates states;
    private final Set<String> renames = new HashSet<>();
    private final Map<String, Set<String>> users = new TreeMap<>();
    // the restored database is a copy, or was made anew and has other numbers in its catalog
    private final boolean copy;
    private boolean retyped;
    private boolean remade;
    private int replays;
    private int constraints;

    /// @param exact whether the way there is a replay
    History(int seed, boolean exact, Path folder) {
      this.seed = seed;
      this.exact = exact;
      this.states = exact ? TwoStates.logical(SCHEMA) : new TwoStates(SCHEMA);
      this.random = new Random(seed * 6271L);
      this.folder = folder;
      this.copy = random.nextBoolean();
    }

    void play() throws Exception {
      if (exact) {
        replayed();
      } else {
        compared();
      }
      takenBack(true, "one", "two");
      takenBack(false, "two", "three");
      takenBack(true, "three", "four");
    }

    private void begin() throws Exception {
      long start = random.nextLong();
      writeAlike(start, false);
      if (copy) {
        states.snapshot();
      } else {
        states.rebuilt(SCHEMA);
        writeAlike(start, true);
      }
    }

    private void compared() throws Exception {
      begin();
      Optional<Departure> departure =
          random.nextBoolean() ? Optional.of(departure()) : Optional.empty();
      write(false, random.nextInt(60));
      migrate();
      write(false, random.nextInt(120));
      var there = new Exchange("one", "");
      Salvage beginning = salvage(true, there);
      Round first =
          departure
              .map(beginning::since)
              .orElse(beginning)
              .round(Optional.empty(), folder.resolve("there-1"));
      write(false, random.nextInt(40));
      carry(true, there, Optional.of(first.mark()), "there-2");
    }

    private void replayed() throws Exception {
      begin();
      Prepared prepared = SlotHere.open(states);
      try {
        Optional<Mark> since = Optional.empty();
        for (int n = 0; n < 3; n++) {
          write(false, random.nextInt(80));
          if (n < 2) {
            migrate();
          }
          write(false, random.nextInt(40));
          replay(prepared);
          since =
              Optional.of(
                  salvage(true, new Exchange("one", ""))
                      .without(prepared.told())
                      .round(
                          random.nextBoolean() ? since : Optional.empty(),
                          folder.resolve("there-" + n))
                      .mark());
        }
      } finally {
        SlotHere.drop(states, prepared);
      }
    }

    /// Sessions are ended in the middle, and it is begun again.
    private void replay(Prepared prepared) throws Exception {
      for (int n = 0; ; n++) {
        Optional<Killer> killer =
            n < 2 && random.nextBoolean()
                ? Optional.of(new Killer(states, random.nextInt(60)))
                : Optional.empty();
        try (Replay replay =
            new Replay(
                states.goodDatabase(),
                states.liveDatabase(),
                prepared,
                Policy.usual(),
                1 + random.nextInt(60))) {
          replay.untilNow(() -> folder.resolve("replayed-" + replays++));
          return;
        } catch (DatabaseTrouble e) {
          assertThat(n).as("seed %s: %s", seed, e.getMessage()).isLessThan(2);
        } finally {
          if (killer.isPresent()) {
            killer.get().stop();
          }
        }
      }
    }

    /// Known of the live database when the good state was made of it.
    private Departure departure() throws SQLException {
      try (Connection live = DriverManager.getConnection(states.liveUrl())) {
        return Departure.now(live);
      }
    }

    /// Users write into the database that is live now, and it is left for the other one.
    private void takenBack(boolean good, String before, String next) throws Exception {
      var exchange = new Exchange(next, before);
      Map<String, Map<String, List<String>>> live = state(good);
      Map<String, Map<String, List<String>>> kept = state(!good);
      users.clear();
      write(good, random.nextInt(150));
      Round tried = salvage(!good, exchange).rehearse(Optional.empty());
      assertThat(state(!good)).as("seed %s: nothing of a trial stays", seed).isEqualTo(kept);
      Optional<Round> through = crash(!good, exchange, next + "-1");
      if (through.isEmpty()) {
        assertThat(state(!good)).as("seed %s: a failed round keeps nothing", seed).isEqualTo(kept);
      }
      Round round =
          through.isPresent()
              ? through.get()
              : carry(!good, exchange, Optional.empty(), next + "-1");
      assertThat(round.found()).as("seed %s: the trial says it", seed).isEqualTo(tried.found());
      assertThat(round.applied()).isEqualTo(tried.applied());
      check(good, List.of(live), kept, List.of(next + "-1"));
      Map<String, Map<String, List<String>>> between = state(good);
      write(good, random.nextInt(60));
      carry(
          !good,
          exchange,
          random.nextBoolean() ? Optional.of(round.mark()) : Optional.empty(),
          next + "-2");
      check(good, List.of(live, between), kept, List.of(next + "-1", next + "-2"));
      Round again = carry(!good, exchange, Optional.empty(), next + "-3");
      assertThat(again.applied()).as("seed %s: all was carried over", seed).isZero();
    }

    private Salvage salvage(boolean intoGood, Exchange exchange) {
      return new Salvage(
              intoGood ? states.goodDatabase() : states.liveDatabase(),
              intoGood ? states.liveDatabase() : states.goodDatabase(),
              Policy.usual(),
              1 + random.nextInt(3))
          .exchanging(exchange);
    }

    private Round carry(boolean intoGood, Exchange exchange, Optional<Mark> since, String name)
        throws Exception {
      Round round = salvage(intoGood, exchange).round(since, folder.resolve(name));
      long found = round.tables().stream().mapToLong(TableRound::found).sum();
      assertThat(found).isEqualTo(round.applied() + round.leftOutRows());
      return round;
    }

    /// The session that writes is ended in the middle: somebody holds what it needs last, until it
    /// waits there.
    ///
    /// @return the round, when it had nothing to write there
    private Optional<Round> crash(boolean intoGood, Exchange exchange, String name)
        throws Exception {
      String url = intoGood ? states.goodUrl() : states.liveUrl();
      var over = new AtomicBoolean();
      try (Connection other = DriverManager.getConnection(url);
          Statement statement = other.createStatement()) {
        other.setAutoCommit(false);
        statement.execute("lock table words in exclusive mode");
        Thread killer =
            Thread.ofPlatform()
                .start(() -> {
                  try (Connection c =
                          DriverManager.getConnection(url.replaceAll("/[^/?]*\\?", "/postgres?"));
                      Statement s = c.createStatement()) {
                    while (!over.get()) {
                      try (ResultSet ended =
                          s.executeQuery(
                              "select pg_terminate_backend(pid) from pg_stat_activity where"
                                  + " application_name = 'lastgood-salvage' and wait_event_type ="
                                  + " 'Lock' and datname = '"
                                  + url.replaceAll(".*/([^?]*)\\?.*", "$1")
                                  + "'")) {
                        if (ended.next()) {
                          return;
                        }
                      }
                    }
                  } catch (SQLException e) {
                    throw new IllegalStateException(e);
                  }
                });
        try {
          return Optional.of(carry(intoGood, exchange, Optional.empty(), name));
        } catch (DatabaseTrouble e) {
          assertThat(folder.resolve(name)).doesNotExist();
          return Optional.empty();
        } finally {
          over.set(true);
          killer.join();
          other.rollback();
        }
      }
    }

    // -- what must hold -------------------------------------------------------------------------

    /// @param good whether the good state is the one that users wrote into
    /// @param live as it was at the exchange, and at each round but the last
    /// @param kept as it was at the exchange
    private void check(
        boolean good,
        List<Map<String, Map<String, List<String>>>> live,
        Map<String, Map<String, List<String>>> kept,
        List<String> files)
        throws IOException, SQLException {
      Map<String, Map<String, List<String>>> liveNow = state(good);
      Map<String, Map<String, List<String>>> keptNow = state(!good);
      for (String table : KEYS.keySet()) {
        Set<String> left = leftOut(files, table);
        var keys = new TreeSet<String>();
        for (var state : List.of(live.getFirst(), kept, liveNow, keptNow)) {
          keys.addAll(rows(state, table).keySet());
        }
        for (String key : keys) {
          List<String> now = rows(keptNow, table).get(key);
          List<String> then = rows(kept, table).get(key);
          if (!users.getOrDefault(table, Set.of()).contains(key)) {
            assertThat(now)
                .as("seed %s: %s %s was not touched by users since", seed, table, key)
                .isEqualTo(then);
            continue;
          }
          var before = new ArrayList<@Nullable List<String>>();
          live.forEach(l -> before.add(rows(l, table).get(key)));
          boolean right = right(before, rows(liveNow, table).get(key), then, now);
          assertThat(right || left.contains(key))
              .as(
                  "seed %s: %s %s was %s and %s, users made it %s, it is %s there and in no file",
                  seed, table, key, before, then, rows(liveNow, table).get(key), now)
              .isTrue();
        }
      }
      assertThat(bag(!good)).as("seed %s: visits", seed).isEqualTo(bag(good));
    }

    private static Map<String, List<String>> rows(
        Map<String, Map<String, List<String>>> state, String table) {
      return state.getOrDefault(table, Map.of());
    }

    /// Three ways: where users changed a value it is theirs, elsewhere the kept one stays.
    ///
    /// @param before in the live database, at the exchange and at each round but the last
    private static boolean right(
        List<@Nullable List<String>> before,
        @Nullable List<String> after,
        @Nullable List<String> then,
        @Nullable List<String> now) {
      if (after == null || then == null || before.contains(null)) {
        // deleted: gone, or it had never been there; new: as users wrote it
        return Objects.equals(now, after)
            || (after == null && before.getFirst() == null && Objects.equals(now, then));
      }
      if (now == null) {
        return false;
      }
      for (int i = 0; i < after.size(); i++) {
        int column = i;
        boolean wrote =
            before.stream()
                .anyMatch(b -> !Objects.requireNonNull(b).get(column).equals(after.get(column)));
        if (!now.get(i).equals(wrote ? after.get(i) : then.get(i))) {
          return false;
        }
      }
      return true;
    }

    private List<String> bag(boolean good) {
      String sql = "select page, at, hits, count(*) from visits group by 1, 2, 3 order by 1, 2, 3";
      return good ? states.inGood(sql) : states.inLive(sql);
    }

    private Map<String, Map<String, List<String>>> state(boolean good) throws SQLException {
      var all = new TreeMap<String, Map<String, List<String>>>();
      try (Connection connection =
              DriverManager.getConnection(good ? states.goodUrl() : states.liveUrl());
          Statement statement = connection.createStatement()) {
        for (String table : KEYS.keySet()) {
          String columns =
              switch (table) {
                case "\"Teams\"" -> "name, " + name(good, "motto");
                case "people" -> name(good, "nick") + ", born, tags" + (retyped ? "" : ", wage");
                case "words" -> "times";
                default -> "team, nr, parent, body, level";
              };
          var rows = new TreeMap<String, List<String>>();
          try (ResultSet row =
              statement.executeQuery(
                  "select " + KEYS.get(table) + ", " + columns + " from " + table)) {
            while (row.next()) {
              var values = new ArrayList<String>();
              for (int i = 2; i <= row.getMetaData().getColumnCount(); i++) {
                values.add(String.valueOf(row.getString(i)));
              }
              rows.put(row.getString(1), values);
            }
          }
          all.put(table, rows);
        }
      }
      return all;
    }

    private String name(boolean good, String column) {
      return !good && renames.contains(column) ? column + "_new" : column;
    }

    private Set<String> leftOut(List<String> folders, String table) throws IOException {
      var keys = new HashSet<String>();
      String plain = table.replaceAll("^\"|\"$", "").replace("\"\"", "\"");
      for (String name : folders) {
        Path path = folder.resolve(name).resolve(LeftOut.fileName("public", plain) + ".csv");
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

    private void migrate() throws SQLException {
      int count = 1 + random.nextInt(5);
      for (int i = 0; i < count; i++) {
        switch (random.nextInt(exact ? 15 : 12)) {
          case 12 -> migration("truncate words; insert into words values ('filled', 3)");
          case 13 ->
              migration(
                  "alter table \"No\"\"tes\" alter column body type jsonb using body || '{\"m\": 1}'");
          case 14 -> {
            // under one name only, or nobody knows that it is the same
            if (!renames.contains("motto")) {
              remade = true;
              migration(
                  "alter table \"Teams\" drop column motto; alter table \"Teams\" add column motto text");
            }
          }
          case 0 -> {
            if (!remade) {
              rename("\"Teams\"", "motto");
            }
          }
          case 1 -> rename("people", "nick");
          case 2 -> {
            if (!retyped) {
              retyped = true;
              migration(
                  "alter table people alter column wage type bigint using (wage * 100)::bigint");
            }
          }
          case 3 ->
              migration(
                  "alter table \"No\"\"tes\" add column if not exists seen boolean not null default false");
          case 4 ->
              migration(
                  "create table if not exists extra (id int primary key); insert into extra values (1) on conflict do nothing");
          case 5 -> migration("alter table words drop constraint if exists words_times_check");
          case 6 ->
              migration(
                  "update words set times = 7 where times > 7; alter table words add constraint few_"
                      + constraints++
                      + " check (times < 12) not valid");
          case 7 -> migration("update \"No\"\"tes\" set level = level + 100");
          case 8 ->
              migration(
                  "insert into words select 'migrated ' || n, n from generate_series(1, 5) n on conflict do nothing");
          case 9 -> migration("delete from words where length(word) % 3 = 0");
          case 10 -> migration("update people set born = date '1999-09-09' where nr % 2 = 0");
          default -> migration("alter table \"No\"\"tes\" alter column level type bigint");
        }
      }
    }

    /// With a slot some of them say so, and others are taken for users'.
    private void migration(String sql) throws SQLException {
      if (exact && random.nextInt(4) > 0) {
        SlotHere.together(
            states, "select pg_logical_emit_message(true, 'lastgood', 'migration')", sql);
      } else {
        states.live(sql);
      }
    }

    private void rename(String table, String column) throws SQLException {
      if (copy && renames.add(column)) {
        migration("alter table " + table + " rename column " + column + " to " + column + "_new");
      }
    }

    // -- users ----------------------------------------------------------------------------------

    private void writeAlike(long start, boolean good) throws SQLException {
      new Users(new Random(start), good).write(150);
      users.clear();
    }

    private void write(boolean good, int times) throws SQLException {
      new Users(random, good).write(times);
    }

    private final class Users {
      private final Random random;
      private final boolean good;

      Users(Random random, boolean good) {
        this.random = random;
        this.good = good;
      }

      void write(int times) throws SQLException {
        try (Connection connection =
                DriverManager.getConnection(good ? states.goodUrl() : states.liveUrl());
            Statement statement = connection.createStatement()) {
          for (int i = 0; i < times; i++) {
            try {
              one(statement);
            } catch (SQLException e) {
              if (!String.valueOf(e.getSQLState()).startsWith("23")) {
                throw e;
              }
              // users meet rules, too
            }
          }
        }
      }

      private String some(String what, String table) {
        return "(select "
            + what
            + " from "
            + table
            + " order by md5("
            + KEYS.get(table)
            + " || '"
            + random.nextInt(99)
            + "') limit 1)";
      }

      private void one(Statement statement) throws SQLException {
        String word =
            "'"
                + List.of("", "a\"b", "it''s", "ä,ö", "back\\slash", "x y", "null", "Z")
                    .get(random.nextInt(8))
                + random.nextInt(25)
                + "'";
        String notes = "\"No\"\"tes\"";
        String nick = name(good, "nick");
        switch (random.nextInt(16)) {
          case 0, 1 ->
              note(
                  statement,
                  "\"Teams\"",
                  "insert into \"Teams\" (name, "
                      + name(good, "motto")
                      + ") values ("
                      + word
                      + ", "
                      + word
                      + ") returning id");
          case 2, 3, 4 ->
              note(
                  statement,
                  "people",
                  "insert into people (team, nr, "
                      + nick
                      + ", born, wage, tags) values ("
                      + some("id", "\"Teams\"")
                      + ", "
                      + random.nextInt(30)
                      + ", "
                      + word
                      + ", date '2000-01-01' + "
                      + random.nextInt(9000)
                      + ", "
                      + random.nextInt(100000)
                      + ", array["
                      + word
                      + "]) returning team || '/' || nr");
          case 5, 6 ->
              note(
                  statement,
                  notes,
                  "insert into "
                      + notes
                      + " (id, team, nr, parent, body, level) select md5('"
                      + random.nextLong()
                      + "')::uuid, p.team, p.nr, "
                      + some("id", notes)
                      + ", jsonb_build_object('t', "
                      + word
                      + "), "
                      + random.nextInt(5)
                      + " from people p order by md5(p.team || '-' || p.nr || '"
                      + random.nextInt(99)
                      + "') limit 1 returning id");
          case 7, 8 ->
              note(
                  statement,
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
                  notes,
                  "update "
                      + notes
                      + " set "
                      + (random.nextBoolean()
                          ? "level = level + 1"
                          : "body = jsonb_build_object('u', " + word + ")")
                      + " where level % 9 = "
                      + random.nextInt(9)
                      + " returning id");
          case 12 ->
              note(
                  statement,
                  "people",
                  "delete from people p where nr % 11 = "
                      + random.nextInt(11)
                      + " and not exists (select from "
                      + notes
                      + " n where n.team = p.team and n.nr = p.nr) returning team || '/' || nr");
          case 13 ->
              note(
                  statement,
                  notes,
                  "delete from "
                      + notes
                      + " n where level % 9 = "
                      + random.nextInt(9)
                      + " and not exists (select from "
                      + notes
                      + " c where c.parent = n.id) returning id");
          case 14 -> {
            statement.execute(
                "delete from visits where ctid in (select ctid from visits order by page limit "
                    + random.nextInt(3)
                    + ")");
            statement.execute(
                "update visits set hits = hits + 1 where ctid in (select ctid from visits order by page limit "
                    + random.nextInt(3)
                    + ")");
          }
          default ->
              note(
                  statement,
                  "words",
                  "delete from words where length(word) = "
                      + random.nextInt(9)
                      + " returning word");
        }
      }

      private void note(Statement statement, String table, String sql) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql)) {
          while (rows.next()) {
            users.computeIfAbsent(table, _ -> new HashSet<>()).add(rows.getString(1));
          }
        }
      }
    }
  }
}
