package dev.lastgood.provider.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.Supervisor.Wanted;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class CommandSupervisorTest {
  private static final String STATUS = "test -f runs || exit 3";

  @TempDir Path dir;

  private final Wanted v1 = new Wanted("v1", Path.of("/srv/releases/v1"), 0);

  @Test
  void starts_and_stops_and_asks_status_each_time() {
    Supervisor supervisor = open("echo {id} {release} > runs", "rm runs", STATUS);
    assertThat(supervisor.started(v1)).isInstanceOf(Sight.NotYet.class);

    assertThat(supervisor.start(v1, "key")).isInstanceOf(Outcome.Done.class);

    assertThat(dir.resolve("runs")).hasContent("v1 /srv/releases/v1");
    assertThat(supervisor.started(v1)).isInstanceOf(Sight.Holds.class);
    assertThat(supervisor.stopped(v1)).isInstanceOf(Sight.NotYet.class);

    assertThat(supervisor.stop(v1, Duration.ZERO)).isInstanceOf(Outcome.Done.class);
    assertThat(supervisor.stopped(v1)).isInstanceOf(Sight.Holds.class);
  }

  @Test
  void a_start_that_says_yes_while_status_says_dead_is_not_done() {
    Supervisor supervisor = open("echo all fine", "true", STATUS);

    assertThat(supervisor.start(v1, "key"))
        .isInstanceOfSatisfying(
            Outcome.Unknown.class,
            u ->
                assertThat(u.reason())
                    .contains("exit 0, but status says it is stopped")
                    .contains("all fine"));
    assertThat(supervisor.started(v1)).isInstanceOf(Sight.NotYet.class);
  }

  @Test
  void a_stop_that_says_yes_while_status_says_alive_is_not_done() throws Exception {
    Files.writeString(dir.resolve("runs"), "");

    assertThat(open("true", "true", STATUS).stop(v1, Duration.ZERO))
        .isInstanceOfSatisfying(
            Outcome.Unknown.class, u -> assertThat(u.reason()).contains("status says it runs"));
  }

  @Test
  void a_command_that_comes_up_later_is_waited_for() {
    Supervisor supervisor = open("(sleep 0.3; touch runs) &", "rm runs", STATUS);

    assertThat(supervisor.start(v1, "key")).isInstanceOf(Outcome.Done.class);
  }

  /// A script that ends in `node server.js &` hands its own output on to the server.
  @Test
  void what_a_start_leaves_running_goes_on_when_it_prints_and_what_it_prints_is_kept() {
    String printing =
        "(touch runs; while [ ! -e more ]; do sleep 0.01; done; echo 1; echo 2; touch on)";
    Supervisor supervisor = open(printing + " & exit 0", "touch more", STATUS);
    assertThat(supervisor.start(v1, "key")).isInstanceOf(Outcome.Done.class);

    assertThat(dir.resolve("more").toFile().mkdir()).isTrue();

    Until.holds("it has printed and goes on", () -> Files.exists(dir.resolve("on")));
    assertThat(supervisor.logs()).singleElement().satisfies(l -> assertThat(l).hasContent("1\n2"));
  }

  @Test
  void a_start_that_fails_is_unknown_with_its_last_words() {
    assertThat(open("echo out of memory >&2; exit 1", "true", STATUS).start(v1, "key"))
        .isInstanceOfSatisfying(
            Outcome.Unknown.class,
            u -> assertThat(u.reason()).contains("exit 1").contains("out of memory"));
  }

  @Test
  void a_command_that_is_not_there_changed_nothing() {
    var settings =
        new CommandServiceSettings(
            List.of("no-such-start"),
            List.of("true"),
            List.of("sh", "-c", STATUS),
            Optional.empty(),
            Optional.of(Duration.ofSeconds(5)));

    assertThat(open(settings).start(v1, "key"))
        .isInstanceOfSatisfying(
            Outcome.Refused.class, r -> assertThat(r.reason()).contains("no-such-start"));
  }

  @Test
  void a_command_that_never_ends_is_cut_off_and_unknown() {
    assertThat(open("sleep 300", "true", STATUS, Duration.ofMillis(300)).start(v1, "key"))
        .isInstanceOf(Outcome.Unknown.class);
  }

  @Test
  void any_other_exit_of_status_is_no_answer() {
    Supervisor supervisor = open("true", "true", "echo who knows; exit 4");

    assertThat(supervisor.started(v1))
        .isInstanceOfSatisfying(
            Sight.Unclear.class,
            u -> assertThat(u.seen()).contains("exit 4").contains("who knows"));
    assertThat(supervisor.stopped(v1)).isInstanceOf(Sight.Unclear.class);
  }

  @Test
  void what_runs_already_is_not_started_again() throws Exception {
    Files.writeString(dir.resolve("runs"), "");

    assertThat(open("exit 1", "exit 1", STATUS).start(v1, "key")).isInstanceOf(Outcome.Done.class);
  }

  @Test
  void every_command_must_be_there() {
    assertThatThrownBy(() ->
            open(
                new CommandServiceSettings(
                    List.of("x"), List.of("x"), List.of(), Optional.empty(), Optional.empty())))
        .isInstanceOfSatisfying(BadSettings.class, b -> assertThat(b.key()).isEqualTo("status"));
  }

  private Supervisor open(String start, String stop, String status) {
    return open(start, stop, status, Duration.ofSeconds(2));
  }

  private Supervisor open(String start, String stop, String status, Duration timeout) {
    return open(
        new CommandServiceSettings(
            List.of("sh", "-c", start),
            List.of("sh", "-c", stop),
            List.of("sh", "-c", status),
            Optional.empty(),
            Optional.of(timeout)));
  }

  private Supervisor open(CommandServiceSettings settings) {
    return settings.open("backend", new Surroundings(dir, dir, InstantSource.fixed(Instant.EPOCH)));
  }
}
