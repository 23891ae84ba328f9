package dev.lastgood.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.InProcess;
import dev.lastgood.InProcess.Said;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A person rehearses a rollback before it is needed. Vendors are played at their own pace, so most
/// of the time is waited for; each rehearsal has servers and a folder of its own.
@Execution(ExecutionMode.CONCURRENT)
@DisplayNameGeneration(ReplaceUnderscores.class)
class RehearseJourneyTest {
  private static final String R4 =
      """
      system: backend-ai-engine
      environment: production
      components:
        backend:
          { platform: railway, project: p1, environment: e1, service: s1, token: "${env:TOKEN}" }
        ai-engine:
          { platform: railway, project: p1, environment: e1, service: s2, token: "${env:TOKEN}",
            needs: [backend] }
        admin-dashboard:
          { platform: vercel, project: dash, team: acme, token: "${env:TOKEN}", needs: [ai-engine] }
        cache: { platform: redis, port: 6399, scope: { kind: database, database: 3 } }
      checks:
        backend: { component: backend, get: "https://backend.invalid/healthz", status: [200] }
      tell:
        team: { run: ["touch", "told"] }
      """;

  private static final String CODE =
      """
      system: shop
      environment: production
      components:
        api:
          { platform: github-actions, repository: ace/api, workflow: deploy.yml, token: "${env:TOKEN}",
            commit-input: sha, pull-request: {} }
        site:
          platform: git
          way:
            kind: branch
            repository: git@git.invalid:ace/site.git
            forge:
              kind: github
              repository: ace/site
              token: "${env:TOKEN}"
              deploy: { kind: workflow, workflow: deploy.yml }
        docs: { platform: git, way: { kind: branch, repository: git@git.invalid:ace/docs.git } }
        admin: { platform: git, way: { kind: checkout, path: /srv/none, tags: "v*" } }
      """;

  @TempDir Path dir;

  static Stream<Path> runbooks() throws IOException {
    try (var all = Files.list(Path.of("examples"))) {
      return all
          .map(f -> f.resolve("lastgood.yaml"))
          .filter(Files::exists)
          .sorted()
          .toList()
          .stream();
    }
  }

  private Said lastgood(String... words) {
    return InProcess.lastgood(
        Map.of("LASTGOOD_STATE", dir.resolve("state").toString(), "HOME", dir.toString()),
        InstantSource.system(),
        words);
  }

  private Said rehearse(String yaml, String... more) throws IOException {
    Path file = Files.writeString(dir.resolve("lastgood.yaml"), yaml);
    List<String> words = new ArrayList<>(List.of("rehearse", "--config", file.toString()));
    words.addAll(List.of(more));
    return lastgood(words.toArray(String[]::new));
  }

  @ParameterizedTest
  @MethodSource("runbooks")
  void the_configuration_of_every_runbook_can_be_rehearsed(Path runbook) {
    Said said = lastgood("rehearse", "--config", runbook.toAbsolutePath().toString());

    assertThat(said.exit()).as(said.err() + said.out()).isZero();
    assertThat(said.out())
        .contains("Proved by this rehearsal", "the plan runs to its end", "Not proved")
        .contains("how long it really takes")
        .doesNotContain("cannot be asked: Atlas cannot be asked");
  }

  @Test
  void vendors_are_played_and_what_cannot_be_is_named() throws Exception {
    Said said =
        rehearse(R4.lines().filter(l -> !l.contains("cache:")).reduce("", (a, b) -> a + b + "\n"));

    assertThat(said.exit()).as(said.err() + said.out()).isZero();
    assertThat(said.out())
        .contains("backend: railway played at http://127.0.0.1:")
        .contains("admin-dashboard: vercel played at http://127.0.0.1:")
        .contains("made-up releases (")
        .contains("the check: it would ask the real system")
        .contains("that anybody is told: nobody was");
    assertThat(dir.resolve("told")).doesNotExist();
  }

  @Test
  void flags_and_apps_are_played_too() throws Exception {
    Said said =
        rehearse(
            """
            system: shop
            environment: production
            components:
              checkout: { platform: launchdarkly, flag: new-checkout, token: "${env:TOKEN}" }
              search:
                { platform: unleash, base-url: "https://flags.invalid", flag: new, token: "${env:TOKEN}" }
              api: { platform: heroku, app: shop-api, token: "${env:TOKEN}" }
            """);

    assertThat(said.exit()).as(said.err() + said.out()).isZero();
    assertThat(said.out())
        .contains("checkout: launchdarkly played at", "search: unleash played at")
        .contains("api: heroku played at")
        .contains("api: current is v2");
  }

  private static final String BACKUPS =
      """
      system: shop
      environment: production
      components:
        database:
          platform: mongodb-atlas
          project: 65f0a1b2c3d4e5f6a7b8c9d0
          cluster: shop
          service-account: { id: mdb_sa_id_65f0a1b2c3d4e5f6a7b8c9d1, secret: "${env:TOKEN}" }
          connection: { file: /srv/shop/.env, variable: DATABASE }
        accounts:
          { platform: supabase, project: abcdefghijklmnopqrst, token: "${env:TOKEN}" }
        web:
          { platform: ecs, cluster: prod, service: web, region: eu-central-1,
            access-key-id: "${env:TOKEN}", secret-access-key: "${env:TOKEN}", needs: [database] }
      """;

