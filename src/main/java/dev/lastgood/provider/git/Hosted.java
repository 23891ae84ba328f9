package dev.lastgood.provider.git;

import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.forge.ByPullRequest;
import dev.lastgood.provider.forge.Following;
import dev.lastgood.provider.forge.Forge;
import dev.lastgood.provider.forge.ForgeSettings;
import dev.lastgood.provider.forge.Github;
import dev.lastgood.provider.forge.GithubForge;
import dev.lastgood.provider.forge.PullRequestSettings;
import dev.lastgood.provider.forge.Standing;
import dev.lastgood.provider.http.Pace;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/// What the host of the repository adds: pull requests, and the deploys of pushes.
///
/// @param pace of looks while a person or a deploy is waited for: the engine looks more often than
///   a host likes to be asked for an hour
record Hosted(Forge forge, ByPullRequest requests, Optional<Following> following, Pace pace) {
  private static final int AT_ONCE = 20;
  private static final Duration EVERY = Duration.ofSeconds(3);

  static Hosted open(String component, ForgeSettings settings, InstantSource clock) {
    return switch (settings) {
      case ForgeSettings.GithubForgeSettings github -> {
        var forge =
            new GithubForge(
                new Github(
                    github.repository(), github.token(), github.baseUrl(), github.timeout(), clock),
                github.deploy());
        yield of(component, forge, github.pullRequest().orElse(PullRequestSettings.USUAL));
      }
    };
  }

  private static Hosted of(String component, Forge forge, PullRequestSettings requests) {
    return new Hosted(
        forge,
        new ByPullRequest(component, forge, requests),
        forge.deploys().map(d -> new Following(component, d)),
        new Pace(AT_ONCE, EVERY));
  }

  boolean knows(Act act) {
    return ByPullRequest.knows(act) || (following.isPresent() && Following.knows(act));
  }

  Sight look(Act act, Standing at) throws PlatformUnreachable {
    return Following.knows(act) ? following.orElseThrow().look(act, at) : requests.look(act, at);
  }

  Outcome act(Act act, Standing at, Forge.Draft draft, String key) throws PlatformUnreachable {
    return Following.knows(act)
        ? following.orElseThrow().act(act, at)
        : requests.act(act, at, draft, key);
  }
}
