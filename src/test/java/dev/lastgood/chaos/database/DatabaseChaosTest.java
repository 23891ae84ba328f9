package dev.lastgood.chaos.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.store.OwnPostgres;
import dev.lastgood.store.PostgresFixture;
import java.util.ArrayList;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// The chaos of databases, short; long with `-Dlastgood.chaos=long`, and by hand with
/// `bench/database-chaos`.
@DisplayNameGeneration(ReplaceUnderscores.class)
class DatabaseChaosTest {
  private static final int SEEDS = "long".equals(System.getProperty("lastgood.chaos")) ? 30 : 3;
  private static final int MOST = SEEDS + 20;

  @Test
  void no_row_is_lost_or_invented_when_lastgood_or_the_server_is_killed() throws Exception {
    PostgresFixture.url(); // says so where there is no PostgreSQL
    long first = System.nanoTime() % 1_000_000_000;
    var blows = new ArrayList<String>();
    // some seeds end before a blow falls: then one more
    for (long seed = first;
        seed < first + SEEDS || (blows.isEmpty() && seed < first + MOST);
        seed++) {
      DatabaseChaos.Outcome outcome = DatabaseChaos.of(seed, OwnPostgres.newest());

      System.out.println(outcome);
      assertThat(outcome.faults()).as(outcome.toString()).isEmpty();
      assertThat(outcome.confirmed()).isPositive();
      blows.addAll(outcome.blows());
    }
    assertThat(blows).isNotEmpty();
  }
}