  @Test
  void a_service_on_ecs_and_databases_that_go_back_to_a_backup_are_played() throws Exception {
    Said said = rehearse(BACKUPS);

    assertThat(said.exit()).as(said.err() + said.out()).isZero();
    assertThat(said.out())
        .contains("web: ecs played at", "accounts: supabase played at")
        .contains("database: mongodb-atlas played at")
        .contains("deploy rehearsed:1 to web")
        .contains("restore the whole project database in place: backup-1")
        .contains("restore the snapshot 65f0a1b2c3d4e5f600000001 into shop-00000001")
        .contains("let DATABASE in")
        .contains("everything written since")
        .contains("what is in the snapshot", "and its tasks start", "point-in-time recovery");
  }

  @ParameterizedTest
  @CsvSource({
    "web, die",
    "web, twice",
    "web, unavailable",
    "accounts, die",
    "accounts, unavailable",
    "database, die",
    "database, unavailable",
    "database, twice"
  })
  void they_get_there_although_the_vendor_misbehaves(String component, String fault)
      throws Exception {
    Said said = rehearse(BACKUPS, component, "--fault", fault);

    assertThat(said.exit()).as(said.err() + said.out()).isZero();
    assertThat(said.out()).contains("also with --fault " + fault);
  }

  @ParameterizedTest
  @ValueSource(strings = {"web", "accounts", "database"})
  void what_the_vendor_forbids_stops_the_run_which_asks(String component) throws Exception {
    Said said = rehearse(BACKUPS, component, "--fault", "refuse");

    assertThat(said.exit()).as(said.err() + said.out()).isEqualTo(5);
    assertThat(said.out()).contains("with --fault refuse the run stops");
  }

  @Test
  void workflows_and_repositories_are_played_too() throws Exception {
    Said said = rehearse(CODE);

    assertThat(said.exit()).as(said.err() + said.out()).isZero();
    assertThat(said.out())
        .contains("api: github-actions played at", "site: git played at", "docs: made-up files")
        .contains("admin: made-up files")
        .contains("follow deploy.yml to its end")
        .contains("whether main is protected: here it was")
        .contains("that somebody merges the pull request: it was merged at once");
  }

  @ParameterizedTest
  @ValueSource(strings = {"die", "twice"})
  void a_github_that_misbehaves_and_does_it_all_the_same_does_not_stop_the_run(String fault)
      throws Exception {
    Said said = rehearse(CODE, "api", "site", "--fault", fault);

    assertThat(said.exit()).as(said.err() + said.out()).isZero();
  }

  @Test
  void a_refused_pull_request_leaves_the_choice_to_a_person() throws Exception {
    Said said = rehearse(CODE, "site", "--fault", "refuse");

    assertThat(said.exit()).as(said.err() + said.out()).isEqualTo(5);
    assertThat(said.out()).contains("✗ open a pull request into main of ace/site");
  }

  @Test
  void components_whose_platform_cannot_be_played_are_left_out_by_name() throws Exception {
    Said said = rehearse(R4, "backend", "cache");

    assertThat(said.exit()).as(said.err() + said.out()).isZero();
    assertThat(said.out())
        .contains("cache: platform redis cannot be played, so it was left out")
        .contains("the plan runs to its end, without cache, and")
        .contains("cache: no plan can be made. cache cannot be looked at", "refused");
    assertThat(rehearse(R4, "cache").exit()).isEqualTo(4);
  }

  @Test
  void what_cannot_be_played_is_looked_at_where_it_is_and_its_plan_is_shown() throws Exception {
    Path flags =
        Files.writeString(
            dir.resolve("flags.json"),
            """
            { "flags": { "new-cart": { "state": "ENABLED", "defaultVariant": "on",
              "variants": { "on": true, "off": false } } } }
            """);
    String before = Files.readString(flags);
    String yaml =
        "system: shop\ncomponents:\n  cart: { platform: flagd, path: flags.json, flag: new-cart }\n";

    Said said = rehearse(yaml);

    assertThat(said.exit()).as(said.err() + said.out()).isEqualTo(4);
    assertThat(said.out())
        .contains("Not played, only looked at", "the way to the release before the live one")
        .contains("Changes    cart ", "Undo ");
    assertThat(said.err()).contains("nothing can be rehearsed", "a plan, not a proof");
    assertThat(flags).hasContent(before);

    Said json = rehearse(yaml, "--json");
    assertThat(json.exit()).isEqualTo(4);
    assertThat(json.out().strip()).startsWith("{").endsWith("}");
    assertThat(json.out()).contains("\"rehearsed\" : false", "\"lookedAt\"", "\"steps\"");
  }

