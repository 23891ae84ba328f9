package dev.lastgood.provider.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformContract;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.forge.ForgeSettings;
import dev.lastgood.provider.local.Argv;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The real git on real repositories.
@DisplayNameGeneration(ReplaceUnderscores.class)
class BranchPlatformTest implements PlatformContract {
  @TempDir Path dir;
  private final AtomicInteger worlds = new AtomicInteger();

  @Override
  public Repository world() throws Exception {
    return new Repository(dir.resolve("w" + worlds.incrementAndGet()));
  }

  static class Repository implements PlatformContract.World {
    final Path dir;
    final RealGit real;
    final String good;
    final String bad;

    Repository(Path dir) throws Exception {
      this.dir = dir;
      real = new RealGit(dir);
      Files.createDirectories(dir.resolve("state"));
      real.commit("app", "one\n", "Start");
      good = real.commit("app", "one\ntwo\n", "Last good");
      bad = real.commit("app", "one\ntwo\nbroken\n", "Add new feature");
    }

    @Override
    public Platform platform() {
      return platform(real.origin.toString());
    }

    Optional<ForgeSettings> forge() {
      return Optional.empty();
    }

    Platform platform(String address) {
      return new GitKind()
          .open(
              "source",
              new GitSettings(
                  new GitWay.BranchGitWay(
                      address,
                      Optional.empty(),
                      Optional.empty(),
                      Optional.empty(),
                      Optional.of("On call <oncall@shop.test>"),
                      forge()),
                  Optional.empty(),
                  Optional.of(java.time.Duration.ofMillis(100))),
              new Surroundings(dir, dir.resolve("state"), InstantSource.fixed(Instant.EPOCH)));
    }

    List<Act> acts(String from, String to) throws PlatformUnreachable {
      return platform()
          .methods(Release.of("source", from), Release.of("source", to))
          .getFirst()
          .legs()
          .stream()
          .map(Act.class::cast)
          .toList();
    }

    Outcome walk(String from, String to) throws PlatformUnreachable {
      Outcome last = new Outcome.Refused("no act");
      for (Act act : acts(from, to)) {
        last = platform().act(act, "key");
        if (!(last instanceof Outcome.Done)) {
          return last;
        }
      }
      return last;
    }

    @Override
    public String live() {
      return bad;
    }

    @Override
    public String older() {
      return good;
    }

    /// The team's repository: our own clone is ours.
    @Override
    public String snapshot() throws Exception {
      return RealGit.git(real.origin, "for-each-ref")
          + RealGit.git(real.origin, "rev-list", "--all");
    }

    /// Somebody rewrites history.
    @Override
    public void remove(String id) throws Exception {
      real.git("checkout", "-q", "--orphan", "rewritten");
      real.git("commit", "-q", "-m", "Squashed");
      real.git("push", "-q", "--force", "origin", "HEAD:main");
    }
  }

  @Test
  void going_back_one_commit_is_a_new_commit_and_history_stays() throws Exception {
    Repository world = world();

    assertThat(world.walk(world.bad, world.good)).isInstanceOf(Outcome.Done.class);

    assertThat(world.real.shows("app")).isEqualTo("one\ntwo");
    assertThat(RealGit.git(world.real.origin, "rev-parse", "main~1")).isEqualTo(world.bad);
    assertThat(RealGit.git(world.real.origin, "log", "-1", "--format=%an <%ae>%n%B", "main"))
        .startsWith("On call <oncall@shop.test>\nRevert to Last good")
        .contains("- " + world.bad + " Add new feature")
        .contains("Lastgood-Release: " + world.good);
  }

  @Test
  void a_range_with_a_merge_in_it_goes_back_in_one_commit() throws Exception {
    Repository world = world();
    world.real.git("checkout", "-q", "-b", "feature", world.good);
    Files.writeString(world.real.clone.resolve("feature"), "f\n");
    world.real.git("add", "-A");
    world.real.git("commit", "-q", "-m", "Feature");
    world.real.git("checkout", "-q", "main");
    world.real.git("merge", "-q", "--no-ff", "-m", "Merge feature", "feature");
    world.real.git("push", "-q", "origin", "HEAD:main");
    String newest = world.real.commit("app", "more\n", "More");

    world.walk(newest, world.good);

    assertThat(RealGit.git(world.real.origin, "rev-parse", "main^{tree}"))
        .isEqualTo(RealGit.git(world.real.origin, "rev-parse", world.good + "^{tree}"));
    assertThat(world.platform().inventory().live().map(Release::id)).contains(world.good);
  }

  @Test
  void one_commit_out_of_the_middle_goes_and_what_came_after_it_stays() throws Exception {
    Repository world = world();
    String head = world.real.commit("other", "fine\n", "Something else");
    String wanted = new Without(world.bad, head).id();
    assertThat(world.platform().inventory().find(wanted)).isPresent();

    assertThat(world.walk(head, wanted)).isInstanceOf(Outcome.Done.class);

    assertThat(world.real.shows("app")).isEqualTo("one\ntwo");
    assertThat(world.real.shows("other")).isEqualTo("fine");
    assertThat(world.platform().inventory().live().map(Release::id)).contains(wanted);

    assertThat(world.walk(wanted, head)).isInstanceOf(Outcome.Done.class);
    assertThat(world.real.shows("app")).isEqualTo("one\ntwo\nbroken");
    assertThat(world.platform().inventory().live().map(Release::id)).contains(head);
  }

