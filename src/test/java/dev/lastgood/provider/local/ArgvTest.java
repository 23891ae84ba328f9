package dev.lastgood.provider.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.provider.local.Argv.End;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ArgvTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path dir;

  @Test
  void says_the_exit_code_and_what_both_streams_printed() {
    assertThat(Argv.of(LONG, "sh", "-c", "echo out; echo err >&2; exit 7").run())
        .isEqualTo(new End.Exited(7, "out\nerr\n"));
  }

  @Test
  void words_are_handed_over_as_they_are() {
    assertThat(Argv.of(LONG, "printf", "%s|", "a b", "$HOME", "*", "").run())
        .isEqualTo(new End.Exited(0, "a b|$HOME|*||"));
  }

  @Test
  void the_last_line_that_says_something_is_for_messages() {
    assertThat(new End.Exited(1, "first\n  it broke \n\n").lastLine()).isEqualTo("it broke");
    assertThat(new End.Exited(1, "").lastLine()).isEmpty();
  }

  @Test
  void runs_in_its_folder_with_its_variables() {
    var argv =
        new Argv(
            List.of("sh", "-c", "pwd; echo $COLOUR"),
            Optional.of(dir),
            Map.of("COLOUR", "green"),
            LONG);

    assertThat(argv.run()).isEqualTo(new End.Exited(0, dir + "\ngreen\n"));
  }

  @Test
  void has_an_empty_standard_input() {
    assertThat(Argv.of(LONG, "cat").run()).isEqualTo(new End.Exited(0, ""));
  }

  @Test
  void a_program_that_is_not_there_was_never_started() {
    assertThat(Argv.of(LONG, "no-such-program-here").run())
        .isInstanceOfSatisfying(
            End.NotStarted.class, e -> assertThat(e.reason()).contains("no-such-program-here"));
  }

  @Test
  void a_folder_that_is_not_there_was_never_entered() {
    var argv =
        new Argv(
            List.of("true"), Optional.of(dir.resolve("gone")), Map.of(), Duration.ofSeconds(5));

    assertThat(argv.run()).isInstanceOf(End.NotStarted.class);
  }

  @Test
  void exit_127_of_the_program_itself_is_an_exit() {
    assertThat(Argv.of(LONG, "sh", "-c", "exit 127").run()).isEqualTo(new End.Exited(127, ""));
  }

  @Test
  void only_the_end_of_a_long_output_is_kept() {
    End end = Argv.of(LONG, "sh", "-c", "yes 0123456789 | head -c 5000000; echo; echo end").run();

    assertThat(end.output()).hasSize(Argv.MAX_OUTPUT).endsWith("end\n");
  }

  @Test
  void a_time_out_ends_everything_it_started() throws Exception {
    Path pids = dir.resolve("pids");
    String script = "sleep 300 & echo $! >> $1; (sleep 300 & echo $! >> $1; wait) & wait";

    End end = Argv.of(Duration.ofSeconds(1), "sh", "-c", script, "sh", pids.toString()).run();

    assertThat(end).isInstanceOf(End.CutOff.class);
    List<String> started = Files.readAllLines(pids);
    assertThat(started).hasSize(2);
    Until.holds(
        "what it started ends",
        () ->
            started.stream()
                .noneMatch(pid ->
                    Processes.stat(Long.parseLong(pid)).filter(Processes.Stat::alive).isPresent()));
  }

  @Test
  void what_is_left_behind_in_the_background_does_not_hold_it_up() throws Exception {
    Path pid = dir.resolve("pid");

    End end = Argv.of(LONG, "sh", "-c", "sleep 300 & echo $! > $1", "sh", pid.toString()).run();

    assertThat(end).isEqualTo(new End.Exited(0, ""));
    ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
        .ifPresent(ProcessHandle::destroyForcibly);
  }

  @Test
  void an_interrupt_cuts_it_off_and_stays_set() throws Exception {
    var ends = new java.util.concurrent.CompletableFuture<End>();
    var stays = new java.util.concurrent.CompletableFuture<Boolean>();
    Thread runner =
        Thread.ofVirtual()
            .start(() -> {
              ends.complete(Argv.of(LONG, "sleep", "300").run());
              stays.complete(Thread.currentThread().isInterrupted());
            });
    runner.interrupt();

    assertThat(ends.get()).isInstanceOf(End.CutOff.class);
    assertThat(stays.get()).isTrue();
  }

  @Test
  void is_shown_as_a_person_would_type_it() {
    assertThat(Argv.of(LONG, "cp", "a b", "it's", "--x=1", "").shown())
        .isEqualTo("cp 'a b' 'it'\\''s' --x=1 ''");
  }

  @Test
  void an_answer_is_kept_apart_from_complaints_and_exit() {
    Argv argv = Argv.of(Duration.ofSeconds(20), "sh", "-c", "echo v2; echo careful >&2; exit 4");

    assertThat(argv.ask("", 100)).isEqualTo(new Argv.Reply.Answer(4, "v2\n", "careful\n"));
  }

  @Test
  void an_answer_is_whole_or_none() {
    Argv argv = Argv.of(Duration.ofSeconds(20), "head", "-c", "100001", "/dev/zero");

    assertThat(argv.ask("", 100_001)).isInstanceOf(Argv.Reply.Answer.class);
    assertThat(argv.ask("", 100_000))
        .isEqualTo(
            new Argv.Reply.None("head -c 100001 /dev/zero answered more than 100000 bytes", true));
  }

  @Test
  void a_program_that_is_not_there_did_nothing_and_answers_nothing() {
    Argv.Reply reply = Argv.of(Duration.ofSeconds(20), "no-such-program").ask("", 100);

    assertThat(reply).isInstanceOf(Argv.Reply.None.class);
    assertThat(((Argv.Reply.None) reply).ran()).isFalse();
  }
}
