package dev.lastgood.provider.github;

import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformKind;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.forge.Github;

/// `platform: github-actions`.
public final class GithubActionsKind implements PlatformKind<GithubActionsSettings> {
  private static final int DEPTH = 100;
  private static final int DEEPEST = 1000;

  @Override
  public String name() {
    return "github-actions";
  }

  @Override
  public Class<GithubActionsSettings> settings() {
    return GithubActionsSettings.class;
  }

  @Override
  public Platform open(
      String component, GithubActionsSettings settings, Surroundings surroundings) {
    if (settings.workflow().isBlank()) {
      throw new BadSettings("workflow", "name the file of the workflow, e.g. deploy.yml");
    }
    int depth = settings.depth().orElse(DEPTH);
    if (depth < 2 || depth > DEEPEST) {
      throw new BadSettings("depth", "2 to " + DEEPEST + " runs can be looked at");
    }
    var github =
        new Github(
            settings.repository(),
            settings.token(),
            settings.baseUrl(),
            settings.timeout(),
            surroundings.clock());
    return new GithubActionsPlatform(
        component,
        settings,
        new GithubApi(github, settings, depth),
        settings
            .pullRequest()
            .map(p ->
                new RevertRequest(
                    component, github, settings.branch().orElse("main"), settings.workflow(), p)),
        surroundings.clock());
  }
}
