package dev.lastgood.provider.http;

import static dev.lastgood.provider.http.ApiFaults.reason;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.provider.Act;
import dev.lastgood.provider.Maintaining;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.http.ApiFaults.ApiWorld;
import dev.lastgood.rehearsal.Trap;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What every platform with a maintenance mode behind an HTTP API does, as tests.
public interface MaintainingFaults {
  ApiWorld world() throws Exception;

  private static Maintaining.Maintenance of(ApiWorld world) throws PlatformUnreachable {
    return ((Maintaining) world.platform()).maintenance();
  }

  @Test
  default void maintenance_begins_and_ends_and_leaves_everything_as_it_was() throws Exception {
    try (ApiWorld world = world()) {
      String before = world.snapshot();
      Act begin = of(world).begin().getFirst();
      Act end = of(world).end().getFirst();
      assertThat(of(world).on()).isFalse();
      assertThat(begin.byHand()).isNotBlank();
      assertThat(world.platform().look(begin)).isInstanceOf(Sight.NotYet.class);
      assertThat(world.platform().look(end)).isInstanceOf(Sight.Holds.class);

      assertThat(world.act(begin)).isInstanceOf(Outcome.Done.class);

      assertThat(of(world).on()).isTrue();
      assertThat(world.platform().look(begin)).isInstanceOf(Sight.Holds.class);
      assertThat(world.platform().look(end)).isInstanceOf(Sight.NotYet.class);
      long sent = world.api().changes();
      assertThat(world.act(begin)).isInstanceOf(Outcome.Done.class);
      assertThat(world.api().changes()).as("asked for twice, sent once").isEqualTo(sent);

      assertThat(world.act(end)).isInstanceOf(Outcome.Done.class);
      assertThat(world.snapshot()).isEqualTo(before);
    }
  }

  @Test
  default void maintenance_that_was_cut_off_is_unknown_and_the_look_tells() throws Exception {
    for (Trap trap : List.of(new Trap.Cuts(), new Trap.DoesAndCuts(), Trouble.BROKEN)) {
      try (ApiWorld world = world()) {
        Act begin = of(world).begin().getFirst();
        world.api().trap(1, Trouble.CHANGES, trap);

        assertThat(reason(world.act(begin))).startsWith("unknown: ");
        assertThat(world.api().changes()).isEqualTo(1);
        assertThat(world.platform().look(begin))
            .isInstanceOf(
                trap instanceof Trap.DoesAndCuts ? Sight.Holds.class : Sight.NotYet.class);
      }
    }
  }

  @Test
  default void maintenance_that_is_accepted_and_not_done_is_never_believed() throws Exception {
    try (ApiWorld world = world()) {
      Act begin = of(world).begin().getFirst();
      world.api().trap(1, Trouble.CHANGES, new Trap.Says(200, "{}"));

      assertThat(world.act(begin)).isInstanceOf(Outcome.Done.class);
      assertThat(world.platform().look(begin)).isInstanceOf(Sight.NotYet.class);
    }
  }

  @Test
  default void maintenance_without_the_right_is_refused() throws Exception {
    try (ApiWorld world = world()) {
      Act begin = of(world).begin().getFirst();
      world.api().forbidChanges();

      assertThat(reason(world.act(begin))).startsWith("refused: ").contains(world.tokenName());
      assertThat(of(world).on()).isFalse();
    }
  }
}
