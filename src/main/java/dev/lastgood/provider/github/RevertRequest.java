package dev.lastgood.provider.github;

import dev.lastgood.model.Release;
import dev.lastgood.model.Text;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Leg;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.forge.ByPullRequest;
import dev.lastgood.provider.forge.DeploySettings.WorkflowDeploySettings;
import dev.lastgood.provider.forge.Following;
import dev.lastgood.provider.forge.Forge;
import dev.lastgood.provider.forge.Github;
import dev.lastgood.provider.forge.GithubForge;
import dev.lastgood.provider.forge.PullRequestSettings;
import dev.lastgood.provider.forge.Standing;
import dev.lastgood.provider.http.Ask;
import dev.lastgood.provider.http.Pace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// Brings the content of an older commit to the branch by a pull request, and follows the run of
/// the workflow that this sets off. The commit is made through the API, from the tree of the old
/// one: nothing can conflict, and no clone is needed.
final class RevertRequest {
  static final String MAKE = "make-revert-branch";

  /// Where a way starts whose head is not made yet when it is planned.
  private static final String OPEN_HEAD = "the head then";

  private static final Duration USUAL = Duration.ofMinutes(5);
  private static final Duration MOMENT = Duration.ofSeconds(3);
  private static final Duration SOON = Duration.ofMinutes(2);

  private final String component;
  private final Github github;
  private final String branch;
  private final Forge forge;
  private final ByPullRequest requests;
  private final Following following;

  /// The engine looks more often than GitHub likes to be asked for an hour.
  private final Pace pace = new Pace(20, Duration.ofSeconds(3));

  RevertRequest(
      String component,
      Github github,
      String branch,
      String workflow,
      PullRequestSettings settings) {
    this.component = component;
    this.github = github;
    this.branch = branch;
    this.forge =
        new GithubForge(
            github,
            Optional.of(new WorkflowDeploySettings(workflow, Optional.empty(), Optional.empty())));
    this.requests = new ByPullRequest(component, forge, settings);
    this.following = new Following(component, forge.deploys().orElseThrow());
  }

  static boolean knows(Act act) {
    return act.verb().equals(MAKE) || ByPullRequest.knows(act) || Following.knows(act);
  }

  /// What the branch is at.
  private record Head(String commit, String tree) {}

  private Head head() throws PlatformUnreachable {
    JsonNode commit = github.json(Ask.get(github.path("branches", branch))).path("commit");
    String id = commit.path("sha").asString("");
    String tree = commit.path("commit").path("tree").path("sha").asString("");
    if (id.isEmpty() || tree.isEmpty()) {
      throw github.strange("the branch has no commit or the commit no tree");
    }
    return new Head(Text.plain(id), Text.plain(tree));
  }

  /// @return empty when GitHub does not have the commit any more
  private Optional<String> tree(String commit) throws PlatformUnreachable {
    Optional<JsonNode> found = github.find(Ask.get(github.path("git", "commits", commit)));
    String tree = found.map(c -> c.path("tree").path("sha").asString("")).orElse("");
    if (found.isPresent() && tree.isEmpty()) {
      throw github.strange("the commit has no tree");
    }
    return found.map(_ -> Text.plain(tree));
  }

  // ---- planning

  /// @param live the commit that was deployed last
  /// @return empty when the branch has that content already, or the commit is gone
  Optional<Method> way(Release from, Release to, String live) throws PlatformUnreachable {
    Optional<String> tree = tree(to.id());
    Optional<String> before = tree(from.id());
    if (tree.isEmpty() || before.isEmpty()) {
      return Optional.empty();
    }
    Head head = head();
    boolean later = head.tree().equals(tree.get());
    // The way back is planned while what it goes back to is still live.
    if (later && !live.equals(to.id())) {
      return Optional.empty();
    }
    var with =
        new TreeMap<>(
            Map.of(
                "from", from.id(),
                "to", to.id(),
                "before", before.get(),
                "tree", tree.get(),
                "head", later ? OPEN_HEAD : head.commit()));
    String ours = Standing.ours(Standing.cut(to.id()), head.commit());
    List<Leg> legs = new ArrayList<>();
    legs.add(
        new Act(
            component,
            MAKE,
            with,
            "make a branch that goes back to " + Standing.cut(to.id()),
            byHand(to.id(), ours),
            MOMENT,
            SOON,
            Duration.ZERO));
    legs.addAll(requests.acts(with, ours, branch, title(to.id())));
    legs.addAll(following.acts(with, USUAL));
    return Optional.of(
        new Method(
            "revert-pull-request",
            "a commit with the content of the old one comes to "
                + branch
                + " by a pull request, and is deployed as any other",
            legs,
            List.of(requests.cost(forge.protection(branch)), "the commit is built again")));
  }

