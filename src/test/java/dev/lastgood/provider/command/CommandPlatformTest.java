package dev.lastgood.provider.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Release;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Capturable;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformContract;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real commands: a shell script of a team's own that knows its releases.
@DisplayNameGeneration(ReplaceUnderscores.class)
class CommandPlatformTest implements PlatformContract {
  private static final String TOOL =
      """
      #!/bin/sh
      # releases NAME..., one file each; `current` names the live one
      cd "$(dirname "$0")" || exit 9
      case $1 in
        list) ls -r releases ;;
        json) printf '[{"id":"v2","since":"2026-11-21T09:00:00Z","version":"2.0"},'
              printf '{"id":"v1","commit":"abc"},{"id":"v0","excluded":"it never started"}]' ;;
        current) cat current 2>/dev/null || true ;;
        deploy) [ -f "releases/$2" ] || { echo "no $2 here" >&2; exit 3; }
                echo "with $TOKEN"; printf '%s' "$2" > current; echo "$1 $*" >> calls ;;
        lie) exit 0 ;;
        break) echo "half way with $TOKEN"; exit 1 ;;
        hang) sleep 600 ;;
        options) printf '%s\\n' --force v1 ;;
        logs) echo "$2 said $TOKEN" ;;
        chatter) yes v1 | head -c 2000000 ;;
        moving) printf '{"live":"v2","under-way":"v1"}' ;;
        failed) printf '{"live":"v2","failed":"v1 did not start"}' ;;
        nonsense) echo 'a b c d e' ;;
      esac
      """;

  @TempDir Path dir;
  private final AtomicInteger worlds = new AtomicInteger();

  @Override
  public Team world() throws Exception {
    return new Team(dir.resolve("w" + worlds.incrementAndGet()));
  }

  static final class Team implements PlatformContract.World {
    final Path dir;
    final Path tool;

    Team(Path dir) throws IOException {
      this.dir = dir;
      tool = dir.resolve("tool");
      Files.createDirectories(dir.resolve("releases"));
      Files.createDirectories(dir.resolve("state"));
      for (String each : List.of("v1", "v2")) {
        Files.writeString(dir.resolve("releases").resolve(each), each);
      }
      Files.writeString(dir.resolve("current"), "v2");
      Files.writeString(tool, TOOL);
      assertThat(tool.toFile().setExecutable(true)).isTrue();
    }

    @Override
    public Platform platform() {
      return platform("list", "current", "deploy");
    }

    Platform platform(String inventory, String observe, String act) {
      return platform(
          inventory, observe, List.of("./tool", act, "{to}"), List.of(), forms(observe));
    }

    private static Optional<CommandSettings.Form> forms(String observe) {
      return observe.equals("moving") || observe.equals("failed") || observe.equals("json")
          ? Optional.of(CommandSettings.Form.JSON)
          : Optional.empty();
    }

    Platform platform(
        String inventory,
        String observe,
        List<String> act,
        List<String> undo,
        Optional<CommandSettings.Form> form) {
      return new CommandKind()
          .open(
              "billing",
              new CommandSettings(
                  List.of("./tool", inventory),
                  List.of("./tool", observe),
                  act,
                  undo,
                  List.of("./tool", "logs", "{id}"),
                  form,
                  List.of(3),
                  Optional.empty(),
                  Map.of(),
                  Map.of("TOKEN", new Secret("${env:TOKEN}", () -> "hunter2")),
                  Optional.of(Duration.ofSeconds(10)),
                  Optional.of(Duration.ofMillis(100)),
                  Optional.of(Duration.ofSeconds(5)),
                  Optional.empty(),
                  List.of("requests in flight are cut"),
                  List.of()),
              new Surroundings(dir, dir.resolve("state"), InstantSource.fixed(Instant.EPOCH)));
    }

    Act act(Platform platform, String from, String to) throws PlatformUnreachable {
      Method method =
          platform.methods(Release.of("billing", from), Release.of("billing", to)).getFirst();
      return (Act) method.legs().getFirst();
    }

    @Override
    public String live() {
      return "v2";
    }

    @Override
    public String older() {
      return "v1";
    }

    @Override
    public String snapshot() throws IOException {
      Path calls = dir.resolve("calls");
      try (var releases = Files.list(dir.resolve("releases"))) {
        return Files.readString(dir.resolve("current"))
            + releases.sorted().toList()
            + (Files.exists(calls) ? Files.readString(calls) : "");
      }
    }

    @Override
    public void remove(String id) throws IOException {
      Files.delete(dir.resolve("releases").resolve(id));
    }

    @Override
    public List<String> secrets() {
      return List.of("hunter2");
    }
  }

  @Test
  void an_exit_of_zero_is_not_proof() throws Exception {
    Team team = world();
    Platform liar = team.platform("list", "current", "lie");
    Act act = team.act(liar, "v2", "v1");

    assertThat(liar.act(act, "key")).isInstanceOf(Outcome.Done.class);
    assertThat(liar.look(act)).isEqualTo(new Sight.NotYet("observe says v2 is live"));
  }

  @Test
  void an_exit_that_says_nothing_is_unknown_and_its_words_are_masked() throws Exception {
    Team team = world();
    Platform broken = team.platform("list", "current", "break");

    assertThat(broken.act(team.act(broken, "v2", "v1"), "key"))
        .isEqualTo(
            new Outcome.Unknown(
                "billing: the command ended with exit 1; it said: half way with •••"));
  }

