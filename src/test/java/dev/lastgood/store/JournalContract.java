package dev.lastgood.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lastgood.model.Actor;
import dev.lastgood.model.Scope;
import dev.lastgood.plan.Plan;
import dev.lastgood.run.Journal;
import dev.lastgood.run.Journal.Claim;
import dev.lastgood.run.Journal.Driving;
import dev.lastgood.run.Journal.Entry;
import dev.lastgood.run.Journal.Head;
import dev.lastgood.run.Journal.Heard;
import dev.lastgood.run.Journal.NoSuchRun;
import dev.lastgood.run.Journal.SystemBusy;
import dev.lastgood.run.Journal.Unreadable;
import dev.lastgood.run.Journal.Word;
import dev.lastgood.run.RunEvent;
import dev.lastgood.run.RunId;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// What a journal is, on every database.
interface JournalContract {
  Instant NOON = Instant.parse("2026-11-21T12:00:00.123Z");
  Actor ANN = new Actor("ann", "ann@web1");
  RunEvent.Began BEGAN = new RunEvent.Began();
  RunEvent.StopAsked STOP = new RunEvent.StopAsked(ANN, "wrong release");
  RunEvent.Finished STOPPED = new RunEvent.Finished(RunEvent.RunResult.STOPPED, "stopped by ann");

  /// Empty, and the same one during a test.
  Database database();

  default Journal journal() {
    return new SqlJournal(database(), new java.util.Random(7));
  }

  /// What the scheduler does when a node picks the run.
  default Claim pick(RunId run, String owner) {
    database()
        .plainly(sql ->
            sql.update(
                "update scheduled_tasks set picked = ?, picked_by = ?, version = version + 1"
                    + " where task_instance = ?",
                true,
                owner,
                run.value()));
    long version =
        database()
            .plainly(sql ->
                sql.first(
                    "select version from scheduled_tasks where task_instance = ?",
                    row -> row.getLong(1),
                    run.value()))
            .orElseThrow();
    return new Claim(owner, version);
  }

  /// What somebody does who is not supposed to.
  default void tamper(String statement) {
    database().plainly(sql -> sql.update(statement));
  }

  // ---- creating

  @Test
  default void a_new_run_has_its_plan_and_its_proposal() throws Exception {
    Journal journal = journal();
    Plan plan = Plans.empty("shop", "prod");

    RunId run = journal.create(plan, Plans.proposed(plan), NOON);

    assertThat(run.value()).startsWith("20261121-1200-");
    assertThat(journal.plan(run)).isEqualTo(plan);
    assertThat(journal.entries(run))
        .extracting(Entry::seq, Entry::at, Entry::epoch, Entry::event)
        .containsExactly(org.assertj.core.groups.Tuple.tuple(1L, NOON, 0L, Plans.proposed(plan)));
    assertThat(journal.verify(run)).isEmpty();
  }

  @Test
  default void a_system_has_one_unfinished_run_at_a_time() throws Exception {
    Journal journal = journal();
    Plan plan = Plans.empty("shop", "prod");
    RunId first = journal.create(plan, Plans.proposed(plan), NOON);

    SystemBusy busy =
        catchThrowableOfType(
            SystemBusy.class, () -> journal.create(plan, Plans.proposed(plan), NOON));

    assertThat(busy.run()).isEqualTo(first);
    assertThat(busy)
        .hasMessageContaining("shop/prod: run " + first + " (rollback, since 2026-11-21T12:00")
        .hasMessageContaining("lastgood resume " + first);
    assertThat(journal.runs()).hasSize(1);
  }

  @Test
  default void another_environment_is_another_system() throws Exception {
    Journal journal = journal();
    Plan prod = Plans.empty("shop", "prod");
    Plan test = Plans.empty("shop", "test");

    journal.create(prod, Plans.proposed(prod), NOON);
    RunId second = journal.create(test, Plans.proposed(test), NOON.plusSeconds(61));

    assertThat(journal.unfinished(new Scope("shop", "test")))
        .hasValueSatisfying(row -> assertThat(row.id()).isEqualTo(second));
    assertThat(journal.runs()).first().satisfies(row -> assertThat(row.id()).isEqualTo(second));
  }

  @Test
  default void a_finished_run_frees_its_system() throws Exception {
    Journal journal = journal();
    Plan plan = Plans.empty("shop", "prod");
    RunId first = journal.create(plan, Plans.proposed(plan), NOON);
    journal.append(first, pick(first, "node-1"), 2, NOON, STOPPED);

    RunId second = journal.create(plan, Plans.proposed(plan), NOON);

    assertThat(second).isNotEqualTo(first);
    assertThat(journal.run(first)).hasValueSatisfying(row -> assertThat(row.finished()).isTrue());
    assertThat(journal.verify(first)).isEmpty();
  }

