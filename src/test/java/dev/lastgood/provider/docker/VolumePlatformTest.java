package dev.lastgood.provider.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformContract;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Snapshotting;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.Until;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Against a played docker whose volumes are folders; `RealVolumeTest` is the same against a real
/// engine.
@DisplayNameGeneration(ReplaceUnderscores.class)
class VolumePlatformTest implements PlatformContract {
  @TempDir Path dir;
  private final AtomicInteger worlds = new AtomicInteger();

  @Override
  public Host world() throws Exception {
    return new Host(dir.resolve("w" + worlds.incrementAndGet()));
  }

  /// A volume that was kept before a deploy, and got worse since.
  static final class Host implements PlatformContract.World {
    final Path dir;
    final PlayedVolumes docker;
    final Path data;
    final Platform platform;

    Host(Path dir) throws Exception {
      this.dir = dir;
      Files.createDirectories(dir.resolve("state"));
      docker = new PlayedVolumes(Files.createDirectories(dir.resolve("docker")));
      docker.container("shop-1");
      data = docker.volume("shop-data");
      Files.writeString(data.resolve("orders"), "good");
      Files.createDirectories(data.resolve(".hidden"));
      Files.writeString(data.resolve(".hidden/key"), "hunter1");
      platform = open("shop-data");
      ((Snapshotting) platform).snapshot();
      Files.writeString(data.resolve("orders"), "broken");
      Files.writeString(data.resolve("rubbish"), "made by the broken version");
    }

    Platform open(String volume) {
      return new VolumeKind()
          .open(
              "data",
              new VolumeSettings(
                  volume,
                  Optional.empty(),
                  List.of(docker.program.toString()),
                  Optional.of(Duration.ofSeconds(20))),
              new Surroundings(dir, dir.resolve("state"), InstantSource.system()));
    }

    @Override
    public Platform platform() {
      return platform;
    }

    @Override
    public String live() {
      return "g2";
    }

    @Override
    public String older() {
      return "g1";
    }

    Method way() throws PlatformUnreachable {
      return platform.methods(Release.of("data", "g2"), Release.of("data", "g1")).getFirst();
    }

    List<Act> acts() throws PlatformUnreachable {
      return way().legs().stream().map(Act.class::cast).toList();
    }

    List<Act> performed(int many) throws PlatformUnreachable {
      List<Act> acts = acts();
      acts.stream().limit(many).forEach(act -> perform(this, act));
      return acts;
    }

    @Override
    public String snapshot() throws IOException {
      var all = new StringBuilder();
      try (var files = Files.walk(dir)) {
        for (Path file : files.sorted().toList()) {
          if (!file.toString().endsWith(".lock") && !file.toString().endsWith("calls.log")) {
            all.append('\n').append(file);
            all.append(Files.isRegularFile(file) ? Files.readString(file) : "");
          }
        }
      }
      return all.toString();
    }

    @Override
    public void remove(String id) throws IOException {
      try (var all = Files.walk(docker.dir)) {
        for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
          if (each.toString().contains(".lastgood." + id + ".")) {
            Files.delete(each);
          }
        }
      }
    }

