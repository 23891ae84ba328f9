package dev.lastgood.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import dev.lastgood.plan.Plan;
import dev.lastgood.plan.PlanJson;
import dev.lastgood.report.RunReport.Measured;
import dev.lastgood.run.RunEvent;
import dev.lastgood.run.RunEvent.Choice;
import dev.lastgood.run.RunEvent.Result;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PostMortemTest {
  private static final String BY = "by the traffic of the demo";

  @Test
  void everything_known_is_filled_in_and_everything_unknown_is_marked() {
    Plan plan =
        Sample.plan(
            "errors above 5%",
            new Release("backend", "v2", Origin.UNKNOWN, Optional.of(Sample.NOON.minusSeconds(90))),
            List.of("backend v1 never ran with frontend f2"));
    var measured =
        new Measured(Optional.of(Duration.ofMillis(310)), Optional.of(1204L), Optional.of(0L), BY);

    String draft =
        PostMortem.markdown(report(plan, whole(plan), measured), plan, Optional.of("P1"));

    assertThat(
            draft
                .replace(PlanJson.hash(plan), "HASH")
                .replace(PlanJson.hash(plan).substring(0, 12), "the-twelve--"))
        .isEqualTo(
            """
            # Post-mortem: shop/production, errors above 5%

            - **Date**: 2026-11-20
            - **Duration**: 1m35s
            - **Severity**: P1
            - **Incident commander**: **UNKNOWN – to be filled in:** who led the response
            - **Run**: 20261120-1200-k7, plan HASH

            ## Summary

            ada asked for a rollback of shop/production (backend v2 → v1 (1.4.2)), because: errors above 5%. It was proven good after 4.5s: backend v1 is live and healthy.

            **UNKNOWN – to be filled in:** two or three sentences on what happened, for people who were not there

            ## Impact

            - **Users affected**: **UNKNOWN – to be filled in:** a number or a share
            - **Features affected**: **UNKNOWN – to be filled in:** what did not work
            - **Downtime**: 310ms
            - **Requests failed**: 0 of 1204 requests (by the traffic of the demo)
            - **Data lost**: **UNKNOWN – to be filled in:** yes or no, and what; the rollback itself was planned to lose none
            - **Financial impact**: **UNKNOWN – to be filled in:** if there was any
            - **Duration**: 2026-11-20 11:58:30 UTC to 2026-11-20 12:00:05 UTC (1m35s from the deploy of the bad release to the proof of the good one; users may have been affected for a part of it)

            ## Timeline

            All times are UTC.

            | Time (UTC) | From | Event |
            | --- | --- | --- |
            | 2026-11-20 12:00:00.000 | run | ada asked for rollback, plan the-twelve--: errors above 5% |
            | 2026-11-20 12:00:00.500 | run | bob approved plan the-twelve-- |
            | 2026-11-20 12:00:01.000 | run | began |
            | 2026-11-20 12:00:02.000 | prepare | keep logs of backend v2: done in 450ms; kept backend.log |
            | 2026-11-20 12:00:03.000 | roll back | start backend v1: done in 450ms; pid 4711 listens on 8082 |
            | 2026-11-20 12:00:04.000 | roll back | prove v1 on its own port: proven in 450ms; health healthy: 200, version 1.4.2 |
            | 2026-11-20 12:00:05.000 | verify | prove the system healthy (checkout): proven in 450ms; checkout healthy: 200 |
            | 2026-11-20 12:00:05.500 | run | proven: backend v1 is live and healthy |

            **UNKNOWN – to be filled in:** what is missing above: the first complaint, who was called, what was tried

            ## Root cause

            - **Immediate cause**: **UNKNOWN – to be filled in:** what directly caused the failure

            **UNKNOWN – to be filled in:** the detailed technical explanation

            Evidence that was kept:

            - backend.log

            ## Contributing factors

            - Known before the rollback: backend v1 never ran with frontend f2
            - **UNKNOWN – to be filled in:** what made it possible, or worse, or harder to see

            ## Resolution

            - backend v2 → v1 (1.4.2)
            - Target: known good since 2026-11-19T10:00:00Z
            - approved by bob at 2026-11-20 12:00:00 UTC, who saw plan the-twelve--
            - Decision: issue high-error-rate: yes
            - Decision: verdict: roll back, P1, within 15m

            | Phase | Step | Took | Result |
            | --- | --- | --- | --- |
            | prepare |  | 500ms |  |
            |  | keep logs of backend v2 | 450ms | done |
            | roll back |  | 1.5s |  |
            |  | start backend v1 | 450ms | done |
            |  | prove v1 on its own port | 450ms | done |
            | verify |  | 500ms |  |
            |  | prove the system healthy (checkout) | 450ms | done |

            **UNKNOWN – to be filled in:** what was done besides the rollback, and the fix

            ## What went well

            - The rollback was proven, not assumed: backend v1 is live and healthy
            - The run took 4.5s of the 5m allowed
            - No request failed: 0 of 1204 requests (by the traffic of the demo)
            - Evidence of the bad release was kept: backend.log
            - **UNKNOWN – to be filled in:** what else went well

            ## What did not go well

            - **UNKNOWN – to be filled in:** what else did not go well

            ## Where we got lucky

            - **UNKNOWN – to be filled in:** what could have made it worse and did not

            ## Action items

            | Action | Owner | Due date | Priority | Status |
            | --- | --- | --- | --- | --- |
            | Fix what made backend v2 bad before it is deployed again | UNKNOWN | UNKNOWN | P0 | open |
            | Add a test or a check that would have caught it | UNKNOWN | UNKNOWN | P0 | open |
            | See to: backend v1 never ran with frontend f2 | UNKNOWN | UNKNOWN | P1 | open |

            **UNKNOWN – to be filled in:** owner and due date of each action, and further actions

            ## Lessons learned

            - **UNKNOWN – to be filled in:** what we know now and did not know before

            ## Prevention

            - **Immediate**: **UNKNOWN – to be filled in:** what keeps it from happening again now
            - **Short term (1 to 2 weeks)**: **UNKNOWN – to be filled in:** improvements of the process
            - **Long term (1 to 3 months)**: **UNKNOWN – to be filled in:** improvements of the system

            ## Signatures

            - **Prepared by**: **UNKNOWN – to be filled in:** name; the draft was made by Lastgood
            - **Reviewed by**: **UNKNOWN – to be filled in:** names
            """);
  }

  @Test
  void what_was_not_measured_is_unknown_never_none() {
    Plan plan = Sample.plan();

    assertThat(
            PostMortem.markdown(
                report(plan, whole(plan), Measured.NOTHING), plan, Optional.empty()))
        .contains("- **Downtime**: **UNKNOWN – to be filled in:**")
        .contains("- **Requests failed**: **UNKNOWN – to be filled in:**")
        .contains("- **Severity**: **UNKNOWN – to be filled in:**")
        .contains("- **Duration**: **UNKNOWN – to be filled in:**")
        .contains("- Nothing measured what users felt\n");
  }

  @Test
  void trouble_on_the_way_is_told() {
    Plan plan = Sample.plan();
    var start = "roll-back/backend/start";
    var told =
        Sample.asked(PlanJson.hash(plan))
            .then(
                new RunEvent.Approved(
                    Sample.ADA,
                    PlanJson.hash(plan),
                    Sample.NOON,
                    Optional.of("nobody answered the phone")))
            .then(new RunEvent.Began())
            .then(new RunEvent.Intended(start, 1))
            .then(new RunEvent.Ended(start, 1, Result.REFUSED, "port taken", true, 20))
            .then(new RunEvent.Asked(start, "port taken", List.of(Choice.STOP)))
            .then(new RunEvent.Chosen(start, Choice.STOP, Sample.BOB, "too risky"))
            .then(new RunEvent.Finished(RunEvent.RunResult.STOPPED, "backend v2 is live"));
    var measured = new Measured(Optional.empty(), Optional.of(10L), Optional.of(3L), BY);

    assertThat(PostMortem.markdown(report(plan, told, measured), plan, Optional.empty()))
        .contains("It was stopped after")
        .contains(
            """
            ## What did not go well

            - Requests failed: 3 of 10 requests (by the traffic of the demo)
            - start backend v1: refused; port taken
            - A person had to decide: bob chose stop for roll-back/backend/start, too risky
            - ada broke the glass: nobody answered the phone
            """);
  }

  @Test
  void hostile_log_lines_names_and_reasons_stay_text() {
    Plan plan =
        Sample.plan(
            "x\n## Injected\n<img src=x onerror=alert(1)>",
            Release.of("backend", "v2|cell|"),
            List.of());
    var told =
        Sample.asked(PlanJson.hash(plan), "[click](javascript:alert(1))")
            .step("prepare/capture", "log: \u001b[31m | </td><script> `rm`\r\n- item");

    String draft =
        PostMortem.markdown(report(plan, told, Measured.NOTHING), plan, Optional.empty());

    assertThat(draft)
        .contains("because: x ## Injected \\<img src=x onerror=alert(1)\\>.")
        .contains("v2\\|cell\\|")
        .contains("\\[click\\](javascript:alert(1))")
        .contains("log: \\[31m \\| \\</td\\>\\<script\\> \\`rm\\` - item |")
        .doesNotContain("\n## Injected", "\u001b", "\r");
  }

  private static Sample.Told whole(Plan plan) {
    return Sample.whole(PlanJson.hash(plan));
  }

  private static RunReport report(Plan plan, Sample.Told told, Measured measured) {
    return RunReport.of(
        Sample.RUN,
        plan,
        told.entries(),
        List.of(),
        List.of(),
        measured,
        measured.equals(Measured.NOTHING) ? List.of() : List.of("backend.log"));
  }
}
