package dev.lastgood.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.model.Release;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// What "a platform" means, as tests. The test of an adapter implements it, gives a [World], and
/// fails with the sentence it broke.
///
/// ```java
/// class ShellPlatformTest implements PlatformContract {
///   @TempDir Path dir;
///
///   @Override
///   public World world() { return new ShellWorld(dir); } // a fresh one at each call
/// }
/// ```
@DisplayNameGeneration(ReplaceUnderscores.class)
public interface PlatformContract {
  /// A fresh world of one component: two releases, the newer one live. Called several times in one
  /// test; the worlds must not know each other.
  World world() throws Exception;

  /// One component on one platform, as real as it can be here.
  interface World extends AutoCloseable {
    Platform platform() throws Exception;

    /// Id of the release that is live when the world is new.
    String live();

    /// Id of the older release one could go back to.
    String older();

    /// Everything a look or a refused act must not change, as text: files, links, processes.
    String snapshot() throws Exception;

    /// Takes the release away behind the platform's back.
    void remove(String id) throws Exception;

    /// Values that must never be seen.
    default List<String> secrets() {
      return List.of();
    }

    @Override
    default void close() throws IOException {}
  }

  @Test
  default void the_live_release_is_named_and_is_one_of_the_releases() throws Exception {
    try (World world = world()) {
      Inventory inventory = world.platform().inventory();

      assertThat(inventory.live().map(Release::id)).contains(world.live());
      assertThat(inventory.find(world.live())).isPresent();
      assertThat(inventory.find(world.older())).isPresent();
    }
  }

  @Test
  default void no_release_is_both_offered_and_excluded() throws Exception {
    try (World world = world()) {
      Inventory inventory = world.platform().inventory();

      assertThat(inventory.releases()).extracting(Release::id).doesNotHaveDuplicates();
      assertThat(inventory.excluded())
          .extracting(Inventory.Excluded::id)
          .doesNotContainAnyElementsOf(inventory.releases().stream().map(Release::id).toList());
      assertThat(inventory.excluded()).allSatisfy(e -> assertThat(e.reason()).isNotBlank());
    }
  }

  @Test
  default void there_is_a_way_to_the_older_release() throws Exception {
    try (World world = world()) {
      assertThat(ways(world)).isNotEmpty().allSatisfy(m -> assertThat(acts(m)).isNotEmpty());
    }
  }

  @Test
  default void the_same_world_gives_the_same_ways() throws Exception {
    try (World world = world()) {
      assertThat(ways(world)).isEqualTo(ways(world));
    }
  }

  @Test
  default void every_act_says_what_it_does_and_how_a_person_would_do_it() throws Exception {
    try (World world = world()) {
      for (Method way : ways(world)) {
        assertThat(way.says()).isNotBlank();
        assertThat(acts(way))
            .allSatisfy(act -> {
              assertThat(act.says()).isNotBlank();
              assertThat(act.byHand()).as("by hand: " + act.says()).isNotBlank();
              assertThat(act.expected()).isPositive();
              assertThat(act.deadline()).isGreaterThan(act.expected());
              assertThat(act.downtime().isNegative()).isFalse();
            });
      }
    }
  }

  @Test
  default void the_target_is_explicit() throws Exception {
    try (World world = world()) {
      for (Method way : ways(world)) {
        assertThat(acts(way))
            .as("some act of " + way.name() + " carries the id of the target")
            .anySatisfy(act -> assertThat(act.with().values()).contains(world.older()));
        assertThat(acts(way))
            .allSatisfy(
                act -> assertThat(act.with().values()).doesNotContain("previous", "latest"));
      }
    }
  }

  @Test
  default void looking_and_planning_change_nothing() throws Exception {
    try (World world = world()) {
      String before = world.snapshot();

      world.platform().inventory();
      for (Method way : ways(world)) {
        acts(way).forEach(act -> look(world, act));
      }

      assertThat(world.snapshot()).isEqualTo(before);
    }
  }

  @Test
  default void each_act_is_not_yet_done_before_it_and_holds_after_it() throws Exception {
    for (int rank = 0; rank < ranks(); rank++) {
      try (World world = world()) {
        Method way = ways(world).get(rank);
        boolean changed = false;
        for (Act act : acts(way)) {
          Sight before = look(world, act);
          assertThat(before)
              .as("before it: " + act.says())
              .isNotInstanceOf(Sight.Unclear.class)
              .isNotInstanceOf(Sight.UnderWay.class);
          changed |= !(before instanceof Sight.Holds);
          perform(world, act);
        }
        assertThat(changed).as("the way " + way.name() + " changes something").isTrue();
      }
    }
  }

  @Test
  default void after_all_acts_of_any_way_the_target_is_live() throws Exception {
    for (int rank = 0; rank < ranks(); rank++) {
      try (World world = world()) {
        Method way = ways(world).get(rank);
        walk(world, way);

        assertThat(world.platform().inventory().live().map(Release::id))
            .as("live after " + way.name())
            .contains(world.older());
      }
    }
  }

  @Test
  default void an_act_that_is_asked_for_twice_changes_nothing_more() throws Exception {
    for (int rank = 0; rank < ranks(); rank++) {
      try (World world = world()) {
        for (Act act : acts(ways(world).get(rank))) {
          perform(world, act);
          String once = world.snapshot();

          Outcome again = world.platform().act(act, "again");

          assertThat(again).as("again: " + act.says()).isInstanceOf(Outcome.Done.class);
          assertThat(world.snapshot()).as("twice: " + act.says()).isEqualTo(once);
        }
      }
    }
  }

