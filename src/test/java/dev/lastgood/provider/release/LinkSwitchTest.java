package dev.lastgood.provider.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.local.Argv;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class LinkSwitchTest {
  @TempDir Path dir;
  private Bench bench;
  private ReleaseDirectory platform;

  @BeforeEach
  void two_releases() throws Exception {
    bench = Bench.ofFiles(dir);
    platform = bench.platform();
  }

  @Test
  void switches_and_leaves_both_releases_as_they_are() throws Exception {
    Path script = Files.writeString(bench.base.resolve("releases/v1/run.sh"), "#!/bin/sh");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-x---"));
    String before = Fingerprint.of(bench.base.resolve("releases/v2"));

    assertThat(platform.act(toV1(), "key")).isInstanceOf(Outcome.Done.class);

    assertThat(bench.current().resolve(".hidden")).hasContent("dot file of v1");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(bench.current().resolve("run.sh"))))
        .isEqualTo("rwxr-x---");
    assertThat(Fingerprint.of(bench.base.resolve("releases/v2"))).isEqualTo(before);
  }

  @Test
  void a_relative_link_stays_relative_and_an_absolute_one_absolute() throws Exception {
    platform.act(toV1(), "key");
    assertThat(Files.readSymbolicLink(bench.current())).isEqualTo(Path.of("releases/v1"));

    Files.delete(bench.current());
    Files.createSymbolicLink(bench.current(), bench.base.resolve("releases/v2"));
    platform.act(toV1(), "key");
    assertThat(Files.readSymbolicLink(bench.current()))
        .isEqualTo(bench.base.resolve("releases/v1"));
  }

  @Test
  void a_link_that_leads_nowhere_can_be_pointed_at_a_release() throws Exception {
    Act act = toV1();
    Files.delete(bench.current());
    Files.createSymbolicLink(bench.current(), Path.of("current"));

    assertThat(platform.look(act)).isInstanceOf(Sight.NotYet.class);
    assertThat(platform.act(act, "key")).isInstanceOf(Outcome.Done.class);
    assertThat(platform.look(act)).isInstanceOf(Sight.Holds.class);
  }

  @Test
  void a_folder_that_took_the_place_of_the_link_is_refused() throws Exception {
    Act act = toV1();
    Files.delete(bench.current());
    Files.createDirectory(bench.current());

    refused(act, "is not a link, so it is not replaced");
  }

  @Test
  void what_somebody_deployed_after_the_plan_is_not_overwritten() throws Exception {
    Act act =
        (Act) platform.methods(bench.named("v2"), bench.named("v1")).getFirst().legs().getFirst();
    bench.release("v3");
    Files.delete(bench.current());
    Files.createSymbolicLink(bench.current(), Path.of("releases/v3"));

    refused(act, "was changed after the plan was made: v3 is live, not v2; plan again");
    assertThat(Files.readSymbolicLink(bench.current())).isEqualTo(Path.of("releases/v3"));
  }

  @Test
  void a_target_that_was_replaced_since_the_plan_is_refused() throws Exception {
    Act act = toV1();
    Files.move(bench.base.resolve("releases/v1"), bench.base.resolve("releases/old"));
    bench.release("v1");

    refused(act, "was replaced since");
  }

  @Test
  void a_target_that_became_a_file_or_a_link_is_refused() throws Exception {
    Act act = toV1();
    bench.remove("v1");
    Files.createSymbolicLink(bench.base.resolve("releases/v1"), Path.of("/usr"));

    refused(act, "release v1 is gone");
  }

  @Test
  void a_plan_for_another_place_is_refused() throws Exception {
    Bench other = Bench.ofFiles(dir);
    Act act = new LinkSwitch(other.layout()).to(other.named("v1"));

    refused(act, "was planned in " + other.base);
  }

  @Test
  void an_id_that_leads_out_of_the_releases_is_refused() throws Exception {
    Act act = toV1();
    for (String id : List.of("../..", "..", ".", "/usr", "v1/../v2")) {
      var with = new java.util.TreeMap<>(act.with());
      with.put("release", id);
      Act evil =
          new Act(
              act.component(),
              act.verb(),
              with,
              act.says(),
              act.byHand(),
              act.expected(),
              act.deadline(),
              act.downtime());

      refused(evil, "is not the name of a folder");
    }
  }

  @Test
  void a_disk_without_room_is_refused_and_nothing_changes() throws Exception {
    Path disk = Files.createDirectory(dir.resolve("disk"));
    assumeTrue(
        Argv.of(
                        Duration.ofSeconds(10),
                        "mount",
                        "-t",
                        "tmpfs",
                        "-o",
                        "size=1m,nr_inodes=20",
                        "tmpfs",
                        disk.toString())
                    .run()
                instanceof Argv.End.Exited(int code, _)
            && code == 0,
        "mounting a small file system needs root");
    try {
      Bench small = Bench.ofFiles(disk);
      Act act = new LinkSwitch(small.layout()).to(small.named("v1"));
      fill(disk);

      assertThat(small.platform().act(act, "key"))
          .isInstanceOfSatisfying(
              Outcome.Refused.class, r -> assertThat(r.reason()).contains("No space left"));
      assertThat(Files.readSymbolicLink(small.current())).isEqualTo(Path.of("releases/v2"));
    } finally {
      Argv.of(Duration.ofSeconds(10), "umount", disk.toString()).run();
    }
  }

  @Test
  void what_an_attempt_left_that_died_before_the_rename_is_swept() throws Exception {
    Process dead = new ProcessBuilder("true").start();
    dead.waitFor();
    Path left = bench.base.resolve(".current.lastgood-tmp-" + dead.pid() + "-1-1");
    Files.createSymbolicLink(left, Path.of("releases/v1"));

    platform.act(toV1(), "key");

    assertThat(Files.exists(left, java.nio.file.LinkOption.NOFOLLOW_LINKS)).isFalse();
  }

  @Test
  void many_who_switch_at_once_leave_one_whole_link() throws Exception {
    Act toV1 = toV1();
    Act toV2 = new LinkSwitch(bench.layout()).to(bench.named("v2"));
    try (var many = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Outcome>> switches =
          Stream.<Callable<Outcome>>generate(() -> () -> platform.act(toV1, "one"))
              .limit(20)
              .flatMap(one -> Stream.<Callable<Outcome>>of(one, () -> platform.act(toV2, "two")))
              .toList();
      for (Future<Outcome> end : many.invokeAll(switches)) {
        assertThat(end.get()).isNotInstanceOf(Outcome.Refused.class);
      }
    }
    assertThat(platform.inventory().live()).isPresent();
    try (Stream<Path> left = Files.list(bench.base)) {
      assertThat(left.map(p -> p.getFileName().toString()))
          .containsExactlyInAnyOrder("current", "releases", "state");
    }
  }

  @Test
  void twenty_thousand_files_are_switched_without_touching_one() throws Exception {
    for (int i = 0; i < 20_000; i++) {
      Path folder = bench.base.resolve("releases/v1/d" + i % 100);
      if (i < 100) {
        Files.createDirectory(folder);
      }
      Files.createFile(folder.resolve("f" + i));
    }
    String before = Fingerprint.of(bench.base.resolve("releases/v1"));

    assertThat(platform.act(toV1(), "key")).isInstanceOf(Outcome.Done.class);

    assertThat(bench.current().resolve("d99/f19999")).exists();
    assertThat(Fingerprint.of(bench.current())).isEqualTo(before);
  }

  @Test
  void killed_at_any_moment_the_link_leads_to_one_of_the_two() throws Exception {
    for (int round = 0; round < 5; round++) {
      Process switching =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  SwitchForEver.class.getName(),
                  bench.base.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      assertThat(switching.inputReader().readLine()).isEqualTo("switching");
      for (int looks = 0; looks < 2_000; looks++) {
        assertThat(platform.inventory().live()).isPresent();
      }
      switching.destroyForcibly().waitFor();

      assertThat(platform.inventory().live()).isPresent();
      Doing.untilItHolds(platform, toV1());
      Doing.untilItHolds(platform, new LinkSwitch(bench.layout()).to(bench.named("v2")));
      try (Stream<Path> left = Files.list(bench.base)) {
        assertThat(left.filter(p -> p.toString().contains(".lastgood-tmp-"))).isEmpty();
      }
    }
  }

  /// Switches to and fro until it is killed.
  static final class SwitchForEver {
    private SwitchForEver() {}

    public static void main(String[] args) throws Exception {
      var settings = Bench.settings(false, Optional.empty(), List.of());
      var link = new LinkSwitch(Layout.of(Bench.COMPONENT, settings, Path.of(args[0])));
      Act one = link.to(dev.lastgood.model.Release.of(Bench.COMPONENT, "v1"));
      Act two = link.to(dev.lastgood.model.Release.of(Bench.COMPONENT, "v2"));
      System.out.println("switching");
      while (true) {
        if (!(link.act(one) instanceof Outcome.Done) || !(link.act(two) instanceof Outcome.Done)) {
          throw new IOException("a switch was refused");
        }
      }
    }
  }

  private Act toV1() throws Exception {
    return new LinkSwitch(bench.layout()).to(bench.named("v1"));
  }

  private void refused(Act act, String why) throws Exception {
    String before = bench.snapshot();
    assertThat(platform.act(act, "key"))
        .isInstanceOfSatisfying(Outcome.Refused.class, r -> assertThat(r.reason()).contains(why));
    assertThat(bench.snapshot()).isEqualTo(before);
  }

  private static void fill(Path disk) {
    try {
      for (int i = 0; i < 1000; i++) {
        Files.createFile(disk.resolve("fill" + i));
      }
    } catch (IOException full) {
      return;
    }
    throw new AssertionError(new File(disk.toString()) + " never fills up");
  }
}
