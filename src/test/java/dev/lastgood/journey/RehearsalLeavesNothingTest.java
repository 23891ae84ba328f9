package dev.lastgood.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.InProcess;
import dev.lastgood.InProcess.Said;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// What a rehearsal leaves behind: nothing, also where it looks at real components. It is a process
/// of its own, so that the folder for temporary files is, too.
@Execution(ExecutionMode.CONCURRENT)
@DisplayNameGeneration(ReplaceUnderscores.class)
class RehearsalLeavesNothingTest {
  @TempDir Path dir;

  private Path flag;
  private Path temporary;
  private Path state;

  @BeforeEach
  void a_service_that_can_be_played_and_a_flag_that_cannot() throws IOException {
    temporary = Files.createDirectory(dir.resolve("temporary"));
    state = dir.resolve("state");
    flag = dir.resolve("flag.env");
    Files.writeString(flag, "NEW=false\n");
    Files.writeString(
        dir.resolve("lastgood.yaml"),
        """
        system: backend-ai-engine
        environment: production
        components:
          backend:
            { platform: railway, project: p1, environment: e1, service: s1, token: "${env:TOKEN}" }
          flag: { platform: env-flag, path: flag.env, variable: NEW }
        """);
  }

  @Test
  void no_state_is_made_and_the_stage_is_swept() throws Exception {
    try (Child rehearsal = rehearse()) {
      assertThat(rehearsal.exit()).as(rehearsal.err() + rehearsal.out()).isZero();
      assertThat(rehearsal.out())
          .contains("the plan runs to its end", "flag, as it is now: nothing is known good");
    }

    assertThat(temporary).isEmptyDirectory();
    assertThat(state).doesNotExist();
    assertThat(dir.resolve(".local")).doesNotExist();
  }

  @Test
  void a_state_is_read_and_no_byte_of_it_is_changed() throws Exception {
    assertThat(lastgood("mark", "good", "flag").exit()).isZero();
    Files.writeString(flag, "NEW=true\n");
    assertThat(lastgood("record", "flag", "on").exit()).isZero();
    Map<String, String> before = contents(state);

    try (Child rehearsal = rehearse()) {
      assertThat(rehearsal.exit()).as(rehearsal.err() + rehearsal.out()).isZero();
      assertThat(rehearsal.out()).contains("flag, as it is now: this would be done");
    }

    assertThat(contents(state)).isEqualTo(before);
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void an_older_state_is_not_brought_up_to_date() throws Exception {
    Files.createDirectory(state);
    Files.createFile(state.resolve("lastgood.db"));

    try (Child rehearsal = rehearse()) {
      assertThat(rehearsal.exit()).as(rehearsal.err() + rehearsal.out()).isZero();
    }

    assertThat(contents(state)).containsOnlyKeys("", "lastgood.db");
    assertThat(state.resolve("lastgood.db")).isEmptyFile();
  }

  private Child rehearse() throws IOException {
    Map<String, String> environment = new TreeMap<>(environment());
    environment.put("JDK_JAVA_OPTIONS", "-Djava.io.tmpdir=" + temporary);
    return Child.dyingAt("none:0", dir, environment, "rehearse");
  }

  private Said lastgood(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--config", dir.resolve("lastgood.yaml").toString()));
    return InProcess.lastgood(environment(), InstantSource.system(), all.toArray(String[]::new));
  }

  private Map<String, String> environment() {
    return Map.of("LASTGOOD_STATE", state.toString(), "HOME", dir.toString());
  }

  private static Map<String, String> contents(Path folder) throws IOException {
    Map<String, String> all = new TreeMap<>();
    try (var files = Files.walk(folder)) {
      for (Path file : files.toList()) {
        all.put(
            folder.relativize(file).toString(),
            Files.isRegularFile(file)
                ? HexFormat.of().formatHex(Files.readAllBytes(file))
                : "a folder");
      }
    }
    return all;
  }
}
