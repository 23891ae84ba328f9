package dev.lastgood.provider.railway;

import static dev.lastgood.provider.http.ApiFaults.reason;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Release;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Maintaining;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.http.Trouble;
import dev.lastgood.provider.local.Until;
import dev.lastgood.provider.railway.RailwaySettings.MaintenanceVariable;
import dev.lastgood.rehearsal.Asked;
import dev.lastgood.rehearsal.PlayedRailway;
import dev.lastgood.rehearsal.Trap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A service that keeps users away while a variable is set, against the played Railway.
@DisplayNameGeneration(ReplaceUnderscores.class)
class RailwayMaintenanceTest {
  private static final String TOKEN = "hunter2";
  private static final String NAME = "MAINTENANCE_MODE";

  @TempDir Path dir;
  private PlayedRailway railway;

  @BeforeEach
  void open() throws IOException {
    railway = played();
  }

  private static PlayedRailway played() throws IOException {
    var played = new PlayedRailway(TOKEN, false, InstantSource.system());
    played.variable("STRIPE_KEY", "hunter3");
    played.deployed("d1", "c1");
    played.deployed("d2", "c2");
    return played;
  }

  @AfterEach
  void close() {
    railway.close();
  }

  private Platform platform() {
    return platform(new MaintenanceVariable(NAME, Optional.empty(), Optional.empty()));
  }

  private Platform platform(MaintenanceVariable variable) {
    return new RailwayKind()
        .open(
            "door",
            new RailwaySettings(
                "p",
                "e",
                "s",
                new Secret("${env:RAILWAY_TOKEN}", () -> TOKEN),
                Optional.empty(),
                Optional.empty(),
                Optional.of(Duration.ZERO),
                Optional.of(1_000_000),
                Optional.of(variable),
                Optional.of(railway.url().toString()),
                Optional.empty()),
            new Surroundings(dir, dir, InstantSource.system()));
  }

  private Maintaining.Maintenance now() throws PlatformUnreachable {
    return ((Maintaining) platform()).maintenance();
  }

  private Act begin() throws PlatformUnreachable {
    return now().begin().getFirst();
  }

  private Act end() throws PlatformUnreachable {
    return now().end().getFirst();
  }

  private Outcome act(Act act) {
    return platform().act(act, "run 1/step 1");
  }

  private void arrives(Act act) {
    Until.holds(
        act.says(),
        () -> {
          Sight sight = platform().look(act);
          if (sight instanceof Sight.NotYet) {
            assertThat(act(act)).isNotInstanceOf(Outcome.Refused.class);
          }
          return sight instanceof Sight.Holds;
        });
  }

  private static Predicate<Asked> mutation(String name) {
    return asked -> {
      String query = asked.json().path("query").asString("").strip();
      return query.startsWith("mutation") && query.contains(name + "(");
    };
  }

  private long sent(String name) {
    return railway.asked().stream().filter(mutation(name)).count();
  }

  @Test
  void it_is_the_same_release_deployed_once_more_with_the_variable_and_then_without()
      throws Exception {
    assertThat(now().on()).isFalse();
    assertThat(platform().look(end())).isInstanceOf(Sight.Holds.class);
    Act begin = begin();
    Act end = end();

    assertThat(act(begin)).isInstanceOf(Outcome.Done.class);
    arrives(begin);

    assertThat(railway.servesWith())
        .containsEntry(NAME, "true")
        .containsEntry("STRIPE_KEY", "hunter3");
    assertThat(now().on()).isTrue();
    assertThat(platform().inventory().live().map(Release::id)).contains("d2");
    assertThat(platform().look(end)).isInstanceOf(Sight.NotYet.class);

    assertThat(act(end)).isInstanceOf(Outcome.Done.class);
    arrives(end);

    assertThat(railway.servesWith()).containsEntry(NAME, "false");
    assertThat(platform().inventory().live().map(Release::id)).contains("d2");
    assertThat(railway.deployments()).as("two pushes, one there, one back").isEqualTo(4);
    assertThat(railway.asked())
        .filteredOn(mutation("variableUpsert"))
        .hasSize(2)
        .allSatisfy(a ->
            assertThat(a.json().path("variables").path("input").path("skipDeploys").asBoolean())
                .isTrue());
  }

  @Test
  void asked_for_twice_it_is_sent_once() throws Exception {
    Act begin = begin();
    act(begin);

    assertThat(act(begin)).as("while it is under way").isInstanceOf(Outcome.Done.class);
    arrives(begin);
    assertThat(act(begin)).as("when it is so").isInstanceOf(Outcome.Done.class);

    assertThat(railway.deployments()).isEqualTo(3);
    assertThat(sent("variableUpsert")).isEqualTo(1);
    assertThat(sent("deploymentRedeploy")).isEqualTo(1);
  }

