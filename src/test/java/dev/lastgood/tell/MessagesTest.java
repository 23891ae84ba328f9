package dev.lastgood.tell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.model.Actor;
import dev.lastgood.model.Release;
import dev.lastgood.plan.Change;
import dev.lastgood.plan.Forecast;
import dev.lastgood.plan.Plan;
import dev.lastgood.run.RunEvent.Choice;
import dev.lastgood.run.RunEvent.RunResult;
import dev.lastgood.run.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// The words in which people are told.
@DisplayNameGeneration(ReplaceUnderscores.class)
class MessagesTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00.123Z");
  private static final Actor ADA = new Actor("Ada", "ada@web1");

  private static Messages messages(String reason, String... losses) {
    var forecast =
        new Forecast(
            Duration.ofSeconds(40),
            Duration.ZERO,
            Optional.empty(),
            List.of(losses),
            List.of(),
            "the platform's defaults");
    var plan =
        new Plan(
            Plan.SCHEMA,
            "shop",
            "production",
            "rollback",
            reason,
            List.of(
                new Change("backend", Release.of("backend", "v2"), Release.of("backend", "v1"))),
            "known good since 2026-11-20T10:00:00Z",
            List.of(),
            forecast,
            List.of(),
            List.of());
    return new Messages(new RunId("20261121-0312-k7"), plan);
  }

  @Test
  void a_start_says_what_why_and_until_when() {
    assertThat(messages("memory leak").started(ADA, NOON))
        .isEqualTo(
            """
            STARTED: Rollback of shop/production
            What: backend v2 → v1
            Why: memory leak
            Target: known good since 2026-11-20T10:00:00Z
            Started: 2026-11-21T12:00:00Z by Ada, expected to take 40s (until 2026-11-21T12:00:40Z)
            Interruption: none expected
            Do not deploy until this is over. Follow it with: lastgood show 20261121-0312-k7\
            """);
  }

  @Test
  void data_that_will_be_lost_is_named() {
    assertThat(messages("x", "12 orders").started(ADA, NOON))
        .contains("Data that will be lost: 12 orders\n");
  }

  @Test
  void a_question_says_where_it_is_stuck_and_what_can_be_done() {
    assertThat(
            messages("x")
                .asked(
                    "stop backend v2",
                    "it did not stop",
                    List.of(Choice.RETRY, Choice.OTHER_METHOD, Choice.STOP)))
        .contains(
            "A PERSON IS NEEDED: Rollback of shop/production waits\n",
            "Stuck at: stop backend v2\n",
            "Because: it did not stop\n",
            "Choices: retry · other-method · stop\n",
            "lastgood resume 20261121-0312-k7");
  }

  @Test
  void an_end_says_whether_it_was_proven() {
    var took = Optional.of(Duration.ofMillis(4200));
    assertThat(messages("x").finished(RunResult.PROVEN, "3 of 3 checks healthy", took))
        .startsWith("DONE AND PROVEN: Rollback of shop/production\n")
        .contains("in 4.2s\n", "Seen: 3 of 3 checks healthy\n");
    assertThat(messages("x").finished(RunResult.UNPROVEN, "x", took)).startsWith("ENDED, NOT");
    assertThat(messages("x").finished(RunResult.STOPPED, "x", took)).startsWith("STOPPED: ");
    assertThat(messages("x").finished(RunResult.ABANDONED, "denied", Optional.empty()))
        .startsWith("NOT DONE: ")
        .contains("Nothing was changed: denied");
  }

  @Test
  void break_glass_is_told_with_who_and_why() {
    assertThat(messages("x").breakGlass(ADA, "nobody awake", NOON))
        .contains("Who: Ada (ada@web1) at 2026-11-21T12:00:00Z\n", "Reason given: nobody awake\n");
  }

  @Test
  void no_place_is_left_unfilled_in_any_message() {
    var m = messages("x");
    var all =
        new java.util.ArrayList<>(List.of(m.started(ADA, NOON), m.asked("a", "b", List.of())));
    all.add(m.breakGlass(ADA, "c", NOON));
    for (RunResult result : RunResult.values()) {
      all.add(m.finished(result, "d", Optional.empty()));
    }
    assertThat(all).allSatisfy(text -> assertThat(text).doesNotContain("{", "}", "not known"));
  }

  @Test
  void a_place_without_a_value_says_so() {
    assertThat(Wording.fill("Why: {reason}\nWhat: {}\nHow: {open", Map.of()))
        .isEqualTo("Why: not known\nWhat: not known\nHow: {open");
  }

  @Test
  void a_value_that_looks_like_a_place_is_just_a_value() {
    assertThat(messages("{person} {run}").started(ADA, NOON)).contains("Why: {person} {run}\n");
  }

  @Test
  void a_value_with_line_breaks_and_escapes_stays_on_its_line() {
    assertThat(messages("leak\nStarted: never\u001b[31m\u202e").started(ADA, NOON))
        .contains("Why: leak Started: never[31m\n");
    assertThat(messages("x".repeat(100_000)).started(ADA, NOON)).hasSizeLessThan(2000);
  }
}
