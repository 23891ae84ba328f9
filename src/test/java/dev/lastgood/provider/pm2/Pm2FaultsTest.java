package dev.lastgood.provider.pm2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a PM2 does that does not do what it is asked: a program in its place that says what the
/// test wants, and notes what it was asked.
@DisplayNameGeneration(ReplaceUnderscores.class)
class Pm2FaultsTest {
  private static final String DELETE = "delete";
  @TempDir Path dir;
  private Platform platform;
  private Act start;

  @BeforeEach
  void deployed() throws Exception {
    assumeTrue(
        List.of("/usr/bin/node", "/usr/local/bin/node").stream()
            .anyMatch(n -> Files.isExecutable(Path.of(n))),
        "node is not installed: apt-get install nodejs");
    for (String release : List.of("v1", "v2", "v3")) {
      Path folder = Files.createDirectories(dir.resolve("releases").resolve(release));
      Files.writeString(folder.resolve("app.js"), "");
      Files.writeString(
          folder.resolve("ecosystem.config.js"),
          "module.exports = { apps: [{ name: 'shop', script: 'app.js' }] }");
    }
    Files.createDirectories(dir.resolve("state"));
    Files.writeString(
        Files.createDirectories(dir.resolve("home")).resolve("pm2.pid"),
        String.valueOf(ProcessHandle.current().pid()));
    Path program = dir.resolve("pm2");
    Files.writeString(
        program,
        "#!/bin/sh\ncd '"
            + dir
            + "'\n[ \"$1\" = jlist ] && exec cat list\necho \"$1\" >>asked\n"
            + "[ -e \"fails-$1\" ] && { echo \"[PM2][ERROR] $1 says no\"; exit 1; }\nexit 0\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    runs("v2");
    platform =
        new Pm2Kind()
            .open(
                "backend",
                new Pm2Settings(
                    List.of("shop"),
                    dir.resolve("releases"),
                    Optional.empty(),
                    List.of(program.toString()),
                    Optional.of(dir.resolve("home")),
                    Map.of(),
                    Optional.of(Duration.ofMillis(1500)),
                    Optional.of(Duration.ofSeconds(60))),
                new Surroundings(dir, dir.resolve("state"), InstantSource.system()));
    start =
        (Act)
            platform
                .methods(Release.of("backend", "v2"), Release.of("backend", "v1"))
                .getFirst()
                .legs()
                .getFirst();
  }

  private void runs(String release) throws IOException {
    Files.writeString(
        dir.resolve("list"),
        """
        [{"name":"shop","pm2_env":{"status":"online","restart_time":0,"pm_uptime":1,\
        "pm_exec_path":"%s"}}]
        """
            .formatted(dir.resolve("releases").resolve(release).resolve("app.js")));
  }

  private List<String> asked() throws IOException {
    Path asked = dir.resolve("asked");
    return Files.exists(asked) ? Files.readAllLines(asked) : List.of();
  }

  @Test
  void exit_0_of_a_start_that_did_nothing_is_not_believed() throws Exception {
    assertThat(platform.act(start, "key")).isInstanceOf(Outcome.Done.class);

    assertThat(asked()).containsExactly(DELETE, "start");
    assertThat(platform.look(start)).isInstanceOf(Sight.NotYet.class);
    assertThat(platform.inventory().live().map(Release::id)).contains("v2");
  }

  @Test
  void a_delete_or_a_start_that_fails_is_unknown_and_the_look_tells() throws Exception {
    for (String verb : List.of("start", DELETE)) {
      Files.writeString(dir.resolve("fails-" + verb), "");

      assertThat(platform.act(start, "key"))
          .isEqualTo(
              new Outcome.Unknown("backend: pm2 " + verb + ": [PM2][ERROR] " + verb + " says no"));
      assertThat(platform.look(start)).isInstanceOf(Sight.NotYet.class);
    }
    assertThat(asked()).as("nothing is started after a failed delete").endsWith(DELETE);
  }

  @Test
  void an_answer_of_an_unknown_shape_is_never_guessed_at() throws Exception {
    for (String answer :
        List.of(
            "",
            "<html>",
            "{}",
            "[{\"surprise\":1}]",
            "[{\"name\":\"shop\",\"pm2_env\":{\"status\":\"online\"}}]")) {
      Files.writeString(dir.resolve("list"), answer + "\n");

      assertThatThrownBy(platform::inventory)
          .as(answer)
          .isInstanceOf(PlatformUnreachable.class)
          .hasMessageContaining("pm2 jlist answered");
      assertThat(platform.look(start)).isInstanceOf(Sight.Unclear.class);
      assertThat(platform.act(start, "key")).isInstanceOf(Outcome.Refused.class);
    }
    assertThat(asked()).isEmpty();
  }

  @Test
  void what_somebody_deployed_after_the_plan_is_not_overwritten() throws Exception {
    runs("v3");

    assertThat(platform.act(start, "key"))
        .isEqualTo(
            new Outcome.Refused(
                "backend was changed after the plan was made: v3 runs, not v2; plan again"));
    assertThat(asked()).isEmpty();
  }

  @Test
  void what_runs_already_is_done_without_a_command() throws Exception {
    runs("v1");

    assertThat(platform.act(start, "key")).isInstanceOf(Outcome.Done.class);
    assertThat(asked()).isEmpty();
  }

  @Test
  void a_pm2_that_is_not_there_is_refused_in_words() throws Exception {
    Files.delete(dir.resolve("pm2"));

    assertThat(platform.look(start)).isInstanceOf(Sight.Unclear.class);
    assertThat(platform.act(start, "key")).isInstanceOf(Outcome.Refused.class);
  }

  @Test
  void without_the_program_it_says_where_to_name_it() throws Exception {
    Files.delete(dir.resolve("pm2"));

    assertThatThrownBy(platform::inventory)
        .isInstanceOf(PlatformUnreachable.class)
        .hasMessageContaining("say under `pm2` how it is called");
  }
}
