package dev.lastgood.ledger;

import dev.lastgood.condition.Durations;
import dev.lastgood.ledger.Aim.NoTarget;
import dev.lastgood.ledger.Aim.WhyNot;
import dev.lastgood.model.Release;
import dev.lastgood.model.Text;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Says that there is nowhere to go, why, and what a person can do about it.
final class Nowhere {
  private final Ground ground;

  Nowhere(Ground ground) {
    this.ground = ground;
  }

  NoTarget of(Collection<String> wanted, List<WhyNot> unfit) {
    return new NoTarget(says(wanted, unfit), unfit, whatNow(wanted));
  }

  private String says(Collection<String> wanted, List<WhyNot> unfit) {
    if (!unfit.isEmpty()) {
      return "no known good constellation of "
          + ground.scope()
          + " will do for "
          + String.join(", ", wanted)
          + ": "
          + unfit.getFirst().why();
    }
    String soak =
        "none was marked good, and none passed its checks for "
            + Durations.shown(ground.soak())
            + " without a break";
    List<Deployment> recorded = ground.history().deployments();
    if (recorded.isEmpty()) {
      return "nothing is known good: nothing was ever recorded about " + ground.scope();
    }
    boolean adopted = recorded.stream().allMatch(d -> d.source().equals(Deployment.DISCOVERED));
    return adopted
        ? "nothing is known good: "
            + ground.scope()
            + " was first seen at "
            + BadList.shown(recorded.getFirst().at())
            + ", and what ran before that is not known; since then "
            + soak
        : "no constellation of " + ground.scope() + " is known good: " + soak;
  }

  private List<String> whatNow(Collection<String> wanted) {
    List<String> lines = new ArrayList<>();
    for (String component : wanted) {
      List<Release> choices = ground.choices(component);
      if (choices.isEmpty()) {
        lines.add(component + " has no other release to go to that is not bad");
      } else {
        Release newest = choices.getFirst();
        String name = Text.shellWord(component);
        String id = Text.shellWord(newest.id());
        lines.add(
            "if "
                + Ground.name(newest)
                + " worked, say so: `lastgood mark good "
                + name
                + " "
                + id
                + " --reason \"…\"`");
        lines.add("or go there without proof: `lastgood rollback --to " + name + "=" + id + "`");
      }
    }
    return lines;
  }
}
