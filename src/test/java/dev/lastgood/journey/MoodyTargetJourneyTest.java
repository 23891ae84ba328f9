package dev.lastgood.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.InProcess.Said;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The release that was good once is not good any more. It is started beside the bad one and proven
/// before any customer meets it; so nothing changes for them, and a person is asked.
///
/// A proof is given half a minute to come about, so all of these rollbacks are made at once.
@DisplayNameGeneration(ReplaceUnderscores.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MoodyTargetJourneyTest {
  private final Map<String, SmallSystem> systems = new ConcurrentHashMap<>();
  private final Map<String, SmallSystem.World> before = new ConcurrentHashMap<>();
  private final Map<String, Said> said = new ConcurrentHashMap<>();

  @BeforeAll
  void one_rollback_to_each(@TempDir Path folder) throws Exception {
    List<Future<?>> rollbacks = new ArrayList<>();
    try (var together = Executors.newVirtualThreadPerTaskExecutor()) {
      for (String mood : new String[] {"silent", "dies", "says=v9", "sick"}) {
        Path own = Files.createDirectory(folder.resolve(mood));
        SmallSystem system = SmallSystem.sideBySide(own);
        system.moods("v1", mood);
        systems.put(mood, system);
        before.put(mood, system.world());
        rollbacks.add(
            together.submit(() -> said.put(mood, system.lastgood("rollback", "--yes", "backend"))));
      }
    }
    for (Future<?> rollback : rollbacks) {
      rollback.get();
    }
  }

  @AfterAll
  void nothing_is_left() {
    systems
        .values()
        .forEach(s -> {
          try {
            s.close();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  @Test
  void one_that_accepts_connections_and_says_nothing() throws IOException {
    asksAndLeavesTheTrafficAlone("silent", "prove v1 on port", "no full answer from", "within 1s");
  }

  @Test
  void one_that_says_healthy_with_the_wrong_version() throws IOException {
    asksAndLeavesTheTrafficAlone(
        "says=v9", "prove v1 on port", "it says version \"v9\", expected \"v1\"");
  }

  @Test
  void one_that_says_unhealthy() throws IOException {
    asksAndLeavesTheTrafficAlone("sick", "prove v1 on port", "\"unhealthy\"");
  }

  @Test
  void one_whose_start_command_ends_with_0_and_nothing_runs() throws IOException {
    asksAndLeavesTheTrafficAlone(
        "dies", "start v1 on port", "died with exit 0; last printed: the licence has expired");

    assertThat(of(systems, "dies").running()).containsExactly("v2");
  }

  private void asksAndLeavesTheTrafficAlone(String mood, String... words) throws IOException {
    SmallSystem system = of(systems, mood);
    Said answer = of(said, mood);

    assertThat(answer.exit()).as("%s", answer).isEqualTo(5);
    assertThat(answer.err().lines()).as("one error").singleElement().asString().contains(words);
    assertThat(answer.out()).contains("Choose: retry · other-method · skip · stop");

    assertThat(system.world().files()).isEqualTo(of(before, mood).files());
    assertThat(system.world().current()).isEqualTo("releases/v2");
    assertThat(system.running()).contains("v2");
    assertThat(system.lastgood("status").out()).contains("v2");
  }

  private static <T> T of(Map<String, T> map, String mood) {
    return Objects.requireNonNull(map.get(mood), mood);
  }
}
