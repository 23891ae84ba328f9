package dev.lastgood.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.InProcess;
import dev.lastgood.InProcess.Said;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What somebody meets who uses it for the first time.
@DisplayNameGeneration(ReplaceUnderscores.class)
class FirstStepsJourneyTest {
  @TempDir Path folder;

  @Test
  void what_init_proposes_is_right_with_and_without_its_remarks() throws IOException {
    Files.createDirectories(folder.resolve("releases/v1/bin"));
    Files.createSymbolicLink(folder.resolve("current"), Path.of("releases/v1"));
    Path config = folder.resolve("lastgood.yaml");

    assertThat(lastgood("init", folder.toString()).exit()).isZero();
    assertThat(lastgood("check", "--offline", "-c", config.toString()))
        .returns(0, Said::exit)
        .satisfies(s -> assertThat(s.out()).contains("is right: 1 component, 1 check\n"));
    assertThat(lastgood("init", folder.toString()))
        .returns(4, Said::exit)
        .satisfies(s -> assertThat(s.err()).contains("was left as it is"));

    Files.writeString(
        config,
        Files.readString(config).replace("# word:", "word:").replace("# version:", "version:"));
    assertThat(lastgood("check", "--offline", "-c", config.toString()))
        .as(Files.readString(config))
        .returns(0, Said::exit);
  }

  @Test
  void what_is_said_when_all_is_well() throws IOException {
    try (SmallSystem system = SmallSystem.inPlace(folder)) {
      system.does("mark", "good", "backend", "v2");
      system.does("mark", "bad", "backend", "v1");

      assertThat(system.does("status").out())
          .contains("Back to: no need: what is live is known good")
          .doesNotContain("nowhere");

      system.stopEverything();
      assertThat(system.does("status").out())
          .contains("Back to: nowhere: what is live is the known good state itself");
    }
  }

  @Test
  void what_could_not_be_seen_is_not_said_to_be_known_good() throws IOException {
    try (SmallSystem system = SmallSystem.inPlace(folder)) {
      system.does("mark", "good", "backend", "v2");
      system.does("mark", "bad", "backend", "v1");
      assertThat(system.does("status").out()).contains("known good: backend v2 was marked good");
      Files.writeString(
          system.config(),
          system
                  .usual()
                  .replace(
                      "checks:\n",
                      """
                        queue: { platform: redis, port: 1, scope: { kind: database, database: 0 } }
                      checks:
                      """)
              + "after: { passes: 1, patience: 3s }\n");

      Said said = system.lastgood("status");

      assertThat(said.exit()).isEqualTo(3);
      assertThat(said.out())
          .contains(
              "known good or not cannot be said: queue could not be looked at",
              "Back to: cannot be said: queue could not be looked at")
          .doesNotContain("known good:", "no need", "known good state itself");
      assertThat(system.lastgood("status", "--json").out()).contains("\"knownGood\" : null");
    }
  }

  @Test
  void a_run_that_was_told_to_stop_asks_nothing_any_more() throws IOException {
    try (SmallSystem system = SmallSystem.inPlace(folder)) {
      system.moods("v1", "dies");
      assertThat(system.lastgood("rollback", "--yes", "backend").exit()).isEqualTo(5);
      assertThat(system.lastgood("status").out()).contains("asks about", "--choose");

      system.does("stop", "--reason", "by hand");

      assertThat(system.lastgood("status").out())
          .contains("was told to stop by ada", "lastgood resume")
          .doesNotContain("asks about", "--choose");
    }
  }

  @Test
  void a_rollback_without_rules_says_that_there_are_none_and_what_to_type() throws IOException {
    try (SmallSystem system = SmallSystem.inPlace(folder)) {
      Said said = system.lastgood("rollback", "--yes");

      assertThat(said.exit()).isEqualTo(4);
      assertThat(said.err())
          .contains("no rules under `decide`, so you decide", "lastgood rollback full --reason");
    }
  }

  @Test
  void a_word_that_is_no_command_is_named_with_the_nearest_one() {
    Said said = lastgood("shwo");

    assertThat(said.exit()).isEqualTo(2);
    assertThat(said.err()).contains("'shwo'", "Did you mean: show").doesNotContain("index");
  }

  @Test
  void the_log_names_a_run_once() throws IOException {
    try (SmallSystem system = SmallSystem.inPlace(folder)) {
      system.does("rollback", "--yes", "backend");

      assertThat(system.does("log").out())
          .containsPattern("backend v1 went live \\(run [^,]+\\)\n");
    }
  }

  private Said lastgood(String... words) {
    return InProcess.lastgood(
        Map.of(
            "HOME",
            folder.resolve("home").toString(),
            "LASTGOOD_STATE",
            folder.resolve("state").toString()),
        InstantSource.system(),
        words);
  }
}
