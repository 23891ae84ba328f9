package dev.lastgood.provider.postgres;

import dev.lastgood.database.DatabaseTrouble;
import dev.lastgood.database.DatabaseUrl;
import dev.lastgood.database.StateTables;
import dev.lastgood.database.TableName;
import dev.lastgood.database.salvage.Prepared;
import dev.lastgood.database.salvage.Tellable;
import dev.lastgood.model.Secret;
import dev.lastgood.model.Text;
import dev.lastgood.provider.PlatformUnreachable;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The replication slots that snapshots open, each with a publication of the same name, and how
/// they are let go again: a slot keeps the server's log from being removed.
final class Slots {
  /// Slots of this tool, and publications.
  static final String PREFIX = "lastgood_";

  /// The server waits for the transactions that are open before it can begin.
  private static final Duration OPENING = Duration.ofMinutes(2);

  private static final String FULL = "53400";
  private static final Set<String> NO_RIGHT = Set.of("42501", "28000");

  private final Server server;
  private final Migrators migrators;
  private final StateTables state;

  /// @param migrators roles and applications whose transactions are not users'
  /// @param state tables that are not users'
  Slots(Server server, List<String> migrators, StateTables state) {
    this.server = server;
    this.state = state;
    this.migrators = new Migrators(server, migrators);
  }

  /// Whoever is not a user is told in the log from now on.
  ///
  /// @return why not; empty when it is so
  Optional<String> tell(Open slot, String database) throws SQLException, PlatformUnreachable {
    return migrators.begin(database, slot.prepared().slot());
  }

  /// A slot that begins at the moment its snapshot shows. The snapshot can be seen until it is
  /// closed; the slot stays.
  ///
  /// @param prepared without the layout, which only the snapshot knows
  /// @param keeps the most that the server keeps for it, in words
  record Open(Session holder, String snapshot, Prepared prepared, String keeps)
      implements AutoCloseable {
    List<String> inWords() {
      List<String> lines = new ArrayList<>();
      lines.add(
          "what users write from now on is kept in the replication slot "
              + prepared.slot()
              + ", for which the server keeps at most "
              + keeps
              + " of its log; it is dropped when the next state is marked good");
      if (!prepared.others().isEmpty()) {
        lines.add(
            "not in the slot, and compared in a rollback: " + String.join(", ", prepared.others()));
      }
      return lines;
    }

    @Override
    public void close() {
      holder.close();
    }
  }

  /// Opens one.
  ///
  /// @param stamp the time in its name
  /// @throws PlatformUnreachable with what is missing; then nothing is left of it
  Open open(Session session, Standing live, String stamp) throws SQLException, PlatformUnreachable {
    String keeps = bound(session, live.name());
    Tellable tellable = tellable(live.name());
    if (tellable.tables().isEmpty()) {
      throw needs(live.name(), "a table with a primary key");
    }
    String plain = PREFIX + live.oid() + "_" + stamp.replace('-', '_');
    String name = plain;
    for (int n = 2; exists(session, name); n++) {
      name = plain + "_" + n;
    }
    publish(live.name(), name, tellable.tables());
    try {
      return created(live, name, keeps, tellable);
    } catch (SQLException e) {
      new LettingGo(server).unpublish(live.name(), name);
      throw refused(e, session, live.name());
    }
  }

  private static PlatformUnreachable needs(String database, String what) {
    return new PlatformUnreachable(
        "exact: yes of " + database + " needs " + what + "; without a slot: exact: no");
  }

  /// @return how much log a slot may keep at most
  private static String bound(Session session, String database)
      throws SQLException, PlatformUnreachable {
    if (!session.text("select current_setting('wal_level')").equals("logical")) {
      throw needs(
          database,
          "wal_level = logical on the server (it is "
              + session.text("select current_setting('wal_level')")
              + "; a change needs a restart)");
    }
    long megabytes =
        session.number(
            "select setting::bigint from pg_settings where name = 'max_slot_wal_keep_size'");
    if (megabytes < 0) {
      throw needs(
          database,
          "a bound for what slots keep, or one that is forgotten fills the disk: alter system set"
              + " max_slot_wal_keep_size = '10GB'; select pg_reload_conf()");
    }
    return session.text("select current_setting('max_slot_wal_keep_size')");
  }

  private PlatformUnreachable refused(SQLException e, Session session, String database)
      throws SQLException {
    String state = String.valueOf(e.getSQLState());
    if (NO_RIGHT.contains(state)) {
      return needs(
          database,
          "the right to replicate (alter role "
              + session.text("select current_user")
              + " replication) and a line in pg_hba.conf that lets it: "
              + Server.why(e));
    }
    if (FULL.equals(state)) {
      List<String> all =
          session.list(
              "select slot_name from pg_replication_slots order by 1", r -> r.getString(1));
      return needs(
          database,
          "a free replication slot (max_replication_slots); there are " + String.join(", ", all));
    }
    if (Server.lost(e)) {
      return needs(
          database,
          "transactions that end: the server did not find a moment to begin within "
              + OPENING.toMinutes()
              + " minutes; look for old ones in pg_stat_activity ("
              + Server.why(e)
              + ")");
    }
    return needs(database, "a replication slot: " + Server.why(e));
  }

