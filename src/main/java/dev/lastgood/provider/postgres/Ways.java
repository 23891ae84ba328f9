package dev.lastgood.provider.postgres;

import dev.lastgood.model.Release;
import dev.lastgood.model.Text;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Leg;
import dev.lastgood.provider.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// The ways from one release to another, as data.
final class Ways {
  static final String RESTORE = "restore-beside";
  static final String VERIFY = "verify-beside";
  static final String CARRY = "carry-over";
  static final String SWITCH = "switch-database";

  static final String DATABASE = "database";
  static final String FROM = "from";
  static final String RELEASE = "release";
  static final String OID = "oid";
  static final String LAST_ROUND = "last-round";

  /// Out of what it is brought up, a [Source.Form].
  static final String SOURCE = "source";

  /// Measured on two cores: some 40 MiB of database restored in a second, and 200 MiB counted.
  private static final long RESTORED_IN_A_SECOND = 40L << 20;

  private static final long COUNTED_IN_A_SECOND = 200L << 20;
  private static final Duration SWITCHED = Duration.ofMillis(150);

  private final String component;
  private final String database;
  private final Duration writersWait;

  private final boolean carry;

  private final Pair.Side side;

  /// @param carry whether rows written since are carried over
  /// @param side which server the live database is on
  Ways(String component, String database, Duration writersWait, boolean carry, Pair.Side side) {
    this.component = component;
    this.database = database;
    this.writersWait = writersWait;
    this.carry = carry;
    this.side = side;
  }

  /// @param expected how long it takes to bring it up; by experience, when there is one
  Method restore(
      Release from,
      Source source,
      Optional<Duration> expected,
      List<String> costs,
      List<String> losses) {
    List<String> all = new ArrayList<>(costs);
    all.add(
        "needs about "
            + megabytes(source.bytes())
            + " more on the disk of the server, as long as the old database is kept");
    if (source.manifest().isEmpty()) {
      all.add(
          source.release()
              + " does not say what is in it: it is verified only as far as pg_restore or psql does");
    }
    if (carry) {
      all.add(
          "rows of users are carried over where they fit; rows that do not fit, or that the migration"
              + " may have written, go into files with the reason");
    }
    all.add(kept());
    List<Leg> legs =
        new ArrayList<>(
            List.of(
                restoring(from, source, expected.orElse(usually(source))),
                verifying(from, source)));
    if (carry) {
      legs.add(carrying(from, source));
    }
    legs.add(switching(from, source));
    return new Method(
        method(source),
        "restore "
            + source.release()
            + (source.isDump() ? "" : " from " + source.from())
            + " beside "
            + database
            + ", verify it there, then exchange the names",
        legs,
        all,
        losses);
  }

  /// To a database that stands on the server already.
  Method back(Release from, Release to, Standing target, List<String> costs, List<String> losses) {
    List<String> all = new ArrayList<>(costs);
    all.add(kept());
    Act act =
        act(
            SWITCH,
            from,
            to.id(),
            Long.toString(target.oid()),
            "let "
                + (target.name().equals(database) ? "the database that is live now" : target.name())
                + " be "
                + database
                + " again ("
                + to.id()
                + ")",
            renames(target.name().equals(database) ? "KEPT_NAME" : target.name()),
            SWITCHED,
            writersWait.plusSeconds(30),
            SWITCHED);
    return new Method(
        SWITCH, "exchange the names of the live and the kept database", List.of(act), all, losses);
  }

