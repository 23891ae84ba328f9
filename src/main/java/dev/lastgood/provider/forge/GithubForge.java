package dev.lastgood.provider.forge;

import dev.lastgood.model.Text;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.http.Ask;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// GitHub as the host of a repository.
public final class GithubForge implements Forge {
  private static final int WORDS = 200;

  private final Github github;
  private final GithubProtection protection;
  private final Optional<Deploys> deploys;

  public GithubForge(Github github, Optional<DeploySettings> deploys) {
    this.github = github;
    this.protection = new GithubProtection(github);
    this.deploys = deploys.map(d -> new GithubDeploys(github, d));
  }

  @Override
  public String name() {
    return "GitHub";
  }

  @Override
  public String repository() {
    return github.repository();
  }

  @Override
  public Optional<Deploys> deploys() {
    return deploys;
  }

  @Override
  public Protection protection(String branch) {
    try {
      return protection.of(branch);
    } catch (PlatformUnreachable e) {
      return new Protection.Unseen(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public List<PullRequest> pullRequests(String from, String into) throws PlatformUnreachable {
    JsonNode all =
        github.json(
            Ask.get(github.path("pulls"))
                .with("head", github.owner() + ":" + from)
                .with("base", into)
                .with("state", "all")
                .with("sort", "created")
                .with("direction", "desc"));
    if (!all.isArray()) {
      throw github.strange("the pull requests are no list");
    }
    List<PullRequest> requests = new ArrayList<>();
    for (JsonNode one : all) {
      // A host that does not know the filter would show those of others.
      if (one.path("head").path("ref").asString("").equals(from)) {
        requests.add(request(one));
      }
    }
    return List.copyOf(requests);
  }

  private PullRequest request(JsonNode json) throws PlatformUnreachable {
    long number = json.path("number").asLong(0);
    String state = json.path("state").asString("");
    String head = json.path("head").path("sha").asString("");
    if (number == 0 || head.isEmpty() || !(state.equals("open") || state.equals("closed"))) {
      throw github.strange("a pull request without number, state or head");
    }
    PullRequest.State at = PullRequest.State.OPEN;
    if (state.equals("closed")) {
      boolean merged = !json.path("merged_at").asString("").isEmpty();
      at = merged ? PullRequest.State.MERGED : PullRequest.State.CLOSED;
    }
    return new PullRequest(
        number,
        at,
        Text.plain(head),
        Text.clip(Text.plain(json.path("html_url").asString("")), WORDS),
        Text.clip(Text.plain(json.path("title").asString("")), WORDS),
        json.path("body").asString(""));
  }

  @Override
  public Mergeable mergeable(PullRequest request) throws PlatformUnreachable {
    String state =
        github
            .json(Ask.get(github.path("pulls", "" + request.number())))
            .path("mergeable_state")
            .asString("");
    String words = request.words() + " is " + Text.plain(state);
    return switch (state) {
      case "clean", "unstable", "has_hooks" -> new Mergeable.Now(words);
      case "blocked" ->
          new Mergeable.NotYet(
              words + ": an approval or a check is missing; a person must give it");
      case "unknown" -> new Mergeable.NotYet(words + ": GitHub is still finding out");
      case "dirty" -> new Mergeable.Never(words + ": it conflicts with its branch");
      case "draft" -> new Mergeable.NotYet(words + ": a person must say that it is ready");
      case "behind" -> new Mergeable.Never(words + ": its branch went on; plan again");
      default -> throw github.strange("mergeable_state " + Text.plain(state));
    };
  }

  @Override
  public String tree(String commit) throws PlatformUnreachable {
    String tree =
        github
            .json(Ask.get(github.path("git", "commits", commit)))
            .path("tree")
            .path("sha")
            .asString("");
    if (tree.isEmpty()) {
      throw github.strange("the commit has no tree");
    }
    return tree;
  }

  @Override
  public Outcome open(Draft draft) {
    return github.change(
        Ask.send(
            "POST",
            github.path("pulls"),
            new TreeMap<>(
                Map.of(
                    "head", draft.from(),
                    "base", draft.into(),
                    "title", draft.title(),
                    "body", draft.body(),
                    "maintainer_can_modify", true))));
  }

  @Override
  public Outcome merge(PullRequest request, PullRequestSettings.Manner manner, String message) {
    var with = new TreeMap<String, Object>();
    with.put("sha", request.head());
    with.put("merge_method", manner.name().toLowerCase(Locale.ROOT));
    if (manner != PullRequestSettings.Manner.REBASE) {
      with.put("commit_message", message);
    }
    return github.change(
        Ask.send("PUT", github.path("pulls", "" + request.number(), "merge"), with));
  }

  @Override
  public String byHand(String from, String into, String title) {
    return "gh pr create --repo "
        + Text.shellWord(repository())
        + " --base "
        + Text.shellWord(into)
        + " --head "
        + Text.shellWord(from)
        + " --title "
        + Text.shellWord(title)
        + " --body ''";
  }

  @Override
  public String mergeByHand(String from) {
    return "gh pr merge " + Text.shellWord(from) + " --repo " + Text.shellWord(repository());
  }
}
