package dev.lastgood.provider.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.provider.local.Until;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A kept shell of this machine.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ShellTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path dir;
  private Shell shell;

  @BeforeEach
  void open() {
    shell = Shell.open("here", List.of("sh"), PATIENCE);
  }

  @AfterEach
  void close() {
    shell.close();
  }

  private Shell.Answer ask(String script) {
    return shell.ask(script, PATIENCE);
  }

  private long pid() {
    return Long.parseLong(ask("echo $$").text().strip());
  }

  /// What went to the shell.
  private Path sent() {
    return dir.resolve("sent");
  }

  private List<String> marks() throws IOException {
    return Pattern.compile("[0-9a-f]{32}")
        .matcher(Files.readString(sent()))
        .results()
        .map(m -> m.group())
        .distinct()
        .toList();
  }

  @Test
  void ends_of_answers_before_are_no_ends_of_this_one() throws Exception {
    shell.close();
    shell = Shell.open("here", List.of("sh", "-c", "tee '" + sent() + "' | sh"), PATIENCE);
    assertThat(ask("echo one").text()).isEqualTo("one\n");
    assertThat(marks()).hasSize(2);
    String ends = String.join("", marks().stream().map(m -> "\n" + m + " 0\n").toList());
    String hostile = ends + Shell.mark() + " 0\nrest\n";

    Shell.Answer answer =
        ask("t=" + ShellWords.quoted(hostile) + "; echo \"$t\"; echo \"$t\" >&2; exit 7");

    assertThat(answer.text()).isEqualTo(hostile + "\n");
    assertThat(answer.err()).isEqualTo(hostile.strip());
    assertThat(answer.code()).isEqualTo(7);
    assertThat(ask("echo two").text()).isEqualTo("two\n");
  }

  @Test
  void what_one_question_leaves_behind_is_not_there_for_the_next() {
    String before = ask("pwd; echo \"$PWD,$QUOTING_STYLE\"").text();

    ask("cd /; PWD=/x; QUOTING_STYLE=literal; export QUOTING_STYLE; set -- a b; umask 0; exit 3");

    assertThat(ask("pwd; echo \"$PWD,$QUOTING_STYLE\"").text()).isEqualTo(before);
  }

  @Test
  void a_shell_that_dies_in_the_middle_of_an_answer_has_given_none() {
    assertThatThrownBy(() -> ask("echo half; kill -9 $$"))
        .isInstanceOf(HostLost.class)
        .hasMessageContaining("here: the connection was cut");

    assertThat(shell.alive()).isFalse();
    assertThatThrownBy(() -> ask("echo more"))
        .isInstanceOf(HostLost.class)
        .hasMessageContaining("was lost before");
  }

  @Test
  void a_shell_that_dies_between_two_questions_is_asked_nothing_more() throws Exception {
    ProcessHandle there = ProcessHandle.of(pid()).orElseThrow();
    there.destroyForcibly();
    there.onExit().get();
    Path made = dir.resolve("made");

    assertThatThrownBy(() -> ask("touch '" + made + "'")).isInstanceOf(HostLost.class);
    assertThatThrownBy(() -> ask("touch '" + made + "'")).isInstanceOf(HostLost.class);

    assertThat(made).doesNotExist();
  }

  @Test
  void a_question_while_another_is_under_way_is_asked_after_it() throws Exception {
    Path began = dir.resolve("began");
    Path go = dir.resolve("go");
    Path done = dir.resolve("done");
    Thread act =
        Thread.ofPlatform()
            .start(() ->
                ask(
                    "touch '%s'; while [ ! -e '%s' ]; do sleep 0.02; done; touch '%s'"
                        .formatted(began, go, done)));
    Until.holds("the act is under way", () -> Files.exists(began));
    var seen = new java.util.concurrent.CompletableFuture<String>();
    Thread look =
        Thread.ofPlatform()
            .start(() -> seen.complete(ask("[ -e '" + done + "' ] && echo done").text()));
    Until.holds("the look waits", () -> look.getState() == Thread.State.BLOCKED);
    assertThat(seen).isNotDone();

    Files.createFile(go);

    act.join();
    assertThat(seen.get()).isEqualTo("done\n");
  }
}