  /// To the database that was left when the live one came, with what users wrote since.
  Method takenBack(
      Release from, Release to, Standing target, List<String> costs, List<String> losses) {
    List<String> all = new ArrayList<>(costs);
    all.add(kept());
    Duration expected = Duration.ofMillis(500 + target.bytes() * 2000 / COUNTED_IN_A_SECOND);
    String oid = Long.toString(target.oid());
    Act carry =
        act(
            CARRY,
            from,
            to.id(),
            oid,
            "carry over into " + target.name() + " what users wrote since it was left",
            "# compare the tables of "
                + database
                + " and "
                + target.name()
                + " by their keys, and copy what users wrote",
            expected,
            expected.multipliedBy(20).plusMinutes(30),
            Duration.ZERO);
    Act exchange =
        act(
            SWITCH,
            from,
            to.id(),
            oid,
            "let "
                + (target.name().equals(database) ? "the database that is live now" : target.name())
                + " be "
                + database
                + " again ("
                + to.id()
                + "), after the last rows",
            renames(target.name().equals(database) ? "KEPT_NAME" : target.name()),
            SWITCHED,
            writersWait.multipliedBy(3).plusMinutes(10),
            SWITCHED);
    return new Method(
        SWITCH,
        "carry over what users wrote since, then exchange the names of the live and the kept database",
        List.of(carry, afterTheLastRows(exchange)),
        all,
        losses);
  }

  private static Act afterTheLastRows(Act exchange) {
    var with = new TreeMap<>(exchange.with());
    with.put(LAST_ROUND, "yes");
    return new Act(
        exchange.component(),
        exchange.verb(),
        with,
        exchange.says(),
        exchange.byHand(),
        exchange.expected(),
        exchange.deadline(),
        exchange.downtime());
  }

  private static String kept() {
    return "what is live now is kept under another name, closed, until a person drops it";
  }

  private static String method(Source source) {
    return switch (source.form()) {
      case COPY -> "copy-beside";
      case PROMOTED -> CrossingWays.NAME;
      case REPLICA -> "replica-beside";
      case ARCHIVE -> "archive-beside";
      case CUSTOM, DIRECTORY, PLAIN, PLAIN_GZ, NONE -> RESTORE;
    };
  }

  private static Duration usually(Source source) {
    long seconds = source.bytes() / RESTORED_IN_A_SECOND;
    return Duration.ofSeconds(
        switch (source.form()) {
          case COPY -> 1 + seconds / 10;
          // Not restored, only counted.
          case PROMOTED -> 1;
          // Read there, then restored here.
          case REPLICA -> 1 + seconds * 5 / 4;
          case ARCHIVE -> 10 + seconds * 3 / 2;
          case CUSTOM, DIRECTORY, PLAIN, PLAIN_GZ, NONE -> 1 + seconds;
        });
  }

  private Act restoring(Release from, Source source, Duration expected) {
    return from(
        source,
        act(
            RESTORE,
            from,
            source.release(),
            "",
            "restore "
                + source.release()
                + " ("
                + megabytes(source.bytes())
                + ") beside "
                + database,
            byHand(source),
            expected,
            expected.multipliedBy(10).plusMinutes(30),
            Duration.ZERO));
  }

  /// A dump is what one expects; it is not named.
  private static Act from(Source source, Act act) {
    if (source.isDump()) {
      return act;
    }
    var with = new TreeMap<>(act.with());
    with.put(SOURCE, source.form().name());
    return new Act(
        act.component(),
        act.verb(),
        with,
        act.says(),
        act.byHand(),
        act.expected(),
        act.deadline(),
        act.downtime());
  }

  private String createdb() {
    return "createdb --template=template0 " + Text.shellWord(beside());
  }

  private String byHand(Source source) {
    String place = source.point().map(RestorePoint::says).orElse("");
    return switch (source.form()) {
      case COPY ->
          "createdb --template="
              + Text.shellWord(Copies.name(database, source.release()))
              + " "
              + Text.shellWord(beside());
      case PROMOTED, REPLICA ->
          "# the replica stands at "
              + place
              + ": read it there\npg_dump --host=REPLICA --format=directory --file=dump "
              + Text.shellWord(database)
              + "\n"
              + createdb()
              + "\npg_restore --exit-on-error --jobs=2 --dbname="
              + Text.shellWord(beside())
              + " dump";
      case ARCHIVE ->
          "# into an empty folder, with a port of its own and archive_mode=off, up to "
              + place
              + ":\npgbackrest --stanza=STANZA --pg1-path=FOLDER --type="
              + (source.point().filter(p -> p.name().isEmpty()).isPresent() ? "time" : "name")
              + " --target="
              + Text.shellWord(source.point().map(RestorePoint::target).orElse(""))
              + " --target-action=pause restore\n# start it, look that replay is paused, then\n"
              + "pg_dump --host=FOLDER --format=directory --file=dump "
              + Text.shellWord(database)
              + "\n"
              + createdb()
              + "\npg_restore --exit-on-error --jobs=2 --dbname="
              + Text.shellWord(beside())
              + " dump";
      case CUSTOM, DIRECTORY, PLAIN, PLAIN_GZ, NONE -> createdb() + "\n" + filled(source);
    };
  }

