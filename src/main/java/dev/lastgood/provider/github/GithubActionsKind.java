package dev.lastgood.provider.github;

import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformKind;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.http.Api;
import dev.lastgood.provider.http.Pace;
import dev.lastgood.provider.http.Site;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

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
    String[] repository = settings.repository().split("/", -1);
    if (repository.length != 2 || repository[0].isBlank() || repository[1].isBlank()) {
      throw new BadSettings("repository", "write it as owner/name");
    }
    if (settings.workflow().isBlank()) {
      throw new BadSettings("workflow", "name the file of the workflow, e.g. deploy.yml");
    }
    int depth = settings.depth().orElse(DEPTH);
    if (depth < 2 || depth > DEEPEST) {
      throw new BadSettings("depth", "2 to " + DEEPEST + " runs can be looked at");
    }
    var site =
        new Site(
            "GitHub",
            Site.base(settings.baseUrl(), "https://api.github.com"),
            "Authorization",
            "Bearer ",
            settings.token(),
            new TreeMap<>(
                Map.of(
                    "Accept", "application/vnd.github+json", "X-GitHub-Api-Version", "2022-11-28")),
            Site.patience(settings.timeout()),
            // 5,000 an hour; and not many at once, which is limited without a number.
            new Pace(60, Duration.ofMillis(750)),
            body -> body.path("message").asString(""));
    return new GithubActionsPlatform(
        component,
        settings,
        new GithubApi(new Api(site), repository[0], repository[1], settings, depth),
        surroundings.clock());
  }
}
