package dev.lastgood.provider.git;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Leg;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.forge.Following;
import dev.lastgood.provider.forge.Protection;
import dev.lastgood.provider.forge.Standing;
import dev.lastgood.provider.local.Argv;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// The ways of a branch to a release: a commit that is pushed to it, or one that comes by a pull
/// request.
final class BranchWays {
  static final String MAKE = "make-revert";
  static final String PUSH = "push-revert";
  static final String ASIDE = "push-revert-branch";

  /// Where a way starts whose head is not made yet when it is planned.
  static final String OPEN_HEAD = "the head then";

  static final Duration DEADLINE = Duration.ofMinutes(5);
  private static final Duration MOMENT = Duration.ofSeconds(2);

  private final String component;
  private final Branch branch;
  private final Optional<Hosted> hosted;
  private final Duration expected;

  BranchWays(String component, Branch branch, Optional<Hosted> hosted, Duration expected) {
    this.component = component;
    this.branch = branch;
    this.hosted = hosted;
    this.expected = expected;
  }

  /// Where the branch is known to take no push, the pull request is the only way; else it is the
  /// next one, for when the push is refused.
  List<Method> to(Release from, Release to, Branch.History history) {
    // The way back is planned before the way there: its head is not made yet.
    boolean fromHere =
        from.id().equals(history.releases().getFirst().id())
            || history.restored().equals(Optional.of(from.id()));
    SortedMap<String, String> with =
        new TreeMap<>(
            Map.of(
                "from", from.id(),
                "release", to.id(),
                "head", fromHere ? history.head().id() : OPEN_HEAD,
                "branch", branch.name(),
                "repository", branch.repository()));
    if (hosted.isEmpty()) {
      return List.of(revert(with, to, history, List.of()));
    }
    Protection protection = hosted.get().forge().protection(branch.name());
    Method aside = pullRequest(hosted.get(), with, to, history, protection);
    return switch (protection) {
      case Protection.Closed _ -> List.of(aside);
      case Protection.Open _ -> List.of(revert(with, to, history, List.of()), aside);
      case Protection.Unseen(String says) ->
          List.of(
              revert(
                  with,
                  to,
                  history,
                  List.of(
                      "whether "
                          + branch.name()
                          + " takes the push is not known ("
                          + says
                          + "); if it does not, a pull request is opened, which a person must see"
                          + " through")),
              aside);
    };
  }

  private Method revert(
      SortedMap<String, String> with, Release to, Branch.History history, List<String> doubts) {
    boolean followed = follows().isPresent();
    Duration usual = followed ? MOMENT : expected;
    Act push =
        act(
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
            usual,
            usual.plus(DEADLINE));
    List<Leg> legs = new ArrayList<>(List.of(make(with, to, history), push));
    List<String> costs = new ArrayList<>(doubts);
    follow(with, legs, costs);
    return new Method(
        "revert",
        "a commit that reverts, pushed with a lease; history is never rewritten",
        legs,
        costs);
  }

  private Method pullRequest(
      Hosted host,
      SortedMap<String, String> with,
      Release to,
      Branch.History history,
      Protection protection) {
    String ours = Standing.ours(Without.brief(to.id()), history.head().id());
    Act aside =
        act(
            ASIDE,
            with,
            "push it to a branch of its own of " + branch.repository(),
            Argv.of(DEADLINE, "git", "push", "origin", "HEAD:refs/heads/" + ours).shown(),
            MOMENT,
            DEADLINE);
    List<Leg> legs = new ArrayList<>(List.of(make(with, to, history), aside));
    legs.addAll(
        host.requests().acts(with, ours, branch.name(), "Revert to " + Without.brief(to.id())));
    List<String> costs = new ArrayList<>(List.of(host.requests().cost(protection)));
    follow(with, legs, costs);
    return new Method(
        "pull-request",
        "a commit that reverts, on a branch of its own, and a pull request into " + branch.name(),
        legs,
        costs);
  }

  private Optional<Following> follows() {
    return hosted.flatMap(Hosted::following);
  }

  private void follow(SortedMap<String, String> with, List<Leg> legs, List<String> costs) {
    follows()
        .ifPresentOrElse(
            f -> legs.addAll(f.acts(with, expected)),
            () ->
                costs.add(
                    "what the push deploys takes its own time; the checks say when it is there"));
  }

  private Act make(SortedMap<String, String> with, Release to, Branch.History history) {
    String what =
        Without.of(to.id())
            .map(w -> "reverts " + w.commit() + " alone")
            .orElse("goes back to " + to.id());
    return act(
        MAKE,
        with,
        "make a commit on " + branch.name() + " that " + what,
        makeByHand(to, history),
        MOMENT,
        DEADLINE);
  }

  private Act act(
      String verb,
      SortedMap<String, String> with,
      String says,
      String byHand,
      Duration usual,
      Duration most) {
    return new Act(component, verb, with, says, byHand, usual, most, Duration.ZERO);
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
}
