package dev.lastgood.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.decision.Decision.Needs;
import dev.lastgood.evidence.Check.Moment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What holds for every folder of `examples`, also for one that is added later.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ExamplesTest {

  static List<String> folders() throws IOException {
    try (var folders = Files.list(Path.of("examples"))) {
      return folders
          .filter(f -> Files.exists(f.resolve("lastgood.yaml")))
          .map(f -> f.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void there_is_one_for_each_runbook() throws IOException {
    assertThat(folders())
        .contains(
            "r0-emergency-guide",
            "r1-dirt-free-crm",
            "r2-ace-crm",
            "r3-realco",
            "r4-backend-ai-engine");
  }

  @ParameterizedTest
  @MethodSource("folders")
  void it_loads_without_a_mistake_and_says_what_it_is(String folder) {
    assertThat(Example.of(folder).config().components()).isNotEmpty();
    assertThat(Path.of("examples", folder, "README.md")).isNotEmptyFile();
  }

  @ParameterizedTest
  @MethodSource("folders")
  void every_component_but_the_database_has_a_check_that_proves_it(String folder) {
    var config = Example.of(folder).config();

    assertThat(
            config.checks().stream()
                .filter(c -> c.when().contains(Moment.AFTER))
                .flatMap(c -> c.component().stream()))
        .containsAll(
            config.components().keySet().stream().filter(c -> !c.equals("database")).toList());
  }

  @ParameterizedTest
  @MethodSource("folders")
  void nothing_is_decided_when_nothing_is_known(String folder) {
    assertThat(Example.of(folder).decide(null, null)).isInstanceOf(Needs.class);
  }

  @ParameterizedTest
  @MethodSource("folders")
  void every_issue_can_be_named(String folder) {
    var example = Example.of(folder);

    example
        .config()
        .decide()
        .issues()
        .forEach(i -> assertThat(example.decide(i.name(), null)).isNotNull());
  }

  @ParameterizedTest
  @MethodSource("folders")
  void every_fact_is_read_by_a_rule(String folder) {
    var policy = Example.of(folder).config().decide();
    String file = read(Path.of("examples", folder, "lastgood.yaml"));

    // once where it is declared, and again where it is used
    assertThat(
            policy.facts().stream()
                .map(f -> f.name())
                .filter(n -> !n.startsWith("roll_back_"))
                .filter(n -> !n.startsWith("check_") && !n.startsWith("any_check_"))
                .filter(n -> file.split("\\b" + n + "\\b", -1).length < 3))
        .isEmpty();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
