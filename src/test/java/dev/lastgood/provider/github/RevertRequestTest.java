package dev.lastgood.provider.github;

import static dev.lastgood.provider.http.ApiFaults.reason;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.model.Release;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.forge.PullRequestSettings;
import dev.lastgood.provider.http.ApiFaults;
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
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// The way by a pull request, against the played GitHub.
@DisplayNameGeneration(ReplaceUnderscores.class)
class RevertRequestTest implements ApiFaults {
  private static final String TOKEN = "hunter2";
  private static final String A = "a".repeat(40);
  private static final String B = "b".repeat(40);
  private static final String C = "c".repeat(40);
  private static final String D = "d".repeat(40);
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private Shop own;

  @BeforeEach
  void open() throws Exception {
    own = new Shop(PullRequestSettings.Merger.PERSON);
  }

  @AfterEach
  void close() {
    own.close();
  }

  /// Lastgood merges, so that there is a request that goes back.
  @Override
  public Shop world() throws Exception {
    return new Shop(PullRequestSettings.Merger.LASTGOOD);
  }

  static final class Shop implements ApiFaults.ApiWorld {
    final PlayedGithub github =
        new PlayedGithub(TOKEN, "ace/shop", "deploy.yml", InstantSource.fixed(NOON));
    private final PullRequestSettings.Merger merger;

    Shop(PullRequestSettings.Merger merger) throws IOException {
      this.merger = merger;
      github.takes(0);
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
      return platform(token, "ace/shop", patience);
    }

    @Override
    public Platform elsewhere() {
      return platform(TOKEN, "ace/shopp", PATIENCE);
    }

    @Override
    public List<String> elsewhereSays() {
      return List.of("404", "Not Found", "/repos/ace/shopp/");
    }

    private Platform platform(String token, String repository, Duration patience) {
      return new GithubActionsKind()
          .open(
              "backend",
              new GithubActionsSettings(
                  repository,
                  "deploy.yml",
                  Optional.empty(),
                  new Secret("${env:GITHUB_TOKEN}", () -> token),
                  Optional.empty(),
                  Optional.of(false),
                  Optional.of(
                      new PullRequestSettings(
                          Optional.of(merger),
                          Optional.empty(),
                          Optional.of(Duration.ofSeconds(20)))),
                  Optional.empty(),
                  Optional.of(github.url().toString()),
                  Optional.of(patience)),
              new Surroundings(Path.of("."), Path.of("."), InstantSource.fixed(NOON)));
    }

    Method way(String from, String to) throws PlatformUnreachable {
      return platform().methods(Release.of("backend", from), Release.of("backend", to)).getLast();
    }

    Act step(Method way, String verb) {
      return way.legs().stream()
          .map(Act.class::cast)
          .filter(a -> a.verb().equals(verb))
          .findFirst()
          .orElseThrow();
    }

    /// Everything up to this step is done.
    Act upTo(String verb) throws PlatformUnreachable {
      Method way = way(C, B);
      for (Act act : way.legs().stream().map(Act.class::cast).toList()) {
        if (act.verb().equals(verb)) {
          return act;
        }
        assertThat(act(act)).isInstanceOf(Outcome.Done.class);
      }
      throw new AssertionError(verb);
    }

    @Override
    public Act change() throws PlatformUnreachable {
      return upTo("merge-pull-request");
    }

    @Override
    public Predicate<Asked> request() {
      return a -> a.method().equals("PUT");
    }

    @Override
    public Trap gone() {
      return new Trap.Says(404, "{\"message\":\"Not Found\"}");
    }

    @Override
    public String live() {
      return C;
    }

    @Override
    public String older() {
      return B;
    }

