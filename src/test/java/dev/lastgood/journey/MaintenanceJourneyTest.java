package dev.lastgood.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.InProcess.Said;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Users are kept away while things move, by a variable in a file; and never longer than the run,
/// however it ends. Each turn of the variable notes which release was live then.
@DisplayNameGeneration(ReplaceUnderscores.class)
class MaintenanceJourneyTest {
  @TempDir Path dir;
  private SmallSystem system;

  @BeforeEach
  void open() throws IOException {
    system = SmallSystem.inPlace(dir);
    Files.writeString(door(), "A=1\nMAINTENANCE=false\n");
    String usual = system.usual();
    Files.writeString(
        system.config(),
        usual.replace(
                "checks:\n",
                "  door:\n    platform: env-flag\n    path: door.env\n    variable: MAINTENANCE\n"
                    + "    restart: [sh, -c, \"(tail -n 1 door.env; readlink backend/current) >>"
                    + " turns\"]\n    restart-timeout: 10s\n"
                    + "    reads-within: 5s\nchecks:\n")
            + "maintenance: [ { component: door, on: \"on\", off: \"off\" } ]\n"
            + "after: { passes: 1, patience: 3s }\n");
  }

  @AfterEach
  void close() throws IOException {
    system.close();
  }

  private Path door() {
    return dir.resolve("door.env");
  }

  private List<String> turns() throws IOException {
    return Files.readAllLines(dir.resolve("turns"));
  }

  private boolean open(String content) {
    return content.equals("A=1\nMAINTENANCE=false\n");
  }

  private boolean doorIsOpen() throws IOException {
    return open(Files.readString(door()));
  }

  @Test
  void it_is_shut_before_the_first_change_and_open_when_everything_has_moved() throws Exception {
    assertThat(system.does("plan", "backend").out())
        .contains("turn flag MAINTENANCE on in")
        .contains("turn flag MAINTENANCE off in")
        .contains("users are kept away from door until everything has moved");

    system.does("rollback", "--yes", "backend");

    assertThat(turns())
        .containsExactly("MAINTENANCE=true", "releases/v2", "MAINTENANCE=false", "releases/v1");
    assertThat(doorIsOpen()).isTrue();

    system.does("undo", "--yes");

    assertThat(turns()).hasSize(8).endsWith("MAINTENANCE=false", "releases/v2");
    assertThat(doorIsOpen()).isTrue();
  }

  @Test
  void a_secret_that_is_missing_for_it_is_a_warning_and_keeps_nothing_broken() throws Exception {
    Files.writeString(
        system.config(),
        system
                .usual()
                .replace(
                    "checks:\n",
                    "  door: { platform: command, inventory: [printf, \"on\\noff\"], observe: [echo, \"off\"],"
                        + " act: [echo, \"{to}\"], secrets: { KEY: \"${env:DOOR_KEY}\" } }\nchecks:\n")
            + "maintenance: [ { component: door, on: \"on\", off: \"off\" } ]\nafter: { passes: 1, patience: 3s }\n");

    assertThat(system.does("plan", "backend").out().replaceAll("\\s+", " "))
        .contains("users are not kept away by door", "DOOR_KEY is not set");
    system.does("rollback", "--yes", "backend");

    assertThat(system.running()).containsExactly("v1");
  }

  @Test
  void whoever_shut_it_before_must_open_it_and_the_plan_says_so() throws Exception {
    Files.writeString(door(), "A=1\nMAINTENANCE=true\n");

    assertThat(system.does("rollback", "--yes", "backend").out())
        .contains("door keeps users away already");
    assertThat(Files.readString(door())).isEqualTo("A=1\nMAINTENANCE=true\n");
  }

  @Test
  void a_run_that_is_stopped_half_way_opens_it_before_it_ends() throws Exception {
    system.build("v1", "dies");
    assertThat(system.lastgood("rollback", "--yes", "backend").exit()).isEqualTo(5);
    assertThat(doorIsOpen()).as("while a person is asked").isFalse();

    Said said = system.lastgood("resume", "--choose", "stop", "--reason", "enough");

    assertThat(doorIsOpen()).as("%s", said).isTrue();
    assertThat(said.out()).doesNotContain("MAY STILL BE KEPT AWAY");
    assertThat(system.lastgood("show").out()).contains("stopped");
  }

  @Test
  void a_run_that_cannot_open_it_says_so_before_anything_else() throws Exception {
    system.build("v1", "dies");
    assertThat(system.lastgood("rollback", "--yes", "backend").exit()).isEqualTo(5);
    Files.delete(door());

    Said said = system.lastgood("resume", "--choose", "stop", "--reason", "enough");

    assertThat(said.exit()).isNotZero();
    assertThat(said.out() + said.err())
        .contains("USERS MAY STILL BE KEPT AWAY", "turn flag MAINTENANCE off", "by hand:");
  }

  @Test
  void whoever_is_killed_while_it_shuts_opens_it_after_all() throws Exception {
    try (Child dead = Child.dyingAt("during:turn-flag:0", system, "rollback", "--yes", "backend")) {
      assertThat(dead.killed()).as(dead.out() + dead.err()).isTrue();
    }

    system.does("resume");

    assertThat(doorIsOpen()).isTrue();
    assertThat(Files.readSymbolicLink(system.current())).isEqualTo(Path.of("releases/v1"));
  }

  @Test
  void a_run_that_was_killed_and_then_stopped_opens_it() throws Exception {
    try (Child dead =
        Child.dyingAt("during:switch-link:0", system, "rollback", "--yes", "backend")) {
      assertThat(dead.killed()).as(dead.out() + dead.err()).isTrue();
    }
    assertThat(doorIsOpen()).as("it died while it was shut").isFalse();

    system.does("stop", "--reason", "by hand from here");
    Said said = system.lastgood("resume");

    assertThat(doorIsOpen()).as("%s", said).isTrue();
    assertThat(system.lastgood("show").out()).contains("stopped by ada");
  }
}
