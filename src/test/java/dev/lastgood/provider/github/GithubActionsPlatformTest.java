package dev.lastgood.provider.github;

import static dev.lastgood.provider.http.ApiFaults.reason;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.model.Release;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.forge.PullRequestSettings;
import dev.lastgood.provider.http.DeployFaults;
import dev.lastgood.provider.local.Until;
import dev.lastgood.rehearsal.Asked;
import dev.lastgood.rehearsal.PlayedApi;
import dev.lastgood.rehearsal.PlayedGithub;
import dev.lastgood.rehearsal.Trap;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Against the played GitHub.
@DisplayNameGeneration(ReplaceUnderscores.class)
class GithubActionsPlatformTest implements DeployFaults {
  private static final String TOKEN = "hunter2";
  private static final String A = "a".repeat(40);
  private static final String B = "b".repeat(40);
  private static final String C = "c".repeat(40);
  private static final String D = "d".repeat(40);
  private static final PullRequestSettings MERGED_BY_US =
      new PullRequestSettings(
          Optional.of(PullRequestSettings.Merger.LASTGOOD), Optional.empty(), Optional.empty());
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private Shop own;

  @BeforeEach
  void open() throws IOException {
    own = world();
  }

  @AfterEach
  void close() {
    own.close();
  }

  @Override
  public Shop world() throws IOException {
    return new Shop();
  }

  /// Three pushes were deployed.
  static final class Shop implements DeployFaults.DeployWorld {
    final PlayedGithub github =
        new PlayedGithub(TOKEN, "ace/shop", "deploy.yml", InstantSource.fixed(NOON));

    Shop() throws IOException {
      github.deployed(A);
      github.deployed(B);
      github.deployed(C);
    }

    @Override
    public PlayedApi api() {
      return github;
    }

    @Override
    public String token() {
      return TOKEN;
    }

    @Override
    public String tokenName() {
      return "${env:GITHUB_TOKEN}";
    }

    @Override
    public Platform platform(String token, Duration patience) {
      return platform(token, "ace/shop", true, NOON, patience);
    }

    @Override
    public Platform elsewhere() {
      return platform(TOKEN, "ace/shopp", true, NOON, PATIENCE);
    }

    @Override
    public List<String> elsewhereSays() {
      return List.of("404", "Not Found", "/repos/ace/shopp/");
    }

    Platform platform(boolean hold, Instant now) {
      return platform(TOKEN, "ace/shop", hold, now, PATIENCE);
    }

    private Platform platform(
        String token, String repository, boolean hold, Instant now, Duration patience) {
      return new GithubActionsKind()
          .open(
              "backend",
              new GithubActionsSettings(
                  repository,
                  "deploy.yml",
                  Optional.empty(),
                  new Secret("${env:GITHUB_TOKEN}", () -> token),
                  Optional.of("commit"),
                  Optional.of(hold),
                  Optional.of(MERGED_BY_US),
                  Optional.empty(),
                  Optional.of(github.url().toString()),
                  Optional.of(patience)),
              new Surroundings(Path.of("."), Path.of("."), InstantSource.fixed(now)));
    }

    Method way(String from, String to, String name) throws PlatformUnreachable {
      return platform().methods(Release.of("backend", from), Release.of("backend", to)).stream()
          .filter(m -> m.name().equals(name))
          .findFirst()
          .orElseThrow();
    }

    void walk(Method way) {
      way.legs().stream()
          .map(Act.class::cast)
          .forEach(act -> {
            if (!(platform().look(act) instanceof Sight.Holds)) {
              assertThat(act(act)).isInstanceOf(Outcome.Done.class);
            }
            Until.holds(act.says(), () -> platform().look(act) instanceof Sight.Holds);
          });
    }

    @Override
    public Act change() throws PlatformUnreachable {
      return (Act) way(C, B, "re-run").legs().getFirst();
    }

    @Override
    public Predicate<Asked> request() {
      return a -> a.method().equals("POST");
    }

    @Override
    public Trap gone() {
      return new Trap.Says(404, "{\"message\":\"Not Found\"}");
    }

    @Override
    public String somebodyDeploys() {
      github.is(D, "in_progress", "");
      return "run 4 (in_progress)";
    }

    @Override
    public String somebodyDeployed() {
      github.deployed(D);
      return "dddddddddddd was deployed last";
    }

    @Override
    public String live() {
      return C;
    }

    @Override
    public String older() {
      return B;
    }

    /// How far a run is changes by itself.
    @Override
    public String snapshot() {
      return github.snapshot().replaceAll("(queued|in_progress|completed) [a-z]*", "");
    }