  @Test
  default void of_many_who_ask_at_once_one_gets_the_run() throws Exception {
    Plan plan = Plans.empty("shop", "prod");
    List<Callable<Boolean>> callers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      callers.add(() -> {
        try {
          journal().create(plan, Plans.proposed(plan), NOON);
          return true;
        } catch (SystemBusy _) {
          return false;
        }
      });
    }

    long created = 0;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Boolean> caller : threads.invokeAll(callers)) {
        created += caller.get() ? 1 : 0;
      }
    }

    assertThat(created).isEqualTo(1);
    assertThat(journal().runs()).hasSize(1);
  }

  @Test
  default void a_proposal_for_another_plan_is_refused() {
    Plan plan = Plans.empty("shop", "prod");
    Plan other = Plans.empty("shop", "test");

    assertThatThrownBy(() -> journal().create(plan, Plans.proposed(other), NOON))
        .hasMessageContaining("another plan");
    assertThat(journal().runs()).isEmpty();
  }

  // ---- appending

  @Test
  default void entries_come_back_as_they_were_written() throws Exception {
    Journal journal = journal();
    RunId run = Plans.run(journal);
    Claim claim = pick(run, "node-1");
    List<RunEvent> events = Plans.oneOfEach();

    for (int i = 0; i < events.size(); i++) {
      assertThat(journal.append(run, claim, i + 2L, NOON.plusMillis(i), events.get(i))).isPresent();
    }

    assertThat(journal.entriesAfter(run, 1)).extracting(Entry::event).isEqualTo(events);
    assertThat(journal.entries(run).getLast().at()).isEqualTo(NOON.plusMillis(events.size() - 1));
    assertThat(journal.entries(run).getLast().epoch()).isEqualTo(claim.epoch());
    assertThat(journal.verify(run)).isEmpty();
  }

  @Test
  default void what_append_returns_is_what_is_stored() throws Exception {
    Journal journal = journal();
    RunId run = Plans.run(journal);

    Entry appended = journal.append(run, pick(run, "node-1"), 2, NOON, BEGAN).orElseThrow();

    assertThat(journal.entries(run).getLast()).isEqualTo(appended);
    assertThat(journal.head(run)).isEqualTo(new Head(2, appended.hash()));
  }

  @Test
  default void strange_text_survives() throws Exception {
    Journal journal = journal();
    RunId run = Plans.run(journal);
    var note = new RunEvent.Noted("line\nline\t\u0000 ünï \uD83D\uDE80 ' \" \\ ; drop table run");

    journal.append(run, pick(run, "node-1"), 2, NOON, note);

    assertThat(journal.entries(run).getLast().event()).isEqualTo(note);
    assertThat(journal.verify(run)).isEmpty();
  }

  @Test
  default void who_lost_the_run_cannot_write() throws Exception {
    Journal journal = journal();
    RunId run = Plans.run(journal);
    Claim lost = pick(run, "node-1");
    Claim taken = pick(run, "node-2");

    assertThat(journal.append(run, lost, 2, NOON, BEGAN)).isEmpty();
    assertThat(journal.holds(run, lost)).isFalse();
    assertThat(journal.holds(run, taken)).isTrue();
    assertThat(journal.append(run, taken, 2, NOON, BEGAN)).isPresent();
    assertThat(journal.entries(run)).hasSize(2);
  }

  @Test
  default void the_same_node_that_lost_and_picked_again_cannot_write_under_the_old_claim()
      throws Exception {
    Journal journal = journal();
    RunId run = Plans.run(journal);
    Claim lost = pick(run, "node-1");
    pick(run, "node-1");

    assertThat(journal.append(run, lost, 2, NOON, BEGAN)).isEmpty();
  }

  @Test
  default void a_run_that_nobody_drives_takes_no_entry() throws Exception {
    Journal journal = journal();
    RunId run = Plans.run(journal);

    assertThat(journal.append(run, new Claim("node-1", 1), 2, NOON, BEGAN)).isEmpty();
    assertThat(journal.driver(run)).isEmpty();
  }

  @Test
  default void the_driver_of_a_run_is_known_to_others() throws Exception {
    Journal journal = journal();
    RunId run = Plans.run(journal);
    pick(run, "node-1");

    assertThat(journal.driver(run)).map(Driving::node).contains("node-1");
  }

  @Test
  default void a_finish_that_lost_the_claim_does_not_free_the_system() throws Exception {
    Journal journal = journal();
    RunId run = Plans.run(journal);
    Claim lost = pick(run, "node-1");
    pick(run, "node-2");

    assertThat(journal.append(run, lost, 2, NOON, STOPPED)).isEmpty();
    assertThat(journal.unfinished(new Scope("shop", "prod"))).isPresent();
  }

  @Test
  default void an_entry_is_never_written_twice() throws Exception {
    Journal journal = journal();
    RunId run = Plans.run(journal);
    Claim claim = pick(run, "node-1");
    journal.append(run, claim, 2, NOON, BEGAN);

    assertThatThrownBy(() -> journal.append(run, claim, 2, NOON, STOP))
        .isInstanceOf(StoreUnavailable.class);
    assertThat(journal.entries(run).getLast().event()).isEqualTo(BEGAN);
  }

  @Test
  default void two_that_append_to_one_run_through_journals_of_their_own_stay_chained()
      throws Exception {
    Journal one = journal();
    Journal other = journal();
    RunId run = Plans.run(one);
    Claim claim = pick(run, "node-1");

    one.append(run, claim, 2, NOON, BEGAN);
    other.append(run, claim, 3, NOON, new RunEvent.Noted("from elsewhere"));
    one.append(run, claim, 4, NOON, STOP);

    assertThat(one.verify(run)).isEmpty();
  }

  @Test
  default void several_entries_are_written_together_or_not_at_all() throws Exception {
    Journal journal = journal();
    RunId run = Plans.run(journal);
    Claim claim = pick(run, "node-1");
    List<RunEvent> begins = List.of(BEGAN, new RunEvent.Intended("a", 1));

    List<Entry> written = journal.append(run, claim, 2, NOON, begins);

    assertThat(written).extracting(Entry::event).isEqualTo(begins);
    assertThat(journal.entriesAfter(run, 1)).isEqualTo(written);
    assertThat(journal.verify(run)).isEmpty();
    pick(run, "node-2");
    assertThat(journal.append(run, claim, 4, NOON, List.of(STOP, STOPPED))).isEmpty();
    assertThat(journal.entries(run)).hasSize(3);
    assertThat(journal.unfinished(new Scope("shop", "prod"))).isPresent();
  }

  @Test
  default void nothing_is_intended_while_a_word_is_untaken() throws Exception {
    Journal journal = journal();
    RunId run = Plans.run(journal);
    Claim claim = pick(run, "node-1");
    journal.append(run, claim, 2, NOON, BEGAN);
    journal.say(run, "stop", STOP, NOON);

    var intent = new RunEvent.Intended("a", 1);
    assertThat(journal.append(run, claim, 3, NOON, intent)).isEmpty();
    assertThat(journal.append(run, claim, 3, NOON, List.of(new RunEvent.Noted("so"), intent)))
        .isEmpty();
    assertThat(journal.append(run, claim, 3, NOON, new RunEvent.Noted("so"))).isPresent();
    journal.take(run, claim, 4, NOON, journal.words(run).getFirst(), STOP);
    assertThat(journal.append(run, claim, 5, NOON, intent)).isPresent();
  }

  // ---- words

  @Test
  default void a_word_is_heard_once_and_taken_once() throws Exception {
    Journal journal = journal();
    RunId run = Plans.run(journal);

    assertThat(journal.say(run, "stop/ann", STOP, NOON)).isEqualTo(Heard.NEW);
    assertThat(journal.say(run, "stop/ann", STOP, NOON)).isEqualTo(Heard.ALREADY);

    Word word = journal.words(run).getFirst();
    assertThat(journal.words(run)).hasSize(1);
    assertThat(word.event()).isEqualTo(STOP);
    assertThat(word.at()).isEqualTo(NOON);
    assertThat(journal.take(run, pick(run, "node-1"), 2, NOON, word, word.event())).isPresent();
    assertThat(journal.words(run)).isEmpty();
    assertThat(journal.entries(run).getLast().event()).isEqualTo(STOP);
  }

  @Test
  default void a_word_stays_when_the_claim_was_lost() throws Exception {
    Journal journal = journal();
    RunId run = Plans.run(journal);
    journal.say(run, "stop/ann", STOP, NOON);
    Word word = journal.words(run).getFirst();
    Claim lost = pick(run, "node-1");
    pick(run, "node-2");

    assertThat(journal.take(run, lost, 2, NOON, word, STOP)).isEmpty();
    assertThat(journal.words(run)).containsExactly(word);
    assertThat(journal.entries(run)).hasSize(1);
  }

  @Test
  default void words_keep_their_order() throws Exception {
    Journal journal = journal();
    RunId run = Plans.run(journal);
    journal.say(run, "b", new RunEvent.Noted("first"), NOON.plusSeconds(9));
    journal.say(run, "a", new RunEvent.Noted("second"), NOON);

    assertThat(journal.words(run))
        .extracting(Word::event)
        .containsExactly(new RunEvent.Noted("first"), new RunEvent.Noted("second"));
  }

  @Test
  default void a_word_to_a_run_that_is_over_says_so() throws Exception {
    Journal journal = journal();
    RunId run = Plans.run(journal);
    journal.append(run, pick(run, "node-1"), 2, NOON, STOPPED);

    assertThat(journal.say(run, "stop/ann", STOP, NOON)).isEqualTo(Heard.OVER);
    assertThat(journal.words(run)).isEmpty();
  }

  @Test
  default void a_word_to_no_run_is_an_error() {
    assertThatThrownBy(() -> journal().say(new RunId("20261121-0000-xx"), "d", STOP, NOON))
        .isInstanceOf(NoSuchRun.class)
        .hasMessageContaining("there is no run 20261121-0000-xx");
  }

  @Test
  default void a_word_wakes_a_parked_run() throws Exception {
    Journal journal = journal();
    RunId run = Plans.run(journal);
    database()
        .plainly(sql ->
            sql.update(
                "update scheduled_tasks set execution_time = ?",
                database().dialect().instant(NOON.plusSeconds(3600))));

    journal.say(run, "stop/ann", STOP, NOON.plusSeconds(60));

    Optional<Integer> due =
        database()
            .plainly(sql ->
                sql.first(
                    "select 1 from scheduled_tasks where execution_time <= ?",
                    row -> row.getInt(1),
                    database().dialect().instant(NOON.plusSeconds(60))));
    assertThat(due).isPresent();
  }

  @Test
  default void a_word_does_not_take_a_run_from_its_driver() throws Exception {
    Journal journal = journal();
    RunId run = Plans.run(journal);
    Claim claim = pick(run, "node-1");

    journal.say(run, "stop/ann", STOP, NOON.plusSeconds(60));

    assertThat(journal.holds(run, claim)).isTrue();
  }

  // ---- verifying

  /// A run of five entries.
  default RunId written() throws SystemBusy {
    Journal journal = journal();
    RunId run = Plans.run(journal);
    Claim claim = pick(run, "node-1");
    journal.append(run, claim, 2, NOON, BEGAN);
    journal.append(run, claim, 3, NOON, new RunEvent.Intended("a", 1));
    journal.append(run, claim, 4, NOON, new RunEvent.Noted("so far"));
    journal.append(run, claim, 5, NOON, STOPPED);
    return run;
  }

  @Test
  default void a_changed_entry_is_found() throws Exception {
    RunId run = written();
    tamper("update run_event set body = replace(body, 'so far', 'no way') where seq = 4");

    assertThat(journal().verify(run))
        .hasValueSatisfying(v -> assertThat(v).startsWith("entry 4 (noted) was changed"));
  }

  @Test
  default void a_run_that_was_tampered_with_is_set_aside_as_it_is_and_the_next_can_begin()
      throws Exception {
    Journal journal = journal();
    RunId run = Plans.run(journal);
    tamper("update run_event set body = 'nonsense' where seq = 1");

    journal.setAside(run, NOON);

    assertThat(journal.verify(run)).isPresent();
    assertThat(journal.run(run).orElseThrow().finished()).isTrue();
    assertThat(journal.driver(run)).isEmpty();
    assertThat(Plans.run(journal)).isNotEqualTo(run);
  }

  @Test
  default void a_changed_time_is_found() throws Exception {
    RunId run = written();
    tamper("update run_event set at = at + 1 where seq = 3");

    assertThat(journal().verify(run))
        .hasValueSatisfying(v -> assertThat(v).startsWith("entry 3 (intended) was changed"));
  }

  @Test
  default void a_removed_entry_is_found() throws Exception {
    RunId run = written();
    tamper("delete from run_event where seq = 3");

    assertThat(journal().verify(run)).contains("entry 3 is missing");
  }

  @Test
  default void a_removed_entry_whose_gap_was_closed_is_found() throws Exception {
    RunId run = written();
    tamper("delete from run_event where seq = 3");
    tamper("update run_event set seq = 3 where seq = 4");
    tamper("update run_event set seq = 4 where seq = 5");

    assertThat(journal().verify(run))
        .hasValueSatisfying(v -> assertThat(v).startsWith("entry 3 (noted) was changed"));
  }

  @Test
  default void entries_that_changed_places_are_found() throws Exception {
    RunId run = written();
    tamper("update run_event set seq = 99 where seq = 3");
    tamper("update run_event set seq = 3 where seq = 4");
    tamper("update run_event set seq = 4 where seq = 99");

    assertThat(journal().verify(run))
        .hasValueSatisfying(v -> assertThat(v).startsWith("entry 3 (noted) was changed"));
  }

  @Test
  default void a_missing_end_is_found() throws Exception {
    RunId run = written();
    tamper("delete from run_event where seq >= 4");

    assertThat(journal().verify(run)).contains("entries after 3 are missing: the run has finished");
  }

  @Test
  default void a_run_reopened_by_hand_is_found() throws Exception {
    RunId run = written();
    tamper("update run set finished_at = null");

    assertThat(journal().verify(run))
        .contains("the run has finished, and somebody marked it as not finished");
  }

  @Test
  default void a_changed_plan_is_found() throws Exception {
    RunId run = written();
    tamper("update run set plan = replace(plan, 'shop', 'bank')");

    assertThat(journal().verify(run)).contains("the plan was changed after it was proposed");
  }

  @Test
  default void another_plan_with_its_own_hash_is_found() throws Exception {
    RunId run = written();
    String other = dev.lastgood.run.Chain.hash("{}");
    tamper("update run set plan = '{}', plan_hash = '" + other + "'");

    assertThat(journal().verify(run))
        .hasValueSatisfying(v -> assertThat(v).startsWith("entry 1 (proposed) was changed"));
  }

  @Test
  default void a_published_head_proves_that_nothing_is_missing_at_the_end() throws Exception {
    Journal journal = journal();
    RunId run = Plans.run(journal);
    Claim claim = pick(run, "node-1");
    journal.append(run, claim, 2, NOON, BEGAN);
    journal.append(run, claim, 3, NOON, STOP);
    Head head = journal.head(run);

    assertThat(journal.verify(run, head)).isEmpty();
    tamper("delete from run_event where seq = 3");
    assertThat(journal.verify(run)).isEmpty();
    assertThat(journal.verify(run, head))
        .contains("entries after 2 are missing: there were 3 when the head was published");
  }

  @Test
  default void a_run_written_anew_does_not_fit_a_published_head() throws Exception {
    Journal journal = journal();
    RunId run = Plans.run(journal);
    Claim claim = pick(run, "node-1");
    Head head =
        journal.append(run, claim, 2, NOON, BEGAN).map(e -> new Head(2, e.hash())).orElseThrow();
    tamper("delete from run_event where seq = 2");
    journal().append(run, claim, 2, NOON.plusSeconds(1), BEGAN);

    assertThat(journal.verify(run)).isEmpty();
    assertThat(journal.verify(run, head))
        .contains("entry 2 is not the one whose hash was published: written anew");
  }

  // ---- newer versions

  @Test
  default void an_event_of_a_newer_version_is_an_error_in_words() throws Exception {
    RunId run = written();
    tamper("update run_event set body = '{\"kind\":\"teleported\"}' where seq = 4");

    assertThatThrownBy(() -> journal().entries(run))
        .isInstanceOf(Unreadable.class)
        .hasMessageContaining("entry 4 of run " + run)
        .hasMessageContaining("a newer version wrote it");
  }

  @Test
  default void a_column_of_a_newer_version_changes_nothing() throws Exception {
    RunId run = Plans.run(journal());
    tamper("alter table run_event add column mood varchar(20)");

    assertThat(journal().append(run, pick(run, "node-1"), 2, NOON, BEGAN)).isPresent();
    assertThat(journal().verify(run)).isEmpty();
  }

  @Test
  default void the_kind_in_the_table_is_the_kind_in_the_json() throws SQLException, SystemBusy {
    RunId run = written();

    List<String> differing =
        database()
            .plainly(sql ->
                sql.list(
                    "select kind from run_event where run = ?"
                        + " and body not like '%\"kind\":\"' || kind || '\"%'",
                    row -> row.getString(1), run.value()));

    assertThat(differing).isEmpty();
    for (RunEvent event : Plans.oneOfEach()) {
      assertThat(dev.lastgood.run.EventJson.write(event))
          .contains("\"kind\":\"" + Kinds.of(event) + "\"");
    }
  }
}
