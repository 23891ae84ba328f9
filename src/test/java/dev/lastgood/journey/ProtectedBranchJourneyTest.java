package dev.lastgood.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.InProcess;
import dev.lastgood.InProcess.Said;
import dev.lastgood.provider.local.Until;
import dev.lastgood.rehearsal.Asked;
import dev.lastgood.rehearsal.BareRepository;
import dev.lastgood.rehearsal.PlayedGithub;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The bad commit is on a branch that takes no push: somebody else has a say.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ProtectedBranchJourneyTest {
  @TempDir Path dir;
  private BareRepository repository;
  private PlayedGithub github;
  private String good;
  private String bad;

  @BeforeEach
  void open() throws Exception {
    repository = new BareRepository(dir.resolve("site.git"));
    good = repository.write("main", "app", "good\n", "Last good");
    github =
        new PlayedGithub(
            "hunter2", "ace/site", "deploy.yml", InstantSource.system(), repository, "main");
    github.takes(0);
    Files.writeString(
        dir.resolve("lastgood.yaml"),
        """
        system: site
        components:
          site:
            platform: git
            way:
              kind: branch
              repository: site.git
              forge:
                kind: github
                repository: ace/site
                token: ${env:GITHUB_TOKEN}
                base-url: URL
                pull-request: { within: 10m }
                deploy: { kind: workflow, workflow: deploy.yml, appears: 2s }
        """
            .replace("URL", github.url().toString()));
    assertThat(lastgood("mark", "good", "site").exit()).isZero();
    bad = repository.write("main", "app", "bad\n", "Bad");
    repository.protect("main");
    github.asksForPullRequests();
  }

  @AfterEach
  void close() {
    github.close();
  }

  private Said lastgood(String... words) {
    String[] all = java.util.Arrays.copyOf(words, words.length + 2);
    all[words.length] = "-c";
    all[words.length + 1] = dir.resolve("lastgood.yaml").toString();
    return InProcess.lastgood(
        Map.of(
            "LASTGOOD_STATE",
            dir.resolve("state").toString(),
            "HOME",
            dir.resolve("home").toString(),
            "LASTGOOD_USER",
            "ada",
            "GITHUB_TOKEN",
            "hunter2"),
        InstantSource.system(),
        all);
  }

  /// How often it was looked for since it was opened; the first time to see that it is open.
  private long looksAtIt() {
    List<Asked> asked = github.asked();
    int opened = asked.stream().map(Asked::method).toList().indexOf("POST");
    return opened < 0
        ? 0
        : asked.stream().skip(opened).filter(a -> a.is("GET", ".*/pulls")).count();
  }

  /// Somebody acts while the run waits for it.
  private Thread somebody(Runnable acts) {
    return Thread.ofVirtual()
        .start(() -> {
          Until.holds("the pull request is waited for", () -> looksAtIt() >= 2);
          acts.run();
        });
  }

  @Test
  void the_plan_says_who_must_act_and_the_run_goes_on_when_they_did() throws Exception {
    assertThat(lastgood("plan", "site").out().replaceAll("\\s+", " "))
        .contains("a person must merge the pull request within 10 min (main is protected")
        .contains("wait until a person merges it into main")
        .contains("follow deploy.yml to its end");
    Thread grace = somebody(() -> github.merge(1, "squash"));

    Said said = lastgood("rollback", "--yes", "site");

    grace.join();
    assertThat(said.exit()).as("%s", said).isZero();
    assertThat(repository.tree("main")).isEqualTo(repository.tree(good));
    assertThat(said.out() + said.err()).doesNotContain("hunter2");

    github.mergesAtOnce("merge");
    said = lastgood("undo", "--yes");

    assertThat(said.exit()).as("%s", said).isZero();
    assertThat(repository.tree("main")).isEqualTo(repository.tree(bad));
    assertThat(github.pulls()).isEqualTo(2);
  }

  @Test
  void a_pull_request_that_is_closed_ends_refused_and_asks() throws Exception {
    Thread grace = somebody(() -> github.close(1));

    Said said = lastgood("rollback", "--yes", "site");

    grace.join();
    assertThat(said.exit()).as("%s", said).isEqualTo(5);
    assertThat(lastgood("show").out().replaceAll("\\s+", " "))
        .containsPattern("wait until a person merges it into main [0-9a-z. ]+ refused")
        .contains("was closed and not merged: somebody decided against it");
    assertThat(repository.head("main")).contains(bad);
    assertThat(github.pulls()).isEqualTo(1);
  }

  @Test
  void a_deploy_that_never_shows_up_is_unknown() throws Exception {
    github.deaf();
    github.mergesAtOnce("merge");

    Said said = lastgood("rollback", "--yes", "site");

    assertThat(said.exit()).as("%s", said).isEqualTo(5);
    assertThat(lastgood("show").out().replaceAll("\\s+", " "))
        .containsPattern("see deploy.yml begin for it [0-9a-z. ]+ unknown")
        .contains("deploy.yml: nothing of ", " has shown up");
  }

  @Test
  void a_deploy_that_fails_is_unknown_and_says_where_to_look() throws Exception {
    github.mergesAtOnce("merge");
    github.ends("failure");

    Said said = lastgood("rollback", "--yes", "site");

    assertThat(said.exit()).as("%s", said).isEqualTo(5);
    assertThat(lastgood("show").out().replaceAll("\\s+", " "))
        .containsPattern("follow deploy.yml to its end [0-9a-z. ]+ unknown")
        .contains("run 2 (failure)", "gh run view 1002 --repo ace/site --log-failed");
  }
}
