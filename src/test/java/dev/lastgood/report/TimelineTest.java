package dev.lastgood.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.ledger.Deployment;
import dev.lastgood.model.Measurement;
import dev.lastgood.run.Journal;
import dev.lastgood.run.RunEvent;
import dev.lastgood.run.RunEvent.Choice;
import dev.lastgood.run.RunEvent.Result;
import dev.lastgood.signal.Signal;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class TimelineTest {
  private static final String START = "roll-back/backend/start";

  @Test
  void deployments_and_signals_stand_where_their_time_belongs() {
    var lines =
        Timeline.of(
            Sample.plan(),
            Sample.asked("hash").then(new RunEvent.Began()).entries(),
            List.of(
                deployment(Sample.NOON.minusSeconds(60), Deployment.State.FAILED),
                deployment(Sample.NOON.minusSeconds(30), Deployment.State.LIVE)),
            List.of(
                new Signal.CheckMeasured(
                    Sample.NOON.minusSeconds(45),
                    "health",
                    new Measurement.Unhealthy("status 500"))));

    assertThat(lines)
        .extracting(Timeline.Line::source, Timeline.Line::what)
        .containsExactly(
            line("deploy", "the deploy of backend v2 failed (bob, record)"),
            line("signal", "health is unhealthy: status 500"),
            line("deploy", "backend v2 went live (bob, record)"),
            line("run", "ada asked for rollback, plan hash: errors above 5%"),
            line("run", "began"));
  }

  @Test
  void an_attempt_is_told_by_its_end_and_one_without_an_end_says_so() {
    var lines =
        lines(
            new RunEvent.Intended(START, 1),
            new RunEvent.Ended(START, 1, Result.REFUSED, "port taken", true, 120),
            new RunEvent.Intended(START, 2),
            new RunEvent.Ended(START, 2, Result.UNKNOWN, "", true, 20_000),
            new RunEvent.Intended(START, 3),
            new RunEvent.Ended(START, 3, Result.DONE, "it listens", false, 4),
            new RunEvent.Intended("roll-back/backend/restart", 1));

    assertThat(lines)
        .containsExactly(
            "start backend v1: refused; port taken",
            "start backend v1: unknown how it ended (attempt 2)",
            "start backend v1: was so already (attempt 3); it listens",
            "restart backend v1: begun, no outcome yet");
  }

  @Test
  void a_question_a_choice_and_a_stop_name_the_people() {
    var lines =
        lines(
            new RunEvent.Asked(START, "port taken", List.of(Choice.RETRY, Choice.OTHER_METHOD)),
            new RunEvent.Chosen(START, Choice.OTHER_METHOD, Sample.BOB, "no time"),
            new RunEvent.StopAsked(Sample.ADA, "wrong system"),
            new RunEvent.Noted("resumed by another process"),
            new RunEvent.Finished(RunEvent.RunResult.STOPPED, "backend v2 is live"));

    assertThat(lines)
        .containsExactly(
            "waits for a person about \"start backend v1\": port taken (choices: retry, other"
                + " method)",
            "bob chose other method for \"start backend v1\": no time",
            "ada asked to stop: wrong system",
            "resumed by another process",
            "stopped: backend v2 is live");
  }

  @Test
  void of_a_watch_only_the_first_look_and_the_changes_are_told() {
    var lines =
        lines(
            new RunEvent.Sampled("watch", 1, true, "ok"),
            new RunEvent.Sampled("watch", 2, true, "ok"),
            new RunEvent.Sampled("watch", 3, false, "500"),
            new RunEvent.Sampled("watch", 4, false, "500"),
            new RunEvent.Sampled("watch", 5, true, "ok"));

    assertThat(lines)
        .containsExactly("look 1: healthy; ok", "look 3: not healthy; 500", "look 5: healthy; ok");
  }

  @Test
  void the_order_of_the_journal_holds_when_the_clock_was_set_back() {
    var entries =
        List.of(
            new Journal.Entry(1, Sample.NOON, 1, new RunEvent.Began(), ""),
            new Journal.Entry(2, Sample.NOON.minusSeconds(60), 1, new RunEvent.Noted("a"), ""),
            new Journal.Entry(3, Sample.NOON.minusSeconds(50), 1, new RunEvent.Noted("b"), ""));

    assertThat(Timeline.of(Sample.plan(), entries, List.of(), List.of()))
        .extracting(Timeline.Line::what)
        .containsExactly("began", "a", "b");
  }

  @Test
  void a_step_the_plan_does_not_have_is_called_by_its_id() {
    assertThat(lines(new RunEvent.Intended("gone/1", 1)))
        .containsExactly("gone/1: begun, no outcome yet");
  }

  private static List<String> lines(RunEvent... events) {
    var told = new Sample.Told();
    for (RunEvent event : events) {
      told.then(event);
    }
    return Timeline.of(Sample.plan(), told.entries(), List.of(), List.of()).stream()
        .map(Timeline.Line::what)
        .toList();
  }

  private static Deployment deployment(Instant at, Deployment.State state) {
    return new Deployment(Sample.BAD, at, Sample.BOB, Deployment.RECORD, state);
  }

  private static org.assertj.core.groups.Tuple line(String source, String what) {
    return org.assertj.core.groups.Tuple.tuple(source, what);
  }
}