    @Override
    public void remove(String id) {
      github.delete(id);
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

  // ---- which releases there are

  @Test
  void only_what_a_successful_run_deployed_is_a_target() throws Exception {
    own.github.is(D, "completed", "failure");

    Inventory inventory = own.platform().inventory();

    assertThat(inventory.live().map(Release::id)).contains(C);
    assertThat(inventory.releases()).extracting(Release::id).containsExactly(C, B, A);
    assertThat(inventory.excluded())
        .containsExactly(new Inventory.Excluded(D, "run 4 (failure) did not succeed"));
    assertThat(inventory.notes())
        .containsExactly("run 4 (failure) of dddddddddddd may have deployed a part of it");
  }

  @Test
  void a_commit_is_as_old_as_its_first_deploy_and_live_by_its_last() throws Exception {
    own.walk(own.way(C, A, "re-run"));

    Inventory inventory = own.platform().inventory();

    assertThat(inventory.live().map(Release::id)).contains(A);
    assertThat(inventory.releases()).extracting(Release::id).containsExactly(C, B, A);
  }

  @Test
  void a_dispatched_run_is_known_by_the_commit_its_title_names() throws Exception {
    own.walk(own.way(C, B, "dispatch"));

    assertThat(own.platform().inventory().live().map(Release::id)).contains(B);
    assertThat(own.github.runs()).isEqualTo(4);
  }

  @Test
  void what_is_older_than_thirty_days_is_only_dispatched() throws Exception {
    assertThat(
            own.platform(true, NOON.plus(Duration.ofDays(31)))
                .methods(Release.of("backend", C), Release.of("backend", B)))
        .extracting(Method::name)
        .containsExactly("dispatch", "revert-pull-request");
  }

  // ---- the hold

  @Test
  void the_workflow_is_disabled_after_going_back_and_enabled_before_coming_forward()
      throws Exception {
    own.walk(own.way(C, B, "re-run"));
    assertThat(own.github.state()).isEqualTo("disabled_manually");

    own.walk(own.way(B, C, "re-run"));
    assertThat(own.github.state()).isEqualTo("active");
    assertThat(own.platform().inventory().live().map(Release::id)).contains(C);
  }

  @Test
  void a_disabled_workflow_is_enabled_to_go_further_back_and_disabled_again() throws Exception {
    own.walk(own.way(C, B, "re-run"));

    Method way = own.way(B, A, "re-run");

    assertThat(way.legs().stream().map(l -> ((Act) l).verb()))
        .containsExactly("enable-workflow", "run-again", "disable-workflow");
    own.walk(way);
    assertThat(own.github.state()).isEqualTo("disabled_manually");
    assertThat(own.platform().inventory().live().map(Release::id)).contains(A);
  }

  @Test
  void without_hold_nothing_but_the_deployment_happens() throws Exception {
    assertThat(
            own.platform(false, NOON)
                .methods(Release.of("backend", C), Release.of("backend", B))
                .getFirst()
                .legs())
        .hasSize(1);
  }

  // ---- has it happened?

  @Test
  void the_very_run_is_followed_whatever_runs_beside_it() throws Exception {
    own.github.takes(3);
    Act act = own.change();
    assertThat(own.act(act)).isEqualTo(new Outcome.Done("accepted (201)"));
    own.github.is(D, "completed", "failure");

    assertThat(own.platform().look(act).seen()).startsWith("run 2, attempt 2 (in_progress)");
    Until.holds("deployed", () -> own.platform().look(act) instanceof Sight.Holds);
    assertThat(own.platform().look(act).seen())
        .isEqualTo("bbbbbbbbbbbb was deployed last, by run 2, attempt 2 (success)");
  }

  @Test
  void a_dispatch_of_another_commit_is_not_taken_for_ours() throws Exception {
    Act act = (Act) own.way(C, B, "dispatch").legs().getFirst();
    own.walk(own.way(C, A, "dispatch"));

    assertThat(own.platform().look(act)).isInstanceOf(Sight.NotYet.class);
    assertThat(reason(own.act(act))).startsWith("refused: ").contains("plan again");
  }

  @Test
  void a_run_that_fails_is_a_failure_and_can_be_tried_again() throws Exception {
    own.github.ends("failure");
    Act act = own.change();
    own.act(act);
    Until.holds("it is seen", () -> own.platform().look(act) instanceof Sight.Failed);
    assertThat(own.platform().look(act).seen())
        .contains("run 2, attempt 2 (failure)", "gh run view 1002 --repo ace/shop --log-failed");
    own.github.ends("success");

    assertThat(own.act(act)).isInstanceOf(Outcome.Done.class);

    Until.holds("deployed", () -> own.platform().look(act) instanceof Sight.Holds);
  }

  @Test
  void a_limit_that_comes_as_403_is_no_missing_right() throws Exception {
    Act act = own.change();
    own.github.trap(
        1,
        own.request(),
        new Trap.Says(
            403,
            "{\"message\":\"You have exceeded a secondary rate limit\"}",
            new TreeMap<>(Map.of("Retry-After", "60"))));

    assertThat(reason(own.act(act)))
        .isEqualTo(
            "refused: GitHub: too many requests with this token, nothing was done: wait 60 s");
  }
}
