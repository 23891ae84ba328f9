package dev.lastgood.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.store.Dialect;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// The chaos harness, short; long with `-Dlastgood.chaos=long`, and by hand with `bin/chaos`.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ChaosTest {
  private static final Chaos.Size SIZE =
      "long".equals(System.getProperty("lastgood.chaos")) ? Chaos.Size.LONG : Chaos.Size.SHORT;

  @Test
  void one_node_on_sqlite_survives_kills_and_freezes() throws Exception {
    survives(Dialect.SQLITE);
  }

  @Test
  void three_nodes_on_postgres_survive_kills_freezes_cut_wires_and_a_crashing_server()
      throws Exception {
    survives(Dialect.POSTGRES);
  }

  private static void survives(Dialect dialect) throws Exception {
    Chaos.Outcome outcome = Chaos.on(dialect, System.nanoTime(), SIZE);

    System.out.println(outcome);
    assertThat(outcome.faults()).as(outcome.toString()).isEmpty();
    assertThat(outcome.kills() + outcome.freezes()).isPositive();
  }
}
