package dev.lastgood.provider.git;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.model.Release;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.forge.DeploySettings;
import dev.lastgood.provider.forge.ForgeSettings;
import dev.lastgood.provider.forge.PullRequestSettings;
import dev.lastgood.rehearsal.BareRepository;
import dev.lastgood.rehearsal.PlayedGithub;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// A real repository on a played GitHub.
final class Hosting extends BranchPlatformTest.Repository {
  static final String TOKEN = "hunter2";
  static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  final BareRepository bare;
  final PlayedGithub github;
  private final PullRequestSettings.Merger merger;
  DeploySettings deploy =
      new DeploySettings.WorkflowDeploySettings(
          "deploy.yml", Optional.of(Duration.ofSeconds(20)), Optional.of(Duration.ofSeconds(20)));

  Hosting(Path dir, PullRequestSettings.Merger merger) throws Exception {
    super(dir);
    this.merger = merger;
    bare = new BareRepository(real.origin);
    github =
        new PlayedGithub(TOKEN, "ace/shop", "deploy.yml", InstantSource.fixed(NOON), bare, "main");
    github.takes(0);
  }

  /// The branch takes no push, and GitHub says so.
  Hosting protectedBranch() throws IOException {
    bare.protect("main");
    github.asksForPullRequests();
    return this;
  }

  @Override
  Optional<ForgeSettings> forge() {
    return Optional.of(
        new ForgeSettings.GithubForgeSettings(
            "ace/shop",
            new Secret("${env:GITHUB_TOKEN}", () -> TOKEN),
            Optional.of(
                new PullRequestSettings(
                    Optional.of(merger), Optional.empty(), Optional.of(Duration.ofSeconds(20)))),
            Optional.of(deploy),
            Optional.of(github.url().toString()),
            Optional.empty()));
  }

  Method way(String from, String to, String name) throws PlatformUnreachable {
    return platform().methods(Release.of("source", from), Release.of("source", to)).stream()
        .filter(m -> m.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  static Act step(Method way, String verb) {
    return way.legs().stream()
        .map(Act.class::cast)
        .filter(a -> a.verb().equals(verb))
        .findFirst()
        .orElseThrow();
  }

  Outcome act(Act act) {
    return platform().act(act, "run 1/step 1");
  }

  /// Everything of the way before this step is done.
  Act upTo(Method way, String verb) {
    for (Act act : way.legs().stream().map(Act.class::cast).toList()) {
      if (act.verb().equals(verb)) {
        return act;
      }
      if (!(platform().look(act) instanceof Sight.Holds)) {
        assertThat(act(act)).as(act.says()).isInstanceOf(Outcome.Done.class);
      }
    }
    throw new AssertionError(verb);
  }

  @Override
  public String snapshot() throws Exception {
    return super.snapshot() + github.pulls();
  }

  @Override
  public void remove(String id) throws Exception {
    String other = bare.commit(bare.tree(bad).orElseThrow(), List.of(), "Squashed");
    bare.point("main", other);
  }

  @Override
  public List<String> secrets() {
    return List.of(TOKEN);
  }

  @Override
  public void close() {
    github.close();
  }
}
