package dev.lastgood.provider.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformContract;
import dev.lastgood.provider.Sight;
import java.io.IOException;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/// A StatefulSet: its pods are replaced one by one, and a broken one holds the others up.
@DisplayNameGeneration(ReplaceUnderscores.class)
class StatefulSetTest implements PlatformContract {
  @Override
  public KubernetesWorld world() throws IOException {
    return new KubernetesWorld(WorkloadKind.STATEFUL_SET);
  }

  @Test
  void a_broken_pod_of_the_failed_revision_is_taken_out_of_the_way_and_no_other_one()
      throws Exception {
    try (var world = world()) {
      Act change = world.acts().getFirst();
      Act follow = world.acts().getLast();
      world.cluster.mode(PlayedCluster.Mode.HALF_WAY);
      assertThat(world.act(change)).isInstanceOf(Outcome.Done.class);
      world.cluster.pod("shop-0", "bbb", PlayedCluster.READY);
      world.cluster.pod("shop-2", "bbb", PlayedCluster.CRASHING);

      Sight before = world.platform().look(follow);
      Outcome outcome = world.act(follow);

      assertThat(before).isInstanceOf(Sight.NotYet.class);
      assertThat(before.seen()).contains("pod shop-2, container web: CrashLoopBackOff");
      assertThat(outcome).isEqualTo(new Outcome.Done("replaced [shop-2]"));
      assertThat(world.cluster.find(PlayedCluster.pod("shop-2"))).isEmpty();
      assertThat(world.cluster.find(PlayedCluster.pod("shop-0"))).isPresent();
    }
  }

  @Test
  void pods_that_would_not_follow_are_said_before_anything_is_done() throws Exception {
    try (var world = world()) {
      world.cluster.change(
          world.cluster.workload(),
          w ->
              ((ObjectNode) w.path("spec"))
                  .set("updateStrategy", PlayedCluster.json("{'type': 'OnDelete'}")));

      assertThatThrownBy(world::way).hasMessageContaining("updateStrategy is OnDelete");
    }
  }

  @Test
  void a_partition_is_said_before_anything_is_done() throws Exception {
    try (var world = world()) {
      world.cluster.change(
          world.cluster.workload(),
          w ->
              ((ObjectNode) w.path("spec"))
                  .set(
                      "updateStrategy",
                      PlayedCluster.json(
                          "{'type': 'RollingUpdate', 'rollingUpdate': {'partition': 2}}")));

      assertThatThrownBy(world::way).hasMessageContaining("pods below 2");
    }
  }
}