  @Test
  void an_exit_that_refuses_is_refused_in_its_own_words() throws Exception {
    Team team = world();
    Platform platform =
        team.platform(
            "list",
            "current",
            List.of("./tool", "deploy", "gone-{to}"),
            List.of(),
            Optional.empty());

    assertThat(platform.act(team.act(platform, "v2", "v1"), "key"))
        .isEqualTo(
            new Outcome.Refused(
                "billing: the command refused with exit 3; it said: no gone-v1 here"));
  }

  @Test
  void a_command_that_hangs_is_ended_and_unknown() throws Exception {
    Team team = world();
    Platform slow = team.platform("list", "current", "hang");

    Outcome outcome = slow.act(team.act(slow, "v2", "v1"), "key");

    assertThat(outcome).isInstanceOf(Outcome.Unknown.class);
    assertThat(((Outcome.Unknown) outcome).reason()).contains("did not end within 5000 ms");
  }

  @Test
  void an_observation_that_is_no_answer_changes_nothing() throws Exception {
    Team team = world();
    Act act = team.act(team.platform(), "v2", "v1");

    for (String odd : List.of("list", "chatter", "break")) {
      Platform blind = team.platform("list", odd, "deploy");
      assertThat(blind.look(act)).as(odd).isInstanceOf(Sight.Unclear.class);
      assertThat(blind.act(act, "key")).as(odd).isInstanceOf(Outcome.Refused.class);
    }
    assertThat(team.snapshot()).startsWith("v2");
  }

  @Test
  void what_is_on_its_way_is_waited_for_and_what_failed_is_said() throws Exception {
    Team team = world();
    Platform moving = team.platform("json", "moving", "deploy");
    Act act = team.act(moving, "v2", "v1");

    assertThat(moving.look(act)).isInstanceOf(Sight.UnderWay.class);
    assertThat(moving.act(act, "key")).isEqualTo(new Outcome.Done("v1 is on its way already"));
    assertThat(team.platform("json", "failed", "deploy").look(act))
        .isEqualTo(new Sight.Failed("observe says v2 is live; v1 did not start"));
    assertThat(team.snapshot()).startsWith("v2");
  }

  @Test
  void json_tells_more_than_lines() throws Exception {
    Inventory inventory = world().platform("json", "moving", "deploy").inventory();

    assertThat(inventory.releases()).extracting(Release::id).containsExactly("v2", "v1");
    assertThat(inventory.releases().getFirst().origin().version()).contains("2.0");
    assertThat(inventory.releases().getFirst().since())
        .contains(Instant.parse("2026-11-21T09:00:00Z"));
    assertThat(inventory.excluded())
        .containsExactly(new Inventory.Excluded("v0", "it never started"));
  }

  @Test
  void an_id_that_would_be_an_option_is_given_to_no_command() throws Exception {
    Inventory inventory = world().platform("options", "current", "deploy").inventory();

    assertThat(inventory.find("--force")).isEmpty();
    assertThat(inventory.excluded()).extracting(Inventory.Excluded::id).containsExactly("--force");
  }

  @Test
  void an_answer_of_another_shape_is_no_answer() throws Exception {
    Team team = world();

    assertThatThrownBy(() -> team.platform("nonsense", "current", "deploy").inventory())
        .isInstanceOf(PlatformUnreachable.class)
        .hasMessage("billing: inventory answered `a b c d e`, not `ID [SINCE] [VERSION]`");
  }

  @Test
  void somebody_elses_deploy_in_between_is_not_overwritten() throws Exception {
    Team team = world();
    Files.writeString(team.dir.resolve("releases/v3"), "");
    Act act = team.act(team.platform(), "v2", "v1");
    Files.writeString(team.dir.resolve("current"), "v3");

    assertThat(team.platform().act(act, "key"))
        .isEqualTo(
            new Outcome.Refused(
                "billing was changed after the plan was made: v3 is live, not v2; plan again"));
  }

  @Test
  void a_command_that_nobody_approved_is_not_run() throws Exception {
    Team team = world();
    Act act = team.act(team.platform(), "v2", "v1");

    assertThat(team.platform("list", "current", "lie").act(act, "key"))
        .isEqualTo(
            new Outcome.Refused(
                "billing: the command was changed after the plan was made; plan again"));
  }

  @Test
  void the_way_forward_again_may_be_another_command() throws Exception {
    Team team = world();
    Platform platform =
        team.platform(
            "list",
            "current",
            List.of("./tool", "deploy", "{to}", "back"),
            List.of("./tool", "deploy", "{to}", "forth", "{key}"),
            Optional.empty());

    platform.act(team.act(platform, "v2", "v1"), "run-1/a");
    platform.act(team.act(platform, "v1", "v2"), "run-2/a");

    assertThat(Files.readString(team.dir.resolve("calls")))
        .isEqualTo("deploy deploy v1 back\ndeploy deploy v2 forth run-2/a\n");
  }

  @Test
  void logs_are_captured_and_masked() throws Exception {
    var exhibits = ((Capturable) world().platform()).capture(Release.of("billing", "v2"));

    assertThat(exhibits)
        .containsExactly(
            new Capturable.Exhibit("billing-v2.log", "./tool logs v2", "v2 said •••\n"));
  }

  @Test
  void a_placeholder_nobody_fills_is_a_mistake_of_the_configuration() throws Exception {
    Team team = world();

    assertThatThrownBy(() ->
            team.platform(
                "list",
                "current",
                List.of("./tool", "{to}", "{version}"),
                List.of(),
                Optional.empty()))
        .isInstanceOf(BadSettings.class)
        .hasMessageContaining("act has no {version}; known are {to}, {from}, {key}, {component}");
    assertThatThrownBy(() ->
            team.platform(
                "list", "current", List.of("./tool", "previous"), List.of(), Optional.empty()))
        .isInstanceOf(BadSettings.class)
        .hasMessageContaining("does not say {to}");
  }
}