  @Test
  void cut_off_at_either_request_it_is_unknown_and_the_look_tells() throws Exception {
    for (String at : List.of("variableUpsert", "deploymentRedeploy")) {
      for (Trap trap : List.of(new Trap.Cuts(), new Trap.DoesAndCuts(), Trouble.BROKEN)) {
        railway.close();
        railway = played();
        Files.deleteIfExists(dir.resolve("railway-door.json"));
        Act begin = begin();
        railway.trap(1, mutation(at), trap);

        assertThat(reason(act(begin))).as("%s %s", at, trap).startsWith("unknown: ");
        arrives(begin);

        assertThat(railway.servesWith()).containsEntry(NAME, "true");
        assertThat(railway.deployments()).as("%s %s", at, trap).isEqualTo(3);
      }
    }
  }

  @Test
  void who_accepts_and_does_nothing_is_never_believed() throws Exception {
    Act begin = begin();
    railway.trap(1, mutation("variableUpsert"), new Trap.Lies());
    assertThat(reason(act(begin))).startsWith("unknown: it accepted MAINTENANCE_MODE");
    assertThat(sent("deploymentRedeploy")).isZero();

    railway.trap(1, mutation("deploymentRedeploy"), new Trap.Lies());
    assertThat(act(begin)).isInstanceOf(Outcome.Done.class);
    assertThat(platform().look(begin)).isInstanceOf(Sight.NotYet.class);
    arrives(begin);
  }

  @Test
  void a_deployment_that_was_started_with_the_old_variables_does_not_count() throws Exception {
    railway.redeploysWithOldVariables();
    Act begin = begin();
    act(begin);
    Until.holds("it is over", () -> !(platform().look(begin) instanceof Sight.UnderWay));

    assertThat(platform().look(begin)).isInstanceOf(Sight.NotYet.class);
    assertThat(now().on()).isFalse();
  }

  @Test
  void a_deployment_that_crashes_is_failed_and_users_are_still_in() throws Exception {
    railway.ends("CRASHED");
    Act begin = begin();
    act(begin);
    Until.holds("it is over", () -> platform().look(begin) instanceof Sight.Failed);

    assertThat(platform().look(begin).seen()).contains("new-1 is CRASHED");
    assertThat(now().on()).isFalse();
    arrivesAfterTheCrash();
  }

  private void arrivesAfterTheCrash() throws PlatformUnreachable {
    railway.ends("SUCCESS");
    arrives(begin());
    assertThat(railway.servesWith()).containsEntry(NAME, "true");
  }

  @Test
  void a_variable_that_waits_for_the_next_deploy_is_taken_back_without_one() throws Exception {
    railway.variable(NAME, "true");
    Act end = end();
    assertThat(now().on()).as("nobody is kept away yet").isFalse();
    assertThat(platform().look(end)).isInstanceOf(Sight.NotYet.class);

    assertThat(act(end)).isInstanceOf(Outcome.Done.class);

    arrives(end);
    assertThat(railway.variables()).containsEntry(NAME, "false");
    assertThat(railway.deployments()).isEqualTo(2);
  }

  @Test
  void somebody_elses_deploy_is_not_overtaken() throws Exception {
    Act begin = begin();
    railway.is("d3", "c3", "BUILDING");

    assertThat(reason(act(begin)))
        .startsWith("refused: ")
        .contains("somebody else", "d3 is BUILDING");
    assertThat(railway.variables()).doesNotContainKey(NAME);
  }

  @Test
  void without_the_right_nothing_is_set_and_no_variable_is_ever_shown() throws Exception {
    Act begin = begin();
    String before = railway.snapshot();
    railway.forbidChanges();

    assertThat(reason(act(begin))).startsWith("refused: ").contains("${env:RAILWAY_TOKEN}");
    assertThat(railway.snapshot()).isEqualTo(before);
    assertThat(begin + " " + end() + platform().look(begin) + reason(act(begin)))
        .doesNotContain("hunter");
  }

  @Test
  void a_redeploy_that_is_refused_after_the_variable_was_set_is_no_refusal() throws Exception {
    Act begin = begin();
    railway.trap(
        1,
        mutation("deploymentRedeploy"),
        new Trap.Says(200, "{\"errors\":[{\"message\":\"Not Authorized\"}]}"));

    assertThat(reason(act(begin)))
        .startsWith("unknown: MAINTENANCE_MODE is set, but not deployed: ")
        .contains("set it back");
  }

  @Test
  void it_does_not_last_while_the_service_itself_moves() {
    assertThat(((Maintaining) platform()).lastsWhileItMoves()).isFalse();
  }

  @Test
  void a_variable_has_a_name_and_two_values() {
    assertThatThrownBy(
            () -> platform(new MaintenanceVariable("A B", Optional.empty(), Optional.empty())))
        .isInstanceOf(BadSettings.class);
    assertThatThrownBy(
            () -> platform(new MaintenanceVariable("A", Optional.of("false"), Optional.empty())))
        .isInstanceOf(BadSettings.class)
        .hasMessageContaining("must differ");
  }
}
