package dev.lastgood.provider.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Capturable;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformContract;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.Until;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Against a played manager; `RealSwarmTest` is the same against a real swarm.
@DisplayNameGeneration(ReplaceUnderscores.class)
class SwarmPlatformTest implements PlatformContract {
  private static final String SHOP = "registry.example/shop";
  private static final String OLDER = SHOP + "@sha256:" + "a".repeat(64);
  private static final String NEWER = SHOP + "@sha256:" + "b".repeat(64);

  @TempDir Path dir;
  private final AtomicInteger worlds = new AtomicInteger();

  @Override
  public Host world() throws Exception {
    return new Host(dir.resolve("w" + worlds.incrementAndGet()));
  }

  /// A service of two tasks, updated from `a…` to `b…` yesterday.
  static final class Host implements PlatformContract.World {
    final Path dir;
    final PlayedSwarm swarm;
    final Platform platform;

    Host(Path dir) throws IOException {
      this.dir = dir;
      Files.createDirectories(dir.resolve("state"));
      swarm = new PlayedSwarm(Files.createDirectories(dir.resolve("docker")));
      swarm.say("image", SHOP + ":latest@sha256:" + "b".repeat(64));
      swarm.say("previous", SHOP + ":latest@sha256:" + "a".repeat(64));
      swarm.say("tasks", SHOP + ":latest@sha256:" + "b".repeat(64));
      for (String digest : List.of("a", "b")) {
        swarm.say("registry/" + digest.repeat(64), "");
      }
      platform = open("shop", Duration.ZERO);
    }

    Platform open(String service, Duration steady) {
      return new SwarmKind()
          .open(
              "backend",
              new SwarmSettings(
                  service,
                  List.of(swarm.program.toString()),
                  Optional.of(steady),
                  Optional.of(Duration.ofSeconds(20))),
              new Surroundings(dir, dir.resolve("state"), InstantSource.system()));
    }

    @Override
    public Platform platform() {
      return platform;
    }

    @Override
    public String live() {
      return NEWER;
    }

    @Override
    public String older() {
      return OLDER;
    }

    List<Act> acts() throws PlatformUnreachable {
      return acts(NEWER, OLDER);
    }

    List<Act> acts(String from, String to) throws PlatformUnreachable {
      return platform
          .methods(Release.of("backend", from), Release.of("backend", to))
          .getFirst()
          .legs()
          .stream()
          .map(Act.class::cast)
          .toList();
    }

    Act kept() throws PlatformUnreachable {
      List<Act> acts = acts();
      perform(this, acts.getFirst());
      return acts.getLast();
    }

    @Override
    public String snapshot() throws IOException {
      var all = new StringBuilder();
      try (var files = Files.walk(dir)) {
        for (Path file : files.sorted().toList()) {
          if (Files.isRegularFile(file)
              && !file.toString().endsWith(".lock")
              && !file.toString().endsWith("calls.log")) {
            all.append('\n').append(file).append('\n').append(Files.readString(file));
          }
        }
      }
      return all.toString();
    }

