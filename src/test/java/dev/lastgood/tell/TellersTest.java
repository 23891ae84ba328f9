package dev.lastgood.tell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.plan.Phase;
import dev.lastgood.plan.Work;
import dev.lastgood.provider.Outcome;
import dev.lastgood.run.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Messages to people, through commands.
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(60)
class TellersTest {
  private static final RunId RUN = new RunId("20261121-0312-k7");

  @TempDir private Path folder;

  private static Teller teller(String name, String audience, Duration timeout, String script) {
    return new Teller(name, audience, List.of("sh", "-c", script), timeout);
  }

  private static Teller teller(String name, String script) {
    return teller(name, "team", Duration.ofSeconds(20), script);
  }

  private Outcome tell(String message, Teller... tellers) {
    return new Tellers(List.of(tellers), folder)
        .tell(RUN, Phase.ANNOUNCE, new Work.Tell("team", message));
  }

  @Test
  void the_message_comes_on_standard_input_and_the_run_as_variables() throws IOException {
    var script = "cat > said; echo $LASTGOOD_RUN $LASTGOOD_EVENT $LASTGOOD_AUDIENCE > env";
    var told =
        new Tellers(List.of(teller("chat", script)), folder)
            .tell(RUN, "started", "team", "Rolling back.\nReason: leak");
    assertThat(told).containsExactly(new Tellers.Told("chat", true, true, "chat was told"));
    assertThat(Files.readString(folder.resolve("said"))).isEqualTo("Rolling back.\nReason: leak\n");
    assertThat(Files.readString(folder.resolve("env"))).isEqualTo(RUN + " started team\n");
  }

  @Test
  void a_command_can_tell_a_start_from_an_end() throws IOException {
    var tellers = new Tellers(List.of(teller("chat", "echo $LASTGOOD_EVENT >> events")), folder);
    var _ = tellers.tell(RUN, Phase.ANNOUNCE, new Work.Tell("team", "x"));
    var _ = tellers.tell(RUN, Phase.CLOSE, new Work.Tell("team", "x"));
    assertThat(Files.readString(folder.resolve("events"))).isEqualTo("started\nfinished\n");
  }

  @Test
  void only_the_audience_is_told() {
    var customers = teller("mail", "customers", Duration.ofSeconds(20), "touch mailed");
    assertThat(tell("x", teller("chat", "true"), customers))
        .isEqualTo(new Outcome.Done("chat was told"));
    assertThat(folder.resolve("mailed")).doesNotExist();
  }

  @Test
  void everybody_is_told_when_it_concerns_everybody() {
    var customers = teller("mail", "customers", Duration.ofSeconds(20), "true");
    assertThat(
            new Tellers(List.of(teller("chat", "true"), customers), folder)
                .tellAll(RUN, "break-glass", "x"))
        .extracting(Tellers.Told::teller)
        .containsExactly("chat", "mail");
  }

  @Test
  void without_tellers_it_says_that_nobody_is_told() {
    assertThat(tell("x")).isEqualTo(new Outcome.Refused("nobody is told: no `tell` configured"));
    var customers = teller("mail", "customers", Duration.ofSeconds(20), "true");
    assertThat(tell("x", customers))
        .isEqualTo(
            new Outcome.Refused(
                "nobody is told: no `tell` is for team. Known audiences: customers"));
  }

  @Test
  void one_that_fails_is_reported_and_the_others_are_told() {
    assertThat(tell("x", teller("chat", "echo no network >&2; exit 7"), teller("mail", "true")))
        .isEqualTo(
            new Outcome.Done("chat was perhaps not told: exit 7: no network; mail was told"));
  }

  @Test
  void one_that_cannot_be_started_told_nobody_for_sure() {
    var gone = new Teller("chat", "team", List.of("/no/such/program"), Duration.ofSeconds(20));
    assertThat(tell("x", gone)).isInstanceOf(Outcome.Refused.class);
    var empty = new Teller("chat", "team", List.of(), Duration.ofSeconds(20));
    assertThat(tell("x", empty))
        .isEqualTo(new Outcome.Refused("chat was not told: its command is empty"));
  }

  @Test
  void one_that_hangs_is_ended_and_nobody_knows_whether_it_told() {
    var slow = teller("chat", "team", Duration.ofMillis(300), "sleep 100");
    assertThat(tell("x", slow)).isInstanceOf(Outcome.Unknown.class);
  }

  @Test
  void one_that_does_not_read_a_long_message_does_not_block() {
    assertThat(tell("x".repeat(1_000_000), teller("chat", "true")))
        .isEqualTo(new Outcome.Done("chat was told"));
  }

  @Test
  void what_a_stranger_wrote_cannot_command_a_terminal_or_a_shell() throws IOException {
    var _ = tell("a\u001b[2J $(touch owned) `id`\u202e\r\nb\u0000", teller("chat", "cat > said"));
    assertThat(Files.readString(folder.resolve("said"))).isEqualTo("a[2J $(touch owned) `id`\nb\n");
    assertThat(folder.resolve("owned")).doesNotExist();
  }
}
