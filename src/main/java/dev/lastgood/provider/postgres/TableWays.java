package dev.lastgood.provider.postgres;

import dev.lastgood.database.TableName;
import dev.lastgood.model.Release;
import dev.lastgood.model.Text;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Leg;
import dev.lastgood.provider.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The way of single tables, there and back, as data. No act names a schema: those that are made
/// ready and those that were kept are found by their marks.
final class TableWays {
  static final String NAME = "tables-beside";
  static final String BRING = "bring-tables";
  static final String CARRY = "carry-tables";
  static final String SWITCH = "switch-tables";

  static final String SNAPSHOT = "snapshot";
  static final String TABLES = "tables";
  static final String BACK = "back";

  private static final int LONGEST_ID = 120;
  private static final long COPIED_IN_A_SECOND = 40L << 20;
  private static final long COUNTED_IN_A_SECOND = 200L << 20;
  private static final Duration SWITCHED = Duration.ofMillis(100);

  private final String component;
  private final String database;
  private final Duration writersWait;
  private final boolean carry;

  TableWays(String component, String database, Duration writersWait, boolean carry) {
    this.component = component;
    this.database = database;
    this.writersWait = writersWait;
    this.carry = carry;
  }

  /// What the live database is with these tables as they were: neither of the two.
  static String release(String live, String snapshot, SortedSet<TableName> tables) {
    String names =
        tables.stream()
            .map(t -> t.toString().replaceAll("[^A-Za-z0-9._-]", "-"))
            .collect(Collectors.joining("+"));
    String id = names + "@" + snapshot;
    if (id.length() > LONGEST_ID) {
      id = tables.size() + "-tables@" + snapshot;
    }
    return live.startsWith(id) ? live + "-again" : id;
  }

  /// @param restored how a restore beside begins: restored and verified
  /// @param bytes of the tables as they are
  Method there(
      Release from,
      String snapshot,
      String to,
      SortedSet<TableName> tables,
      List<Leg> restored,
      long bytes,
      List<String> costs,
      List<String> losses) {
    List<Leg> legs = new ArrayList<>(restored);
    Duration copied = Duration.ofMillis(500 + bytes * 1000 / COPIED_IN_A_SECOND);
    legs.add(
        act(
            BRING,
            from,
            to,
            snapshot,
            tables,
            "bring " + shown(tables) + " of " + snapshot + " into a schema of " + database,
            "# in the restored database: create schema beside; alter table … set schema beside\n"
                + "pg_dump --schema=beside RESTORED | psql --set=ON_ERROR_STOP=1 "
                + Text.shellWord(database),
            copied,
            Duration.ZERO));
    if (carry) {
      legs.add(carrying(from, to, snapshot, tables, bytes));
    }
    legs.add(switching(from, to, snapshot, tables, "beside"));
    List<String> all = new ArrayList<>(costs);
    all.add(
        "only "
            + shown(tables)
            + (tables.size() == 1 ? " goes" : " go")
            + " back; nobody's session ends, and the name of the database stays");
    all.add(
        "the tables as they are now are kept in a schema of "
            + database
            + " until a person drops it");
    all.add(
        "readers and writers of the tables, and of those that refer to them, wait for the exchange, at most "
            + writersWait.toMillis()
            + " ms a try");
    if (carry) {
      all.add(
          "rows of users are carried over where they fit; rows that do not fit, or that the migration may"
              + " have written, go into files with the reason");
    }
    return new Method(
        NAME,
        "restore "
            + snapshot
            + " beside "
            + database
            + ", bring "
            + shown(tables)
            + " over, then exchange them in one transaction",
        legs,
        all,
        losses);
  }

  /// @param carried whether what users wrote since can be carried over
  Method back(
      Release from,
      Release to,
      Set<TableName> tables,
      long bytes,
      boolean carried,
      List<String> costs,
      List<String> losses) {
    List<Leg> legs = new ArrayList<>();
    if (carried) {
      legs.add(carrying(from, to.id(), "", tables, bytes));
    }
    legs.add(switching(from, to.id(), "", tables, "KEPT"));
    return new Method(
        SWITCH,
        (carried ? "carry over what users wrote since, then exchange " : "exchange ")
            + shown(tables)
            + " and those that were kept",
        legs,
        costs,
        losses);
  }

  private Act carrying(
      Release from, String to, String snapshot, Set<TableName> tables, long bytes) {
    return act(
        CARRY,
        from,
        to,
        snapshot,
        tables,
        "carry over what users wrote since into "
            + shown(tables)
            + (snapshot.isEmpty() ? " as they were kept" : " as they were")
            + ", and look whether the foreign keys hold",
        "# compare the tables of the two schemas by their keys, and copy what users wrote",
        Duration.ofMillis(500 + bytes * 2000 / COUNTED_IN_A_SECOND),
        Duration.ZERO);
  }

  private Act switching(
      Release from, String to, String snapshot, Set<TableName> tables, String schema) {
    String moves =
        tables.stream()
            .map(t ->
                "alter table "
                    + t.quoted()
                    + " set schema kept; alter table "
                    + TableSide.place(schema, t)
                    + " set schema "
                    + Quoted.name(t.schema())
                    + ";")
            .collect(Collectors.joining("\n"));
    return act(
        SWITCH,
        from,
        to,
        snapshot,
        tables,
        "let "
            + shown(tables)
            + (snapshot.isEmpty() ? " as they were kept" : " of " + snapshot)
            + " take their place in one transaction"
            + (carry ? ", after the last rows" : ""),
        "psql "
            + Text.shellWord(database)
            + "   # in one transaction; drop foreign keys between these and other tables before, make"
            + " them and the views anew after\nbegin; set local lock_timeout = '300ms'; create schema"
            + " kept;\n"
            + moves
            + "\ncommit;",
        SWITCHED,
        SWITCHED);
  }

  private Act act(
      String verb,
      Release from,
      String to,
      String snapshot,
      Set<TableName> tables,
      String says,
      String byHand,
      Duration expected,
      Duration downtime) {
    var with = new TreeMap<String, String>();
    with.put(Ways.DATABASE, database);
    with.put(Ways.FROM, from.id());
    with.put(Ways.RELEASE, to);
    with.put(Ways.LAST_ROUND, carry ? "yes" : "no");
    with.put(SNAPSHOT, snapshot);
    with.put(TABLES, list(tables));
    with.put(BACK, snapshot.isEmpty() ? "yes" : "no");
    return new Act(
        component,
        verb,
        with,
        says,
        byHand,
        expected,
        expected.multipliedBy(20).plusMinutes(30),
        downtime);
  }

  static String list(Set<TableName> tables) {
    return tables.stream().map(TableName::quoted).collect(Collectors.joining(","));
  }

  /// For people.
  static String shown(Set<TableName> tables) {
    return tables.stream().map(t -> Text.plain(t.toString())).collect(Collectors.joining(", "));
  }
}
