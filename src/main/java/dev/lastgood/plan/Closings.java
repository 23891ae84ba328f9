package dev.lastgood.plan;

import dev.lastgood.provider.Act;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The steps of maintenance. Those that end it are [Work.Reopen]: they know what began it, so a run
/// that is stopped half-way still does them.
final class Closings {
  private final List<Closing> closings;

  Closings(List<Closing> closings) {
    this.closings = closings;
  }

  /// Before the first change.
  List<Step> close() {
    List<Step> steps = new ArrayList<>();
    for (Closing closing : closings) {
      List<String> needs = List.of();
      for (int n = 0; n < closing.begin().size(); n++) {
        Act act = closing.begin().get(n);
        steps.add(
            step(id("freeze/", closing, n, act), Phase.FREEZE, new Work.Perform(act), act, needs));
        needs = List.of(steps.getLast().id());
      }
    }
    return steps;
  }

  /// @param proven those that stay closed until the checks have passed, or the others
  /// @param after what must be over before, in the same phase
  List<Step> reopen(boolean proven, List<String> after) {
    List<Step> steps = new ArrayList<>();
    for (Closing closing : closings) {
      if (closing.untilProven() == proven) {
        String closed = id("freeze/", closing, 0, closing.begin().getFirst());
        List<String> needs = after;
        for (int n = 0; n < closing.end().size(); n++) {
          Act act = closing.end().get(n);
          steps.add(
              step(
                  id("reopen/", closing, n, act),
                  proven ? Phase.REOPEN : Phase.ROLL_BACK,
                  new Work.Reopen(act, closed),
                  act,
                  needs));
          needs = List.of(steps.getLast().id());
        }
      }
    }
    return steps;
  }

  List<String> costs() {
    return closings.stream()
        .map(c ->
            "users are kept away from "
                + c.component()
                + " until "
                + (c.untilProven() ? "the rollback is proven" : "everything has moved"))
        .toList();
  }

  boolean none() {
    return closings.isEmpty();
  }

  private static String id(String phase, Closing closing, int n, Act act) {
    return phase + closing.component() + "/" + (n + 1) + "-" + act.verb();
  }

  private static Step step(String id, Phase phase, Work work, Act act, List<String> needs) {
    return new Step(
        id,
        phase,
        work,
        Optional.empty(),
        needs,
        act.says(),
        act.byHand(),
        act.expected(),
        act.deadline(),
        true);
  }
}
