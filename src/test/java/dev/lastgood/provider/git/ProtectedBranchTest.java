package dev.lastgood.provider.git;

import static dev.lastgood.provider.http.ApiFaults.reason;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformContract;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.forge.PullRequestSettings.Merger;
import dev.lastgood.rehearsal.PlayedGithub;
import dev.lastgood.rehearsal.Trap;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A branch that takes no push: real git, a played GitHub.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ProtectedBranchTest implements PlatformContract {
  @TempDir Path dir;
  private final AtomicInteger worlds = new AtomicInteger();

  @Override
  public Hosting world() throws Exception {
    return hosting(Merger.LASTGOOD).protectedBranch();
  }

  private Hosting hosting(Merger merger) throws Exception {
    return new Hosting(dir.resolve("w" + worlds.incrementAndGet()), merger);
  }

  private Hosting person() throws Exception {
    return hosting(Merger.PERSON).protectedBranch();
  }

  // ---- the plan

  @Test
  void the_plan_says_that_a_pull_request_is_needed_and_who_must_act() throws Exception {
    try (Hosting shop = person()) {
      List<Method> ways =
          shop.platform().methods(Release.of("source", shop.bad), Release.of("source", shop.good));

      assertThat(ways).extracting(Method::name).containsExactly("pull-request");
      assertThat(ways.getFirst().costs())
          .containsExactly(
              "a person must merge the pull request within 20 s (main is protected and takes no"
                  + " push: it asks for a pull request with 1 approval of code owners)");
      assertThat(ways.getFirst().legs())
          .extracting(l -> ((Act) l).verb())
          .containsExactly(
              "make-revert",
              "push-revert-branch",
              "open-pull-request",
              "merge-pull-request",
              "see-deploy-begin",
              "see-deploy-end");
    }
  }

  @Test
  void the_older_protection_is_seen_by_an_administrators_token() throws Exception {
    try (Hosting shop = hosting(Merger.PERSON)) {
      shop.github.protect(true);

      Method way =
          shop.platform()
              .methods(Release.of("source", shop.bad), Release.of("source", shop.good))
              .getFirst();

      assertThat(way.name()).isEqualTo("pull-request");
      assertThat(way.costs().getFirst()).contains("a pull request with 2 approvals");
    }
  }

  @Test
  void what_is_not_known_beforehand_is_known_from_the_refused_push() throws Exception {
    try (Hosting shop = hosting(Merger.LASTGOOD)) {
      shop.bare.protect("main");
      shop.github.protect(false);

      List<Method> ways =
          shop.platform().methods(Release.of("source", shop.bad), Release.of("source", shop.good));

      assertThat(ways).extracting(Method::name).containsExactly("revert", "pull-request");
      assertThat(ways.getFirst().costs().getFirst())
          .contains("only an administrator's token sees how", "which a person must see through");
      Act push = shop.upTo(ways.getFirst(), "push-revert");
      assertThat(reason(shop.act(push))).startsWith("refused: ").contains("did not take it");

      shop.upTo(ways.getLast(), "see-deploy-begin");
      assertThat(shop.real.shows("app")).isEqualTo("one\ntwo");
    }
  }

  @Test
  void a_github_that_does_not_answer_does_not_hinder_a_push() throws Exception {
    try (Hosting shop = hosting(Merger.PERSON)) {
      shop.github.expireToken();

      Method way = shop.way(shop.bad, shop.good, "revert");

      assertThat(way.costs().getFirst()).contains("is not known", "${env:GITHUB_TOKEN}");
      shop.upTo(way, "see-deploy-begin");
      assertThat(shop.real.shows("app")).isEqualTo("one\ntwo");
    }
  }

  // ---- the person's part

  @Test
  void however_a_person_merges_it_the_branch_is_back() throws Exception {
    for (String manner : List.of("merge", "squash", "rebase")) {
      try (Hosting shop = person()) {
        Method way = shop.way(shop.bad, shop.good, "pull-request");
        Act merge = shop.upTo(way, "merge-pull-request");
        assertThat(shop.platform().look(merge)).isInstanceOf(Sight.UnderWay.class);
        assertThat(shop.real.pushed()).isEqualTo(shop.bad);

        shop.github.merge(1, manner);

        assertThat(shop.platform().look(merge)).as(manner).isInstanceOf(Sight.Holds.class);
        assertThat(shop.platform().inventory().live().map(Release::id)).contains(shop.good);
        assertThat(shop.platform().look(Hosting.step(way, "see-deploy-end")))
            .isInstanceOf(Sight.Holds.class);
      }
    }
  }

  @Test
  void one_commit_alone_goes_by_a_pull_request_too_and_comes_back() throws Exception {
    for (String manner : List.of("merge", "squash", "rebase")) {
      try (Hosting shop = hosting(Merger.PERSON)) {
        String head = shop.real.commit("other", "fine\n", "Something else");
        shop.protectedBranch();
        shop.github.mergesAtOnce(manner);
        String wanted = new Without(shop.bad, head).id();

        Method way = shop.way(head, wanted, "pull-request");
        Method back = shop.way(wanted, head, "pull-request");

        shop.upTo(way, "see-deploy-begin");

        assertThat(shop.real.shows("app")).isEqualTo("one\ntwo");
        assertThat(shop.real.shows("other")).isEqualTo("fine");
        assertThat(shop.platform().look(Hosting.step(way, "merge-pull-request")))
            .as(manner)
            .isInstanceOf(Sight.Holds.class);
        assertThat(shop.platform().inventory().live().map(Release::id)).contains(wanted);

        shop.upTo(back, "see-deploy-begin");
        assertThat(shop.platform().inventory().live().map(Release::id)).contains(head);
      }
    }
  }

  @Test
  void a_closed_pull_request_ends_refused() throws Exception {
    try (Hosting shop = person()) {
      Act merge = shop.upTo(shop.way(shop.bad, shop.good, "pull-request"), "merge-pull-request");

      shop.github.close(1);

      assertThat(shop.platform().look(merge)).isInstanceOf(Sight.Failed.class);
      assertThat(reason(shop.act(merge)))
          .startsWith("refused: source: pull request 1 ")
          .contains("was closed and not merged: somebody decided against it");
      assertThat(shop.real.pushed()).isEqualTo(shop.bad);
    }
  }

  @Test
  void what_somebody_pushed_to_the_pull_request_is_not_merged_by_lastgood() throws Exception {
    try (Hosting shop = world()) {
      Act merge = shop.upTo(shop.way(shop.bad, shop.good, "pull-request"), "merge-pull-request");
      String ours =
          "lastgood/to-" + shop.good.substring(0, 12) + "-from-" + shop.bad.substring(0, 12);
      String approved = shop.bare.head(ours).orElseThrow();
      String theirs =
          shop.bare.commit(
              shop.bare.tree(shop.bad).orElseThrow(), List.of(approved), "One more thing");
      shop.bare.point(ours, theirs);

      assertThat(reason(shop.act(merge)))
          .startsWith("refused: ")
          .contains("is not merged: it brings " + theirs, "somebody pushed to " + ours);
      assertThat(shop.real.pushed()).isEqualTo(shop.bad);

      shop.bare.point(ours, approved);
      assertThat(shop.act(merge)).isInstanceOf(Outcome.Done.class);
      assertThat(shop.real.shows("app")).isEqualTo("one\ntwo");
    }
  }

  @Test
  void a_hot_fix_while_it_waits_is_not_undone_by_surprise() throws Exception {
    try (Hosting shop = person()) {
      Act merge = shop.upTo(shop.way(shop.bad, shop.good, "pull-request"), "merge-pull-request");
      String fix =
          shop.bare.commit(
              shop.bare.tree(shop.good).orElseThrow(), List.of(shop.bad), "Hot fix, otherwise");
      String tree = shop.bare.tree(shop.real.head()).orElseThrow();
      shop.bare.point("main", shop.bare.commit(tree, List.of(fix), "And more"));

      assertThat(shop.platform().look(merge)).isInstanceOf(Sight.Failed.class);
      assertThat(reason(shop.act(merge))).startsWith("refused: ").contains("plan again");
    }
  }

  // ---- never twice

  @Test
  void a_pull_request_whose_answer_was_lost_is_found_by_its_branch() throws Exception {
    try (Hosting shop = person()) {
      Act open = shop.upTo(shop.way(shop.bad, shop.good, "pull-request"), "open-pull-request");
      shop.github.trap(1, a -> a.is("POST", ".*/pulls"), new Trap.DoesAndCuts());

      assertThat(reason(shop.act(open))).startsWith("unknown: ").contains("may have been done");

      assertThat(shop.platform().look(open)).isInstanceOf(Sight.Holds.class);
      assertThat(shop.act(open)).isInstanceOf(Outcome.Done.class);
      assertThat(shop.github.pulls()).isEqualTo(1);
    }
  }

  @Test
  void it_says_what_it_undoes_and_carries_no_secret() throws Exception {
    try (Hosting shop = person()) {
      shop.upTo(shop.way(shop.bad, shop.good, "pull-request"), "merge-pull-request");

      assertThat(shop.github.body(1))
          .contains(
              "- " + shop.bad + " Add new feature",
              "Lastgood-Release: " + shop.good,
              "Lastgood-Step: run 1/step 1")
          .doesNotContain(Hosting.TOKEN);
    }
  }

  @Test
  void a_branch_of_that_name_that_holds_something_else_is_left_alone() throws Exception {
    try (Hosting shop = person()) {
      Method way = shop.way(shop.bad, shop.good, "pull-request");
      Act aside = shop.upTo(way, "push-revert-branch");
      String ours =
          "lastgood/to-" + shop.good.substring(0, 12) + "-from-" + shop.bad.substring(0, 12);
      String theirs =
          shop.bare.commit(shop.bare.tree(shop.bad).orElseThrow(), List.of(shop.bad), "Theirs");
      shop.bare.point(ours, theirs);

      assertThat(shop.platform().look(aside)).isInstanceOf(Sight.NotYet.class);
      assertThat(reason(shop.act(aside))).startsWith("refused: ").contains(ours, "delete it");
      assertThat(shop.bare.head(ours)).contains(theirs);
    }
  }

  // ---- GitHub's trouble

  @Test
  void a_token_that_expires_while_it_waits_makes_the_look_unclear() throws Exception {
    try (Hosting shop = person()) {
      Act merge = shop.upTo(shop.way(shop.bad, shop.good, "pull-request"), "merge-pull-request");
      shop.github.expireToken();

      assertThat(shop.platform().look(merge)).isInstanceOf(Sight.Unclear.class);
      assertThat(shop.platform().look(merge).seen()).contains("${env:GITHUB_TOKEN}");

      // The branch is the proof, not GitHub's word.
      shop.github.merge(1, "merge");
      assertThat(shop.platform().look(merge)).isInstanceOf(Sight.Holds.class);
    }
  }

  @Test
  void while_github_limits_us_nothing_is_asked() throws Exception {
    try (Hosting shop = person()) {
      Act merge = shop.upTo(shop.way(shop.bad, shop.good, "pull-request"), "merge-pull-request");
      Platform one = shop.platform();
      shop.github.trap(1, _ -> true, PlayedGithub.usedUp(Instant.EPOCH.plusSeconds(600)));
      assertThat(one.look(merge).seen()).contains("wait 600 s");
      int asked = shop.github.asked().size();

      assertThat(one.look(merge)).isInstanceOf(Sight.Unclear.class);

      assertThat(shop.github.asked()).hasSize(asked);
    }
  }
}