    @Override
    public List<String> secrets() {
      return List.of("hunter");
    }
  }

  private static void perform(Host host, Act act) {
    assertThat(host.platform().act(act, "key")).as(act.says()).isInstanceOf(Outcome.Done.class);
    Until.holds(act.says(), () -> host.platform().look(act) instanceof Sight.Holds);
  }

  private static String refused(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    return ((Outcome.Refused) outcome).reason();
  }

  @Test
  void files_that_only_the_broken_version_has_are_gone_and_come_back_at_an_undo() throws Exception {
    try (Host host = world()) {
      host.performed(4);
      assertThat(host.data.resolve("orders")).hasContent("good");
      assertThat(host.data.resolve(".hidden/key")).hasContent("hunter1");
      assertThat(host.data.resolve("rubbish")).doesNotExist();

      for (var leg :
          host.platform()
              .methods(Release.of("data", "g1"), Release.of("data", "g2"))
              .getFirst()
              .legs()) {
        perform(host, (Act) leg);
      }
      assertThat(host.data.resolve("orders")).hasContent("broken");
      assertThat(host.data.resolve("rubbish")).exists();
    }
  }

  @Test
  void what_would_be_lost_is_counted_before_anybody_approves() throws Exception {
    try (Host host = world()) {
      assertThat(host.way().losses())
          .containsExactly(
              "3 files of shop-data as they are when it stops, with what was written since g1 was"
                  + " kept");
    }
  }

  @Test
  void nothing_is_replaced_while_somebody_uses_it_or_before_it_is_kept() throws Exception {
    try (Host host = world()) {
      List<Act> acts = host.acts();
      assertThat(refused(host.platform().act(acts.get(1), "key"))).contains("shop-1 uses");
      assertThat(refused(host.platform().act(acts.get(2), "key"))).contains("shop-1 uses");

      perform(host, acts.get(0));
      assertThat(refused(host.platform().act(acts.get(2), "key"))).contains("is not kept");
      assertThat(refused(host.platform().act(acts.get(3), "key"))).contains("nothing is started");
    }
  }

  @Test
  void a_copy_from_before_the_last_write_is_no_copy_of_now() throws Exception {
    try (Host host = world()) {
      List<Act> acts = host.performed(2);
      host.docker.container("shop-1");
      Files.writeString(host.data.resolve("orders"), "written meanwhile");
      perform(host, acts.get(0));

      assertThat(host.platform().look(acts.get(1))).isInstanceOf(Sight.NotYet.class);
      assertThat(refused(host.platform().act(acts.get(2), "key"))).contains("is not kept");
    }
  }

  @Test
  void exit_0_of_a_copy_that_copied_nothing_is_not_believed_and_nothing_is_left_of_it()
      throws Exception {
    try (Host host = world()) {
      List<Act> acts = host.performed(1);
      host.docker.trap("lie-copy");
      String before = host.snapshot();

      assertThat(refused(host.platform().act(acts.get(1), "key"))).contains("is not what is in it");

      assertThat(host.snapshot()).isEqualTo(before);
    }
  }

  @Test
  void exit_0_of_a_restore_that_did_nothing_is_unknown_and_finished_by_the_next_try()
      throws Exception {
    try (Host host = world()) {
      List<Act> acts = host.performed(2);
      host.docker.trap("lie-copy");

      assertThat(host.platform().act(acts.get(2), "key").toString())
          .contains("Unknown", "ended with 0");
      assertThat(host.platform().inventory().live()).isEmpty();
      assertThat(host.platform().inventory().notes()).anyMatch(n -> n.contains("half done"));

      host.docker.free("lie-copy");
      perform(host, acts.get(2));
      assertThat(host.platform().inventory().live().map(Release::id)).contains("g1");
    }
  }

  @Test
  void a_restore_that_died_in_the_middle_is_finished_by_the_next_try() throws Exception {
    try (Host host = world()) {
      List<Act> acts = host.performed(2);
      host.docker.trap("half");
      assertThat(host.platform().act(acts.get(2), "key")).isInstanceOf(Outcome.Unknown.class);
      assertThat(host.platform().look(acts.get(2))).isInstanceOf(Sight.NotYet.class);
      assertThat(refused(host.platform().act(acts.get(3), "key"))).contains("nothing is started");

      host.docker.free("half");
      perform(host, acts.get(2));
      perform(host, acts.get(3));

      assertThat(host.data.resolve("orders")).hasContent("good");
    }
  }

  @Test
  void exit_0_of_a_stop_that_stopped_nothing_is_not_believed() throws Exception {
    try (Host host = world()) {
      host.docker.trap("lie-stop");
      Act stop = host.acts().getFirst();

      assertThat(host.platform().act(stop, "key")).isInstanceOf(Outcome.Done.class);

      assertThat(host.platform().look(stop)).isInstanceOf(Sight.NotYet.class);
    }
  }

  @Test
  void a_user_that_ends_after_its_start_is_a_failure() throws Exception {
    try (Host host = world()) {
      List<Act> acts = host.performed(3);
      host.docker.trap("dies");

      host.platform().act(acts.get(3), "key");

      assertThat(host.platform().look(acts.get(3))).isInstanceOf(Sight.Failed.class);
    }
  }

  @Test
  void a_kept_volume_that_somebody_wrote_to_is_not_put_back() throws Exception {
    try (Host host = world()) {
      List<Act> acts = host.performed(2);
      try (var kept = Files.list(host.docker.dir.resolve("volumes"))) {
        Path copy = kept.filter(v -> v.toString().contains(".g1.")).findFirst().orElseThrow();
        Files.writeString(copy.resolve("orders"), "touched");
      }

      assertThat(refused(host.platform().act(acts.get(2), "key"))).contains("not what was kept");
      assertThat(host.data.resolve("orders")).hasContent("broken");
    }
  }

  @Test
  void a_snapshot_of_a_volume_that_is_written_to_fails_and_leaves_nothing() throws Exception {
    try (Host host = world()) {
      host.docker.trap("writer");

      assertThatThrownBy(() -> ((Snapshotting) host.platform()).snapshot())
          .isInstanceOf(PlatformUnreachable.class)
          .hasMessageContaining("somebody writes to it");

      try (var volumes = Files.list(host.docker.dir.resolve("volumes"))) {
        assertThat(volumes.filter(v -> v.toString().contains(".g2."))).isEmpty();
      }
      assertThat(host.platform().inventory().live().map(Release::id)).contains("g2");
    }
  }

  @Test
  void a_copy_that_was_never_proven_is_no_release() throws Exception {
    try (Host host = world()) {
      Path half = host.docker.volume("shop-data.lastgood.g9.1");
      Files.writeString(
          host.docker.dir.resolve("labels/" + half.getFileName()), "dev.lastgood.of=shop-data\n");

      assertThat(host.platform().inventory().excluded())
          .containsExactly(
              new Inventory.Excluded(
                  "shop-data.lastgood.g9.1", "a copy that was never proven to be whole"));
    }
  }

  @Test
  void an_engine_that_is_down_and_a_volume_that_is_not_there_are_said() throws Exception {
    try (Host host = world()) {
      assertThatThrownBy(() -> host.open("shop").inventory())
          .isInstanceOf(PlatformUnreachable.class)
          .hasMessageContaining("there is no volume shop;")
          .hasMessageContaining("docker volume create shop");
      Act stop = host.acts().getFirst();
      host.docker.trap("down");
      assertThat(host.platform().look(stop)).isInstanceOf(Sight.Unclear.class);
      assertThat(refused(host.platform().act(stop, "key"))).contains("Cannot connect");
    }
  }

  @Test
  void names_that_docker_takes_for_something_else_are_mistakes() throws Exception {
    try (Host host = world()) {
      for (String volume : List.of("d", "--all", "/var/lib", "a:b", "")) {
        assertThatThrownBy(() -> host.open(volume)).as(volume).isInstanceOf(BadSettings.class);
      }
    }
  }
}
