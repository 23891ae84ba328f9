package dev.lastgood.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.InProcess.Said;
import dev.lastgood.provider.local.Until;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Several processes, one system: exactly one acts, and each of the others says who holds it.
@DisplayNameGeneration(ReplaceUnderscores.class)
class TwoAtOnceJourneyTest {
  @TempDir Path folder;
  private SmallSystem system;

  @BeforeEach
  void v2_is_live_and_v1_is_known_good() throws IOException {
    system = SmallSystem.inPlace(folder);
  }

  @AfterEach
  void nothing_is_left() throws IOException {
    system.close();
  }

  @Test
  void of_two_rollbacks_one_acts_and_the_other_says_who() throws Exception {
    Path gate = folder.resolve("gate");
    system.moods("v1", "waits-for=" + gate);
    try (Child one = Child.lastgood(system, "rollback", "--yes", "backend");
        Child other = Child.lastgood(system, "rollback", "--yes", "backend")) {
      Until.holds("one gives way", () -> !one.alive() || !other.alive());
      Child loser = one.alive() ? other : one;
      Child winner = one.alive() ? one : other;
      Until.holds("the other one acts", () -> system.running().contains("v1"));

      assertThat(loser.exit()).isEqualTo(4);
      assertThat(loser.err().lines())
          .singleElement()
          .asString()
          .contains("is not over: asked for by ada", "Nothing was changed", "lastgood resume");
      assertThat(system.lastgood("resume"))
          .returns(4, Said::exit)
          .satisfies(s -> assertThat(s.err()).contains("process " + winner.pid(), "lastgood show"));
      assertThat(system.lastgood("rollback", "--yes", "backend"))
          .returns(4, Said::exit)
          .satisfies(s -> assertThat(s.err()).contains("process-" + winner.pid()));

      Files.createFile(gate);
      assertThat(winner.exit()).as(winner.err()).isZero();
    }
    assertThat(system.running()).containsExactly("v1");
    assertThat(system.does("log").out().lines().filter(l -> l.contains("  run  "))).hasSize(1);
  }

  @Test
  void a_holder_that_was_killed_holds_nothing() throws Exception {
    try (Child dead = Child.dyingAt("after:8", system, "rollback", "--yes", "backend")) {
      assertThat(dead.killed()).as("%s", dead.out() + dead.err()).isTrue();
    }
    assertThat(system.lastgood("rollback", "--yes", "backend"))
        .returns(4, Said::exit)
        .satisfies(s -> assertThat(s.err()).contains("is not over", "lastgood resume"));

    Said said = system.does("resume");

    assertThat(said.out()).contains("proven");
    assertThat(system.running()).containsExactly("v1");
  }

  @Test
  void a_clock_that_jumps_back_and_forth_changes_nothing_about_the_run() throws IOException {
    Instant start = Instant.now();
    List<Duration> jumps =
        List.of(
            Duration.ZERO,
            Duration.ofHours(5),
            Duration.ofHours(-7),
            Duration.ofMinutes(20),
            Duration.ofDays(-2));
    var asked = new AtomicInteger();
    long began = System.nanoTime();
    system.clock(() ->
        start
            .plusNanos(System.nanoTime() - began)
            .plus(jumps.get(asked.incrementAndGet() / 3 % jumps.size())));

    Said said = system.lastgood("rollback", "--yes", "backend");

    assertThat(said.exit()).as("%s", said).isZero();
    assertThat(said.out()).contains("proven").doesNotContain(" -");
    assertThat(system.running()).containsExactly("v1");
    assertThat(system.does("show").out()).doesNotContain("attempts");
  }
}
