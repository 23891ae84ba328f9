package dev.lastgood.provider.github;

import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.forge.Run;
import dev.lastgood.provider.forge.Standing;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Runs the workflow for a commit again and follows that very run to its end.
final class Turning {
  private final String component;
  private final GithubApi github;

  Turning(String component, GithubApi github) {
    this.component = component;
    this.github = github;
  }

  /// What the newest successful attempt deployed. Runs may overtake each other by being run again.
  static Optional<Run> live(List<Run> runs) {
    return runs.stream().filter(Run::successful).max(Comparator.comparing(Run::started));
  }

  private static long number(Act act, String key) {
    try {
      return Long.parseLong(act.get(key));
    } catch (NumberFormatException e) {
      throw new IllegalStateException("the plan's `" + key + "` is no number", e);
    }
  }

  /// The run of this act, when it has begun: that very run in a newer attempt, or one that was
  /// dispatched after the plan and names the commit. Never just the newest.
  private static Optional<Run> ours(Act act, List<Run> runs) {
    return act.verb().equals(GithubActionsPlatform.AGAIN)
        ? runs.stream()
            .filter(r -> r.id() == number(act, "run") && r.attempt() > number(act, "attempt"))
            .findFirst()
        : runs.stream()
            .filter(r -> r.event().equals("workflow_dispatch"))
            .filter(r -> r.number() > number(act, "after") && r.deployed().equals(act.get("to")))
            .max(Comparator.comparingLong(Run::number));
  }

  private static String seen(List<Run> runs) {
    return live(runs)
        .map(r -> Standing.cut(r.deployed()) + " was deployed last, by " + r.words())
        .orElse("no run was successful");
  }

  Sight look(Act act) throws PlatformUnreachable {
    List<Run> runs = github.runs();
    Optional<Run> ours = ours(act, runs);
    boolean there = live(runs).filter(r -> r.deployed().equals(act.get("to"))).isPresent();
    if (ours.isPresent() && !ours.get().over()) {
      return new Sight.UnderWay(
          ours.get().words()
              + (ours.get().status().equals("waiting") ? ": somebody must approve it; " : "; ")
              + seen(runs));
    }
    if (there) {
      return new Sight.Holds(seen(runs));
    }
    return ours.isPresent() && !ours.get().successful()
        ? new Sight.Failed(
            ours.get().words()
                + ": see `gh run view "
                + ours.get().id()
                + " --repo "
                + github.repository()
                + " --log-failed`; "
                + seen(runs))
        : new Sight.NotYet(seen(runs));
  }

  Outcome act(Act act) throws PlatformUnreachable {
    List<Run> runs = github.runs();
    Optional<Run> ours = ours(act, runs);
    if (ours.isPresent() && !ours.get().over()) {
      return new Outcome.Done("asked for already: " + ours.get().words());
    }
    Optional<Run> live = live(runs);
    if (live.filter(r -> r.deployed().equals(act.get("to"))).isPresent()) {
      return new Outcome.Done(seen(runs) + " already");
    }
    Optional<Run> other = runs.stream().filter(r -> !r.over()).findFirst();
    if (other.isPresent()) {
      return refused(
          "somebody else deploys right now: "
              + other.get().words()
              + "; wait until it is over, then plan again");
    }
    if (live.filter(r -> r.deployed().equals(act.get("from"))).isEmpty()) {
      return refused(seen(runs) + ", after the plan was made; plan again");
    }
    if (act.verb().equals(GithubActionsPlatform.DISPATCH)) {
      if (runs.stream().noneMatch(r -> r.deployed().equals(act.get("to")))) {
        return refused("no run of " + act.get("to") + " is left; plan again with another target");
      }
      return github.dispatch(act.get("to"));
    }
    return github.run(act.get("run")).isEmpty()
        ? refused(
            "run "
                + act.get("run")
                + " of "
                + act.get("to")
                + " is not there any more; plan again with another target")
        : again(act);
  }

  /// "It is running already" is no refusal when it is our request that made it run.
  private Outcome again(Act act) {
    Outcome outcome = github.again(act.get("run"));
    if (!(outcome instanceof Outcome.Refused)) {
      return outcome;
    }
    try {
      return ours(act, github.runs())
          .filter(r -> !r.over())
          .<Outcome>map(r -> new Outcome.Done("asked for already: " + r.words()))
          .orElse(outcome);
    } catch (PlatformUnreachable e) {
      return outcome;
    }
  }

  private Outcome refused(String why) {
    return new Outcome.Refused(component + ": " + why);
  }

  // ---- whether pushes deploy

  Sight lookAtState(boolean wanted) throws PlatformUnreachable {
    String state = github.state();
    String seen = "workflow " + github.workflow() + " is " + state;
    return state.equals("active") == wanted ? new Sight.Holds(seen) : new Sight.NotYet(seen);
  }

  Outcome turn(boolean wanted) throws PlatformUnreachable {
    return github.state().equals("active") == wanted
        ? new Outcome.Done("it is so already")
        : github.turn(wanted ? "enable" : "disable");
  }
}