    @Override
    public String snapshot() {
      return github.snapshot();
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

  // ---- the plan

  @Test
  void the_plan_says_who_must_act() throws Exception {
    own.github.asksForPullRequests();

    Method way = own.way(C, B);

    assertThat(way.name()).isEqualTo("revert-pull-request");
    assertThat(way.costs().getFirst())
        .isEqualTo(
            "a person must merge the pull request within 20 s (main is protected and takes no push: it asks for"
                + " a pull request with 1 approval of code owners)");
    assertThat(way.legs())
        .extracting(l -> ((Act) l).verb())
        .containsExactly(
            "make-revert-branch",
            "open-pull-request",
            "merge-pull-request",
            "see-deploy-begin",
            "see-deploy-end");
  }

  @Test
  void what_the_branch_has_already_needs_no_pull_request() throws Exception {
    Act again =
        (Act)
            own.platform()
                .methods(Release.of("backend", C), Release.of("backend", B))
                .getFirst()
                .legs()
                .getFirst();
    own.act(again);

    assertThat(own.platform().methods(Release.of("backend", B), Release.of("backend", C)))
        .extracting(Method::name)
        .containsExactly("re-run");
  }

  // ---- the person's part

  @Test
  void a_person_merges_and_the_deploy_of_that_very_commit_is_followed() throws Exception {
    Method way = own.way(C, B);
    Act merge = own.upTo("merge-pull-request");
    assertThat(own.platform().look(merge))
        .isEqualTo(
            new Sight.UnderWay(
                "pull request 1 (https://github.example/ace/shop/pull/1) waits: a person must merge"
                    + " it"));
    own.github.takes(2);

    own.github.merge(1, "squash");

    assertThat(own.platform().look(merge)).isInstanceOf(Sight.Holds.class);
    Act end = own.step(way, "see-deploy-end");
    assertThat(own.platform().look(end)).isInstanceOf(Sight.UnderWay.class);
    assertThat(own.platform().look(end).seen()).startsWith("deploy.yml, run 4 (");
    Until.holds("deployed", () -> own.platform().look(end) instanceof Sight.Holds);
    assertThat(own.platform().inventory().live().map(Release::id)).contains(B);
  }

  @Test
  void a_closed_pull_request_is_refused_in_words_and_no_other_is_opened() throws Exception {
    Method way = own.way(C, B);
    Act merge = own.upTo("merge-pull-request");

    own.github.close(1);

    assertThat(own.platform().look(merge)).isInstanceOf(Sight.Failed.class);
    assertThat(reason(own.act(merge)))
        .startsWith("refused: backend: pull request 1 ")
        .contains("was closed and not merged");
    assertThat(reason(own.act(own.step(way, "open-pull-request"))))
        .startsWith("refused: ")
        .contains("was closed and not merged");
    assertThat(own.github.pulls()).isEqualTo(1);
  }

  @Test
  void another_run_may_ask_again() throws Exception {
    Act open = own.upTo("open-pull-request");
    own.act(open);
    own.github.close(1);

    assertThat(own.platform().look(open)).isInstanceOf(Sight.Failed.class);
    assertThat(own.platform().act(open, "run 2/step 1")).isInstanceOf(Outcome.Done.class);

    assertThat(own.github.pulls()).isEqualTo(2);
    assertThat(own.platform().look(open).seen()).startsWith("pull request 2 ");
  }

  @Test
  void what_is_pushed_while_it_waits_makes_it_another_thing() throws Exception {
    Act merge = own.upTo("merge-pull-request");
    own.github.deployed(D);

    assertThat(own.platform().look(merge)).isInstanceOf(Sight.Failed.class);
    assertThat(reason(own.act(merge)))
        .startsWith("refused: backend: main was changed after the plan was made to go to " + B)
        .contains("it is at " + D, "pull request 1 ", "close it and plan again");

    own.github.merge(1, "merge");
    assertThat(own.platform().look(merge)).isInstanceOf(Sight.Failed.class);
    assertThat(reason(own.act(merge))).startsWith("refused: ").contains("was merged, but main");
  }

  // ---- the answer that never came

  @Test
  void a_pull_request_is_never_opened_twice() throws Exception {
    for (Trap trap :
        List.of(
            new Trap.DoesAndCuts(),
            new Trap.DoesAndSays(502, "bad gateway"),
            new Trap.DoesTwice())) {
      try (Shop shop = new Shop(PullRequestSettings.Merger.PERSON)) {
        Act open = shop.upTo("open-pull-request");
        shop.github.trap(1, a -> a.is("POST", ".*/pulls"), trap);

        assertThat(shop.act(open)).isNotInstanceOf(Outcome.Refused.class);

        assertThat(shop.platform().look(open)).isInstanceOf(Sight.Holds.class);
        assertThat(shop.act(open)).isInstanceOf(Outcome.Done.class);
        assertThat(shop.github.pulls()).isEqualTo(1);
      }
    }
  }

  @Test
  void a_branch_that_was_made_unseen_is_found_again() throws Exception {
    Act make = own.upTo("make-revert-branch");
    own.github.trap(1, a -> a.is("POST", ".*/git/refs"), new Trap.DoesAndCuts());

    assertThat(own.act(make)).isInstanceOf(Outcome.Unknown.class);

    assertThat(own.platform().look(make)).isInstanceOf(Sight.Holds.class);
    assertThat(own.act(make)).isInstanceOf(Outcome.Done.class);
  }

  // ---- Lastgood merges

  @Test
  void what_misses_an_approval_waits_for_it() throws Exception {
    try (Shop shop = world()) {
      Act merge = shop.change();
      shop.github.blocks(2);

      assertThat(shop.platform().look(merge)).isInstanceOf(Sight.UnderWay.class);
      assertThat(shop.act(merge)).isInstanceOf(Outcome.Done.class);
      assertThat(shop.sent()).isZero();

      assertThat(shop.platform().look(merge)).isInstanceOf(Sight.NotYet.class);
      ApiFaults.arrives(shop, merge);
    }
  }

  @Test
  void what_cannot_be_merged_is_refused() throws Exception {
    for (String state : List.of("dirty", "behind")) {
      try (Shop shop = world()) {
        Act merge = shop.change();
        shop.github.mergeable(state);

        assertThat(shop.platform().look(merge)).isInstanceOf(Sight.Failed.class);
        assertThat(reason(shop.act(merge))).startsWith("refused: ").contains("is " + state);
        assertThat(shop.sent()).isZero();
      }
    }
  }

  // ---- the deploy

  @Test
  void a_deploy_that_fails_is_unknown_and_says_where_to_look() throws Exception {
    for (String end : List.of("failure", "cancelled", "timed_out", "skipped")) {
      try (Shop shop = world()) {
        shop.github.ends(end);
        Act follow = shop.upTo("see-deploy-end");

        Sight sight = shop.platform().look(follow);

        assertThat(sight).isInstanceOf(Sight.Failed.class);
        assertThat(sight.seen())
            .contains("run 4 (" + end + ")", "gh run view 1004 --repo ace/shop --log-failed");
        assertThat(shop.act(follow)).isInstanceOf(Outcome.Unknown.class);
      }
    }
  }

  @Test
  void a_deploy_that_never_shows_up_is_no_success() throws Exception {
    try (Shop shop = world()) {
      shop.github.deaf();
      Method way = shop.way(C, B);
      shop.upTo("see-deploy-begin");

      for (String verb : List.of("see-deploy-begin", "see-deploy-end")) {
        Sight sight = shop.platform().look(shop.step(way, verb));
        assertThat(sight).isInstanceOf(Sight.UnderWay.class);
        assertThat(sight.seen()).contains("deploy.yml: nothing of ", " has shown up");
      }
    }
  }

  // ---- GitHub's limits

  @Test
  void after_a_limit_nothing_is_asked_until_its_time_is_over() throws Exception {
    for (Trap limit :
        List.of(PlayedGithub.tooFast(60), PlayedGithub.usedUp(NOON.plusSeconds(60)))) {
      try (Shop shop = world()) {
        Act merge = shop.change();
        Platform one = shop.platform();
        shop.github.trap(1, _ -> true, limit);

        assertThat(one.look(merge)).isInstanceOf(Sight.Unclear.class);
        assertThat(one.look(merge).seen()).contains("too many requests with this token", "wait ");
        int asked = shop.github.asked().size();
        assertThat(one.look(merge)).isInstanceOf(Sight.Unclear.class);
        assertThat(reason(one.act(merge, "key"))).startsWith("refused: ").contains("too many");
        assertThat(shop.github.asked()).hasSize(asked);
      }
    }
  }
}
