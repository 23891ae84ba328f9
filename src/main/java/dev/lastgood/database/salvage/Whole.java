package dev.lastgood.database.salvage;

import dev.lastgood.database.DatabaseTrouble;
import dev.lastgood.database.SchemaDiff.Pair;
import dev.lastgood.database.TableName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Compares tables of which the log does not tell each row that differs: a migration had them
/// written anew, which no log of rows says, or it emptied them. What is found is noted once, and
/// kept up by the log from there on.
final class Whole {
  /// The shape of a table that has to be compared whatever it is like.
  static final String UNSURE = "?";

  /// With a commit that others do not see yet.
  private static final Duration SEEN = Duration.ofSeconds(30);

  private final Connection target;
  private final Connection here;
  private final Connection there;
  private final Prepared prepared;
  private final Policy policy;

  /// @param target where it is noted
  /// @param here reads the good state
  /// @param there reads the live database
  Whole(Connection target, Connection here, Connection there, Prepared prepared, Policy policy) {
    this.target = target;
    this.here = here;
    this.there = there;
    this.prepared = prepared;
    this.policy = policy;
  }

  /// What a table is like where the log does not tell all about it; empty: it does.
  private String shape(Pair pair, Layout now) {
    TableName name = pair.good().name();
    var then = prepared.layout().named(name.schema(), name.name());
    var laid = now.table(pair.live().identity());
    boolean told =
        then.isPresent()
            && laid.isPresent()
            && then.get().oid() == pair.live().identity()
            && then.get().untouched(laid.get())
            && pair.columns().stream()
                .filter(m -> !m.good().generated())
                .allMatch(m ->
                    then.get()
                        .named(m.good().name())
                        .filter(p -> p.number() == m.live().number())
                        .isPresent());
    return told ? "" : pair.live().identity() + " " + laid.map(Layout.Laid::inWords).orElse("");
  }

  /// @param committed transactions that the log has told, the last ones
  void look(Collection<Pair> pairs, Layout now, Apart apart, Collection<Long> committed)
      throws SQLException, IOException, DatabaseTrouble, InterruptedException {
    Map<Long, String> known = known();
    var wanted = new ArrayList<TablePlan>();
    var shapes = new HashMap<Long, String>();
    for (Pair pair : pairs) {
      var plan = new TablePlan(pair, policy);
      long table = pair.good().identity();
      String shape = shape(pair, now);
      if (plan.keyed()
          && plan.trouble().isEmpty()
          && prepared.told().contains(plan.name())
          && !known.getOrDefault(table, "").equals(shape)) {
        wanted.add(plan);
        shapes.put(table, shape);
      }
    }
    if (wanted.isEmpty()) {
      return;
    }
    Path folder = Files.createTempDirectory("lastgood-salvage-");
    try {
      seeing(there, committed, SEEN);
      here.rollback();
      for (TablePlan plan : wanted) {
        try (Found found = new Finder(here, there, folder, true).find(plan, Optional.empty())) {
          note(found, apart, shapes.getOrDefault(plan.table(Side.GOOD).identity(), UNSURE));
        }
      }
    } finally {
      Files.deleteIfExists(folder);
    }
  }

  private Map<Long, String> known() throws SQLException {
    var known = new HashMap<Long, String>();
    try (Statement statement = target.createStatement();
        ResultSet rows =
            statement.executeQuery("select tab, shape from " + Parting.SCHEMA + ".whole")) {
      while (rows.next()) {
        known.put(rows.getLong(1), rows.getString(2));
      }
    }
    return known;
  }

  /// A commit stands in the log a moment before others see it.
  static void seeing(Connection there, Collection<Long> committed, Duration patience)
      throws SQLException, DatabaseTrouble, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    there.rollback();
    while (unseen(there, committed)) {
      if (System.nanoTime() > deadline) {
        throw new DatabaseTrouble(
            "a transaction stands in the log as committed, and others do not see it after "
                + patience.toSeconds()
                + " s: the server may wait for a standby that does not answer (SyncRep in"
                + " pg_stat_activity); bring the standby back or change synchronous_standby_names,"
                + " and repeat");
      }
      there.rollback();
      Thread.sleep(1);
    }
  }

  private static boolean unseen(Connection there, Collection<Long> committed) throws SQLException {
    try (PreparedStatement ask =
            there.prepareStatement(
                "select x::text::bigint & 4294967295 from"
                    + " pg_catalog.pg_snapshot_xip(pg_catalog.pg_current_snapshot()) x");
        ResultSet rows = ask.executeQuery()) {
      boolean any = false;
      while (rows.next()) {
        any |= committed.contains(rows.getLong(1));
      }
      return any;
    }
  }

  private void note(Found found, Apart apart, String shape) throws SQLException, IOException {
    long table = found.plan.table(Side.GOOD).identity();
    apart.begin();
    apart.forget(table);
    each(found.written, found.plan, apart, true);
    each(found.gone, found.plan, apart, false);
    apart.flush();
    apart.shape(table, shape);
    target.commit();
  }

  private static void each(Spool rows, TablePlan plan, Apart apart, boolean live)
      throws SQLException, IOException {
    try (Spool.Reader reader = rows.read()) {
      for (List<Spool.Entry> batch = reader.batch(); !batch.isEmpty(); batch = reader.batch()) {
        for (Spool.Entry entry : batch) {
          apart.look(plan, entry.key(), live, true);
        }
      }
    }
  }
}
