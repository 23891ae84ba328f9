package dev.lastgood.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.run.Journal.Entry;
import dev.lastgood.run.RunEvent;
import dev.lastgood.run.Steps;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunLinesTest {
  private static final String WHY = "the link is not ours";

  private final ByteArrayOutputStream all = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(all, true, StandardCharsets.UTF_8);

  @Test
  void why_a_step_was_refused_is_said_once_to_a_person() {
    show(true);

    assertThat(said()).containsOnlyOnce(WHY).contains("what now?", "Choose: retry");
  }

  @Test
  void in_a_pipe_each_stream_says_all_of_it() {
    show(false);

    assertThat(said()).contains(": " + WHY).doesNotContain("what now?");
  }

  private void show(boolean interactive) {
    var step = Steps.step("switch");
    var terminal =
        new Terminal(out, out, new BufferedReader(new StringReader("")), interactive, false, 100);
    var lines = new RunLines(terminal, Steps.plan("shop", step));
    lines.show(entry(1, new RunEvent.Ended(step.id(), 1, RunEvent.Result.REFUSED, WHY, false, 10)));
    lines.show(entry(2, new RunEvent.Asked(step.id(), WHY, List.of(RunEvent.Choice.RETRY))));
  }

  private static Entry entry(long seq, RunEvent event) {
    return new Entry(seq, Instant.EPOCH, 1, event, "");
  }

  private String said() {
    return all.toString(StandardCharsets.UTF_8);
  }
}
