package dev.lastgood.provider.git;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformContract;
import dev.lastgood.provider.Surroundings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real working tree, and the tags v1.9.0 and v1.10.0, which sort the wrong way as text.
@DisplayNameGeneration(ReplaceUnderscores.class)
class CheckoutPlatformTest implements PlatformContract {
  @TempDir Path dir;
  private final AtomicInteger worlds = new AtomicInteger();

  @Override
  public Tree world() throws Exception {
    return new Tree(dir.resolve("w" + worlds.incrementAndGet()));
  }

  static final class Tree implements PlatformContract.World {
    final Path dir;
    final RealGit real;
    final String older;
    final String live;

    Tree(Path dir) throws Exception {
      this.dir = dir;
      real = new RealGit(dir);
      Files.createDirectories(dir.resolve("state"));
      older = real.commit("app", "1.9\n", "1.9");
      real.git("tag", "v1.9.0");
      live = real.commit("app", "1.10\n", "1.10");
      real.git("tag", "-a", "-m", "release", "v1.10.0");
      Files.writeString(real.clone.resolve("upload.jpg"), "not known to git");
    }

    @Override
    public Platform platform() {
      return new GitKind()
          .open(
              "app",
              new GitSettings(
                  new GitWay.CheckoutGitWay(real.clone, Optional.of("v*")),
                  Optional.empty(),
                  Optional.empty()),
              new Surroundings(dir, dir.resolve("state"), InstantSource.fixed(Instant.EPOCH)));
    }

    Act act() throws Exception {
      return (Act)
          platform()
              .methods(Release.of("app", live), Release.of("app", older))
              .getFirst()
              .legs()
              .getFirst();
    }

    @Override
    public String live() {
      return live;
    }

    @Override
    public String older() {
      return older;
    }

    @Override
    public String snapshot() throws Exception {
      return real.head()
          + Files.readString(real.clone.resolve("app"))
          + Files.readString(real.clone.resolve("upload.jpg"))
          + real.git("for-each-ref");
    }

    @Override
    public void remove(String id) throws Exception {
      real.git("checkout", "-q", "--orphan", "alone");
      real.git("commit", "-q", "-m", "alone");
      real.git("branch", "-q", "-D", "main");
      real.git("tag", "-d", "v1.9.0", "v1.10.0");
      real.git("remote", "remove", "origin");
      real.git("reflog", "expire", "--expire=now", "--all");
      real.git("gc", "-q", "--prune=now");
    }
  }

  @Test
  void a_release_is_the_commit_of_a_tag_and_versions_are_sorted_as_versions() throws Exception {
    Tree tree = world();

    assertThat(tree.platform().inventory().releases())
        .extracting(r -> r.origin().version().orElse(""))
        .containsExactly("v1.10.0", "v1.9.0");
  }

  @Test
  void a_tag_that_was_moved_is_not_followed() throws Exception {
    Tree tree = world();
    Act act = tree.act();
    tree.real.git("tag", "-f", "v1.9.0", tree.live);

    tree.platform().act(act, "key");

    assertThat(tree.real.head()).isEqualTo(tree.older);
    assertThat(Files.readString(tree.real.clone.resolve("app"))).isEqualTo("1.9\n");
  }

  @Test
  void what_was_edited_by_hand_is_not_thrown_away() throws Exception {
    Tree tree = world();
    Act act = tree.act();
    Files.writeString(tree.real.clone.resolve("app"), "a hot fix\n");

    Outcome outcome = tree.platform().act(act, "key");

    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    assertThat(((Outcome.Refused) outcome).reason()).contains("edited by hand", "app");
    assertThat(Files.readString(tree.real.clone.resolve("app"))).isEqualTo("a hot fix\n");
  }
}
