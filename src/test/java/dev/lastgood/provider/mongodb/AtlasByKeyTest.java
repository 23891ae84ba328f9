package dev.lastgood.provider.mongodb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// As [AtlasFaultsTest], asked with an API key by HTTP digest.
@DisplayNameGeneration(ReplaceUnderscores.class)
class AtlasByKeyTest extends AtlasFaultsTest {
  @Override
  boolean digest() {
    return true;
  }

  @Test
  void the_private_key_is_never_sent() throws Exception {
    try (Restore world = world()) {
      world.platform().inventory();

      assertThat(world.api().asked()).isNotEmpty();
      assertThat(world.api().asked())
          .noneMatch(a -> a.header().apply("Authorization").contains(world.token()))
          .allSatisfy(a -> assertThat(a.path()).doesNotContain("oauth"));
    }
  }

  @Test
  void a_challenge_that_is_good_no_longer_is_answered_anew_and_the_change_is_done_once()
      throws Exception {
    try (Restore world = world()) {
      Act act = world.change();
      Platform platform = world.platform();
      platform.inventory();
      ((dev.lastgood.rehearsal.PlayedAtlas) world.api()).forgetsChallenges();

      assertThat(platform.act(act, "key")).isInstanceOf(Outcome.Done.class);

      assertThat(((dev.lastgood.rehearsal.PlayedAtlas) world.api()).jobs()).isEqualTo(1);
    }
  }
}