  private static String title(String to) {
    return "Revert to " + Standing.cut(to);
  }

  private String byHand(String to, String ours) {
    return "git checkout -b "
        + Text.shellWord(ours)
        + " origin/"
        + Text.shellWord(branch)
        + " && git read-tree -u --reset "
        + Text.shellWord(to)
        + " && git commit -m "
        + Text.shellWord(title(to))
        + " && git push origin HEAD";
  }

  // ---- looking

  private Standing standing(Act act, Head head) {
    boolean open = act.get("head").equals(OPEN_HEAD) && head.tree().equals(act.get("before"));
    String start = open ? head.commit() : act.get("head");
    boolean there = head.tree().equals(act.get("tree"));
    return new Standing(
        branch,
        head.commit(),
        act.get("to"),
        there,
        !there && !head.commit().equals(start),
        Standing.ours(Standing.cut(act.get("to")), start));
  }

  Sight look(Act act) throws PlatformUnreachable {
    try {
      if (!act.verb().equals(MAKE)) {
        pace.take();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Sight.Unclear(component + ": interrupted");
    }
    Standing at = standing(act, head());
    if (Following.knows(act)) {
      return following.look(act, at);
    }
    if (ByPullRequest.knows(act)) {
      return requests.look(act, at);
    }
    if (at.there()) {
      return new Sight.Holds(branch + " is at " + at.head());
    }
    return made(at)
        .<Sight>map(c -> new Sight.Holds(at.ours() + " is at " + c))
        .orElseGet(() -> new Sight.NotYet("there is no branch " + at.ours()));
  }

  private Optional<String> made(Standing at) throws PlatformUnreachable {
    Optional<JsonNode> ref =
        github.find(
            Ask.get(github.path("git", "ref", "heads") + Ask.path(at.ours().split("/", -1))));
    String commit = ref.map(r -> r.path("object").path("sha").asString("")).orElse("");
    if (ref.isPresent() && commit.isEmpty()) {
      throw github.strange("the reference points to nothing");
    }
    return ref.map(_ -> Text.plain(commit));
  }

  // ---- acting

  Outcome act(Act act, String key) throws PlatformUnreachable {
    Standing at = standing(act, head());
    if (Following.knows(act)) {
      return following.act(act, at);
    }
    if (ByPullRequest.knows(act)) {
      return requests.act(
          act,
          at,
          new Forge.Draft(
              at.ours(), branch, title(act.get("to")), words(act), Optional.of(act.get("tree"))),
          key);
    }
    if (at.there()) {
      return new Outcome.Done(branch + " is at " + at.head() + " already");
    }
    if (at.moved()) {
      return refused(
          branch
              + " was changed after the plan was made to go to "
              + act.get("to")
              + ": it is at "
              + at.head()
              + "; plan again");
    }
    if (made(at).isPresent()) {
      return new Outcome.Done(at.ours() + " is there already");
    }
    return tree(act.get("to")).isEmpty()
        ? refused("commit " + act.get("to") + " is not there any more; plan again")
        : make(act, at);
  }

  private Outcome refused(String why) {
    return new Outcome.Refused(component + ": " + why);
  }

  private static String words(Act act) {
    return "This goes back to "
        + act.get("to")
        + " and undoes all that came after it.\n\nLastgood-Release: "
        + act.get("to");
  }

  /// The commit is nowhere until the branch names it.
  private Outcome make(Act act, Standing at) throws PlatformUnreachable {
    String commit =
        github
            .make(
                Ask.send(
                    "POST",
                    github.path("git", "commits"),
                    new TreeMap<>(
                        Map.of(
                            "message", title(act.get("to")) + "\n\n" + words(act),
                            "tree", act.get("tree"),
                            "parents", List.of(at.head())))))
            .path("sha")
            .asString("");
    if (commit.isEmpty()) {
      throw github.strange("the commit that was made has no id");
    }
    Outcome outcome =
        github.change(
            Ask.send(
                "POST",
                github.path("git", "refs"),
                new TreeMap<>(Map.of("ref", "refs/heads/" + at.ours(), "sha", commit))));
    // "It exists already" is no refusal when it is our request that made it.
    return outcome instanceof Outcome.Refused && made(at).isPresent()
        ? new Outcome.Done(at.ours() + " is there already")
        : outcome;
  }
}
