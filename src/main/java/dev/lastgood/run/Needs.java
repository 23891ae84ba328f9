package dev.lastgood.run;

import dev.lastgood.plan.Plan;
import dev.lastgood.plan.Step;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Whether a plan can be carried out to its end, before anything of it is begun.
final class Needs {
  private static final String WAY = "way:";

  private Needs() {}

  /// @throws IllegalArgumentException if not, with the steps concerned
  static void check(Plan plan) {
    Map<String, Step> steps = new HashMap<>();
    for (Step step : plan.steps()) {
      if (steps.put(step.id(), step) != null) {
        throw new IllegalArgumentException("the plan has two steps " + step.id());
      }
    }
    Set<String> sound = new HashSet<>();
    for (Step step : plan.steps()) {
      follow(step, plan, steps, new HashSet<>(), sound);
    }
  }

  private static void follow(
      Step step, Plan plan, Map<String, Step> steps, Set<String> open, Set<String> sound) {
    if (sound.contains(step.id())) {
      return;
    }
    if (!open.add(step.id())) {
      throw new IllegalArgumentException("the plan's step " + step.id() + " needs itself");
    }
    for (String need : step.needs()) {
      for (Step needed : of(step, need, plan, steps)) {
        if (needed.phase().compareTo(step.phase()) > 0) {
          throw new IllegalArgumentException(
              "the plan's step " + step.id() + " needs " + need + ", which is in a later phase");
        }
        follow(needed, plan, steps, open, sound);
      }
    }
    open.remove(step.id());
    sound.add(step.id());
  }

  private static List<Step> of(Step step, String need, Plan plan, Map<String, Step> steps) {
    List<Step> found =
        need.startsWith(WAY)
            ? plan.steps().stream()
                .filter(s -> s.way().map(w -> need.equals(WAY + w.component())).orElse(false))
                .toList()
            : steps.containsKey(need) ? List.of(steps.get(need)) : List.of();
    if (found.isEmpty()) {
      throw new IllegalArgumentException(
          "the plan's step " + step.id() + " needs " + need + ", which is not in the plan");
    }
    return found;
  }
}
