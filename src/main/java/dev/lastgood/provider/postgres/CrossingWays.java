package dev.lastgood.provider.postgres;

import dev.lastgood.model.Release;
import dev.lastgood.model.Text;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Method;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// The ways that go over to the other server, as data.
///
/// @param writersWait as in [Ways]
record CrossingWays(String component, String database, Duration writersWait) {
  static final String NAME = "promote-replica";
  static final String BACK = "switch-server";

  static final String PROMOTE = "promote-replica";
  static final String VERIFY = "verify-replica";
  static final String CARRY = "carry-to-server";
  static final String SWITCH = "switch-server";

  /// The server gone over to, a [Pair.Side] by its word.
  static final String SERVER = "server";

  private static final long COUNTED_IN_A_SECOND = 200L << 20;
  private static final Duration PROMOTED = Duration.ofSeconds(1);
  private static final Duration SWITCHED = Duration.ofMillis(300);

  static boolean knows(Act act) {
    return List.of(PROMOTE, VERIFY, CARRY, SWITCH).contains(act.verb());
  }

  /// @param expected until it is promoted, by experience
  /// @param from where clients are led now
  /// @param to where they will be
  Method promote(
      Release live,
      Source source,
      Optional<Duration> expected,
      Signpost post,
      String from,
      String to,
      List<String> costs,
      List<String> losses) {
    String release = source.release();
    Duration counted = Duration.ofMillis(300 + source.bytes() * 1000 / COUNTED_IN_A_SECOND);
    Duration compared = Duration.ofMillis(500 + source.bytes() * 2000 / COUNTED_IN_A_SECOND);
    return new Method(
        NAME,
        "promote the replica that stands at " + release + ", verify it, and lead clients to it",
        List.of(
            act(
                PROMOTE,
                live,
                release,
                Pair.Side.REPLICA,
                "",
                "promote the replica at "
                    + source.point().map(RestorePoint::says).orElse(release)
                    + ", closed to users",
                "# on the replica, which must be paused at its recovery target:\n"
                    + "psql --command='alter system set default_transaction_read_only = on'"
                    + " --command='select pg_reload_conf()' --command='select pg_promote()'\n"
                    + "psql --command="
                    + Text.shellWord(
                        "alter database "
                            + Quoted.name(database)
                            + " rename to "
                            + Quoted.name(Quoted.fitting(database, "_restored"))),
                expected.orElse(PROMOTED),
                Duration.ofMinutes(10),
                Duration.ZERO),
            act(
                VERIFY,
                live,
                release,
                Pair.Side.REPLICA,
                "",
                "verify it: tables, rows, constraints, row security, sequences",
                "psql --host=REPLICA --dbname="
                    + Text.shellWord(Quoted.fitting(database, "_restored"))
                    + " --command='\\d+'   # and count the rows",
                counted,
                counted.multipliedBy(10).plusMinutes(10),
                Duration.ZERO),
            act(
                CARRY,
                live,
                release,
                Pair.Side.REPLICA,
                "",
                "carry over to it what users wrote since",
                "lastgood salvage carry left-out --restored env:REPLICA_URL --live env:DATABASE_URL",
                compared,
                compared.multipliedBy(20).plusMinutes(30),
                Duration.ZERO),
            switching(live, release, Pair.Side.REPLICA, "", post, from, to)),
        costs,
        losses);
  }

  /// To the database that was left on the other server, with what users wrote since.
  ///
  /// @param side of that server
  Method back(
      Release live,
      Release to,
      Pair.Side side,
      Standing target,
      Signpost post,
      String here,
      String there,
      List<String> costs,
      List<String> losses) {
    Duration compared = Duration.ofMillis(500 + target.bytes() * 2000 / COUNTED_IN_A_SECOND);
    String oid = Long.toString(target.oid());
    return new Method(
        BACK,
        "carry over what users wrote since to " + there + ", then lead clients there again",
        List.of(
            act(
                CARRY,
                live,
                to.id(),
                side,
                oid,
                "carry over to " + there + " what users wrote since it was left",
                "# compare the tables of both servers by their keys, and copy what users wrote",
                compared,
                compared.multipliedBy(20).plusMinutes(30),
                Duration.ZERO),
            switching(live, to.id(), side, oid, post, here, there)),
        costs,
        losses);
  }

  private Act switching(
      Release live,
      String release,
      Pair.Side side,
      String oid,
      Signpost post,
      String from,
      String to) {
    return act(
        SWITCH,
        live,
        release,
        side,
        oid,
        "close "
            + database
            + " at "
            + from
            + " after the last rows, and lead clients to "
            + release
            + " at "
            + to,
        "# at "
            + from
            + ": alter database "
            + Quoted.name(database)
            + " rename to "
            + Quoted.name(Quoted.fitting(database, "_before_rollback"))
            + "; and end its sessions\n# at "
            + to
            + ": rename the one that is ready to "
            + Quoted.name(database)
            + "\n# in "
            + post.file()
            + ": "
            + to
            + " instead of "
            + from
            + ", and tell its readers",
        SWITCHED,
        writersWait.multipliedBy(3).plusMinutes(10),
        SWITCHED);
  }

  private Act act(
      String verb,
      Release live,
      String release,
      Pair.Side side,
      String oid,
      String says,
      String byHand,
      Duration expected,
      Duration deadline,
      Duration downtime) {
    var with = new TreeMap<String, String>();
    with.put(Ways.DATABASE, database);
    with.put(Ways.FROM, live.id());
    with.put(Ways.RELEASE, release);
    with.put(SERVER, side.word());
    if (!oid.isEmpty()) {
      with.put(Ways.OID, oid);
    }
    return new Act(component, verb, with, says, byHand, expected, deadline, downtime);
  }
}