    @Override
    public void remove(String id) throws IOException {
      Files.deleteIfExists(swarm.dir.resolve("registry").resolve("a".repeat(64)));
      Files.deleteIfExists(swarm.dir.resolve("local").resolve("a".repeat(64)));
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

  private static Sight ends(Host host, Act act) {
    Until.holds("it ends", () -> !(host.platform().look(act) instanceof Sight.UnderWay));
    return host.platform().look(act);
  }

  @Test
  void the_update_is_to_the_digest_and_never_the_one_step_back() throws Exception {
    try (Host host = world()) {
      host.acts().forEach(act -> perform(host, act));

      assertThat(host.swarm.said("image")).isEqualTo(OLDER);
      assertThat(Files.readAllLines(host.swarm.dir.resolve("calls.log")))
          .contains("service update --detach --no-resolve-image --image " + OLDER + " shop")
          .noneMatch(c -> c.contains("rollback"));
    }
  }

  @Test
  void a_digest_that_lies_two_steps_back_is_still_known() throws Exception {
    try (Host host = world()) {
      host.acts().forEach(act -> perform(host, act));
      String third = SHOP + "@sha256:" + "c".repeat(64);
      host.swarm.say("image", third);
      host.swarm.say("previous", OLDER);
      host.swarm.say("tasks", third);
      Files.deleteIfExists(host.swarm.dir.resolve("local").resolve("b".repeat(64)));

      assertThat(host.platform().inventory().find(NEWER)).isPresent();
    }
  }

  @Test
  void exit_0_of_an_update_that_did_not_happen_is_not_believed() throws Exception {
    try (Host host = world()) {
      Act update = host.kept();
      host.swarm.trap("lie-update");

      assertThat(host.platform().act(update, "key")).isInstanceOf(Outcome.Done.class);

      assertThat(host.platform().look(update)).isInstanceOf(Sight.NotYet.class);
    }
  }

  @Test
  void an_update_that_the_swarm_paused_is_a_failure_in_its_words() throws Exception {
    try (Host host = world()) {
      Act update = host.kept();
      host.swarm.trap("pauses");
      host.platform().act(update, "key");

      Sight sight = ends(host, update);

      assertThat(sight).isInstanceOf(Sight.Failed.class);
      assertThat(sight.seen()).contains("the swarm paused it", "early termination of task");
    }
  }

  @Test
  void an_update_that_the_swarm_undid_by_itself_is_a_failure_until_it_is_asked_anew()
      throws Exception {
    try (Host host = world()) {
      Act update = host.kept();
      host.swarm.trap("undoes");
      host.platform().act(update, "key");

      Sight sight = ends(host, update);
      assertThat(sight).isInstanceOf(Sight.Failed.class);
      assertThat(sight.seen()).contains("went back by itself");

      host.swarm.free("undoes");
      Act again = host.acts().getLast();
      assertThat(host.platform().look(again)).isInstanceOf(Sight.NotYet.class);
      perform(host, again);
    }
  }

  @Test
  void a_paused_bad_release_can_be_left() throws Exception {
    try (Host host = world()) {
      host.swarm.say("state", "paused");
      host.swarm.say("message", "update paused due to failure");
      assertThat(host.platform().inventory().notes()).anyMatch(n -> n.contains("paused"));

      host.acts().forEach(act -> perform(host, act));
    }
  }

  @Test
  void an_update_that_hangs_is_under_way_and_never_done() throws Exception {
    try (Host host = world()) {
      Act update = host.kept();
      host.swarm.trap("hangs");
      host.platform().act(update, "key");

      assertThat(host.platform().look(update)).isInstanceOf(Sight.UnderWay.class);
      assertThat(host.platform().act(update, "key")).isInstanceOf(Outcome.Done.class);
      assertThat(host.swarm.said("version")).as("asked for once").isEqualTo("11");
    }
  }

  @Test
  void tasks_that_do_not_run_long_enough_are_not_settled() throws Exception {
    try (Host host = world()) {
      List<Act> acts = host.acts();
      acts.forEach(act -> perform(host, act));

      assertThat(host.open("shop", Duration.ofHours(1)).look(acts.getLast()))
          .isInstanceOf(Sight.UnderWay.class);
    }
  }

  @Test
  void tasks_of_another_image_are_not_the_release() throws Exception {
    try (Host host = world()) {
      List<Act> acts = host.acts();
      acts.forEach(act -> perform(host, act));
      host.swarm.say("tasks", NEWER);

      assertThat(host.platform().look(acts.getLast()).seen()).contains("0 of 2 tasks");
    }
  }

  @Test
  void a_command_that_died_is_unknown_and_a_look_tells() throws Exception {
    try (Host host = world()) {
      Act update = host.kept();
      host.swarm.trap("die-before");
      assertThat(host.platform().act(update, "key")).isInstanceOf(Outcome.Unknown.class);
      assertThat(host.platform().look(update)).isInstanceOf(Sight.NotYet.class);

      host.swarm.free("die-before");
      host.swarm.trap("die-after");
      assertThat(host.platform().act(update, "key")).isInstanceOf(Outcome.Unknown.class);
      assertThat(ends(host, update)).isInstanceOf(Sight.Holds.class);
    }
  }

  @Test
  void somebody_else_who_changes_it_right_now_is_said() throws Exception {
    try (Host host = world()) {
      Act update = host.kept();
      host.swarm.trap("sequence");
      assertThat(refused(host.platform().act(update, "key"))).contains("somebody else changes");

      host.swarm.free("sequence");
      host.swarm.say("image", SHOP + "@sha256:" + "c".repeat(64));
      assertThat(refused(host.platform().act(update, "key")))
          .contains("changed after the plan was made");
    }
  }

  @Test
  void nothing_is_updated_before_the_image_was_proven_to_be_there() throws Exception {
    try (Host host = world()) {
      assertThat(refused(host.platform().act(host.acts().getLast(), "key")))
          .contains("not kept on this node");
    }
  }

  @Test
  void a_service_of_a_tag_without_a_digest_is_said() throws Exception {
    try (Host host = world()) {
      host.swarm.say("image", "shop:latest");

      assertThat(host.platform().inventory().live()).isEmpty();
      assertThat(host.platform().inventory().notes()).anyMatch(n -> n.contains("without a digest"));
    }
  }

  @Test
  void an_engine_that_is_down_or_speaks_strangely_is_no_answer() throws Exception {
    try (Host host = world()) {
      List<Act> acts = host.acts();
      host.swarm.trap("strange");
      assertThatThrownBy(() -> host.platform().inventory())
          .isInstanceOf(PlatformUnreachable.class)
          .hasMessageContaining("shape nobody knows");
      host.swarm.trap("down");
      assertThat(host.platform().look(acts.getLast())).isInstanceOf(Sight.Unclear.class);
      assertThat(refused(host.platform().act(acts.getFirst(), "key"))).contains("Cannot connect");
    }
  }

  @Test
  void a_service_that_is_not_there_names_the_setting_and_how_to_find_the_right_one()
      throws Exception {
    try (Host host = world()) {
      host.swarm.trap("gone");

      assertThatThrownBy(() -> host.platform().inventory())
          .isInstanceOf(PlatformUnreachable.class)
          .hasMessageContainingAll("no such service: shop", "docker service ls", "`service`");
    }
  }

  @Test
  void tasks_and_logs_are_captured() throws Exception {
    try (Host host = world()) {
      assertThat(((Capturable) host.platform()).capture(Release.of("backend", NEWER)).toString())
          .contains("said by shop", "shop.1  " + SHOP + ":latest");
    }
  }

  @Test
  void names_that_docker_would_take_for_options_are_mistakes() throws Exception {
    try (Host host = world()) {
      for (String service : List.of("--all", "a b", "")) {
        assertThatThrownBy(() -> host.open(service, Duration.ZERO))
            .as(service)
            .isInstanceOf(BadSettings.class);
      }
    }
  }

  @Test
  void the_tag_is_left_out_of_a_pinned_name() {
    String digest = "@sha256:" + "a".repeat(64);
    assertThat(Swarm.pinned("localhost:5000/a/shop:1.2" + digest))
        .contains("localhost:5000/a/shop" + digest);
    assertThat(Swarm.pinned("localhost:5000/a/shop" + digest))
        .contains("localhost:5000/a/shop" + digest);
    assertThat(Swarm.pinned("shop:1.2")).isEmpty();
    assertThat(Swarm.pinned("--all" + digest)).isEmpty();
  }
}
