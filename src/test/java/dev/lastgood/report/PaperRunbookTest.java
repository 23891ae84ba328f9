package dev.lastgood.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.approval.ApprovalPolicy;
import dev.lastgood.evidence.Check;
import dev.lastgood.model.Release;
import dev.lastgood.model.Secret;
import dev.lastgood.plan.Change;
import dev.lastgood.plan.Plan;
import dev.lastgood.plan.PlanJson;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PaperRunbookTest {
  static final List<Check> CHECKS =
      List.of(
          new Check(
              "health",
              Optional.of("backend"),
              Set.of(),
              Duration.ofSeconds(5),
              new Check.Http(
                  "https://shop.example/api/health?deep=1",
                  "GET",
                  Set.of(200),
                  Optional.empty(),
                  Optional.of(new Check.Word("status", Set.of("healthy"), Set.of("unhealthy"))),
                  Optional.of(new Check.VersionAt("version")),
                  Optional.empty(),
                  new TreeMap<>(
                      Map.of("Authorization", new Secret("${env:TOKEN}", () -> "s3cret"))))),
          new Check(
              "checkout",
              Optional.empty(),
              Set.of(),
              Duration.ofSeconds(5),
              new Check.Command(List.of("bin/checkout", "it's me"), Set.of())));
  static final ApprovalPolicy POLICY =
      new ApprovalPolicy(
          1,
          new TreeMap<>(Map.of("data-loss", new ApprovalPolicy.Need(2, "lead"))),
          false,
          new TreeMap<>(Map.of("lead", List.of("ada", "bob"))),
          Duration.ofMinutes(30));

  @Test
  void a_plan_is_a_runbook_a_person_can_follow_by_hand() {
    String page = PaperRunbook.markdown(Sample.plan(), CHECKS, POLICY, List.of("data-loss"));

    assertThat(page.replace(PlanJson.hash(Sample.plan()), "HASH"))
        .isEqualTo(
            """
            # Runbook: rollback of shop/production

            Printed from plan HASH.
            While Lastgood works, use it: `lastgood rollback` does all of this and proves it.

            - **Why**: errors above 5%
            - **Target**: known good since 2026-11-19T10:00:00Z
            - **Change**: backend v2 → v1 (1.4.2)
            - **Expected**: 5.2s of 5m allowed (median of 4 runs)
            - **Downtime**: none
            - **Data lost**: none
            - **Costs**: backend: requests in flight are cut
            - **Warning**: backend v1 never ran with frontend f2

            ## Before you begin

            - [ ] 2 people must approve this, and none of them is the one who asked
            - [ ] Rule data-loss: 2 people, one of them lead (ada, bob)
            - [ ] Approved by ………… at ………… UTC
            - [ ] Approved by ………… at ………… UTC
            - [ ] Nobody deploys until this is over, and everybody who could knows it
            - [ ] Begun at ………… UTC by …………

            An exit code is no proof. After each step see that what it says is so, then go on.

            ## 1. Prepare

            ### 1.1 keep logs of backend v2

            Takes about 200ms; after 30s it has failed. Optional.

            Copy the logs and the configuration of backend v2 to a safe place before anything is changed.

            - [ ] Done at ………… UTC

            ## 2. Roll back

            ### 2.1 start backend v1

            Takes about 2s; after 20s it has failed.

            ```bash
            bin/backend start v1 --port 8082
            ```

            What proves it: prove v1 on its own port.

            - [ ] Done at ………… UTC

            ### 2.2 prove v1 on its own port

            Takes about 200ms; after 30s it has failed.

            All of these must be healthy:

            ```bash
            curl -sS -i --max-time 5 -H 'Authorization: ${env:TOKEN}' 'http://127.0.0.1:8082/api/health?deep=1'
            ```

            - [ ] health: status 200
            - [ ] health: `status` in the body is exactly healthy
            - [ ] health: `version` is 1.4.2
            - [ ] Done at ………… UTC

            ### 2.3 restart backend v1

            Takes about 2s; after 20s it has failed. Only if side-by-side is refused; down for 3s.

            ```bash
            systemctl restart backend
            ```

            What proves it: prove the system healthy (checkout).

            - [ ] Done at ………… UTC

            ## 3. Verify

            ### 3.1 prove the system healthy (checkout)

            Takes about 400ms; after 1m it has failed.

            All of these must be healthy, 2 times in a row:

            ```bash
            bin/checkout 'it'\\''s me'
            ```

            - [ ] checkout: exit code 0 (`echo $?`)
            - [ ] Done at ………… UTC

            ## If it must be undone

            Only when a person decides so: this goes back to where it started.

            ## U1. Roll back

            ### U1.1 switch backend to v2

            Takes about 2s; after 20s it has failed.

            ```bash
            bin/backend switch v2
            ```

            - [ ] Done at ………… UTC

            ## Afterwards

            - [ ] Ended at ………… UTC; what is live: …………
            - [ ] When Lastgood is back, tell it what is live: `lastgood record backend v1`
            - [ ] Keep this sheet: it is the record
            """);
  }

  @Test
  void an_undo_plan_has_no_way_back_and_a_check_that_is_gone_is_not_passed_over() {
    String page =
        PaperRunbook.markdown(Sample.bare(), List.of(), ApprovalPolicy.DEFAULT, List.of());

    assertThat(page)
        .contains("- [ ] checkout: not in the configuration any more; look at it yourself")
        .contains("- [ ] 1 person must approve this\n")
        .doesNotContain("undone");
  }

  @Test
  void a_secret_is_never_printed() {
    assertThat(PaperRunbook.markdown(Sample.plan(), CHECKS, POLICY, List.of()))
        .doesNotContain("s3cret");
  }

  @Test
  void hostile_names_and_reasons_stay_text() {
    String page =
        PaperRunbook.markdown(
            Sample.plan(
                "<script>alert(1)</script> [x](http://evil)",
                Release.of("backend", "v2`; rm -rf / #"),
                List.of("```\n# no heading")),
            CHECKS,
            POLICY,
            List.of());

    assertThat(page)
        .contains("- **Why**: \\<script\\>alert(1)\\</script\\> \\[x\\](http://evil)\n")
        .contains("- **Change**: backend v2\\`; rm -rf / # → v1 (1.4.2)\n")
        .contains("- **Warning**: \\`\\`\\` # no heading\n");
  }

  @Test
  void a_release_id_in_a_command_is_one_word_for_the_shell() {
    var change = new Change("backend", Sample.BAD, Release.of("backend", "v1; rm -rf /"));
    Plan plan = Sample.bare();
    Plan hostile =
        new Plan(
            plan.schema(),
            plan.system(),
            plan.environment(),
            plan.purpose(),
            plan.reason(),
            List.of(change),
            plan.target(),
            plan.steps(),
            plan.forecast(),
            plan.warnings(),
            plan.undo());

    assertThat(PaperRunbook.markdown(hostile, List.of(), POLICY, List.of()))
        .contains("`lastgood record backend 'v1; rm -rf /'`");
  }

  @Test
  void a_check_by_hand_for_each_kind() {
    assertThat(
            CheckByHand.of(
                check(new Check.Tcp("db.internal", 5432)), Optional.empty(), Optional.empty()))
        .isEqualTo(new CheckByHand("nc -z -w 2 db.internal 5432", List.of("it connects")));
    assertThat(
            CheckByHand.of(
                    check(new Check.Tcp("db.internal", 5432)),
                    Optional.of("http://127.0.0.1:8082/"),
                    Optional.empty())
                .command())
        .isEqualTo("nc -z -w 2 127.0.0.1 8082");
    assertThat(
            CheckByHand.of(
                check(
                    new Check.Http(
                        "http://shop.example",
                        "HEAD",
                        Set.of(204, 200),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(new Check.VersionAt("header:X-Version")),
                        Optional.of(new Check.Latency(Duration.ofMillis(500), 20)),
                        new TreeMap<>())),
                Optional.of("http://127.0.0.1:8082/"),
                Optional.of("1.4.2")))
        .isEqualTo(
            new CheckByHand(
                "curl -sS -i --max-time 2 --head http://127.0.0.1:8082/",
                List.of(
                    "status 200 or 204",
                    "`header:X-Version` is 1.4.2",
                    "of 20 requests, 95 of 100 take at most 500ms")));
  }

  private static Check check(Check.Probe probe) {
    return new Check("c", Optional.empty(), Set.of(), Duration.ofSeconds(2), probe);
  }
}
