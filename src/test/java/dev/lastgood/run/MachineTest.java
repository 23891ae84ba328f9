package dev.lastgood.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Actor;
import dev.lastgood.model.Release;
import dev.lastgood.plan.Change;
import dev.lastgood.plan.Forecast;
import dev.lastgood.plan.Phase;
import dev.lastgood.plan.Plan;
import dev.lastgood.plan.Step;
import dev.lastgood.plan.Way;
import dev.lastgood.plan.Work;
import dev.lastgood.provider.Act;
import dev.lastgood.run.Journal.Entry;
import dev.lastgood.run.RunEvent.Approved;
import dev.lastgood.run.RunEvent.Asked;
import dev.lastgood.run.RunEvent.Began;
import dev.lastgood.run.RunEvent.Choice;
import dev.lastgood.run.RunEvent.Chosen;
import dev.lastgood.run.RunEvent.Ended;
import dev.lastgood.run.RunEvent.Finished;
import dev.lastgood.run.RunEvent.Intended;
import dev.lastgood.run.RunEvent.Proposed;
import dev.lastgood.run.RunEvent.Result;
import dev.lastgood.run.RunEvent.RunResult;
import dev.lastgood.run.RunEvent.Sampled;
import dev.lastgood.run.RunEvent.StopAsked;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class MachineTest {
  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
  private static final Actor ADA = new Actor("ada", "ada@desk");
  private static final Proposed PROPOSED =
      new Proposed("hash", ADA, "errors", 1, List.of(), List.of());
  private static final Gate ONE_YES =
      (_, at, approved, _) ->
          approved.isEmpty()
              ? new Gate.Answer.Shut("1 person must say yes", at.plus(Duration.ofMinutes(30)))
              : new Gate.Answer.Open("ada said yes");

  private final List<Entry> journal = new ArrayList<>(List.of(entry(NOON, 1, PROPOSED)));

  @Test
  void waits_for_approval_and_says_what_is_wanted() {
    Turn turn = machine(step("a")).next(journal, Set.of(), NOON);

    assertThat(turn.waitsFor()).contains("approval: 1 person must say yes");
    assertThat(turn.wake()).contains(NOON.plus(Duration.ofMinutes(30)));
  }

  @Test
  void begins_when_enough_have_said_yes() {
    happened(new Approved(ADA, "hash", NOON.plusSeconds(60), Optional.empty()));

    assertThat(machine(step("a")).next(journal, Set.of(), NOON).write())
        .containsExactly(new Began());
  }

  @Test
  void a_plan_of_many_targets_has_fifty_steps_under_way_at_a_time() {
    happened(new Approved(ADA, "hash", NOON.plusSeconds(60), Optional.empty()));
    happened(new Began());
    Step[] many =
        java.util.stream.IntStream.range(0, 1000).mapToObj(i -> step("s" + i)).toArray(Step[]::new);
    Set<String> busy =
        java.util.stream.IntStream.range(0, 48)
            .mapToObj(i -> "s" + i)
            .collect(java.util.stream.Collectors.toSet());

    assertThat(machine(many).next(journal, Set.of(), NOON).begin()).hasSize(50);
    assertThat(machine(many).next(journal, busy, NOON).begin()).hasSize(2);
  }

  @Test
  void is_abandoned_when_nobody_approves_in_time() {
    Turn turn = machine(step("a")).next(journal, Set.of(), NOON.plus(Duration.ofMinutes(30)));

    assertThat(turn.write())
        .containsExactly(
            new Finished(
                RunResult.ABANDONED,
                "nobody approved it in time: 1 person must say yes; nothing was changed"));
  }

  @Test
  void steps_that_need_nothing_of_each_other_begin_side_by_side() {
    begun();

    assertThat(begins(machine(step("a"), step("b"), step("c", "a")))).containsExactly("a#1", "b#1");
  }

  @Test
  void a_step_begins_when_what_it_needs_is_done() {
    begun();
    done("a");

    assertThat(begins(machine(step("a"), step("c", "a")))).containsExactly("c#1");
  }

  @Test
  void a_step_under_way_is_not_begun_again() {
    begun();
    happened(new Intended("a", 1));

    assertThat(machine(step("a")).next(journal, Set.of("a"), NOON)).isEqualTo(Turn.nothing());
  }

  @Test
  void an_intent_without_an_end_is_in_doubt_and_is_the_same_attempt() {
    begun();
    happened(new Intended("a", 1));

    Turn turn = machine(step("a")).next(journal, Set.of(), NOON);

    assertThat(turn.begin()).containsExactly(new Turn.Begin(step("a"), 1, true));
  }

  @Test
  void a_later_phase_waits_for_the_earlier_one() {
    begun();

    assertThat(begins(machine(step("a"), in(Phase.VERIFY, step("v"))))).containsExactly("a#1");
  }

  @Test
  void the_other_way_is_tried_after_a_refusal() {
    begun();
    happened(new Intended("w0", 1), ended("w0", Result.REFUSED, "no"));

    assertThat(begins(machine(way("w0", 0), way("w1", 1), step("n", "way:c"))))
        .containsExactly("w1#1");
  }

  @Test
  void the_other_way_is_never_tried_after_an_unknown_without_a_person() {
    begun();
    happened(new Intended("w0", 1), ended("w0", Result.UNKNOWN, "no answer"));

    assertThat(machine(way("w0", 0), way("w1", 1)).next(journal, Set.of(), NOON).write())
        .containsExactly(
            new Asked(
                "w0",
                "no answer",
                List.of(Choice.RETRY, Choice.OTHER_METHOD, Choice.SKIP, Choice.STOP)));
  }

  @Test
  void a_need_for_a_way_is_met_by_whichever_was_taken() {
    begun();
    happened(new Intended("w0", 1), ended("w0", Result.REFUSED, "no"));
    done("w1");

    assertThat(begins(machine(way("w0", 0), way("w1", 1), step("n", "way:c"))))
        .containsExactly("n#1");
  }

  @Test
  void a_way_that_was_kept_for_later_holds_nobody_up() {
    begun();
    done("w0");

    assertThat(machine(way("w0", 0), way("w1", 1)).next(journal, Set.of(), NOON).write())
        .containsExactly(
            new Finished(RunResult.PROVEN, "every step is done and what it promised was measured"));
  }

  @Test
  void what_does_not_need_the_troubled_step_goes_on() {
    begun();
    happened(new Intended("a", 1), ended("a", Result.REFUSED, "no"));
    happened(new Asked("a", "no", List.of(Choice.RETRY)));

    assertThat(begins(machine(step("a"), step("b"), step("c", "a")))).containsExactly("b#1");
  }

  @Test
  void waits_for_a_choice_when_nothing_else_can_go_on() {
    begun();
    happened(new Intended("a", 1), ended("a", Result.UNKNOWN, "no answer"));
    happened(new Asked("a", "no answer", List.of(Choice.RETRY)));

    assertThat(machine(step("a")).next(journal, Set.of(), NOON).waitsFor())
        .contains("a choice: a: no answer");
  }

  @Test
  void a_retry_is_a_new_attempt() {
    begun();
    happened(new Intended("a", 1), ended("a", Result.UNKNOWN, "no answer"));
    happened(new Chosen("a", Choice.RETRY, ADA, ""));

    assertThat(begins(machine(step("a")))).containsExactly("a#2");
  }

  @Test
  void a_run_with_a_skipped_step_is_not_proven() {
    begun();
    happened(new Intended("a", 1), ended("a", Result.REFUSED, "no"));
    happened(new Chosen("a", Choice.SKIP, ADA, "did it by hand"));

    assertThat(machine(step("a")).next(journal, Set.of(), NOON).write())
        .containsExactly(new Finished(RunResult.UNPROVEN, "not proven: skipped by a person: a"));
  }

  @Test
  void what_is_not_required_never_stops_a_run() {
    begun();
    happened(new Intended("o", 1), ended("o", Result.REFUSED, "no logs"));

    assertThat(begins(machine(optional("o"), step("a", "o")))).containsExactly("a#1");
  }

  @Test
  void a_stop_lets_what_is_under_way_end_and_begins_nothing() {
    begun();
    happened(new Intended("a", 1), new StopAsked(ADA, "wrong system"));
    Machine machine = machine(step("a"), step("b"));

    assertThat(machine.next(journal, Set.of("a"), NOON)).isEqualTo(Turn.nothing());

    happened(ended("a", Result.DONE, "ok"));
    assertThat(machine.next(journal, Set.of(), NOON).write())
        .containsExactly(
            new Finished(RunResult.STOPPED, "stopped by ada: 1 of 2 steps done, 1 not begun"));
  }

  @Test
  void a_watch_looks_at_once_then_as_often_as_it_says_and_ends_in_its_time() {
    begun();
    happened(new Intended("w", 1));
    Machine machine = machine(watch("w"));

    assertThat(machine.next(journal, Set.of(), NOON).samples()).hasSize(1);

    happened(new Sampled("w", 1, true, "fine"));
    assertThat(machine.next(journal, Set.of(), NOON.plusSeconds(30)).wake())
        .contains(NOON.plusSeconds(60));
    assertThat(machine.next(journal, Set.of(), NOON.plusSeconds(60)).samples()).hasSize(1);
    looked(2, NOON.plusSeconds(60), true);
    looked(3, NOON.plusSeconds(120), true);
    assertThat(machine.next(journal, Set.of(), NOON.plusSeconds(120)).write())
        .containsExactly(
            new Ended("w", 1, Result.DONE, "3 looks, the last one healthy", false, 120_000));
  }

  @Test
  void a_time_in_which_nobody_looked_was_not_watched() {
    begun();
    happened(new Intended("w", 1));
    looked(1, NOON, true);
    Machine machine = machine(watch("w"));

    Turn turn = machine.next(journal, Set.of(), NOON.plusSeconds(3600));

    assertThat(turn.write()).isEmpty();
    assertThat(turn.samples()).hasSize(1);
  }

  @Test
  void a_clock_that_was_set_back_does_not_stop_the_watch() {
    begun();
    happened(new Intended("w", 1));
    looked(1, NOON, true);

    assertThat(machine(watch("w")).next(journal, Set.of(), NOON.minusSeconds(3600)).samples())
        .hasSize(1);
  }

  @Test
  void after_a_bad_look_the_next_one_comes_soon() {
    begun();
    happened(new Intended("w", 1));
    looked(1, NOON, false);

    assertThat(machine(watch("w")).next(journal, Set.of(), NOON).wake())
        .contains(NOON.plusSeconds(15));
  }

  @Test
  void a_good_look_after_a_bad_one_makes_it_one_of_many() {
    begun();
    happened(new Intended("w", 1));
    looked(1, NOON, false);
    looked(2, NOON.plusSeconds(15), true);
    looked(3, NOON.plusSeconds(75), false);

    assertThat(machine(watch("w")).next(journal, Set.of(), NOON.plusSeconds(75)).write()).isEmpty();
  }

  @Test
  void one_bad_look_is_not_yet_bad_news_and_two_in_a_row_are() {
    begun();
    happened(new Intended("w", 1), new Sampled("w", 1, false, "503"));
    Machine machine = machine(watch("w"));

    assertThat(machine.next(journal, Set.of(), NOON).write()).isEmpty();

    happened(new Sampled("w", 2, false, "503"));
    assertThat(machine.next(journal, Set.of(), NOON).write())
        .containsExactly(new Ended("w", 1, Result.REFUSED, "2 bad looks in a row: 503", false, 0));
  }

  @Test
  void the_other_way_does_not_begin_while_a_step_of_the_first_is_under_way() {
    begun();
    happened(new Intended("w0", 1), new Intended("v0", 1), ended("w0", Result.REFUSED, "no"));
    Machine machine = machine(way("w0", 0), way("v0", 0), way("w1", 1));

    assertThat(machine.next(journal, Set.of("v0"), NOON).begin()).isEmpty();
    happened(ended("v0", Result.DONE, "ok"));
    assertThat(begins(machine)).containsExactly("w1#1");
  }

  @Test
  void the_other_way_never_begins_on_top_of_an_unknown_of_the_first() {
    begun();
    happened(
        new Intended("w0", 1),
        new Intended("v0", 1),
        ended("v0", Result.UNKNOWN, "no answer"),
        ended("w0", Result.REFUSED, "no"));

    assertThat(
            machine(way("w0", 0), way("v0", 0), way("w1", 1)).next(journal, Set.of(), NOON).begin())
        .isEmpty();
  }

  @Test
  void a_person_may_choose_the_other_way_after_an_unknown() {
    begun();
    happened(
        new Intended("w0", 1),
        ended("w0", Result.UNKNOWN, "no answer"),
        new Asked("w0", "no answer", List.of(Choice.OTHER_METHOD)),
        new Chosen("w0", Choice.OTHER_METHOD, ADA, "it is down"));

    assertThat(begins(machine(way("w0", 0), way("w1", 1)))).containsExactly("w1#1");
  }

  @Test
  void when_the_last_way_is_refused_a_person_is_asked() {
    begun();
    happened(
        new Intended("w0", 1),
        ended("w0", Result.REFUSED, "no"),
        new Intended("w1", 1),
        ended("w1", Result.REFUSED, "no again"));

    assertThat(machine(way("w0", 0), way("w1", 1)).next(journal, Set.of(), NOON).write())
        .containsExactly(
            new Asked("w1", "no again", List.of(Choice.RETRY, Choice.SKIP, Choice.STOP)));
  }

  @Test
  void a_choice_that_nobody_asked_for_is_noted_and_changes_nothing() {
    begun();
    var chosen = new Chosen("a", Choice.SKIP, ADA, "why not");

    assertThat(machine(step("a")).hear(journal, chosen))
        .isEqualTo(
            new RunEvent.Noted(
                "ada chose skip for a, which does not ask for it now: nothing follows"));
  }

  @Test
  void a_choice_counts_once() {
    begun();
    happened(
        new Intended("a", 1),
        ended("a", Result.UNKNOWN, "no answer"),
        new Asked("a", "no answer", List.of(Choice.RETRY, Choice.STOP)));
    var chosen = new Chosen("a", Choice.RETRY, ADA, "again");

    assertThat(machine(step("a")).hear(journal, chosen)).isEqualTo(chosen);
    happened(chosen);
    assertThat(machine(step("a")).hear(journal, chosen)).isInstanceOf(RunEvent.Noted.class);
  }

  @Test
  void nobody_can_say_for_the_run_what_only_it_can_say() {
    assertThat(machine(step("a")).hear(journal, new Finished(RunResult.PROVEN, "trust me")))
        .isInstanceOf(RunEvent.Noted.class);
  }

  @Test
  void a_plan_that_can_never_end_is_refused_before_it_begins() {
    assertThatThrownBy(() -> machine(step("a", "b"), step("b", "a")))
        .hasMessageContaining("needs itself");
    assertThatThrownBy(() -> machine(step("a", "zz")))
        .hasMessage("the plan's step a needs zz, which is not in the plan");
    assertThatThrownBy(() -> machine(step("a", "way:zz")))
        .hasMessage("the plan's step a needs way:zz, which is not in the plan");
    assertThatThrownBy(() -> machine(step("a", "v"), in(Phase.VERIFY, step("v"))))
        .hasMessage("the plan's step a needs v, which is in a later phase");
    assertThatThrownBy(() -> machine(step("a"), step("a"))).hasMessage("the plan has two steps a");
  }

  @Test
  void a_run_that_is_stopped_lets_users_in_before_it_ends_one_step_after_the_other() {
    begun();
    done("shut");
    happened(new Intended("a", 1), new StopAsked(ADA, "enough"));
    Machine machine =
        machine(in(Phase.FREEZE, step("shut")), step("a"), reopen("o1"), reopen("o2"));

    assertThat(machine.next(journal, Set.of("a"), NOON))
        .as("what is under way ends")
        .isEqualTo(Turn.nothing());
    assertThat(begins(machine)).containsExactly("o1#1");
    happened(new Intended("o1", 1));
    assertThat(machine.next(journal, Set.of(), NOON).begin())
        .as("its process died: looked at first")
        .containsExactly(new Turn.Begin(reopen("o1"), 1, true));
    happened(ended("o1", Result.DONE, "open"));
    assertThat(begins(machine)).containsExactly("o2#1");
    done("o2");
    assertThat(machine.next(journal, Set.of(), NOON).write())
        .singleElement()
        .extracting(e -> ((Finished) e).says())
        .asString()
        .startsWith("stopped by ada");
  }

  @Test
  void a_door_that_could_not_be_opened_is_the_first_thing_said() {
    begun();
    done("shut");
    happened(new StopAsked(ADA, "enough"), new Intended("o1", 1));
    happened(ended("o1", Result.REFUSED, "403"));

    assertThat(
            machine(in(Phase.FREEZE, step("shut")), step("a"), reopen("o1"))
                .next(journal, Set.of(), NOON)
                .write())
        .singleElement()
        .extracting(e -> ((Finished) e).says())
        .asString()
        .startsWith("USERS MAY STILL BE KEPT AWAY, not done: do o1 (403). stopped by ada");
  }

  @Test
  void a_door_that_was_never_shut_is_left_alone() {
    begun();
    happened(new StopAsked(ADA, "enough"));

    assertThat(
            machine(in(Phase.FREEZE, step("shut")), reopen("o1"))
                .next(journal, Set.of(), NOON)
                .write())
        .singleElement()
        .extracting(e -> ((Finished) e).says())
        .asString()
        .startsWith("stopped by ada");
  }

  @Test
  void nobody_is_alarmed_about_a_door_whose_shutting_was_refused() {
    begun();
    happened(new Intended("shut", 1), ended("shut", Result.REFUSED, "403"));
    happened(new StopAsked(ADA, "enough"));
    Machine machine = machine(in(Phase.FREEZE, step("shut")), step("a"), reopen("o1"));
    assertThat(begins(machine)).as("tried all the same").containsExactly("o1#1");
    happened(new Intended("o1", 1), ended("o1", Result.REFUSED, "403"));

    assertThat(end(machine)).startsWith("stopped by ada").endsWith("; nothing was changed");
  }

  @Test
  void a_door_that_may_have_been_shut_in_an_earlier_attempt_is_the_first_thing_said() {
    begun();
    happened(new Intended("shut", 1), ended("shut", Result.UNKNOWN, "timed out"));
    happened(new Chosen("shut", Choice.RETRY, ADA, ""), new Intended("shut", 2));
    happened(new Ended("shut", 2, Result.REFUSED, "403", true, 5), new StopAsked(ADA, "enough"));

    happened(new Intended("o1", 1), ended("o1", Result.REFUSED, "403"));

    assertThat(end(machine(in(Phase.FREEZE, step("shut")), step("a"), reopen("o1"))))
        .startsWith("USERS MAY STILL BE KEPT AWAY, not done: do o1 (403). stopped by ada")
        .doesNotContain("nothing was changed");
  }

  @Test
  void a_run_that_changed_nothing_says_what_stays_held_and_how_to_lift_it() {
    begun();
    happened(new Intended("hold", 1));
    happened(ended("hold", Result.DONE, "held: c v2 (to lift it: lastgood release 7)"));
    happened(new Intended("a", 1), ended("a", Result.REFUSED, "403"));
    happened(new StopAsked(ADA, "enough"));

    assertThat(end(machine(hold("hold"), step("a"))))
        .endsWith(
            "; nothing was changed, but deploys stay held: c v2 (to lift it: lastgood release 7)");
  }

  @Test
  void a_run_that_may_have_changed_something_does_not_say_that_nothing_was() {
    begun();
    done("hold");
    happened(new Intended("a", 1), ended("a", Result.UNKNOWN, "timed out"));
    happened(new StopAsked(ADA, "enough"));

    assertThat(end(machine(hold("hold"), step("a")))).doesNotContain("nothing was changed");
  }

  private String end(Machine machine) {
    List<RunEvent> written = machine.next(journal, Set.of(), NOON).write();
    assertThat(written).hasSize(1);
    return ((Finished) written.getFirst()).says();
  }

  private static Step hold(String id) {
    var work = new Work.Hold(List.of(Release.of("c", "v2")), "errors", Duration.ofHours(1));
    return new Step(
        id,
        Phase.FREEZE,
        work,
        Optional.empty(),
        List.of(),
        "do " + id,
        "",
        Duration.ZERO,
        Duration.ofSeconds(5),
        true);
  }

  @Test
  void a_finished_run_has_nothing_to_do() {
    happened(new Finished(RunResult.PROVEN, "done"));

    assertThat(machine(step("a")).next(journal, Set.of(), NOON)).isEqualTo(Turn.nothing());
  }

  private void begun() {
    happened(new Approved(ADA, "hash", NOON.plusSeconds(60), Optional.empty()), new Began());
  }

  private void done(String step) {
    happened(new Intended(step, 1), ended(step, Result.DONE, "ok"));
  }

  private void happened(RunEvent... events) {
    for (RunEvent event : events) {
      journal.add(entry(NOON, journal.size() + 1, event));
    }
  }

  private void looked(int number, Instant at, boolean healthy) {
    journal.add(
        entry(at, journal.size() + 1, new Sampled("w", number, healthy, healthy ? "fine" : "503")));
  }

  private static Entry entry(Instant at, long seq, RunEvent event) {
    return new Entry(seq, at, 1, event, "");
  }

  private static Ended ended(String step, Result result, String says) {
    return new Ended(step, 1, result, says, true, 5);
  }

  private List<String> begins(Machine machine) {
    return machine.next(journal, Set.of(), NOON).begin().stream()
        .map(b -> b.step().id() + "#" + b.attempt())
        .toList();
  }

  private static Machine machine(Step... steps) {
    return new Machine(plan(steps), ONE_YES);
  }

  private static Plan plan(Step... steps) {
    return new Plan(
        Plan.SCHEMA,
        "shop",
        "production",
        "rollback",
        "errors",
        List.of(new Change("c", Release.of("c", "v2"), Release.of("c", "v1"))),
        "v1",
        List.of(steps),
        new Forecast(
            Duration.ZERO, Duration.ZERO, Optional.empty(), List.of(), List.of(), "defaults"),
        List.of(),
        List.of());
  }

  private static Step step(String id, String... needs) {
    return step(id, Phase.ROLL_BACK, perform(), Optional.empty(), true, needs);
  }

  private static Step reopen(String id) {
    var work = new Work.Reopen(((Work.Perform) perform()).act(), "shut");
    return step(id, Phase.ROLL_BACK, work, Optional.empty(), true);
  }

  private static Step optional(String id) {
    return step(id, Phase.ROLL_BACK, perform(), Optional.empty(), false);
  }

  private static Step way(String id, int rank) {
    return step(
        id, Phase.ROLL_BACK, perform(), Optional.of(new Way("c", "method" + rank, rank)), true);
  }

  private static Step watch(String id) {
    return step(
        id,
        Phase.WATCH,
        new Work.Watch(List.of("health"), Duration.ofMinutes(2), Duration.ofMinutes(1)),
        Optional.empty(),
        true);
  }

  private static Step in(Phase phase, Step step) {
    return step(step.id(), phase, step.work(), step.way(), step.required());
  }

  private static Step step(
      String id, Phase phase, Work work, Optional<Way> way, boolean required, String... needs) {
    return new Step(
        id,
        phase,
        work,
        way,
        List.of(needs),
        "do " + id,
        "",
        Duration.ofSeconds(1),
        Duration.ofSeconds(10),
        required);
  }

  private static Work perform() {
    return new Work.Perform(
        new Act(
            "c",
            "switch",
            new TreeMap<>(),
            "switch",
            "",
            Duration.ofSeconds(1),
            Duration.ofSeconds(10),
            Duration.ZERO));
  }
}
