package dev.lastgood.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.InProcess;
import dev.lastgood.InProcess.Said;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a rehearsal leaves behind. Alone, since it looks where every rehearsal builds its stage.
@DisplayNameGeneration(ReplaceUnderscores.class)
class RehearsalLeavesNothingTest {
  @TempDir Path dir;

  @Test
  void the_real_state_is_not_touched_and_the_stage_is_swept() throws Exception {
    Path config =
        Files.writeString(
            dir.resolve("lastgood.yaml"),
            """
            system: backend-ai-engine
            environment: production
            components:
              backend:
                { platform: railway, project: p1, environment: e1, service: s1, token: "${env:TOKEN}" }
            """);
    Set<Path> before = stages();

    Said said =
        InProcess.lastgood(
            Map.of("LASTGOOD_STATE", dir.resolve("state").toString(), "HOME", dir.toString()),
            InstantSource.system(),
            "rehearse",
            "--config",
            config.toString(),
            "backend");

    assertThat(said.exit()).as(said.err() + said.out()).isZero();
    assertThat(stages()).isSubsetOf(before);
    assertThat(dir.resolve("state")).doesNotExist();
  }

  private static Set<Path> stages() throws IOException {
    try (var all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return all.filter(p -> p.getFileName().toString().startsWith("lastgood-rehearsal"))
          .collect(Collectors.toSet());
    }
  }
}
