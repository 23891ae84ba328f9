package dev.lastgood.database.salvage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.database.CatalogReader;
import dev.lastgood.database.SchemaDiff;
import dev.lastgood.database.TwoStates;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class BucketsTest {
  private static final String[] SHOP = {
    "create table item (id int primary key, name text)",
    "insert into item select n, 'item ' || n from generate_series(1, 200000) n",
    "analyze"
  };

  private final TwoStates states = new TwoStates(SHOP);

  @Test
  void groups_that_lie_far_apart_are_found_by_the_index_and_not_by_asking_each_row()
      throws Exception {
    states.rebuilt(SHOP);
    states.live("delete from item where id % 120 = 63");

    try (Connection good = DriverManager.getConnection(states.goodUrl());
        Connection live = DriverManager.getConnection(states.liveUrl())) {
      good.setAutoCommit(false);
      live.setAutoCommit(false);
      var diff = SchemaDiff.of(CatalogReader.read(good), CatalogReader.read(live), Map.of());
      var plan = new TablePlan(diff.pairs().getFirst(), Policy.usual());
      Buckets.Unequal unequal = new Buckets(plan, false).unequal(good, live);

      assertThat(unequal.good().arrays().getFirst()).hasSize(1667);
      assertThat(planOf(live, unequal.live()))
          .anyMatch(line -> line.contains("Index Cond"))
          .noneMatch(line -> line.contains("Join Filter"));
      try (Cursor rows = Cursor.open(live, plan, Side.LIVE, false, unequal.live())) {
        while (rows.next()) {}
        assertThat(rows.count()).isEqualTo(1667 * 31);
      }
    }
  }

  /// As [Cursor] asks for it: in the order of the key.
  private static List<String> planOf(Connection connection, Buckets.Part part) throws Exception {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "explain select t.id::text, 0, 0, 0 from " + part.sql() + " order by t.id")) {
      for (int i = 0; i < part.arrays().size(); i++) {
        statement.setArray(
            i + 1, connection.createArrayOf("bigint", part.arrays().get(i).toArray()));
      }
      var lines = new ArrayList<String>();
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          lines.add(row.getString(1));
        }
      }
      return lines;
    }
  }
}
