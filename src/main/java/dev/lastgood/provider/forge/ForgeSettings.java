package dev.lastgood.provider.forge;

import dev.lastgood.model.Doc;
import dev.lastgood.model.Secret;
import java.time.Duration;
import java.util.Optional;

/// The host of a repository.
public sealed interface ForgeSettings {
  /// GitHub, in the cloud or of one's own.
  public record GithubForgeSettings(
      @Doc("The repository, as owner/name.") String repository,
      @Doc(
              "Token that may write contents and pull requests, and read actions, e.g. ${env:GITHUB_TOKEN}.")
          Secret token,
      @Doc("How a pull request is handled where the branch takes nothing else.")
          Optional<PullRequestSettings> pullRequest,
      @Doc("The deploy that a push sets off, to be followed to its end; default: not followed.")
          Optional<DeploySettings> deploy,
      @Doc("Address of the API; default: https://api.github.com.") Optional<String> baseUrl,
      @Doc("Time for one request with its repetitions; default: 8s.") Optional<Duration> timeout)
      implements ForgeSettings {}
}
