package dev.lastgood.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.config.ConfigException.Mistake;
import dev.lastgood.config.SystemConfig.StateAt;
import dev.lastgood.model.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SecretsTest {
  @TempDir Path folder;
  private Loading loading;

  @BeforeEach
  void setUp() {
    loading = new Loading(folder);
  }

  @Test
  void a_missing_variable_is_no_mistake_until_it_is_used() {
    Secret secret = secret("${env:DB}");

    assertThatThrownBy(secret::reveal)
        .isInstanceOf(SecretMissing.class)
        .hasMessage("${env:DB}: the environment variable DB is not set");
    loading.variables.put("DB", "jdbc:x");
    assertThat(secret.reveal()).isEqualTo("jdbc:x");
  }

  @Test
  void an_empty_variable_is_missing() {
    loading.variables.put("DB", "");

    assertThatThrownBy(secret("${env:DB}")::reveal).isInstanceOf(SecretMissing.class);
  }

  @Test
  void a_file_is_read_beside_the_configuration_without_its_last_line_break() throws Exception {
    Files.writeString(folder.resolve("db.secret"), "s3cret with spaces \r\n");

    assertThat(secret("jdbc:x?password=${file:db.secret}&ssl=true").reveal())
        .isEqualTo("jdbc:x?password=s3cret with spaces &ssl=true");
    assertThat(secret("${file:" + folder.resolve("db.secret") + "}").reveal())
        .isEqualTo("s3cret with spaces ");
  }

  @Test
  void a_missing_or_huge_file_is_named() throws Exception {
    assertThatThrownBy(secret("${file:db.secret}")::reveal)
        .hasMessageStartingWith("${file:db.secret}: there is no file ");
    assertThatThrownBy(secret("${file:.}")::reveal).isInstanceOf(SecretMissing.class);

    Files.writeString(folder.resolve("db.secret"), "x".repeat(70_000));
    assertThatThrownBy(secret("${file:db.secret}")::reveal)
        .hasMessageEndingWith("is larger than 64 KiB");
  }

  @Test
  void every_missing_secret_is_told_at_once_with_its_place() {
    SystemConfig config =
        loading.load(
            Loading.SMALL
                + """
                state: { postgres: "${env:DB}" }
                checks:
                  a: { get: "http://h/", headers: { Authorization: "Bearer ${env:TOKEN}", A: b } }
                """);
    loading.variables.put("TOKEN", "t0ken");

    assertThat(config.secrets()).hasSize(2);
    assertThat(config.missingSecrets())
        .containsExactly(
            new Mistake(
                loading.file().toString(),
                5,
                20,
                "${env:DB}: the environment variable DB is not set"));
  }

  @Test
  void a_secret_shows_its_reference_and_never_its_value() {
    loading.variables.put("DB", "hunter2");
    Secret secret = secret("jdbc:x?password=${env:DB}");

    assertThat(secret).hasToString("jdbc:x?password=${env:DB}");
    assertThat(secret.reference()).isEqualTo("jdbc:x?password=${env:DB}");
  }

  @Test
  void an_empty_secret_is_empty() {
    assertThat(secret("").reveal()).isEmpty();
  }

  private Secret secret(String written) {
    SystemConfig config =
        loading.load(Loading.SMALL + "state: { postgres: \"" + written + "\" }\n");
    return ((StateAt.Database) config.state().orElseThrow()).url();
  }
}
