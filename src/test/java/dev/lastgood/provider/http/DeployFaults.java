package dev.lastgood.provider.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.provider.Act;
import org.junit.jupiter.api.Test;

/// What goes wrong where somebody else deploys, too.
public interface DeployFaults extends ApiFaults {
  @Override
  DeployWorld world() throws Exception;

  interface DeployWorld extends ApiWorld {
    /// Somebody else began to deploy something, which is not over yet.
    ///
    /// @return how it is named
    String somebodyDeploys();

    /// Somebody else deployed something, which serves.
    ///
    /// @return how it is named
    String somebodyDeployed();
  }

  @Test
  default void somebody_elses_deploy_is_not_overtaken() throws Exception {
    try (DeployWorld world = world()) {
      Act act = world.change();
      String theirs = world.somebodyDeploys();

      assertThat(ApiFaults.reason(world.act(act)))
          .startsWith("refused: ")
          .contains("somebody else", "right now", theirs);
      assertThat(world.sent()).isZero();
    }
  }

  @Test
  default void what_was_deployed_after_the_plan_is_not_overwritten() throws Exception {
    try (DeployWorld world = world()) {
      Act act = world.change();
      String theirs = world.somebodyDeployed();

      assertThat(ApiFaults.reason(world.act(act)))
          .startsWith("refused: ")
          .contains(theirs, "plan again");
      assertThat(world.sent()).isZero();
    }
  }
}
