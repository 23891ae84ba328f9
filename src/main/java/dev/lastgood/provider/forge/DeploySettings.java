package dev.lastgood.provider.forge;

import dev.lastgood.model.Doc;
import java.time.Duration;
import java.util.Optional;

/// By what the deploy of a commit is seen.
public sealed interface DeploySettings {
  Optional<Duration> appears();

  Optional<Duration> takes();

  /// A run of GitHub Actions.
  public record WorkflowDeploySettings(
      @Doc("The workflow that deploys: its file name, e.g. deploy.yml, or its id.") String workflow,
      @Doc("How soon after the push it must show up; default: 5m.") Optional<Duration> appears,
      @Doc("How long it may take to its end; default: 30m.") Optional<Duration> takes)
      implements DeploySettings {}

  /// A deployment to an environment, as many hosting platforms report it to GitHub.
  public record EnvironmentDeploySettings(
      @Doc("The environment it is deployed to, as GitHub shows it, e.g. Production.")
          String environment,
      @Doc("How soon after the push it must show up; default: 5m.") Optional<Duration> appears,
      @Doc("How long it may take to its end; default: 30m.") Optional<Duration> takes)
      implements DeploySettings {}

  /// A check run or a commit status, as other CI systems report it to GitHub.
  public record CheckDeploySettings(
      @Doc("Name of the check, or context of the status.") String check,
      @Doc("How soon after the push it must show up; default: 5m.") Optional<Duration> appears,
      @Doc("How long it may take to its end; default: 30m.") Optional<Duration> takes)
      implements DeploySettings {}
}
