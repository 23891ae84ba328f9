package dev.lastgood.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.model.Measurement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Checks that are commands of the user's.
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(60)
class CommandProbeTest {
  @TempDir private Path folder;

  private Measurement run(Duration timeout, String script) {
    var command = new Check.Command(List.of("sh", "-c", script), Set.of(1));
    return new Checker("1.2.3", folder)
        .measure(
            Some.check(command, timeout), Optional.of("http://127.0.0.1:8082"), Optional.of("v1"));
  }

  private Measurement run(String script) {
    return run(Duration.ofSeconds(20), script);
  }

  @Test
  void it_is_told_what_to_prove() {
    assertThat(run("echo $LASTGOOD_CHECK $LASTGOOD_ADDRESS $LASTGOOD_VERSION").seen())
        .isEqualTo("exit 0: \"health http://127.0.0.1:8082 v1\"");
  }

  @Test
  void it_runs_in_the_folder_of_the_configuration() throws IOException {
    Files.writeString(folder.resolve("here"), "yes");
    assertThat(run("cat here").seen()).isEqualTo("exit 0: \"yes\"");
  }

  @Test
  void one_that_hangs_is_killed_with_its_children() throws Exception {
    Path pids = folder.resolve("pids");
    var seen = run(Duration.ofSeconds(1), "sleep 300 & echo $! > pids; echo waiting; wait");
    assertThat(seen).isInstanceOf(Measurement.Error.class);
    assertThat(seen.seen()).contains("did not end within 1000 ms").endsWith("\"waiting\"");
    long child = Long.parseLong(Files.readString(pids).strip());
    while (runs(child)) {
      Thread.sleep(5);
    }
  }

  /// Dead but not collected yet is dead.
  private static boolean runs(long pid) throws IOException {
    Path stat = Path.of("/proc/" + pid + "/stat");
    try {
      String line = Files.readString(stat);
      return line.charAt(line.lastIndexOf(')') + 2) != 'Z';
    } catch (java.nio.file.NoSuchFileException e) {
      return false;
    }
  }

  @Test
  void one_that_leaves_a_child_with_its_output_open_is_not_waited_for() {
    var seen = run("sleep 30 & echo done");
    assertThat(seen).isEqualTo(new Measurement.Healthy("exit 0: \"done\""));
  }

  @Test
  void one_that_prints_without_end_is_cut() {
    var seen = run(Duration.ofSeconds(1), "yes nonsense");
    assertThat(seen).isInstanceOf(Measurement.Error.class);
    assertThat(seen.seen()).hasSizeLessThan(400).contains("nonsense");
  }

  @Test
  void its_last_line_is_shown_clipped_and_without_control_characters() {
    assertThat(run("echo first; printf '\\033[31mred\\007\\n\\n'; exit 1"))
        .isEqualTo(new Measurement.Unhealthy("exit 1: \"[31mred\""));
    assertThat(run("head -c 100000 /dev/zero | tr '\\0' x").seen())
        .hasSizeLessThan(200)
        .endsWith("…\"");
  }

  @Test
  void one_that_ends_by_a_signal_is_inconclusive() {
    assertThat(run("kill -9 $$").seen()).startsWith("exit 137").contains("does not know");
  }

  @Test
  void one_that_is_not_there_or_may_not_run_is_an_error() throws IOException {
    Files.writeString(folder.resolve("plain.txt"), "text");
    for (String program : List.of("/no/such", "no-such-program-at-all", "./plain.txt", "/")) {
      var command = new Check.Command(List.of(program), Set.of(1));
      var seen =
          new Checker("1.2.3", folder)
              .measure(Some.check(command), Optional.empty(), Optional.empty());
      assertThat(seen).as(program).isInstanceOf(Measurement.Error.class);
    }
  }

  @Test
  void an_empty_command_is_an_error() {
    var seen =
        new Checker("1.2.3", folder)
            .measure(
                Some.check(new Check.Command(List.of(), Set.of())),
                Optional.empty(),
                Optional.empty());
    assertThat(seen).isEqualTo(new Measurement.Error("the command is empty"));
  }

  @Test
  void words_of_a_shell_in_an_argument_are_just_words() {
    var command = new Check.Command(List.of("echo", "$(id); `id` | id"), Set.of());
    var seen =
        new Checker("1.2.3", folder)
            .measure(Some.check(command), Optional.empty(), Optional.empty());
    assertThat(seen.seen()).isEqualTo("exit 0: \"$(id); `id` | id\"");
  }
}