  static boolean exists(Session session, String name) throws SQLException {
    return session.yes(
        "select exists (select from pg_replication_slots where slot_name = ?)", name);
  }

  private Tellable tellable(String database) throws PlatformUnreachable, SQLException {
    try (Connection reader = url(database).reader()) {
      return Tellable.of(reader, state);
    } catch (DatabaseTrouble e) {
      throw new PlatformUnreachable(String.valueOf(e.getMessage()), e);
    }
  }

  private DatabaseUrl url(String database) throws PlatformUnreachable {
    String url = server.url().whole(database);
    return new DatabaseUrl(new Secret(database, () -> url));
  }

  private void publish(String database, String name, List<TableName> tables)
      throws SQLException, PlatformUnreachable {
    String all = tables.stream().map(t -> "only " + t.quoted()).collect(Collectors.joining(", "));
    try (Session inside = server.patient(database, OPENING)) {
      inside.run("set lock_timeout = '10s'");
      inside.run("drop publication if exists " + Quoted.name(name));
      inside.run(
          "create publication "
              + Quoted.name(name)
              + " for table "
              + all
              + " with (publish_via_partition_root = true)");
    } catch (SQLException e) {
      if (NO_RIGHT.contains(String.valueOf(e.getSQLState()))) {
        throw needs(
            database,
            "ownership of its tables and the right CREATE on it, for a publication: "
                + Server.why(e));
      }
      throw e;
    }
  }

  private Open created(Standing live, String name, String keeps, Tellable tellable)
      throws SQLException, PlatformUnreachable {
    Session holder = server.replication(live.name(), OPENING);
    try {
      String[] made =
          holder
              .first(
                  "CREATE_REPLICATION_SLOT "
                      + Quoted.name(name)
                      + " LOGICAL pgoutput EXPORT_SNAPSHOT",
                  r -> new String[] {r.getString(2), r.getString(3)})
              .orElseThrow(() -> new SQLException("the server made no slot"));
      var prepared =
          new Prepared(
              name,
              made[0],
              live.oid(),
              new dev.lastgood.database.salvage.Layout(List.of()),
              oids(live.name(), name),
              tellable.others());
      return new Open(holder, made[1], prepared, keeps);
    } catch (SQLException | PlatformUnreachable e) {
      holder.close();
      throw e;
    }
  }

  private List<Long> oids(String database, String publication)
      throws SQLException, PlatformUnreachable {
    try (Session inside = server.patient(database, OPENING)) {
      return inside.list(
          "select r.prrelid::bigint from pg_publication_rel r join pg_publication p on p.oid ="
              + " r.prpubid where p.pubname = ? order by 1",
          r -> r.getLong(1),
          publication);
    }
  }

  // -- what there is ----------------------------------------------------------------------------

  /// @param lost whether the server has given it up
  /// @param bytes of the log that it keeps
  record Seen(String name, long database, boolean lost, long bytes) {}

  /// Those of this tool, of all databases of the server.
  static List<Seen> all(Session session) throws SQLException {
    return session.list(
        "select slot_name, datoid::bigint, coalesce(wal_status, '') = 'lost',"
            + " coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::bigint"
            + " from pg_replication_slots where slot_type = 'logical' and slot_name like"
            + " 'lastgood\\_%' order by 1",
        r -> new Seen(r.getString(1), r.getLong(2), r.getBoolean(3), r.getLong(4)));
  }

  /// One line for each slot of the live database and of those that were, for `status`.
  ///
  /// @param exact whether the next snapshot opens one
  static List<String> inWords(Session session, Scene scene, Set<String> wanted, boolean exact)
      throws SQLException {
    List<String> lines = new ArrayList<>();
    for (Seen slot : all(session)) {
      boolean ofThis =
          scene.databases().stream()
              .anyMatch(d -> d.oid() == slot.database() && d.served(scene.name()));
      if (!ofThis) {
        continue;
      }
      String what = "replication slot " + Text.plain(slot.name());
      boolean needed =
          wanted.contains(slot.name())
              && scene.live().filter(l -> l.oid() == slot.database()).isPresent();
      if (slot.lost()) {
        lines.add(
            what
                + " was given up by the server, since more was written than max_slot_wal_keep_size"
                + " keeps: a rollback compares instead; "
                + dropping(slot.name()));
      } else if (needed) {
        lines.add(
            what
                + " keeps "
                + Ways.megabytes(slot.bytes())
                + " of the log, for an exact rollback"
                + (exact
                    ? ""
                    : "; `exact` is not yes any more, so the next snapshot drops it, or: "
                        + dropping(slot.name())));
      } else {
        lines.add(
            what
                + " keeps "
                + Ways.megabytes(slot.bytes())
                + " of the log for nobody; the next snapshot drops it, or: "
                + dropping(slot.name()));
      }
    }
    return lines;
  }

  private static String dropping(String name) {
    return "select pg_drop_replication_slot(" + Quoted.text(name) + ")";
  }

  /// The time in the name of a snapshot, or of the state after it.
  static Optional<String> stamp(String release) {
    int dash = release.indexOf('-');
    return dash < 0 || !(release.startsWith("snapshot-") || release.startsWith("after-"))
        ? Optional.empty()
        : Optional.of(release.substring(dash + 1));
  }
}
