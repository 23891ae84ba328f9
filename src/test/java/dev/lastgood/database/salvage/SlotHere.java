package dev.lastgood.database.salvage;

import dev.lastgood.database.TwoStates;
import dev.lastgood.provider.local.Until;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/// Opens a slot on a live database as a snapshot does, with nobody writing meanwhile.
final class SlotHere {
  private static final AtomicInteger COUNT = new AtomicInteger();

  private SlotHere() {}

  static Prepared open(TwoStates states) throws Exception {
    String name = "lastgood_test_" + COUNT.incrementAndGet();
    try (Connection reader = states.liveDatabase().reader()) {
      Tellable tellable = Tellable.of(reader, Policy.usual().state());
      states.live(
          "create publication "
              + name
              + " for table "
              + tellable.tables().stream()
                  .map(t -> "only " + t.quoted())
                  .collect(Collectors.joining(", "))
              + " with (publish_via_partition_root = true)");
      String position =
          states
              .inLive(
                  "select lsn from pg_create_logical_replication_slot('" + name + "', 'pgoutput')")
              .getFirst();
      reader.rollback();
      Layout layout = Layout.read(reader);
      List<Long> oids = new ArrayList<>();
      states
          .inLive(
              "select prrelid::bigint from pg_publication_rel r join pg_publication p on p.oid = prpubid where pubname = '"
                  + name
                  + "'")
          .forEach(o -> oids.add(Long.valueOf(o)));
      long database =
          Long.parseLong(
              states
                  .inLive("select oid::bigint from pg_database where datname = current_database()")
                  .getFirst());
      return new Prepared(name, position, database, layout, oids, tellable.others());
    }
  }

  static void drop(TwoStates states, Prepared prepared) {
    Until.holds(
        "nobody reads the slot any more",
        () ->
            states
                .inLive(
                    "select 1 from pg_replication_slots where active and slot_name = '"
                        + prepared.slot()
                        + "'")
                .isEmpty());
    states.live("select pg_drop_replication_slot('" + prepared.slot() + "')");
  }

  /// In one transaction.
  static void together(TwoStates states, String... sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(states.liveUrl());
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (String one : sql) {
        statement.execute(one);
      }
      connection.commit();
    }
  }

  static String confirmed(TwoStates states, Prepared prepared) throws SQLException {
    try (Connection connection = DriverManager.getConnection(states.liveUrl());
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select confirmed_flush_lsn::text from pg_replication_slots where slot_name = '"
                    + prepared.slot()
                    + "'")) {
      row.next();
      return row.getString(1);
    }
  }
}
