package dev.lastgood.provider.forge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Secret;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.forge.DeploySettings.CheckDeploySettings;
import dev.lastgood.provider.forge.DeploySettings.EnvironmentDeploySettings;
import dev.lastgood.provider.forge.DeploySettings.WorkflowDeploySettings;
import dev.lastgood.provider.forge.Deploys.Seen;
import dev.lastgood.rehearsal.PlayedGithub;
import dev.lastgood.rehearsal.Trap;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// What counts as the deploy of a commit, against the played GitHub.
@DisplayNameGeneration(ReplaceUnderscores.class)
class GithubDeploysTest {
  private static final String A = "a".repeat(40);
  private static final String B = "b".repeat(40);
  private static final InstantSource NOON =
      InstantSource.fixed(Instant.parse("2026-11-21T12:00:00Z"));
  private PlayedGithub github;

  @BeforeEach
  void open() throws IOException {
    github = new PlayedGithub("hunter2", "ace/shop", "deploy.yml", NOON);
  }

  @AfterEach
  void close() {
    github.close();
  }

  private Deploys by(DeploySettings settings) {
    return new GithubDeploys(
        new Github(
            "ace/shop",
            new Secret("${env:GITHUB_TOKEN}", () -> "hunter2"),
            Optional.of(github.url().toString()),
            Optional.empty(),
            NOON),
        settings);
  }

  private Deploys workflow() {
    return by(new WorkflowDeploySettings("deploy.yml", Optional.empty(), Optional.empty()));
  }

  private Deploys environment() {
    return by(new EnvironmentDeploySettings("Production", Optional.empty(), Optional.empty()));
  }

  private Deploys check() {
    return by(new CheckDeploySettings("deploy", Optional.empty(), Optional.empty()));
  }

  @Test
  void another_commits_run_is_not_this_ones() throws Exception {
    github.deployed(A);

    assertThat(workflow().of(B, "main"))
        .isEqualTo(new Seen.None("deploy.yml: nothing of bbbbbbbbbbbb has shown up"));
    assertThat(workflow().of(A, "main"))
        .isEqualTo(new Seen.Good("deploy.yml, run 1 (success) of aaaaaaaaaaaa"));
  }

  @Test
  void of_two_runs_of_a_commit_the_newer_counts() throws Exception {
    github.is(A, "completed", "failure");
    github.is(A, "in_progress", "");

    assertThat(workflow().of(A, "main")).isInstanceOf(Seen.Going.class);
  }

  @Test
  void a_run_that_waits_says_for_whom() throws Exception {
    github.is(A, "waiting", "");

    assertThat(workflow().of(A, "main"))
        .isEqualTo(
            new Seen.Going(
                "deploy.yml, run 1 (waiting) of aaaaaaaaaaaa: somebody must approve it"));
  }

  @Test
  void a_deployment_is_what_its_newest_status_says() throws Exception {
    github.deployment(A, "Preview", "success");
    assertThat(environment().of(A, "main"))
        .isEqualTo(
            new Seen.None("the deployment to Production: nothing of aaaaaaaaaaaa has shown up"));

    github.deployment(A, "Production");
    assertThat(environment().of(A, "main"))
        .isEqualTo(new Seen.Going("deployment 2 of aaaaaaaaaaaa to Production (queued)"));

    github.deployment(A, "Production", "queued", "in_progress", "success");
    assertThat(environment().of(A, "main"))
        .isEqualTo(new Seen.Good("deployment 3 of aaaaaaaaaaaa to Production (success)"));

    for (String bad : List.of("failure", "error", "inactive")) {
      github.deployment(A, "Production", "success", bad);
      assertThat(environment().of(A, "main")).isInstanceOf(Seen.Bad.class);
    }
  }

  @Test
  void a_check_counts_when_it_is_the_newest_of_that_very_name() throws Exception {
    github.check(A, "deploy preview", "success");
    assertThat(check().of(A, "main")).isInstanceOf(Seen.None.class);

    github.check(A, "deploy", "failure");
    assertThat(check().of(A, "main"))
        .isEqualTo(new Seen.Bad("the check deploy of aaaaaaaaaaaa (failure)"));

    github.check(A, "deploy", "");
    assertThat(check().of(A, "main"))
        .isEqualTo(new Seen.Going("the check deploy of aaaaaaaaaaaa (in_progress)"));

    github.check(A, "deploy", "success");
    assertThat(check().of(A, "main")).isInstanceOf(Seen.Good.class);

    github.check(A, "deploy", "neutral");
    assertThat(check().of(A, "main")).isInstanceOf(Seen.Bad.class);
  }

  @Test
  void a_commit_status_does_where_there_is_no_check() throws Exception {
    github.status(A, "deploy", "pending");
    assertThat(check().of(A, "main")).isInstanceOf(Seen.Going.class);

    github.status(A, "deploy", "success");
    assertThat(check().of(A, "main")).isInstanceOf(Seen.Good.class);

    github.status(A, "deploy", "error");
    assertThat(check().of(A, "main")).isInstanceOf(Seen.Bad.class);
  }

  @Test
  void an_answer_of_another_shape_is_no_empty_list() {
    for (Deploys deploys : List.of(workflow(), environment(), check())) {
      github.trap(1, _ -> true, new Trap.Says(200, "{\"surprise\":[]}"));

      assertThatThrownBy(() -> deploys.of(A, "main"))
          .isInstanceOf(PlatformUnreachable.class)
          .hasMessageContaining("a shape this version of Lastgood does not know");
    }
  }
}