  @Test
  void a_merge_in_the_middle_is_reverted_to_its_first_parent() throws Exception {
    Repository world = world();
    world.real.git("checkout", "-q", "-b", "feature", world.good);
    Files.writeString(world.real.clone.resolve("feature"), "f\n");
    world.real.git("add", "-A");
    world.real.git("commit", "-q", "-m", "Feature");
    world.real.git("checkout", "-q", "main");
    world.real.git("merge", "-q", "--no-ff", "-m", "Merge feature", "feature");
    world.real.git("push", "-q", "origin", "HEAD:main");
    String merge = world.real.head();
    String head = world.real.commit("other", "fine\n", "Something else");

    assertThat(world.walk(head, new Without(merge, head).id())).isInstanceOf(Outcome.Done.class);

    assertThat(RealGit.git(world.real.origin, "ls-tree", "--name-only", "main"))
        .isEqualTo("app\nother");
  }

  @Test
  void a_conflict_names_the_files_and_nothing_is_pushed() throws Exception {
    Repository world = world();
    String head = world.real.commit("app", "one\ntwo\nmended\n", "Mend it");
    String before = world.snapshot();

    Outcome outcome = world.walk(head, new Without(world.bad, head).id());

    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    assertThat(((Outcome.Refused) outcome).reason())
        .contains("later commits changed the same lines of app. Nothing was pushed.");
    assertThat(world.snapshot()).isEqualTo(before);
    assertThat(
            RealGit.git(
                    dir,
                    "--git-dir",
                    world.dir.resolve("state/git/source.git").toString(),
                    "worktree",
                    "list")
                .lines())
        .hasSize(1);
  }

  @Test
  void what_somebody_pushed_meanwhile_is_never_overwritten() throws Exception {
    Repository world = world();
    List<Act> acts = world.acts(world.bad, world.good);
    world.platform().act(acts.getFirst(), "key");
    String theirs = world.real.commit("app", "a hot fix\n", "Hot fix");

    Outcome outcome = world.platform().act(acts.getLast(), "key");

    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    assertThat(((Outcome.Refused) outcome).reason()).contains(theirs, "plan again");
    assertThat(world.real.pushed()).isEqualTo(theirs);
  }

  @Test
  void a_push_between_our_look_and_our_push_wins() throws Exception {
    Repository world = world();
    List<Act> acts = world.acts(world.bad, world.good);
    world.platform().act(acts.getFirst(), "key");
    // Their push lands while ours is on its way: the server's hook makes it.
    Path hook = world.real.origin.resolve("hooks/pre-receive");
    Files.writeString(
        hook,
        "#!/bin/sh\nunset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES\n"
            + "git update-ref refs/heads/main "
            + world.good
            + "\n");
    assertThat(hook.toFile().setExecutable(true)).isTrue();

    Outcome outcome = world.platform().act(acts.getLast(), "key");

    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    assertThat(world.real.pushed()).isEqualTo(world.good);
  }

  @Test
  void a_protected_branch_refuses_and_says_how_to_ask_for_it() throws Exception {
    Repository world = world();
    Path hook = world.real.origin.resolve("hooks/update");
    Files.writeString(
        hook, "#!/bin/sh\n[ $1 != refs/heads/main ] || { echo 'protected branch' >&2; exit 1; }\n");
    assertThat(hook.toFile().setExecutable(true)).isTrue();

    Outcome outcome = world.walk(world.bad, world.good);

    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    String reason = ((Outcome.Refused) outcome).reason();
    assertThat(reason).contains("did not take it", "open a pull request");
    assertThat(world.real.pushed()).isEqualTo(world.bad);
    String typed = reason.replaceFirst("(?s).*open a pull request from there: ", "");
    Argv.End end = Argv.of(Duration.ofSeconds(30), "sh", "-c", typed).run();
    assertThat(end.output()).contains("lastgood-revert");
    assertThat(world.real.origin.resolve("refs/heads/lastgood-revert")).exists();
  }

  @Test
  void a_repository_that_is_gone_is_unreachable_by_name() throws Exception {
    Platform nowhere = world().platform("nowhere.git");

    assertThatThrownBy(nowhere::inventory)
        .isInstanceOf(PlatformUnreachable.class)
        .hasMessageContaining("source: nowhere.git: git fetch ended with exit 128: ")
        .hasMessageContaining("nowhere.git' does not appear to be a git repository")
        .hasMessageNotContaining("the repository exists");
  }

  @Test
  void a_password_in_the_address_is_a_mistake() throws Exception {
    Repository world = world();

    assertThatThrownBy(() -> world.platform("https://me:hunter2@git.shop.test/shop.git"))
        .isInstanceOf(BadSettings.class)
        .hasMessageNotContaining("hunter2");
  }
}
