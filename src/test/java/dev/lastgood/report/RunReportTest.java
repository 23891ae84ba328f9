package dev.lastgood.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.ledger.Deployment;
import dev.lastgood.plan.Plan;
import dev.lastgood.plan.PlanJson;
import dev.lastgood.report.RunReport.Measured;
import dev.lastgood.report.RunReport.State;
import dev.lastgood.run.Journal;
import dev.lastgood.run.RunEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RunReportTest {
  private static final Plan PLAN = Sample.plan();
  private static final String HASH = PlanJson.hash(PLAN);
  private static final Measured MEASURED =
      new Measured(
          Optional.of(Duration.ofMillis(310)),
          Optional.of(1204L),
          Optional.of(3L),
          "by the traffic of the demo");

  @Test
  void a_run_for_a_terminal() {
    RunReport report = report(Sample.whole(HASH).entries(), MEASURED, List.of("backend.log"));

    assertThat(text(report))
        .isEqualTo(
            """
            Run 20261120-1200-k7: rollback of shop/production
            Result     proven: backend v1 is live and healthy
            Why        errors above 5%
            Target     known good since 2026-11-19T10:00:00Z
            Changes    backend v2 → v1
            Decision   issue high-error-rate: yes
                       verdict: roll back, P1, within 15m
            Asked      ada (ada@web1) at 2026-11-20 12:00:00 UTC
            Approved   bob (bob@web2) at 2026-11-20 12:00:00 UTC, who saw plan the-twelve--
            Took       4.5s, forecast 5.2s without the watch
            Downtime   310ms (by the traffic of the demo)
            Failed     3 of 1204 requests (by the traffic of the demo)
            Evidence   backend.log

            PHASE AND STEP                                        TOOK  RESULT
            prepare                                              500ms
              keep logs of backend v2                            450ms  done
            roll back                                             1.5s
              start backend v1                                   450ms  done
              prove v1 on its own port                           450ms  done
            verify                                               500ms
              prove the system healthy (checkout)                450ms  done

            Timeline (UTC)
            2026-11-20
            11:59:30.000  deploy     backend v2 went live (bob, record)
            12:00:00.000  run        ada asked for rollback, plan the-twelve--: errors above
                                     5%
            12:00:00.500  run        bob approved plan the-twelve--
            12:00:01.000  run        began
            12:00:02.000  prepare    keep logs of backend v2: done in 450ms; kept
                                     backend.log
            12:00:03.000  roll back  start backend v1: done in 450ms; pid 4711 listens on
                                     8082
            12:00:04.000  roll back  prove v1 on its own port: proven in 450ms; health
                                     healthy: 200, version 1.4.2
            12:00:05.000  verify     prove the system healthy (checkout): proven in 450ms;
                                     checkout healthy: 200
            12:00:05.500  run        proven: backend v1 is live and healthy\
            """);
  }

  @Test
  void a_run_that_waits_for_approval_says_so_and_claims_nothing() {
    RunReport report = report(Sample.asked(HASH).entries(), Measured.NOTHING, List.of());

    assertThat(text(report))
        .isEqualTo(
            """
            Run 20261120-1200-k7: rollback of shop/production
            Result     waiting for approval: 0 of 1 approvals
            Why        errors above 5%
            Target     known good since 2026-11-19T10:00:00Z
            Changes    backend v2 → v1
            Decision   issue high-error-rate: yes
                       verdict: roll back, P1, within 15m
            Asked      ada (ada@web1) at 2026-11-20 12:00:00 UTC
            Approved   nobody yet, 1 needed
            Took       has not begun, forecast 5.2s without the watch
            Downtime   not measured
            Failed     not measured
            Evidence   none kept

            Timeline (UTC)
            2026-11-20
            11:59:30.000  deploy     backend v2 went live (bob, record)
            12:00:00.000  run        ada asked for rollback, plan the-twelve--: errors above
                                     5%\
            """);
  }

  @Test
  void a_run_as_markdown() {
    RunReport report = report(Sample.whole(HASH).entries(), MEASURED, List.of("backend.log"));

    assertThat(shown(report.markdown()))
        .isEqualTo(
            """
            # Run 20261120-1200-k7: rollback of shop/production

            - **Result**: proven: backend v1 is live and healthy
            - **Why**: errors above 5%
            - **Target**: known good since 2026-11-19T10:00:00Z
            - **Change**: backend v2 → v1
            - **Asked by**: ada (ada@web1)
            - **Approved by**: bob (bob@web2), who saw plan the-twelve--
            - **Took**: 4.5s
            - **Downtime**: 310ms (by the traffic of the demo)
            - **Requests failed**: 3 of 1204 requests (by the traffic of the demo)
            - **Plan**: HASH
            - **Evidence**: backend.log

            ## Decision

            - issue high-error-rate: yes
            - verdict: roll back, P1, within 15m

            ## Durations

            | Phase | Step | Took | Result |
            | --- | --- | --- | --- |
            | prepare |  | 500ms |  |
            |  | keep logs of backend v2 | 450ms | done |
            | roll back |  | 1.5s |  |
            |  | start backend v1 | 450ms | done |
            |  | prove v1 on its own port | 450ms | done |
            | verify |  | 500ms |  |
            |  | prove the system healthy (checkout) | 450ms | done |

            ## Timeline

            | Time (UTC) | From | Event |
            | --- | --- | --- |
            | 2026-11-20 11:59:30.000 | deploy | backend v2 went live (bob, record) |
            | 2026-11-20 12:00:00.000 | run | ada asked for rollback, plan the-twelve--: errors above 5% |
            | 2026-11-20 12:00:00.500 | run | bob approved plan the-twelve-- |
            | 2026-11-20 12:00:01.000 | run | began |
            | 2026-11-20 12:00:02.000 | prepare | keep logs of backend v2: done in 450ms; kept backend.log |
            | 2026-11-20 12:00:03.000 | roll back | start backend v1: done in 450ms; pid 4711 listens on 8082 |
            | 2026-11-20 12:00:04.000 | roll back | prove v1 on its own port: proven in 450ms; health healthy: 200, version 1.4.2 |
            | 2026-11-20 12:00:05.000 | verify | prove the system healthy (checkout): proven in 450ms; checkout healthy: 200 |
            | 2026-11-20 12:00:05.500 | run | proven: backend v1 is live and healthy |
            """);
  }

  @Test
  void a_run_that_began_and_has_not_ended_is_running() {
    RunReport report =
        report(
            Sample.approved(HASH)
                .then(new RunEvent.Began())
                .then(new RunEvent.Intended("roll-back/backend/start", 1))
                .entries(),
            Measured.NOTHING,
            List.of());

    assertThat(report.ending().state()).isEqualTo(State.RUNNING);
    assertThat(report.phases())
        .extracting(p -> p.steps().getFirst().result())
        .containsExactly("begun");
  }

  @Test
  void a_run_that_asks_waits_until_somebody_chose() {
    var asked =
        Sample.approved(HASH)
            .then(new RunEvent.Began())
            .then(
                new RunEvent.Asked(
                    "roll-back/backend/start", "port taken", List.of(RunEvent.Choice.RETRY)));

    assertThat(report(asked.entries(), Measured.NOTHING, List.of()).ending().state())
        .isEqualTo(State.WAITING_FOR_CHOICE);

    asked.then(
        new RunEvent.Chosen(
            "roll-back/backend/start", RunEvent.Choice.RETRY, Sample.BOB, "freed the port"));
    RunReport chosen = report(asked.entries(), Measured.NOTHING, List.of());

    assertThat(chosen.ending().state()).isEqualTo(State.RUNNING);
    assertThat(text(chosen))
        .contains("Chose      bob chose retry for roll-back/backend/start: freed the port");
  }

  @Test
  void an_approval_of_another_plan_is_pointed_out() {
    RunReport report =
        report(Sample.approved("0123456789abcdef").entries(), Measured.NOTHING, List.of());

    assertThat(text(report)).contains("who saw plan 0123456789ab,\n", "which is NOT this plan");
  }

  @Test
  void a_broken_glass_is_told_with_its_reason() {
    RunReport report =
        report(
            Sample.asked(HASH)
                .then(
                    new RunEvent.Approved(
                        Sample.ADA, HASH, Sample.NOON, Optional.of("nobody answers")))
                .entries(),
            Measured.NOTHING,
            List.of());

    assertThat(text(report)).contains("BROKE THE GLASS: nobody answers");
  }

  @Test
  void a_clock_that_was_set_back_gives_no_negative_duration() {
    List<Journal.Entry> entries =
        List.of(
            new Journal.Entry(1, Sample.NOON, 1, new RunEvent.Began(), ""),
            new Journal.Entry(
                2, Sample.NOON.minusSeconds(60), 1, new RunEvent.Noted("resumed"), ""));

    assertThat(report(entries, Measured.NOTHING, List.of()).ending().took())
        .contains(Duration.ZERO);
  }

  private static String text(RunReport report) {
    return shown(String.join("\n", report.text(80)));
  }

  private static String shown(String text) {
    return text.replace(HASH, "HASH").replace(HASH.substring(0, 12), "the-twelve--");
  }

  private static RunReport report(
      List<Journal.Entry> entries, Measured measured, List<String> evidence) {
    return RunReport.of(
        Sample.RUN,
        PLAN,
        entries,
        List.of(
            new Deployment(
                Sample.BAD,
                Sample.NOON.minusSeconds(30),
                Sample.BOB,
                Deployment.RECORD,
                Deployment.State.LIVE)),
        List.of(),
        measured,
        evidence);
  }
}
