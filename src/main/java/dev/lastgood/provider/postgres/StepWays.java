package dev.lastgood.provider.postgres;

import dev.lastgood.database.migration.Drops;
import dev.lastgood.database.migration.Finding;
import dev.lastgood.database.migration.Judgement;
import dev.lastgood.database.migration.Since;
import dev.lastgood.database.sql.Script;
import dev.lastgood.database.sql.Statement;
import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import dev.lastgood.model.Text;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Leg;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Schemas;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// The step down of a schema, and back up, as data: one act for each migration, newest first, which
/// carries the very SQL that will run.
final class StepWays {
  static final String DOWN = "step-down";
  static final String UP = "step-up";

  static final String MIGRATION = "migration";
  static final String SQL = "sql";
  static final String UP_SQL = "up";
  static final String LAST = "last";

  private static final Duration EXPECTED = Duration.ofSeconds(1);
  private static final Duration DEADLINE = Duration.ofMinutes(5);

  private final String component;
  private final String database;

  StepWays(String component, String database) {
    this.component = component;
    this.database = database;
  }

  Schemas.StepDown down(String live, Judgement judgement) throws PlatformUnreachable {
    List<Since> since = judgement.since();
    int oldest = 0;
    while (oldest < since.size() && since.get(oldest).weight() != Finding.Weight.STEP_DOWN) {
      oldest++;
    }
    String name = "for " + judgement.target();
    String to = live.startsWith(name) ? live + " again" : name;
    List<Leg> legs = new ArrayList<>();
    List<StepBook.Taken> back = new ArrayList<>();
    List<String> costs = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    for (int i = since.size() - 1; i >= oldest; i--) {
      Since.Down.Sql sql = sql(since.get(i));
      legs.add(act(since.get(i).id(), sql, live, to, i == oldest));
      back.add(new StepBook.Taken(0, live, to, since.get(i).id(), sql.up()));
      costs(since.get(i).id(), sql, costs);
      if (sql.proposed()) {
        notes.add(
            "the way down of "
                + since.get(i).id()
                + " was written by nobody, Lastgood made it: "
                + Text.plain(sql.sql()));
      }
    }
    if (legs.isEmpty()) {
      throw new PlatformUnreachable("there is nothing to step down");
    }
    costs.add(
        "queries that need a table while it is changed wait, each try no longer than `lock-wait`");
    var method =
        new Method(
            DOWN,
            "take back " + legs.size() + " migrations, newest first, each in one transaction",
            legs,
            costs);
    return new Schemas.StepDown(
        Release.of(component, live),
        new Release(component, to, Origin.UNKNOWN, Optional.empty()),
        method,
        up(back),
        notes);
  }

  private static Since.Down.Sql sql(Since since) throws PlatformUnreachable {
    return switch (since.down()) {
      case Since.Down.None none ->
          throw new PlatformUnreachable(since.id() + " has no way down: " + none.why());
      case Since.Down.Sql sql -> {
        Optional<Statement> alone =
            Script.statements(sql.sql()).stream()
                .filter(Statement::alone)
                .filter(s -> !s.tokens().get(1).is("index"))
                .findFirst();
        if (alone.isPresent()) {
          throw new PlatformUnreachable(
              since.id() + " cannot be taken back in a transaction: " + alone.get().shown());
        }
        if (sql.proposed() && since.answer().filter("step-down"::equals).isEmpty()) {
          throw new PlatformUnreachable(
              "nobody wrote a way down of "
                  + since.id()
                  + ". This would be one: "
                  + (sql.sql().isBlank()
                      ? "nothing but its row in the state table"
                      : Text.plain(sql.sql()))
                  + " To use it: --answer "
                  + since.id()
                  + "=step-down");
        }
        yield sql;
      }
    };
  }

  private static void costs(String id, Since.Down.Sql sql, List<String> costs) {
    Drops drops = Drops.of(sql.sql());
    if (!drops.nothing()) {
      costs.add(
          id
              + ": "
              + drops.shown()
              + " will be dropped; saved before into the schema _lastgood, writers of it wait"
              + " meanwhile");
    }
    drops
        .unjudged()
        .forEach(u ->
            costs.add(
                id
                    + ": its way down has what cannot be judged ("
                    + Text.plain(u)
                    + "); if it drops anything that was not saved, it is taken back and refused"));
  }

  private Act act(String migration, Since.Down.Sql sql, String live, String to, boolean last) {
    var with = words(migration, live, to, last);
    with.put(SQL, sql.sql());
    with.put(UP_SQL, sql.up());
    return new Act(
        component,
        DOWN,
        with,
        "take back " + Text.plain(migration) + (sql.proposed() ? ", by a proposed way down" : ""),
        byHand(sql.sql()),
        EXPECTED,
        DEADLINE,
        Duration.ZERO);
  }

  private SortedMap<String, String> words(String migration, String live, String to, boolean last) {
    var with = new TreeMap<String, String>();
    with.put(Ways.DATABASE, database);
    with.put(Ways.FROM, live);
    with.put(Ways.RELEASE, to);
    with.put(MIGRATION, migration);
    with.put(LAST, last ? "yes" : "no");
    return with;
  }

  private String byHand(String sql) {
    return "psql --dbname="
        + Text.shellWord(database)
        + "   # then, in one transaction; save what it drops first:\nbegin; set local lock_timeout"
        + " = '2s';\n"
        + sql.strip()
        + "\ncommit;   # and take its row out of the state table";
  }

  /// Up again, oldest first.
  Method up(List<StepBook.Taken> taken) {
    List<Leg> legs = new ArrayList<>();
    for (int i = taken.size() - 1; i >= 0; i--) {
      StepBook.Taken one = taken.get(i);
      var with = words(one.migration(), one.to(), one.from(), i == 0);
      with.put(SQL, one.up());
      legs.add(
          new Act(
              component,
              UP,
              with,
              "apply " + Text.plain(one.migration()) + " again and put back what was saved",
              byHand(one.up()),
              EXPECTED,
              DEADLINE,
              Duration.ZERO));
    }
    return new Method(
        UP,
        "apply " + legs.size() + " migrations again, oldest first, each in one transaction",
        legs,
        List.of(
            "saved columns and tables are put back as they were; rows written since have what the"
                + " migrations give them",
            "queries that need a table while it is changed wait, each try no longer than `lock-wait`"));
  }
}
