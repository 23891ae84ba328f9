package dev.lastgood.run;

import dev.lastgood.plan.Step;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Sight;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/// A world in which the goal of each step holds or does not, and an act makes it hold, unless told
/// otherwise. Remembers who looked and acted, in order.
public final class World implements Worker {
  private final Set<String> holding = ConcurrentHashMap.newKeySet();
  private final Map<String, Supplier<Sight>> sights = new ConcurrentHashMap<>();
  private final Map<String, Supplier<Outcome>> acts = new ConcurrentHashMap<>();
  private final List<String> log = new CopyOnWriteArrayList<>();

  /// What a look at this step sees from now on.
  public World sees(String step, Supplier<Sight> sight) {
    sights.put(step, sight);
    return this;
  }

  /// What an act of this step does from now on.
  public World does(String step, Supplier<Outcome> act) {
    acts.put(step, act);
    return this;
  }

  public World makeHold(String step) {
    holding.add(step);
    return this;
  }

  public boolean holds(String step) {
    return holding.contains(step);
  }

  /// "look a", "act a", …
  public List<String> log() {
    return log;
  }

  public long acts(String step) {
    return log.stream().filter(("act " + step)::equals).count();
  }

  @Override
  public Sight look(RunId run, Step step) {
    log.add("look " + step.id());
    Supplier<Sight> sight = sights.get(step.id());
    if (sight != null) {
      return sight.get();
    }
    return holds(step.id())
        ? new Sight.Holds(step.id() + " is there")
        : new Sight.NotYet(step.id() + " is not there");
  }

  @Override
  public Outcome act(RunId run, Step step, String key) {
    log.add("act " + step.id());
    Supplier<Outcome> act = acts.get(step.id());
    if (act != null) {
      return act.get();
    }
    makeHold(step.id());
    return new Outcome.Done("did " + step.id());
  }
}
