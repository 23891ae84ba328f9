package dev.lastgood.provider.release;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Sight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A live folder and copies of older ones beside it, as in the ACE CRM runbook.
@DisplayNameGeneration(ReplaceUnderscores.class)
class AdoptionTest {
  @TempDir Path dir;
  private Path live;
  private Path backups;
  private ReleaseDirectory platform;
  private Layout layout;

  @BeforeEach
  void a_live_folder_and_its_backups() throws Exception {
    live = Files.createDirectories(dir.resolve("www/ace-crm"));
    Files.writeString(live.resolve("app.js"), "broken");
    Files.writeString(live.resolve(".env.production"), "KEY=new");
    Files.writeString(live.resolve("only-in-the-bad-one.js"), "x");
    backups = Files.createDirectories(dir.resolve("backups/ace-crm"));
    Path previous = Files.createDirectories(backups.resolve("previous"));
    Files.writeString(previous.resolve("app.js"), "good");
    Files.writeString(previous.resolve(".env.production"), "KEY=old");
    Files.createDirectories(backups.resolve("failed-deployment-20260101-020304/x"));
    var settings =
        new ReleaseDirectorySettings(
            dir,
            Optional.of(Path.of("backups/ace-crm")),
            Optional.of(Path.of("www/ace-crm")),
            Optional.of(true),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    layout = Layout.of(Bench.COMPONENT, settings, dir);
    platform =
        new ReleaseDirectory(
            layout, settings, Optional.empty(), Optional.empty(), java.time.Duration.ZERO);
  }

  @Test
  void the_live_folder_is_a_release_with_a_name_that_stays() throws Exception {
    Inventory inventory = platform.inventory();
    String id = inventory.live().orElseThrow().id();

    assertThat(id).startsWith("adopted-2");
    assertThat(inventory.releases()).extracting(Release::id).contains(id, "previous");
    assertThat(inventory.notes()).singleElement().asString().contains("the first switch makes it");
    Files.writeString(live.resolve("new-file"), "x");
    assertThat(platform.inventory().live().orElseThrow().id()).isEqualTo(id);
  }

  @Test
  void the_copy_of_a_failed_deployment_is_never_offered() throws Exception {
    assertThat(platform.inventory().releases())
        .extracting(Release::id)
        .doesNotContain("failed-deployment-20260101-020304");
  }

  @Test
  void rolls_back_and_forth_without_mixing_or_losing_a_file() throws Exception {
    Release bad = platform.inventory().live().orElseThrow();
    Release good = platform.inventory().find("previous").orElseThrow();
    String before = platform.fingerprint(bad);
    Method way = platform.methods(bad, good).getFirst();
    Method back = platform.methods(good, bad).getFirst();

    Doing.walk(platform, way);

    assertThat(live).isSymbolicLink();
    assertThat(live.resolve("app.js")).hasContent("good");
    assertThat(live.resolve(".env.production")).hasContent("KEY=old");
    assertThat(live.resolve("only-in-the-bad-one.js")).doesNotExist();
    assertThat(platform.inventory().live().map(Release::id)).contains("previous");
    assertThat(platform.fingerprint(bad)).isEqualTo(before);

    Doing.walk(platform, back);

    assertThat(platform.inventory().live().map(Release::id)).contains(bad.id());
    assertThat(live.resolve("app.js")).hasContent("broken");
  }

  @Test
  void the_name_leads_to_the_files_all_the_time() throws Exception {
    Act adopt = adopt();
    var stop = new java.util.concurrent.atomic.AtomicBoolean();
    try (var one = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
      var missing =
          one.submit(() -> {
            int times = 0;
            while (!stop.get()) {
              times += Files.exists(live.resolve("app.js")) ? 0 : 1;
            }
            return times;
          });
      assertThat(platform.act(adopt, "key")).isInstanceOf(Outcome.Done.class);
      stop.set(true);

      assertThat(missing.get()).isZero();
    }
  }

  @Test
  void an_attempt_that_died_before_the_swap_is_finished_by_the_next() throws Exception {
    Act adopt = adopt();
    Path place = Path.of(adopt.get("path"));
    Files.createSymbolicLink(place, place);
    Inventory inventory = platform.inventory();
    assertThat(inventory.find(adopt.get("release"))).isPresent();
    assertThat(inventory.excluded())
        .extracting(Inventory.Excluded::id)
        .doesNotContain(adopt.get("release"));

    Doing.untilItHolds(platform, adopt);

    assertThat(live.resolve("app.js")).hasContent("broken");
    assertThat(Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)).isTrue();
  }

  @Test
  void where_nothing_can_be_swapped_it_is_moved_and_linked() throws Exception {
    var adoption = new Adoption(layout, (_, _) -> false);
    Act adopt = adopt();

    assertThat(adoption.act(adopt)).isInstanceOf(Outcome.Done.class);

    assertThat(adoption.look(adopt)).isInstanceOf(Sight.Holds.class);
    assertThat(live.resolve("app.js")).hasContent("broken");
  }

  @Test
  void a_crash_between_move_and_link_is_finished_by_the_next_attempt() throws Exception {
    Act adopt = adopt();
    Files.move(live, Path.of(adopt.get("path")));
    assertThat(platform.look(adopt)).isInstanceOf(Sight.NotYet.class);

    Doing.untilItHolds(platform, adopt);

    assertThat(live.resolve("app.js")).hasContent("broken");
  }

  @Test
  void a_kernel_that_says_no_leaves_everything_as_it_was() throws Exception {
    Act adopt = adopt();
    var adoption =
        new Adoption(
            layout,
            (_, _) -> {
              throw new IOException("they are on different file systems");
            });

    assertThat(adoption.act(adopt))
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            r ->
                assertThat(r.reason())
                    .contains("different file systems")
                    .contains("it is as it was"));
    assertThat(Files.isDirectory(live, LinkOption.NOFOLLOW_LINKS)).isTrue();
    assertThat(Files.exists(Path.of(adopt.get("path")), LinkOption.NOFOLLOW_LINKS)).isFalse();
  }

  @Test
  void another_folder_than_the_planned_one_is_refused() throws Exception {
    Act adopt = adopt();
    Files.move(live, dir.resolve("aside"));
    Files.createDirectory(live);

    assertThat(platform.act(adopt, "key"))
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            r -> assertThat(r.reason()).contains("is not the folder the plan was made for"));
  }

  private Act adopt() throws Exception {
    Release bad = platform.inventory().live().orElseThrow();
    Release good = platform.inventory().find("previous").orElseThrow();
    return Doing.act(platform.methods(bad, good).getFirst(), Adoption.VERB);
  }
}