  private String filled(Source source) {
    String path = Text.shellWord(source.path().toString());
    String into = Text.shellWord(beside());
    return switch (source.form()) {
      case CUSTOM, DIRECTORY, COPY, PROMOTED, REPLICA, ARCHIVE, NONE ->
          "pg_restore --dbname=" + into + " --exit-on-error --jobs=2 " + path;
      case PLAIN -> "psql --no-psqlrc --set=ON_ERROR_STOP=1 --dbname=" + into + " --file=" + path;
      case PLAIN_GZ ->
          "gunzip -c " + path + " | psql --no-psqlrc --set=ON_ERROR_STOP=1 --dbname=" + into;
    };
  }

  private Act verifying(Release from, Source source) {
    Duration expected = Duration.ofMillis(300 + source.bytes() * 1000 / COUNTED_IN_A_SECOND);
    return from(
        source,
        act(
            VERIFY,
            from,
            source.release(),
            "",
            "verify it: tables, rows, constraints, row security, sequences",
            "psql --dbname="
                + Text.shellWord(beside())
                + " --command='\\d+'   # and count the rows",
            expected,
            expected.multipliedBy(10).plusMinutes(10),
            Duration.ZERO));
  }

  private Act carrying(Release from, Source source) {
    Duration expected = Duration.ofMillis(500 + source.bytes() * 2000 / COUNTED_IN_A_SECOND);
    return act(
        CARRY,
        from,
        source.release(),
        "",
        "carry over what users wrote since",
        "# compare the tables of "
            + database
            + " and "
            + beside()
            + " by their keys, and copy what users wrote",
        expected,
        expected.multipliedBy(20).plusMinutes(30),
        Duration.ZERO);
  }

  private Act switching(Release from, Source source) {
    return act(
        SWITCH,
        from,
        source.release(),
        "",
        "exchange "
            + database
            + " for "
            + source.release()
            + (carry ? " in one transaction, after the last rows" : " in one transaction"),
        renames(beside()),
        SWITCHED,
        writersWait.multipliedBy(3).plusMinutes(carry ? 10 : 1),
        SWITCHED);
  }

  private String beside() {
    return Quoted.fitting(database, "_restored");
  }

  private String renames(String target) {
    return "psql --dbname=postgres   # then, in one go:\n"
        + "alter database "
        + Quoted.name(database)
        + " allow_connections false;\n"
        + "select pg_terminate_backend(pid) from pg_stat_activity where datname = "
        + Quoted.text(database)
        + ";\nbegin; alter database "
        + Quoted.name(database)
        + " rename to "
        + Quoted.name(Quoted.fitting(database, "_before_rollback"))
        + "; alter database "
        + Quoted.name(target)
        + " rename to "
        + Quoted.name(database)
        + "; alter database "
        + Quoted.name(database)
        + " allow_connections true; commit;";
  }

  private Act act(
      String verb,
      Release from,
      String release,
      String oid,
      String says,
      String byHand,
      Duration expected,
      Duration deadline,
      Duration downtime) {
    var with = new TreeMap<String, String>();
    with.put(DATABASE, database);
    with.put(FROM, from.id());
    with.put(RELEASE, release);
    if (!oid.isEmpty()) {
      with.put(OID, oid);
      if (side != Pair.Side.PRIMARY) {
        with.put(CrossingWays.SERVER, side.word()); // copies of a cluster share the numbers
      }
    } else if (verb.equals(SWITCH)) {
      with.put(LAST_ROUND, carry ? "yes" : "no");
    }
    return new Act(component, verb, with, says, byHand, expected, deadline, downtime);
  }

  static String megabytes(long bytes) {
    return Math.max(1, bytes >> 20) + " MiB";
  }
}
