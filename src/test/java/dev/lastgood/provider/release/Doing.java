package dev.lastgood.provider.release;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.provider.Act;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.Sight;
import java.util.List;

/// Acts as the engine does: looks, acts when the goal does not hold, looks until it does.
final class Doing {
  private Doing() {}

  static List<Act> acts(Method way) {
    return way.legs().stream().filter(Act.class::isInstance).map(Act.class::cast).toList();
  }

  static Act act(Method way, String verb) {
    return acts(way).stream().filter(a -> a.verb().equals(verb)).findFirst().orElseThrow();
  }

  static void walk(Platform platform, Method way) {
    acts(way).forEach(act -> untilItHolds(platform, act));
  }

  static void untilItHolds(Platform platform, Act act) {
    if (platform.look(act) instanceof Sight.Holds) {
      return;
    }
    assertThat(platform.act(act, "key")).as(act.says()).isInstanceOf(Outcome.Done.class);
    assertThat(settled(platform, act)).as(act.says()).isInstanceOf(Sight.Holds.class);
  }

  /// The first sight that is final: it holds, or it never will.
  static Sight settled(Platform platform, Act act) {
    long deadline = System.nanoTime() + act.deadline().toNanos();
    Sight sight = platform.look(act);
    while (!(sight instanceof Sight.Holds || sight instanceof Sight.Failed)
        && System.nanoTime() < deadline) {
      pause();
      sight = platform.look(act);
    }
    return sight;
  }

  private static void pause() {
    try {
      Thread.sleep(5);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