  @Test
  default void two_who_act_at_once_reach_the_goal_once() throws Exception {
    try (World world = world()) {
      for (Act act : acts(ways(world).getFirst())) {
        Callable<Outcome> attempt = () -> world.platform().act(act, "same key");
        try (var two = Executors.newVirtualThreadPerTaskExecutor()) {
          for (Future<Outcome> end : two.invokeAll(List.of(attempt, attempt))) {
            assertThat(end.get()).as(act.says()).isNotNull();
          }
        }
        holdsInTime(world, act);
      }
      assertThat(world.platform().inventory().live().map(Release::id)).contains(world.older());
    }
  }

  @Test
  default void the_way_back_that_was_planned_before_leads_back() throws Exception {
    for (int rank = 0; rank < ranks(); rank++) {
      try (World world = world()) {
        Platform platform = world.platform();
        Release live = release(world, world.live());
        Release older = release(world, world.older());
        Method way = platform.methods(live, older).get(rank);
        Method back = platform.methods(older, live).get(rank);

        walk(world, way);
        walk(world, back);

        assertThat(platform.inventory().live().map(Release::id))
            .as("live after " + way.name() + " and back")
            .contains(world.live());
      }
    }
  }

  @Test
  default void a_target_that_is_gone_is_refused_by_name_and_nothing_changes() throws Exception {
    for (int rank = 0; rank < ranks(); rank++) {
      try (World world = world()) {
        Method way = ways(world).get(rank);
        world.remove(world.older());
        String before = world.snapshot();

        Outcome outcome = world.platform().act(acts(way).getFirst(), "key");

        assertThat(outcome).isInstanceOf(Outcome.Refused.class);
        assertThat(((Outcome.Refused) outcome).reason()).contains(world.older());
        assertThat(world.snapshot()).isEqualTo(before);
      }
    }
  }

  @Test
  default void a_release_nobody_knows_is_never_made_live() throws Exception {
    try (World world = world()) {
      Platform platform = world.platform();
      Release live = release(world, world.live());
      String before = world.snapshot();
      List<Method> ways;
      try {
        ways = platform.methods(live, Release.of(live.component(), "no-such-release"));
      } catch (PlatformUnreachable said) {
        assertThat(said).hasMessageContaining("no-such-release");
        return;
      }
      for (Method way : ways) {
        Outcome outcome = platform.act(acts(way).getFirst(), "key");
        assertThat(outcome).isInstanceOf(Outcome.Refused.class);
        assertThat(((Outcome.Refused) outcome).reason()).contains("no-such-release");
      }
      assertThat(world.snapshot()).isEqualTo(before);
    }
  }

  @Test
  default void a_verb_of_another_version_is_refused_and_its_look_is_unclear() throws Exception {
    try (World world = world()) {
      Act known = acts(ways(world).getFirst()).getFirst();
      Act unknown =
          new Act(
              known.component(),
              "verb-of-tomorrow",
              known.with(),
              known.says(),
              known.byHand(),
              known.expected(),
              known.deadline(),
              known.downtime());
      String before = world.snapshot();

      assertThat(world.platform().look(unknown)).isInstanceOf(Sight.Unclear.class);
      assertThat(world.platform().act(unknown, "key")).isInstanceOf(Outcome.Refused.class);
      assertThat(world.snapshot()).isEqualTo(before);
    }
  }

  @Test
  default void no_secret_is_ever_seen() throws Exception {
    try (World world = world()) {
      List<String> said = new ArrayList<>();
      Platform platform = world.platform();
      said.add(platform.inventory().toString());
      for (Method way : ways(world)) {
        said.add(way.toString());
      }
      for (Act act : acts(ways(world).getFirst())) {
        said.add(look(world, act).toString());
        said.add(platform.act(act, "key").toString());
        holdsInTime(world, act);
        said.add(look(world, act).toString());
      }
      if (platform instanceof Capturable shows) {
        said.add(shows.capture(release(world, world.live())).toString());
      }
      for (String secret : world.secrets()) {
        assertThat(said).noneMatch(text -> text.contains(secret));
      }
    }
  }

  private int ranks() throws Exception {
    try (World world = world()) {
      return ways(world).size();
    }
  }

  private static List<Method> ways(World world) throws Exception {
    return world.platform().methods(release(world, world.live()), release(world, world.older()));
  }

  private static Release release(World world, String id) throws Exception {
    return world.platform().inventory().find(id).orElseThrow();
  }

  private static List<Act> acts(Method way) {
    return way.legs().stream().filter(Act.class::isInstance).map(Act.class::cast).toList();
  }

  private static Sight look(World world, Act act) {
    try {
      return world.platform().look(act);
    } catch (Exception e) {
      throw new AssertionError("a look throws nothing: " + act.says(), e);
    }
  }

  private static void walk(World world, Method way) throws Exception {
    for (Act act : acts(way)) {
      perform(world, act);
    }
  }

  /// As the engine does: look, act only when the goal does not hold, look until it holds.
  private static void perform(World world, Act act) throws Exception {
    if (look(world, act) instanceof Sight.Holds) {
      return;
    }
    Outcome outcome = world.platform().act(act, "key");
    assertThat(outcome).as(act.says()).isInstanceOf(Outcome.Done.class);
    holdsInTime(world, act);
  }

  private static void holdsInTime(World world, Act act) throws Exception {
    long deadline = System.nanoTime() + act.deadline().plus(Duration.ofSeconds(5)).toNanos();
    Sight sight = look(world, act);
    while (!(sight instanceof Sight.Holds) && System.nanoTime() < deadline) {
      assertThat(sight).as(act.says()).isNotInstanceOf(Sight.Failed.class);
      Thread.sleep(10);
      sight = look(world, act);
    }
    assertThat(sight).as(act.says()).isInstanceOf(Sight.Holds.class);
  }
}
