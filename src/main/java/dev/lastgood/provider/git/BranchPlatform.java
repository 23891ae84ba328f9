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
import dev.lastgood.provider.forge.Forge;
import dev.lastgood.provider.forge.Standing;
import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.OneAtATime;
import dev.lastgood.provider.local.Why;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// The releases of a branch: the contents it had.
final class BranchPlatform implements Platform {
  private static final int TITLE = 200;
  private static final Duration HAND = Duration.ofSeconds(1);

  private final String component;
  private final Branch branch;
  private final Reverts reverts;
  private final Optional<Hosted> hosted;
  private final BranchWays ways;
  private final OneAtATime turn;

  BranchPlatform(
      String component, Branch branch, Optional<Hosted> hosted, Duration expected, Path lock) {
    this.component = component;
    this.branch = branch;
    this.reverts = new Reverts(component, branch);
    this.hosted = hosted;
    this.ways = new BranchWays(component, branch, hosted, expected);
    this.turn = new OneAtATime(component, lock, BranchWays.DEADLINE);
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
    return ways.to(from, to, history);
  }

  // ---- where it is

  /// The act as it is to be done now. The way back was planned before its head existed: it starts
  /// from the commit of ours that restored what it starts from, and from no other.
  private static Act placed(Act act, Branch.History history) {
    boolean open = act.get("head").equals(BranchWays.OPEN_HEAD);
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

  private Standing standing(Act act, Branch.History history) throws PlatformUnreachable {
    Branch.Commit head = history.head();
    boolean there = stands(act.get("release"), history) || merged(act, head);
    return new Standing(
        branch.name(),
        head.id(),
        act.get("release"),
        there,
        !there && !head.id().equals(act.get("head")),
        Standing.ours(Without.brief(act.get("release")), act.get("head")));
  }

  /// Whether the head is what a host made of our commit, with words of its own: squashed, say.
  private boolean merged(Act act, Branch.Commit head) throws PlatformUnreachable {
    boolean onTop = head.parents().stream().findFirst().filter(act.get("head")::equals).isPresent();
    Optional<String> made = onTop ? reverts.made(act) : Optional.empty();
    return made.isPresent() && branch.tree(made.get()).equals(head.tree());
  }

  private boolean knows(Act act) {
    return switch (act.verb()) {
      case BranchWays.MAKE, BranchWays.PUSH -> true;
      case BranchWays.ASIDE -> hosted.isPresent();
      default -> hosted.filter(h -> h.knows(act)).isPresent();
    };
  }

  // ---- looking

  @Override
  public Sight look(Act planned) {
    if (!knows(planned)) {
      return new Sight.Unclear(planned.unknownTo("git"));
    }
    try {
      boolean waits = hosted.filter(h -> h.knows(planned)).isPresent();
      if (waits) {
        hosted.orElseThrow().pace().take();
      }
      Branch.History history = branch.history();
      Act act = placed(planned, history);
      Standing at = standing(act, history);
      return waits ? hosted.orElseThrow().look(act, at) : look(act, at);
    } catch (PlatformUnreachable e) {
      return new Sight.Unclear(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Sight.Unclear(component + ": interrupted");
    }
  }

  private Sight look(Act act, Standing at) throws PlatformUnreachable {
    String head = branch.name() + " is at " + at.head();
    if (at.there()) {
      return new Sight.Holds(head);
    }
    if (act.verb().equals(BranchWays.PUSH)) {
      return new Sight.NotYet(head);
    }
    Optional<String> made = reverts.made(act);
    if (made.isEmpty()) {
      return new Sight.NotYet("the commit is not made yet");
    }
    if (act.verb().equals(BranchWays.MAKE)) {
      return new Sight.Holds("the commit is " + made.get());
    }
    return branch.there(at.ours()).equals(made)
        ? new Sight.Holds(at.ours() + " is at " + made.get())
        : new Sight.NotYet(at.ours() + " is not pushed yet");
  }

  // ---- acting

  @Override
  public Outcome act(Act act, String key) {
    return knows(act) ? turn.act(() -> inTurn(act, key)) : new Refused(act.unknownTo("git"));
  }

  private Outcome inTurn(Act planned, String key) {
    try {
      if (!planned.get("branch").equals(branch.name())
          || !planned.get("repository").equals(branch.repository())) {
        return new Refused(component + ": the plan is for another branch; plan again");
      }
      Branch.History history = branch.history();
      Act act = placed(planned, history);
      Standing at = standing(act, history);
      if (hosted.filter(h -> h.knows(act)).isPresent()) {
        return hosted.get().act(act, at, draft(act, at, history), key);
      }
      if (at.there()) {
        return new Done(branch.name() + " is at " + at.head() + " already");
      }
      return at.moved() ? moved(act, at) : change(act, at, history);
    } catch (PlatformUnreachable e) {
      return new Refused("nothing was pushed: " + e.getMessage());
    }
  }

  private Refused moved(Act act, Standing at) {
    return new Refused(
        component
            + ": "
            + branch.name()
            + " was changed after the plan was made to go to "
            + act.get("release")
            + ": it is at "
            + at.head()
            + ", not "
            + act.get("head")
            + "; plan again");
  }

  private Outcome change(Act act, Standing at, Branch.History history) throws PlatformUnreachable {
    Optional<String> made = reverts.made(act);
    if (act.verb().equals(BranchWays.MAKE)) {
      return made.isPresent()
          ? new Done("made " + made.get() + " already")
          : reverts.make(act, history);
    }
    if (made.isEmpty()) {
      return new Refused(
          component + ": there is no commit to push: the step " + BranchWays.MAKE + " is first");
    }
    return act.verb().equals(BranchWays.PUSH)
        ? reverts.push(act, made.get(), hosted.isPresent() ? "" : byHand(made.get()))
        : reverts.pushAside(made.get(), at.ours());
  }

  private String byHand(String commit) {
    // Only our clone has the commit.
    return ". Where the branch is protected, push it beside and open a pull request from there: "
        + Argv.of(
                HAND,
                "git",
                "--git-dir",
                branch.git().dir().toString(),
                "push",
                branch.repository(),
                commit + ":refs/heads/lastgood-revert")
            .shown();
  }

  /// The words of our commit, or the least that is needed where this machine did not make it.
  private Forge.Draft draft(Act act, Standing at, Branch.History history)
      throws PlatformUnreachable {
    Optional<String> made = reverts.made(act);
    String words =
        made.isPresent()
            ? branch.message(made.get())
            : "Revert to "
                + act.get("release")
                + "\n\n"
                + Branch.TRAILER
                + act.get("release")
                + "\n";
    String[] parts = words.split("\n", 2);
    return new Forge.Draft(
        at.ours(),
        at.branch(),
        Why.plain(parts[0], TITLE),
        parts.length > 1 ? parts[1].strip() : "",
        made.isPresent()
            ? Optional.of(branch.tree(made.get()))
            : history.newestLike(act.get("release")).map(Branch.Commit::tree));
  }
}
