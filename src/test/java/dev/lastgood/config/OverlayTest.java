package dev.lastgood.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.evidence.Check;
import dev.lastgood.model.Scope;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class OverlayTest {
  private static final Optional<String> STAGING = Optional.of("staging");

  private static final String BASE =
      """
      system: shop
      soak: 1h
      components:
        backend: { platform: some-platform, path: backend, command: [a, b] }
        database: { platform: some-platform, path: database }
      checks:
        health: { get: "http://prod/health", status: [200, 204], timeout: 2s }
        port: { tcp: "db:5432" }
      """;

  @TempDir Path folder;
  private Loading loading;

  @BeforeEach
  void setUp() {
    loading = new Loading(folder).with("lastgood.yaml", BASE);
  }

  @Test
  void mappings_merge_and_texts_and_lists_replace() {
    loading.with(
        "lastgood.staging.yaml",
        """
        soak: 5m
        components:
          backend: { command: [c] }
        checks:
          health: { get: "http://staging/health" }
          extra: { tcp: "db:1" }
        """);

    SystemConfig config = loading.load(STAGING);

    assertThat(config.scope()).isEqualTo(new Scope("shop", "staging"));
    assertThat(config.soak()).isEqualTo(Duration.ofMinutes(5));
    assertThat(config.components()).containsOnlyKeys("backend", "database");
    assertThat(config.checks()).extracting(Check::name).containsExactly("health", "port", "extra");
    var health = (Check.Http) config.checks().getFirst().probe();
    assertThat(health.url()).isEqualTo("http://staging/health");
    assertThat(health.status()).containsExactlyInAnyOrder(200, 204);
    assertThat(config.checks().getFirst().timeout()).hasSeconds(2);
  }

  @Test
  void a_key_without_a_value_removes() {
    loading.with("lastgood.staging.yaml", "soak: null\nchecks: { port: ~, nothing: ~ }\n");

    SystemConfig config = loading.load(STAGING);

    assertThat(config.soak()).isEqualTo(Duration.ofMinutes(10));
    assertThat(config.checks()).extracting(Check::name).containsExactly("health");
  }

  @Test
  void without_a_word_the_environment_is_production() {
    loading.with("lastgood.staging.yaml", "soak: 5m\n");

    assertThat(loading.load(Optional.empty()).scope().environment()).isEqualTo("production");
    assertThat(loading.load(Optional.empty()).soak()).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void the_environment_of_the_file_chooses_its_overlay() {
    loading
        .with("lastgood.yaml", "environment: staging\n" + BASE)
        .with("lastgood.staging.yaml", "soak: 5m\n");

    assertThat(loading.load(Optional.empty()).scope().environment()).isEqualTo("staging");
    assertThat(loading.load(Optional.empty()).soak()).isEqualTo(Duration.ofMinutes(5));
    assertThat(loading.load(STAGING).soak()).isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void an_overlay_of_production_is_laid_over_too() {
    loading.with("lastgood.production.yaml", "soak: 5m\n");

    assertThat(loading.load(Optional.empty()).soak()).isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void an_unknown_environment_lists_the_known() {
    loading.with("lastgood.staging.yaml", "soak: 5m\n").with("lastgood.test.yaml", "soak: 5m\n");

    assertThat(loading.mistakes(Optional.of("stagin")))
        .containsExactly(
            "0:0 unknown environment `stagin`: there is no lastgood.stagin.yaml beside it; did you"
                + " mean `staging`? Known: production, staging, test");
  }

  @Test
  void an_environment_cannot_lead_out_of_the_folder() {
    assertThat(loading.mistakes(Optional.of("../../etc/passwd")))
        .containsExactly(
            "0:0 `../../etc/passwd` cannot be an environment; use letters, digits, `.`, `_` and"
                + " `-`, at most 64, the first a letter or a digit");
  }

  @Test
  void an_overlay_cannot_claim_another_environment() {
    loading.with("lastgood.staging.yaml", "environment: test\n");

    assertThat(loading.mistakes(STAGING))
        .containsExactly(
            "lastgood.staging.yaml 1:14 `test` contradicts the name of the file,"
                + " lastgood.staging.yaml");
  }

  @Test
  void a_mistake_has_the_file_it_is_in() {
    loading
        .with("lastgood.yaml", BASE + "after: { passes: x }\n")
        .with(
            "lastgood.staging.yaml",
            """
            soak: 5
            checks:
              health: { component: backnd }
              port: { tpc: "db:1" }
            """);

    assertThat(loading.mistakes(STAGING))
        .containsExactly(
            "lastgood.staging.yaml 1:7 expected a duration such as `5s`, `15m` or `1h30m`; `5` has"
                + " no unit (ms, s, m, h, d)",
            "lastgood.staging.yaml 3:24 unknown component `backnd`; did you mean `backend`? Known:"
                + " backend, database",
            "lastgood.staging.yaml 4:11 unknown key `tpc`; did you mean `tcp`? Known: component,"
                + " tcp, timeout, when",
            "9:18 expected a whole number, found `x`");
  }

  @Test
  void a_broken_overlay_is_one_message() {
    loading.with("lastgood.staging.yaml", "soak: [5m\n");

    assertThat(loading.mistakes(STAGING))
        .hasSize(1)
        .first()
        .asString()
        .startsWith("lastgood.staging.yaml 2:1 not YAML: ");
  }

  @Test
  void an_overlay_of_another_file_name_is_beside_it() throws Exception {
    Path other = folder.resolve("shop.conf.yml");
    loading.with("shop.conf.yml", BASE).with("shop.conf.test.yml", "soak: 7m\n");

    SystemConfig config =
        new ConfigLoader(List.of(new SomePlatform()), _ -> null, new dev.lastgood.condition.Cel())
            .load(other, Optional.of("test"));

    assertThat(config.soak()).isEqualTo(Duration.ofMinutes(7));
  }
}
