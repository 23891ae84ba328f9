package dev.lastgood.provider.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Capturable;
import dev.lastgood.provider.Inventory;
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

/// Against a played docker; `RealComposeTest` is the same against a real engine.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ComposePlatformTest implements PlatformContract {
  private static final String OLDER = "sha256:" + "a".repeat(64);
  private static final String NEWER = "sha256:" + "b".repeat(64);

  @TempDir Path dir;
  private final AtomicInteger worlds = new AtomicInteger();

  @Override
  public Host world() throws Exception {
    return new Host(dir.resolve("w" + worlds.incrementAndGet()));
  }

  /// R2's back end, deployed under a tag.
  static final class Host implements PlatformContract.World {
    final Path dir;
    final PlayedDocker docker;
    final Platform platform;
    final Path pin;

    Host(Path dir) throws IOException {
      this.dir = dir;
      Files.createDirectories(dir.resolve("state"));
      docker = new PlayedDocker(Files.createDirectories(dir.resolve("docker")));
      docker.image(OLDER, "2026-11-01T10:00:00Z", "1.4.1", "well");
      docker.image(NEWER, "2026-11-20T09:00:00Z", "1.4.2", "well");
      docker.container("c0", NEWER);
      Files.writeString(
          dir.resolve("compose.yml"), "services: { backend: { image: 'shop:latest' } }\n");
      pin = dir.resolve("lastgood.backend.yml");
      platform = open(Duration.ZERO, Duration.ofSeconds(10));
    }

    Platform open(Duration steady, Duration timeout) {
      return new ComposeKind()
          .open(
              "backend",
              settings("backend", steady, timeout),
              new Surroundings(dir, dir.resolve("state"), InstantSource.system()));
    }

    ComposeSettings settings(String service, Duration steady, Duration timeout) {
      return new ComposeSettings(
          "shop",
          service,
          List.of(dir.resolve("compose.yml")),
          Optional.empty(),
          Optional.empty(),
          Optional.of("shop"),
          List.of(docker.program.toString()),
          Optional.of(steady),
          Optional.of(timeout));
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
      return platform
          .methods(Release.of("backend", NEWER), Release.of("backend", OLDER))
          .getFirst()
          .legs()
          .stream()
          .map(Act.class::cast)
          .toList();
    }

    List<Act> pinned() throws PlatformUnreachable {
      List<Act> acts = acts();
      perform(this, acts.get(0));
      perform(this, acts.get(1));
      return acts;
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
      Files.delete(docker.dir.resolve("images").resolve(id.substring("sha256:".length())));
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
  void the_image_is_pinned_by_its_digest_and_only_this_service_is_brought_up() throws Exception {
    try (Host host = world()) {
      host.acts().forEach(act -> perform(host, act));

      assertThat(host.pin).content().contains("image: \"" + OLDER + "\"", "pull_policy: never");
      assertThat(Files.readString(host.dir.resolve("compose.yml")))
          .as("nobody edits the team's own file")
          .isEqualTo("services: { backend: { image: 'shop:latest' } }\n");
      assertThat(host.docker.calls())
          .filteredOn(c -> c.startsWith("compose"))
          .singleElement()
          .asString()
          .contains("--no-deps", "--no-build", "--wait")
          .endsWith(" backend");
    }
  }

  @Test
  void the_failed_image_is_kept_under_a_name_of_its_own() throws Exception {
    try (Host host = world()) {
      perform(host, host.acts().getFirst());

      assertThat(Files.readString(host.docker.dir.resolve("images/" + "b".repeat(64))))
          .contains("lastgood-kept/backend:bbbbbbbbbbbb");
    }
  }

  @Test
  void what_was_pinned_once_is_known_when_its_tag_is_gone() throws Exception {
    try (Host host = world()) {
      host.acts().forEach(act -> perform(host, act));
      Path image = host.docker.dir.resolve("images/" + "b".repeat(64));
      Files.writeString(
          image, Files.readString(image).replace("repository=shop", "repository=none"));

      assertThat(host.platform().inventory().find(NEWER)).isPresent();
    }
  }

  @Test
  void a_pinned_image_that_is_gone_is_excluded_with_the_reason() throws Exception {
    try (Host host = world()) {
      host.acts().forEach(act -> perform(host, act));
      Files.delete(host.docker.dir.resolve("containers/c1"));
      host.docker.container("c9", NEWER);
      host.remove(OLDER);

      assertThat(host.platform().inventory().excluded())
          .containsExactly(
              new Inventory.Excluded(OLDER, "the image is not on this machine any more"));
    }
  }

  @Test
  void the_version_is_read_from_the_label_of_the_image() throws Exception {
    try (Host host = world()) {
      assertThat(host.platform().inventory().live().orElseThrow().origin().version())
          .contains("1.4.2");
    }
  }

  @Test
  void exit_0_of_an_up_that_did_nothing_is_not_believed() throws Exception {
    try (Host host = world()) {
      List<Act> acts = host.pinned();
      host.docker.trap("lie-compose");

      assertThat(host.platform().act(acts.get(2), "key")).isInstanceOf(Outcome.Done.class);

      assertThat(host.platform().look(acts.get(2))).isInstanceOf(Sight.NotYet.class);
      assertThat(host.platform().inventory().live().map(Release::id)).contains(NEWER);
      assertThat(host.platform().inventory().notes()).anyMatch(n -> n.contains("does not run"));
    }
  }

  @Test
  void exit_0_of_a_tag_that_was_not_set_stops_before_the_pin() throws Exception {
    try (Host host = world()) {
      host.docker.trap("lie-tag");
      List<Act> acts = host.acts();
      host.platform().act(acts.get(0), "key");

      assertThat(host.platform().look(acts.get(0))).isInstanceOf(Sight.NotYet.class);
      assertThat(refused(host.platform().act(acts.get(1), "key"))).contains("keep-images");
    }
  }

  @Test
  void an_unhealthy_release_is_a_failure() throws Exception {
    try (Host host = world()) {
      host.docker.image(OLDER, "2026-11-01T10:00:00Z", "1.4.1", "unhealthy");
      List<Act> acts = host.pinned();

      assertThat(host.platform().act(acts.get(2), "key")).isInstanceOf(Outcome.Unknown.class);

      assertThat(host.platform().look(acts.get(2))).isInstanceOf(Sight.Failed.class);
      assertThat(host.platform().look(acts.get(2)).seen()).contains("unhealthy");
    }
  }

  @Test
  void a_release_that_ends_at_once_is_a_failure_with_its_exit_code() throws Exception {
    try (Host host = world()) {
      host.docker.image(OLDER, "2026-11-01T10:00:00Z", "1.4.1", "exits");
      List<Act> acts = host.pinned();
      host.platform().act(acts.get(2), "key");

      assertThat(host.platform().look(acts.get(2))).isInstanceOf(Sight.Failed.class);
      assertThat(host.platform().look(acts.get(2)).seen()).contains("exited with 3");
    }
  }

  @Test
  void a_restart_loop_is_a_failure() throws Exception {
    try (Host host = world()) {
      host.docker.image(OLDER, "2026-11-01T10:00:00Z", "1.4.1", "loops");
      List<Act> acts = host.pinned();
      host.platform().act(acts.get(2), "key");

      Until.holds(
          "the loop is seen", () -> host.platform().look(acts.get(2)) instanceof Sight.Failed);

      assertThat(host.platform().look(acts.get(2)).seen()).contains("again and again");
    }
  }

  @Test
  void a_service_is_not_steady_before_its_time() throws Exception {
    try (Host host = world()) {
      List<Act> acts = host.acts();
      acts.forEach(act -> perform(host, act));

      Platform patient = host.open(Duration.ofHours(1), Duration.ofSeconds(10));

      assertThat(patient.look(acts.get(2))).isInstanceOf(Sight.UnderWay.class);
    }
  }

  @Test
  void compose_that_died_in_the_middle_is_unknown_and_can_be_asked_again() throws Exception {
    try (Host host = world()) {
      List<Act> acts = host.pinned();
      host.docker.trap("die-after");

      assertThat(host.platform().act(acts.get(2), "key")).isInstanceOf(Outcome.Unknown.class);
      assertThat(host.platform().look(acts.get(2)))
          .as("made and never started")
          .isInstanceOf(Sight.NotYet.class);

      host.docker.free("die-after");
      perform(host, acts.get(2));
    }
  }

  @Test
  void an_engine_that_is_down_or_says_no_is_refused_in_its_own_words() throws Exception {
    try (Host host = world()) {
      List<Act> acts = host.acts();
      host.docker.trap("refuse-tag");
      assertThat(refused(host.platform().act(acts.get(0), "key"))).contains("permission denied");

      host.docker.trap("down");
      assertThat(refused(host.platform().act(acts.get(0), "key"))).contains("Cannot connect");
      assertThat(host.platform().look(acts.get(2))).isInstanceOf(Sight.Unclear.class);
      assertThatThrownBy(() -> host.platform().inventory())
          .isInstanceOf(PlatformUnreachable.class)
          .hasMessageContaining("Cannot connect");
    }
  }

  @Test
  void an_answer_in_an_unknown_shape_is_no_answer() throws Exception {
    try (Host host = world()) {
      host.docker.trap("strange");

      assertThatThrownBy(() -> host.platform().inventory())
          .isInstanceOf(PlatformUnreachable.class)
          .hasMessageContaining("shape nobody knows");
    }
  }

  @Test
  void somebody_elses_deploy_after_the_plan_is_not_rolled_over() throws Exception {
    try (Host host = world()) {
      List<Act> acts = host.pinned();
      String third = "sha256:" + "c".repeat(64);
      host.docker.image(third, "2026-11-21T09:00:00Z", "1.4.3", "well");
      host.docker.container("c0", third);

      assertThat(refused(host.platform().act(acts.get(2), "key")))
          .contains("changed after the plan was made", third);
    }
  }

  @Test
  void a_file_that_lastgood_did_not_write_is_not_replaced() throws Exception {
    try (Host host = world()) {
      List<Act> acts = host.acts();
      perform(host, acts.get(0));
      Files.writeString(host.pin, "services: {}\n");

      assertThat(refused(host.platform().act(acts.get(1), "key")))
          .contains("was not written by Lastgood");
      assertThat(host.pin).hasContent("services: {}\n");
    }
  }

  @Test
  void containers_of_two_images_leave_open_what_is_live() throws Exception {
    try (Host host = world()) {
      host.docker.container("c7", OLDER);

      Inventory inventory = host.platform().inventory();

      assertThat(inventory.live()).isEmpty();
      assertThat(inventory.notes()).anyMatch(n -> n.contains(OLDER) && n.contains(NEWER));
    }
  }

  @Test
  void logs_of_the_failed_release_are_captured() throws Exception {
    try (Host host = world()) {
      assertThat(((Capturable) host.platform()).capture(Release.of("backend", NEWER)).toString())
          .contains("said by c0", "shop-c0 running, healthy");
    }
  }

  @Test
  void names_that_docker_would_take_for_options_are_mistakes() throws Exception {
    try (Host host = world()) {
      for (String service : List.of("--all", "a b", "", "$(x)")) {
        assertThatThrownBy(() ->
                new ComposeKind()
                    .open(
                        "backend",
                        host.settings(service, Duration.ZERO, Duration.ZERO),
                        new Surroundings(
                            host.dir, host.dir.resolve("state"), InstantSource.system())))
            .as(service)
            .isInstanceOf(BadSettings.class);
      }
    }
  }
}
