package dev.lastgood.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.approval.ApprovalPolicy;
import dev.lastgood.approval.ApprovalPolicy.Need;
import dev.lastgood.condition.FactType;
import dev.lastgood.condition.Facts;
import dev.lastgood.condition.Facts.Value.Share;
import dev.lastgood.condition.Facts.Value.Words;
import dev.lastgood.config.SystemConfig.After;
import dev.lastgood.config.SystemConfig.StateAt;
import dev.lastgood.config.SystemConfig.Teller;
import dev.lastgood.decision.Action;
import dev.lastgood.decision.Involvement;
import dev.lastgood.decision.Policy;
import dev.lastgood.decision.Verdict;
import dev.lastgood.evidence.Check;
import dev.lastgood.evidence.Check.Moment;
import dev.lastgood.model.Scope;
import dev.lastgood.model.Secret;
import dev.lastgood.model.Severity;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ConfigLoaderTest {
  private static final Severity P0 = new Severity("P0", 0);
  private static final Severity P1 = new Severity("P1", 1);

  @TempDir Path folder;
  private Loading loading;

  @BeforeEach
  void setUp() {
    loading = new Loading(folder);
  }

  @Test
  void a_system_and_its_components_are_enough() {
    SystemConfig config = loading.load(Loading.SMALL);

    assertThat(config.scope()).isEqualTo(new Scope("shop", "production"));
    assertThat(config.components()).containsOnlyKeys("backend", "database");
    assertThat(config.state()).isEmpty();
    assertThat(config.soak()).isEqualTo(Duration.ofMinutes(10));
    assertThat(config.checks()).isEmpty();
    assertThat(config.approvals()).isEqualTo(ApprovalPolicy.DEFAULT);
    assertThat(config.after())
        .isEqualTo(
            new After(
                Duration.ofHours(24),
                Duration.ZERO,
                Duration.ofMinutes(15),
                2,
                Duration.ofSeconds(60)));
    assertThat(config.tell()).isEmpty();
    assertThat(config.decide().severities())
        .extracting(Severity::label)
        .containsExactly("P0", "P1", "P2", "P3");
    assertThat(config.decide().otherwise()).isEqualTo(Verdict.of(Action.ASK));
  }

  @Test
  void a_component_has_the_settings_of_its_platform() {
    loading.variables.put("TOKEN", "s3cret");
    var settings =
        settings(
            loading.load(
                """
                system: shop
                components:
                  database: { platform: some-platform, path: db }
                  backend:
                    platform: some-platform
                    needs: [database]
                    path: /srv/backend
                    keep-at-most: 5
                    bytes: 5000000000
                    share: 5%
                    loud: yes
                    patience: 1m30s
                    speed: very-slow
                    token: "${env:TOKEN}"
                    door: { kind: locked, key: "a-${env:TOKEN}-b", patience: 300ms }
                    command: [./run.sh, "5", 5]
                    ports: [80, 443]
                    labels: { team: shop, "a key": 'a: value' }
                """));

    assertThat(settings.path()).isEqualTo(Path.of("/srv/backend"));
    assertThat(settings.keepAtMost()).contains(5);
    assertThat(settings.bytes()).contains(5_000_000_000L);
    assertThat(settings.share()).contains(0.05);
    assertThat(settings.loud()).contains(true);
    assertThat(settings.patience()).contains(Duration.ofSeconds(90));
    assertThat(settings.speed()).contains(SomePlatform.Speed.VERY_SLOW);
    assertThat(settings.token()).map(Secret::reveal).contains("s3cret");
    assertThat(settings.command()).containsExactly("./run.sh", "5", "5");
    assertThat(settings.ports()).containsExactlyInAnyOrder(80, 443);
    assertThat(settings.labels()).isEqualTo(Map.of("team", "shop", "a key", "a: value"));
    var door = (SomePlatform.LockedDoor) settings.door().orElseThrow();
    assertThat(door.key().reveal()).isEqualTo("a-s3cret-b");
    assertThat(door.patience()).contains(Duration.ofMillis(300));
  }

  @Test
  void what_is_left_out_is_empty() {
    SystemConfig config = loading.load(Loading.SMALL + "checks:\ntell: ~\nafter: null\n");
    SomePlatform.Settings settings = settings(config);

    assertThat(at(config.components(), "backend").needs()).isEmpty();
    assertThat(settings.token()).isEmpty();
    assertThat(settings.command()).isEmpty();
    assertThat(settings.labels()).isEmpty();
  }

  @Test
  void needs_are_kept_in_order() {
    SystemConfig config =
        loading.load(
            """
            system: shop
            components:
              frontend: { platform: some-platform, path: f, needs: [database, backend] }
              backend: { platform: some-platform, path: b, needs: [database] }
              database: { platform: some-platform, path: d }
            """);

    assertThat(at(config.components(), "frontend").needs()).containsExactly("database", "backend");
  }

  @Test
  void state_is_a_folder_beside_the_file_or_a_database() {
    assertThat(loading.load(Loading.SMALL + "state: .lastgood\n").state())
        .contains(new StateAt.Folder(folder.toAbsolutePath().resolve(".lastgood")));
    assertThat(loading.load(Loading.SMALL + "state: /var/lib/lastgood\n").state())
        .contains(new StateAt.Folder(Path.of("/var/lib/lastgood")));

    loading.variables.put("DB", "jdbc:postgresql://db/lastgood");
    var database =
        (StateAt.Database)
            loading
                .load(Loading.SMALL + "state: { postgres: \"${env:DB}\" }\n")
                .state()
                .orElseThrow();
    assertThat(database.url().reveal()).isEqualTo("jdbc:postgresql://db/lastgood");
  }

  @Test
  void an_http_check_is_read_whole() {
    loading.variables.put("TOKEN", "s3cret");
    Check check =
        loading
            .load(
                Loading.SMALL
                    + """
                    checks:
                      health:
                        component: backend
                        get: http://127.0.0.1:8080/health
                        status: [200, 204]
                        expect: "body.status == 'ok' && millis < 500"
                        word: { at: db.state, healthy: [ok], unhealthy: [down] }
                        version: { at: version }
                        latency: { p95: 2s, requests: 50 }
                        headers: { Authorization: "Bearer ${env:TOKEN}", Accept: text/plain }
                        timeout: 2s
                        when: [before, watch]
                    """)
            .checks()
            .getFirst();

    assertThat(check.name()).isEqualTo("health");
    assertThat(check.component()).contains("backend");
    assertThat(check.timeout()).isEqualTo(Duration.ofSeconds(2));
    assertThat(check.when()).containsExactlyInAnyOrder(Moment.BEFORE, Moment.WATCH);
    var http = (Check.Http) check.probe();
    assertThat(http.url()).isEqualTo("http://127.0.0.1:8080/health");
    assertThat(http.status()).containsExactlyInAnyOrder(200, 204);
    assertThat(http.expect().orElseThrow().names()).containsExactly("body", "millis");
    assertThat(http.word()).contains(new Check.Word("db.state", Set.of("ok"), Set.of("down")));
    assertThat(http.version()).contains(new Check.VersionAt("version"));
    assertThat(http.latency()).contains(new Check.Latency(Duration.ofSeconds(2), 50));
    assertThat(http.headers()).containsOnlyKeys("Authorization", "Accept");
    assertThat(at(http.headers(), "Authorization").reveal()).isEqualTo("Bearer s3cret");
    assertThat(at(http.headers(), "Authorization")).hasToString("Bearer ${env:TOKEN}");
    assertThat(at(http.headers(), "Accept").reveal()).isEqualTo("text/plain");
  }

  @Test
  void a_check_has_defaults() {
    List<Check> checks =
        loading
            .load(
                Loading.SMALL
                    + """
                    checks:
                      a: { get: "http://h/", version: "header:X-Version", latency: { p95: 1s } }
                      b: { get: "http://h/", expect: "status in [200, 503]" }
                      c: { tcp: "[::1]:5432" }
                      d: { run: [./smoke.sh, --fast] }
                    """)
            .checks();

    assertThat(checks).extracting(Check::name).containsExactly("a", "b", "c", "d");
    assertThat(checks).allSatisfy(check -> assertThat(check.timeout()).hasSeconds(3));
    assertThat(checks).allSatisfy(check -> assertThat(check.when()).hasSize(3));
    var http = (Check.Http) checks.getFirst().probe();
    assertThat(http.status()).containsExactly(200);
    assertThat(http.latency()).contains(new Check.Latency(Duration.ofSeconds(1), 20));
    assertThat(http.version()).contains(new Check.VersionAt("header:X-Version"));
    assertThat(((Check.Http) checks.get(1).probe()).status()).hasSize(500).contains(503);
    assertThat(checks.get(2).probe()).isEqualTo(new Check.Tcp("::1", 5432));
    assertThat(checks.get(3).probe())
        .isEqualTo(new Check.Command(List.of("./smoke.sh", "--fast"), Set.of(1)));
  }

  @Test
  void the_matrix_keeps_the_order_of_the_file() {
    Policy decide =
        loading
            .load(
                Loading.SMALL
                    + """
                    decide:
                      facts:
                        quick_fix: { type: yes-no, ask: "Is there a quick fix?" }
                        error_rate: { type: share, ask: "What share fails?" }
                      issues:
                        payments-failing:
                          title: Payments fail
                          when: error_rate > 5%
                          severity: P0
                          action: roll-back
                          within: 5m
                          rto: 15m
                          components: { backend: yes, database: maybe }
                          approvals: [tech-lead]
                          unless: quick_fix
                          instead: fix-forward
                        slow: { action: monitor, components: [backend] }
                      otherwise: { action: ask, severity: P1 }
                    approvals: { roles: { tech-lead: [ada] } }
                    """)
            .decide();

    assertThat(decide.issues())
        .extracting(Policy.Issue::name)
        .containsExactly("payments-failing", "slow");
    Policy.Issue payments = decide.issues().getFirst();
    assertThat(payments.title()).isEqualTo("Payments fail");
    assertThat(payments.then())
        .isEqualTo(
            new Verdict(
                Action.ROLL_BACK,
                Optional.of(P0),
                Optional.of(Duration.ofMinutes(5)),
                Optional.of(Duration.ofMinutes(15)),
                new TreeMap<>(Map.of("backend", Involvement.YES, "database", Involvement.MAYBE)),
                List.of("tech-lead")));
    assertThat(payments.when().orElseThrow().source()).isEqualTo("error_rate > 5%");
    assertThat(payments.unless().orElseThrow().names()).containsExactly("quick_fix");
    assertThat(payments.instead()).contains(Verdict.of(Action.FIX_FORWARD));
    assertThat(decide.issues().get(1).title()).isEqualTo("slow");
    assertThat(decide.issues().get(1).then().components())
        .isEqualTo(Map.of("backend", Involvement.YES));
    assertThat(decide.otherwise().severity()).contains(P1);
  }

  @Test
  void questions_ask_for_a_fact_or_test_a_condition() {
    Policy decide =
        loading
            .load(
                Loading.SMALL
                    + """
                    decide:
                      facts:
                        fixable: { type: yes-no, ask: "Can it be fixed?" }
                        error_rate: { type: share, ask: "What share fails?" }
                      questions:
                        - { fact: fixable, yes: fix-forward }
                        - id: errors
                          ask: Above 5%?
                          when: error_rate > 0.05
                          yes: { action: roll-back, severity: P1, within: 15m }
                          no: next
                      cautions:
                        - { id: risky, ask: "Is it risky?", when: "!fixable", approvals: [lead] }
                    approvals: { special: { lead: 2 } }
                    """)
            .decide();

    Policy.Question fixable = decide.questions().getFirst();
    assertThat(fixable.id()).isEqualTo("fixable");
    assertThat(fixable.ask()).isEqualTo("Can it be fixed?");
    assertThat(fixable.when().names()).containsExactly("fixable");
    assertThat(fixable.yes()).contains(Verdict.of(Action.FIX_FORWARD));
    assertThat(fixable.no()).isEmpty();
    Policy.Question errors = decide.questions().get(1);
    assertThat(errors.when().test(Facts.NONE.with("error_rate", new Share(0.06))))
        .isInstanceOf(dev.lastgood.condition.Condition.Answer.Yes.class);
    assertThat(errors.yes().orElseThrow().within()).contains(Duration.ofMinutes(15));
    assertThat(errors.no()).isEmpty();
    assertThat(decide.cautions().getFirst().approvals()).containsExactly("lead");
  }

  @Test
  void what_checks_say_can_be_read_by_conditions() {
    Policy decide =
        loading
            .load(
                Loading.SMALL
                    + """
                    checks: { front-door: { tcp: "localhost:80" } }
                    decide:
                      issues:
                        down: { when: "check_front_door == 'unhealthy'", action: roll-back }
                        any: { when: any_check_unhealthy, action: ask }
                    """)
            .decide();

    assertThat(decide.fact("check_front_door"))
        .contains(
            new Policy.Fact(
                "check_front_door",
                FactType.TEXT,
                "What does the check front-door say?",
                List.of("healthy", "unhealthy", "inconclusive", "error")));
    assertThat(decide.fact("any_check_unhealthy")).isPresent();
    assertThat(
            decide
                .issues()
                .getFirst()
                .when()
                .orElseThrow()
                .test(Facts.NONE.with("check_front_door", new Words("unhealthy"))))
        .isInstanceOf(dev.lastgood.condition.Condition.Answer.Yes.class);
  }

  @Test
  void approvals_are_read_in_both_forms() {
    ApprovalPolicy approvals =
        loading
            .load(
                Loading.SMALL
                    + """
                    approvals:
                      default: 2
                      self: never
                      expires: 1h
                      special: { data-loss: { count: 2, role: tech-lead }, friday: 3 }
                      roles: { tech-lead: [ada, linus] }
                    """)
            .approvals();

    assertThat(approvals)
        .isEqualTo(
            new ApprovalPolicy(
                2,
                new TreeMap<>(
                    Map.of(
                        "data-loss", new Need(2, "tech-lead"),
                        "friday", new Need(3, ""),
                        "tech-lead", new Need(1, "tech-lead"))),
                false,
                new TreeMap<>(Map.of("tech-lead", List.of("ada", "linus"))),
                Duration.ofHours(1)));
  }

  @Test
  void after_and_tell_are_read() {
    SystemConfig config =
        loading.load(
            Loading.SMALL
                + """
                soak: 1h
                after: { hold: 2d, watch: 2h, every: 5m, passes: 3, patience: 10s }
                tell:
                  team: { run: [./notify.sh, team] }
                  press: { audience: customers, run: [./press.sh], timeout: 30s }
                """);

    assertThat(config.soak()).isEqualTo(Duration.ofHours(1));
    assertThat(config.after())
        .isEqualTo(
            new After(
                Duration.ofDays(2),
                Duration.ofHours(2),
                Duration.ofMinutes(5),
                3,
                Duration.ofSeconds(10)));
    assertThat(config.tell())
        .containsExactly(
            new Teller("team", "team", List.of("./notify.sh", "team"), Duration.ofSeconds(5)),
            new Teller("press", "customers", List.of("./press.sh"), Duration.ofSeconds(30)));
  }

  @Test
  void an_alias_stands_for_what_it_repeats() {
    SystemConfig config =
        loading.load(
            """
            system: shop
            components:
              a: &same { platform: some-platform, path: x }
              b: *same
            """);

    assertThat(config.components()).containsOnlyKeys("a", "b");
  }

  private static SomePlatform.Settings settings(SystemConfig config) {
    return (SomePlatform.Settings) at(config.components(), "backend").settings();
  }

  private static <T> T at(Map<String, T> map, String key) {
    return Objects.requireNonNull(map.get(key), key);
  }
}