  @Test
  void what_was_rehearsed_is_said_although_the_real_ones_cannot_be_looked_at() throws Exception {
    String yaml = R4 + "state: { postgres: \"${env:LEDGER}\" }\n";

    Said said = rehearse(yaml, "backend", "cache");

    assertThat(said.exit()).as(said.err() + said.out()).isZero();
    assertThat(said.out())
        .contains("cache: no plan can be made. ${env:LEDGER}", "LEDGER is not set")
        .contains("Proved by this rehearsal", "the plan runs to its end, without cache");
    assertThat(rehearse(yaml, "backend", "cache", "--json").out())
        .contains("\"rehearsed\" : true", "LEDGER is not set");
  }

  @Test
  void why_the_real_one_has_no_plan_is_said_as_it_is() throws Exception {
    Files.writeString(
        dir.resolve("flags.json"),
        """
        { "flags": { "new-cart": { "state": "ENABLED", "defaultVariant": "on",
          "variants": { "on": true, "off": false } } } }
        """);
    String yaml =
        "system: shop\ncomponents:\n  cart: { platform: flagd, path: flags.json, flag: new-cart }\n";
    assertThat(rehearse(yaml).out())
        .contains("nothing is known good: nothing was ever recorded", "So this is the way to the");
    String config = dir.resolve("lastgood.yaml").toString();
    assertThat(lastgood("mark", "good", "cart", "-c", config).exit()).isZero();
    assertThat(lastgood("record", "-c", config).exit()).isZero();

    assertThat(rehearse(yaml).out())
        .contains("cart: no plan can be made.", "it is what is live")
        .doesNotContain("the release before");
  }

  @ParameterizedTest
  @ValueSource(strings = {"slow", "die", "twice", "unavailable", "limit"})
  void a_vendor_that_misbehaves_and_does_it_all_the_same_does_not_stop_the_run(String fault)
      throws Exception {
    Said said = rehearse(R4, "admin-dashboard", "--fault", fault);

    assertThat(said.exit()).as(said.err() + said.out()).isZero();
    assertThat(said.out()).contains("also with --fault " + fault);
  }

  @Test
  void where_one_method_is_refused_the_other_one_of_the_plan_is_tried() throws Exception {
    Said said = rehearse(R4, "admin-dashboard", "--fault", "refuse");

    assertThat(said.exit()).as(said.err() + said.out()).isZero();
    assertThat(said.out()).contains("answer 403", "promote rehearsed-good");
  }

  @Test
  void a_token_that_is_known_no_more_stops_the_run_which_asks() throws Exception {
    Said said =
        rehearse(
            R4.replace("team: acme", "team: acme, deadline: 15s"),
            "admin-dashboard",
            "--fault",
            "expire");

    assertThat(said.exit()).as(said.err() + said.out()).isEqualTo(5);
    assertThat(said.out()).contains("with --fault expire the run stops");
  }

  @Test
  void each_step_says_what_it_kept_of_its_own_component() throws Exception {
    Said said = rehearse(R4, "ai-engine", "admin-dashboard");

    assertThat(said.exit()).as(said.err() + said.out()).isZero();
    assertThat(said.out().lines().filter(l -> l.contains("✓ keep logs")))
        .hasSize(2)
        .noneMatch(
            l -> l.contains("ai-engine-rehearsed") && l.contains("admin-dashboard-rehearsed"));
  }

  @Test
  void where_nothing_can_be_played_and_nothing_be_planned_it_does_not_speak_of_a_plan()
      throws Exception {
    Said said =
        rehearse(
            """
            system: shop
            environment: production
            components:
              search: { platform: env-flag, path: not-there.env, variable: SEARCH }
              web: { platform: kubernetes, kubeconfig: /none/config, namespace: n, workload: deployment/web }
            """);

    assertThat(said.exit()).isEqualTo(4);
    assertThat(said.out()).contains("cannot be used: /none/config is not there");
    assertThat(said.err())
        .contains("search: platform env-flag cannot be played")
        .contains("no plan can be made either")
        .doesNotContain("is a plan");
  }

  @Test
  void made_up_files_have_no_vendor_that_could_misbehave() throws Exception {
    Said said =
        rehearse(
            """
            system: shop
            environment: production
            components:
              web: { platform: release-directory, path: /srv/none }
            """,
            "--fault",
            "slow");

    assertThat(said.exit()).as(said.err() + said.out()).isZero();
    assertThat(said.out()).contains("web: --fault slow, since it is made-up files");
  }

  @Test
  void an_unknown_fault_lists_the_known_ones() throws Exception {
    Said said = rehearse(R4, "--fault", "explode");

    assertThat(said.exit()).isEqualTo(2);
    assertThat(said.err()).contains("slow, refuse, lie, die, twice, unavailable, limit, expire");
  }

  @Test
  void as_json_it_is_one_document() throws Exception {
    Said said = rehearse(R4, "backend", "--json");

    assertThat(said.exit()).as(said.err() + said.out()).isZero();
    assertThat(said.out().strip()).startsWith("{").endsWith("}");
    assertThat(said.out()).contains("\"rehearsed\"", "\"unproven\"");
  }
}
