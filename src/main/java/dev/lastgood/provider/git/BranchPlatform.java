package dev.lastgood.provider.git;

import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Outcome.Done;
import dev.lastgood.provider.Outcome.Refused;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.OneAtATime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The releases of a branch: the contents it had.
final class BranchPlatform implements Platform {
  static final String MAKE = "make-revert";
  static final String PUSH = "push-revert";
  private static final Duration DEADLINE = Duration.ofMinutes(5);

  private final String component;
  private final Branch branch;
  private final Reverts reverts;
  private final Duration expected;
  private final OneAtATime turn;

  BranchPlatform(String component, Branch branch, Duration expected, Path lock) {
    this.component = component;
    this.branch = branch;
    this.reverts = new Reverts(component, branch);
    this.expected = expected;
    this.turn = new OneAtATime(component, lock, DEADLINE);
  }

  @Override
  public Inventory inventory() throws PlatformUnreachable {
    Branch.History history = branch.history();
    List<Release> releases = new ArrayList<>();
    List<Branch.Commit> contents = history.releases();
    Release live =
        history
            .restored()
            .map(id -> new Release(component, id, Origin.UNKNOWN, Optional.of(history.head().at())))
            .orElseGet(() -> branch.release(contents.getFirst()));
    releases.add(live);
    contents.stream().skip(1).map(branch::release).forEach(releases::add);
    // What never was comes last: nobody shall take it for the newest.
    history.commits().stream()
        .skip(1)
        .filter(c -> !c.parents().isEmpty())
        .limit(branch.single())
        .map(c -> new Without(c.id(), history.head().id()).id())
        .forEach(id -> releases.add(Release.of(component, id)));
    return new Inventory(Optional.of(live), releases, List.of(), List.of());
  }

  @Override
  public List<Method> methods(Release from, Release to) throws PlatformUnreachable {
    Branch.History history = branch.history();
    boolean known = Without.is(to.id()) || history.newestLike(to.id()).isPresent();
    if (!known) {
      inventory().known(to);
    }
    // The way back is planned before the way there: its head is not made yet.
    boolean fromHere =
        from.id().equals(history.releases().getFirst().id())
            || history.restored().equals(Optional.of(from.id()));
    String head = fromHere ? history.head().id() : "the head then";
    String what =
        Without.of(to.id())
            .map(w -> "reverts " + w.commit() + " alone")
            .orElse("goes back to " + to.id());
    var with =
        new TreeMap<>(
            Map.of(
                "from", from.id(),
                "release", to.id(),
                "head", head,
                "branch", branch.name(),
                "repository", branch.repository()));
    Act make =
        new Act(
            component,
            MAKE,
            with,
            "make a commit on " + branch.name() + " that " + what,
            makeByHand(to, history),
            Duration.ofSeconds(2),
            DEADLINE,
            Duration.ZERO);
    Act push =
        new Act(
            component,
            PUSH,
            with,
            "push it to " + branch.name() + " of " + branch.repository(),
            Argv.of(
                    DEADLINE,
                    "git",
                    "push",
                    "--force-with-lease=" + branch.name() + ":" + history.head().id(),
                    "origin",
                    "HEAD:" + branch.name())
                .shown(),
            expected,
            expected.plus(DEADLINE),
            Duration.ZERO);
    return List.of(
        new Method(
            "revert",
            "a commit that reverts, pushed with a lease; history is never rewritten",
            List.of(make, push),
            List.of("what the push deploys takes its own time; the checks say when it is there")));
  }

  private static String makeByHand(Release to, Branch.History history) {
    Optional<Without> without = Without.of(to.id());
    if (without.isEmpty()) {
      return "git read-tree -u --reset "
          + to.id()
          + " && git commit -m 'Revert to "
          + to.id()
          + "'";
    }
    boolean merge =
        history.commits().stream()
            .anyMatch(c -> c.id().equals(without.get().commit()) && c.parents().size() > 1);
    return "git revert --no-edit " + (merge ? "-m 1 " : "") + without.get().commit();
  }

  /// The act as it is to be done now. The way back was planned before its head existed: it starts
  /// from the commit of ours that restored what it starts from, and from no other.
  private static Act placed(Act act, Branch.History history) {
    boolean open = act.get("head").equals("the head then");
    if (!open || !stands(act.get("from"), history)) {
      return act;
    }
    var with = new TreeMap<>(act.with());
    with.put("head", history.head().id());
    return new Act(
        act.component(),
        act.verb(),
        with,
        act.says(),
        act.byHand(),
        act.expected(),
        act.deadline(),
        act.downtime());
  }

  private static boolean stands(String release, Branch.History history) {
    return history.restored().equals(Optional.of(release))
        || history.newestLike(release).equals(Optional.of(history.head()));
  }

  private static boolean knows(Act act) {
    return act.verb().equals(MAKE) || act.verb().equals(PUSH);
  }

  @Override
  public Sight look(Act act) {
    if (!knows(act)) {
      return new Sight.Unclear(act.unknownTo("git"));
    }
    try {
      Branch.History history = branch.history();
      String head = branch.name() + " is at " + history.head().id();
      boolean there = stands(act.get("release"), history);
      if (act.verb().equals(PUSH)) {
        return there ? new Sight.Holds(head) : new Sight.NotYet(head);
      }
      Optional<String> made = reverts.made(placed(act, history));
      return there || made.isPresent()
          ? new Sight.Holds(made.map(c -> "the commit is " + c).orElse(head))
          : new Sight.NotYet("the commit is not made yet");
    } catch (PlatformUnreachable e) {
      return new Sight.Unclear(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Outcome act(Act act, String key) {
    return knows(act) ? turn.act(() -> inTurn(act)) : new Refused(act.unknownTo("git"));
  }

  private Outcome inTurn(Act planned) {
    try {
      if (!planned.get("branch").equals(branch.name())
          || !planned.get("repository").equals(branch.repository())) {
        return new Refused(component + ": the plan is for another branch; plan again");
      }
      Branch.History history = branch.history();
      if (stands(planned.get("release"), history)) {
        return new Done(branch.name() + " is at " + history.head().id() + " already");
      }
      Act act = placed(planned, history);
      if (!history.head().id().equals(act.get("head"))) {
        return new Refused(
            component
                + ": "
                + branch.name()
                + " was changed after the plan was made to go to "
                + act.get("release")
                + ": it is at "
                + history.head().id()
                + ", not "
                + act.get("head")
                + "; plan again");
      }
      Optional<String> made = reverts.made(act);
      if (act.verb().equals(MAKE)) {
        return made.isPresent()
            ? new Done("made " + made.get() + " already")
            : reverts.make(act, history);
      }
      return made.isPresent()
          ? reverts.push(act, made.get())
          : new Refused(component + ": there is no commit to push: the step " + MAKE + " is first");
    } catch (PlatformUnreachable e) {
      return new Refused("nothing was pushed: " + e.getMessage());
    }
  }
}
