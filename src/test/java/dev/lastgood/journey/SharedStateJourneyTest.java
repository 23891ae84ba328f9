package dev.lastgood.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.InProcess.Said;
import dev.lastgood.provider.local.FreePorts;
import dev.lastgood.store.PostgresFixture;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// State in a real PostgreSQL that several machines share.
@DisplayNameGeneration(ReplaceUnderscores.class)
class SharedStateJourneyTest {
  private static final String STATE = "state: { postgres: \"${env:LASTGOOD_DB}\" }\n";

  @TempDir Path folder;

  @Test
  void a_whole_rollback_with_a_yes_from_another_machine() throws IOException {
    try (SmallSystem system = system(PostgresFixture.url())) {
      system.configure(STATE + "approvals: { self: never }\n");
      Said waits = system.lastgood("rollback", "--yes", "backend");
      assertThat(waits.exit()).as("%s", waits).isEqualTo(6);

      Said yes = system.onAnotherMachine(system::approved);
      Said said = system.lastgood("resume");

      assertThat(yes.exit()).as("%s", yes).isZero();
      assertThat(said.exit()).as("%s", said).isZero();
      assertThat(said.out()).contains("proven", "grace");
      assertThat(system.running()).containsExactly("v1");
      assertThat(system.onAnotherMachine(() -> system.does("log")).out())
          .contains("rollback, proven", "backend v1 is good, says ada");
      assertThat(system.state().resolve("lastgood.db")).doesNotExist();
    }
  }

  @Test
  void of_two_rollbacks_one_acts() throws Exception {
    try (SmallSystem system = system(PostgresFixture.url());
        Child one = Child.lastgood(system, "rollback", "--yes", "backend");
        Child other = Child.lastgood(system, "rollback", "--yes", "backend")) {
      assertThat(new int[] {one.exit(), other.exit()})
          .as("%s%s%s%s", one.out(), one.err(), other.out(), other.err())
          .containsExactlyInAnyOrder(0, 4);
      assertThat(system.running()).containsExactly("v1");
      assertThat(system.does("log").out().lines().filter(l -> l.contains("  run  "))).hasSize(1);
    }
  }

  @Test
  void a_database_that_is_away_is_an_error_without_its_password_and_changes_nothing()
      throws IOException {
    try (SmallSystem system = system(PostgresFixture.url())) {
      system.environment(
          "LASTGOOD_DB",
          "jdbc:postgresql://127.0.0.1:"
              + FreePorts.some(1).getFirst()
              + "/shop?user=shop&password=sesame-4711");
      SmallSystem.World before = system.world();

      Said said = system.lastgood("rollback", "--yes", "backend");

      assertThat(said.exit()).isEqualTo(3);
      assertThat(said.err().lines())
          .singleElement()
          .asString()
          .contains("the server cannot be reached", "check the URL")
          .doesNotContain("sesame");
      assertThat(system.world()).isEqualTo(before);
    }
  }

  @Test
  void an_url_that_is_not_set_is_said_by_its_name() throws IOException {
    try (SmallSystem system = system(PostgresFixture.url())) {
      system.environment("LASTGOOD_DB", "");

      Said said = system.lastgood("rollback", "--yes", "backend");

      assertThat(said.exit()).isEqualTo(3);
      assertThat(said.err().lines())
          .singleElement()
          .asString()
          .contains("the environment variable LASTGOOD_DB is not set");
    }
  }

  private SmallSystem system(String url) throws IOException {
    SmallSystem system = SmallSystem.empty(folder);
    system.environment("LASTGOOD_DB", url);
    system.configure(STATE);
    return system.withTwoReleases();
  }
}
