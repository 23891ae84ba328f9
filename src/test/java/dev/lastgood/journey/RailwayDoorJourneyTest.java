package dev.lastgood.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.InProcess.Said;
import dev.lastgood.rehearsal.PlayedRailway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Users come in through a small service on Railway, which keeps them away while a variable is set;
/// and never longer than the run, however it ends.
@DisplayNameGeneration(ReplaceUnderscores.class)
class RailwayDoorJourneyTest {
  private static final String TOKEN = "rw-hunter2";
  private static final String NAME = "MAINTENANCE_MODE";

  @TempDir Path dir;
  private SmallSystem system;
  private PlayedRailway railway;

  @BeforeEach
  void open() throws IOException {
    railway = new PlayedRailway(TOKEN, false, InstantSource.system());
    railway.deployed("door-1", "c1");
    railway.deployed("door-2", "c2");
    system = SmallSystem.inPlace(dir);
    system.environment("RAILWAY_TOKEN", TOKEN);
    Files.writeString(
        system.config(),
        system
                .usual()
                .replace(
                    "checks:\n",
                    "  door: { platform: railway, project: p, environment: e, service: s, token:"
                        + " \"${env:RAILWAY_TOKEN}\", settle: 0s, requests-per-hour: 1000000,"
                        + " maintenance: { variable: MAINTENANCE_MODE }, base-url: \""
                        + railway.url()
                        + "\" }\nchecks:\n")
            + "maintenance: [ { component: door } ]\nafter: { passes: 1, patience: 3s }\n");
  }

  @AfterEach
  void close() throws IOException {
    system.close();
    railway.close();
  }

  private boolean shut() {
    return "true".equals(railway.servesWith().get(NAME));
  }

  @Test
  void it_is_shut_before_the_first_change_and_open_when_everything_has_moved() throws Exception {
    assertThat(system.does("plan", "backend").out())
        .contains("keep users away by MAINTENANCE_MODE=true")
        .contains("let users in again by MAINTENANCE_MODE=false")
        .contains("users are kept away from door until everything has moved");

    Said said = system.does("rollback", "--yes", "backend");

    assertThat(shut()).isFalse();
    assertThat(railway.variables()).containsEntry(NAME, "false");
    assertThat(railway.deployments()).as("once there, once back").isEqualTo(4);
    assertThat(said.out()).doesNotContain("hunter2");
    assertThat(system.lastgood("status").out())
        .as("it is the same release")
        .contains("door-2")
        .doesNotContain("new-2");
  }

  @Test
  void a_run_that_is_stopped_half_way_opens_it_before_it_ends() throws Exception {
    system.build("v1", "dies");
    assertThat(system.lastgood("rollback", "--yes", "backend").exit()).isEqualTo(5);
    assertThat(shut()).as("while a person is asked").isTrue();

    Said said = system.lastgood("resume", "--choose", "stop", "--reason", "enough");

    assertThat(shut()).as("%s", said).isFalse();
    assertThat(said.out()).doesNotContain("MAY STILL BE KEPT AWAY");
  }

  @Test
  void a_run_that_cannot_open_it_says_so_before_anything_else() throws Exception {
    system.build("v1", "dies");
    assertThat(system.lastgood("rollback", "--yes", "backend").exit()).isEqualTo(5);
    railway.forbidChanges();

    Said said = system.lastgood("resume", "--choose", "stop", "--reason", "enough");

    assertThat(said.exit()).isNotZero();
    assertThat(said.out() + said.err())
        .contains("USERS MAY STILL BE KEPT AWAY", "MAINTENANCE_MODE=false", "by hand:");
  }

  @Test
  void where_the_door_itself_moves_it_keeps_nobody_away_and_the_plan_says_so() {
    Said said = system.does("plan", "--to", "door=door-1");

    assertThat(said.out())
        .contains("users are not kept away by door: it moves itself in this plan")
        .doesNotContain("keep users away by MAINTENANCE_MODE");
  }
}
