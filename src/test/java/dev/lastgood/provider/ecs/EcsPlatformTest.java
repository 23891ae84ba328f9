package dev.lastgood.provider.ecs;

import static dev.lastgood.provider.http.ApiFaults.reason;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Release;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Capturable;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.http.DeployFaults;
import dev.lastgood.provider.local.Until;
import dev.lastgood.rehearsal.Asked;
import dev.lastgood.rehearsal.PlayedApi;
import dev.lastgood.rehearsal.PlayedEcs;
import dev.lastgood.rehearsal.Trap;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Against the played ECS, which Amazon's own tool takes for the real one; through Amazon's SDK.
@DisplayNameGeneration(ReplaceUnderscores.class)
class EcsPlatformTest implements DeployFaults {
  private static final String KEY = "AKIDEXAMPLE";
  private Web own;

  @BeforeEach
  void open() throws IOException {
    own = world();
  }

  @AfterEach
  void close() {
    own.close();
  }

  @Override
  public Web world() throws IOException {
    return new Web();
  }

  /// Three revisions were deployed; the newest runs.
  static final class Web implements DeployFaults.DeployWorld {
    final PlayedEcs ecs =
        new PlayedEcs(
            KEY, "prod", "web", InstantSource.fixed(Instant.parse("2026-11-21T12:00:00Z")));

    Web() throws IOException {
      ecs.deployed("web:1");
      ecs.deployed("web:2");
      ecs.deployed("web:3");
    }

    @Override
    public PlayedApi api() {
      return ecs;
    }

    @Override
    public String token() {
      return KEY;
    }

    @Override
    public String tokenName() {
      return "${env:AWS_ACCESS_KEY_ID}";
    }

    @Override
    public Platform platform(String token, Duration patience) {
      return platform(token, "web", patience);
    }

    @Override
    public Platform elsewhere() {
      return platform(KEY, "webb", PATIENCE);
    }

    @Override
    public List<String> elsewhereSays() {
      return List.of("no service webb", "MISSING");
    }

    private Platform platform(String token, String service, Duration patience) {
      return new EcsKind()
          .open(
              "frontend",
              new EcsSettings(
                  "prod",
                  service,
                  "eu-central-1",
                  Optional.of(new Secret("${env:AWS_ACCESS_KEY_ID}", () -> token)),
                  Optional.of(new Secret("${env:AWS_SECRET_ACCESS_KEY}", () -> "hunter2")),
                  Optional.empty(),
                  Optional.empty(),
                  Optional.of(ecs.url().toString()),
                  Optional.of(patience)),
              new Surroundings(Path.of("."), Path.of("."), InstantSource.fixed(Instant.EPOCH)));
    }

    List<Method> ways(String from, String to) throws PlatformUnreachable {
      return platform().methods(Release.of("frontend", from), Release.of("frontend", to));
    }

    @Override
    public Act change() throws PlatformUnreachable {
      return (Act) ways("web:3", "web:2").getFirst().legs().getFirst();
    }

    @Override
    public Predicate<Asked> request() {
      return PlayedEcs::change;
    }

    @Override
    public Trap gone() {
      return new Trap.Says(
          400, "{\"__type\":\"ClientException\",\"message\":\"TaskDefinition is inactive\"}");
    }

    @Override
    public String somebodyDeploys() {
      ecs.deploys("web:4", 50);
      return "web:4 (IN_PROGRESS)";
    }

    @Override
    public String somebodyDeployed() {
      ecs.deployed("web:4");
      return "web:4";
    }

    @Override
    public String live() {
      return "web:3";
    }

    @Override
    public String older() {
      return "web:2";
    }

    @Override
    public String snapshot() {
      return ecs.snapshot();
    }

    @Override
    public void remove(String id) {
      ecs.deregister(id);
    }

    @Override
    public List<String> secrets() {
      return List.of("hunter2", "hunter3", KEY);
    }

    @Override
    public void close() {
      ecs.close();
    }
  }

  // ---- which releases there are

  @Test
  void only_what_was_completed_and_can_still_be_started_is_a_target() throws Exception {
    own.ecs.registered("web:4", "shop/web:4");
    own.ecs.deploysInVain("web:5", "CannotPullContainerError");
    Until.holds("it came back", () -> steadyOn("web:3"));
    own.ecs.deregister("web:1");

    Inventory inventory = own.platform().inventory();

    assertThat(inventory.live().map(Release::id)).contains("web:3");
    assertThat(inventory.releases()).extracting(Release::id).containsExactly("web:3", "web:2");
    assertThat(inventory.excluded())
        .containsExactly(
            new Inventory.Excluded("web:1", "it was deregistered: ECS would not start it"),
            new Inventory.Excluded(
                "web:5",
                "no deployment of it was completed; the newest is ROLLBACK_SUCCESSFUL: ECS"
                    + " deployment circuit breaker: tasks failed to start."));
  }

  private boolean steadyOn(String task) {
    try {
      return own.platform().inventory().notes().getFirst().startsWith(task + " is COMPLETED")
          && own.ecs.snapshot().contains("ROLLBACK_SUCCESSFUL");
    } catch (PlatformUnreachable e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void a_service_that_another_one_deploys_has_no_way_and_says_so() throws Exception {
    own.ecs.controller("CODE_DEPLOY");

    assertThat(own.ways("web:3", "web:2")).isEmpty();
    assertThat(own.platform().inventory().notes())
        .anyMatch(n -> n.contains("deployed by CODE_DEPLOY"));
  }

  // ---- a new deployment of the old revision

  @Test
  void the_revision_is_explicit_and_a_person_could_type_it() throws Exception {
    assertThat(own.change().byHand())
        .isEqualTo(
            "aws ecs update-service --cluster prod --service web --region eu-central-1"
                + " --task-definition web:2");
  }

  @Test
  void it_is_followed_until_the_service_is_steady() throws Exception {
    own.ecs.takes(3);
    Act act = own.change();

    assertThat(own.act(act)).isEqualTo(new Outcome.Done("accepted"));

    assertThat(own.platform().look(act))
        .isEqualTo(new Sight.UnderWay("web:2 is IN_PROGRESS, 1 of 2 tasks run; web:3 still has 1"));
    Until.holds("steady", () -> own.platform().look(act) instanceof Sight.Holds);
    assertThat(own.platform().look(act).seen()).isEqualTo("web:2 is COMPLETED, 2 of 2 tasks run");
  }

  @Test
  void a_circuit_breaker_that_goes_forward_again_is_a_failure() throws Exception {
    Method way = own.ways("web:3", "web:2").getFirst();
    assertThat(way.costs()).anyMatch(c -> c.contains("the circuit breaker is on"));
    own.ecs.fails("CannotPullContainerError");
    Act act = (Act) way.legs().getFirst();
    own.act(act);

    Until.holds("it is seen", () -> own.platform().look(act) instanceof Sight.Failed);

    assertThat(own.platform().look(act).seen())
        .contains("ECS took it back", "circuit breaker", "web:3 is");
    assertThat(own.ecs.primary()).isEqualTo("web:3");
  }

  @Test
  void a_breaker_that_only_stops_is_a_failure_and_can_be_tried_again() throws Exception {
    own.ecs.breaker(true, false);
    own.ecs.fails("CannotPullContainerError");
    Act act = own.change();
    own.act(act);
    Until.holds("it is seen", () -> own.platform().look(act) instanceof Sight.Failed);
    own.ecs.fails("");

    assertThat(own.act(act)).isEqualTo(new Outcome.Done("accepted"));

    Until.holds("steady", () -> own.platform().look(act) instanceof Sight.Holds);
  }

  @Test
  void without_a_breaker_it_goes_on_and_says_why_nothing_starts() throws Exception {
    own.ecs.breaker(false, false);
    own.ecs.fails("CannotPullContainerError");
    Act act = own.change();
    own.act(act);

    Until.holds("said", () -> own.platform().look(act).seen().contains("2 failed to start"));
    assertThat(own.platform().look(act)).isInstanceOf(Sight.UnderWay.class);
    assertThat(own.platform().look(act).seen()).contains("CannotPullContainerError");
  }

  @Test
  void a_tag_that_was_moved_is_not_the_release_it_names() throws Exception {
    own.ecs.registered("web:6", "shop/web:stable");
    own.ecs.pushed("shop/web:stable", "sha256:good");
    own.ecs.deployed("web:6");
    own.ecs.deployed("web:7");
    own.ecs.pushed("shop/web:stable", "sha256:bad");
    Method way = own.ways("web:7", "web:6").getFirst();
    Act act = (Act) way.legs().getFirst();

    assertThat(way.costs().getFirst())
        .isEqualTo("ECS resolves its image tag again; afterwards it must be app=sha256:good");
    own.act(act);
    Until.holds("it is seen", () -> own.platform().look(act) instanceof Sight.Failed);
    assertThat(own.platform().look(act).seen())
        .contains("container app runs sha256:bad, not sha256:good");
  }

  // ---- the deployment under way

  @Test
  void a_deployment_under_way_is_stopped_and_ecs_goes_back() throws Exception {
    own.ecs.deploys("web:4", 1_000);
    List<Method> ways = own.ways("web:4", "web:3");
    assertThat(ways).extracting(Method::name).containsExactly("stop", "update");
    Act act = (Act) ways.getFirst().legs().getFirst();
    assertThat(own.platform().look(act)).isInstanceOf(Sight.NotYet.class);

    assertThat(own.act(act)).isEqualTo(new Outcome.Done("asked to go back"));

    Until.holds("back", () -> own.platform().look(act) instanceof Sight.Holds);
    assertThat(own.platform().inventory().live().map(Release::id)).contains("web:3");
    assertThat(own.ecs.deployments()).as("no new deployment").isEqualTo(4);
  }

  @Test
  void stopping_is_no_way_to_anything_but_where_it_came_from() throws Exception {
    own.ecs.deploys("web:4", 1_000);

    assertThat(own.ways("web:4", "web:1")).extracting(Method::name).containsExactly("update");
  }

  @Test
  void what_the_breaker_takes_back_already_is_left_to_it() throws Exception {
    own.ecs.deploysInVain("web:4", "CannotPullContainerError");
    Act act = (Act) own.ways("web:4", "web:3").getFirst().legs().getFirst();
    Until.holds("it trips", () -> !(own.platform().look(act) instanceof Sight.NotYet));

    assertThat(reason(own.act(act))).startsWith("done: it goes back already");
    assertThat(own.sent()).isZero();
    Until.holds("back", () -> own.platform().look(act) instanceof Sight.Holds);
  }

  @Test
  void a_breaker_that_is_faster_than_our_request_is_no_trouble() throws Exception {
    own.ecs.deploys("web:4", 1_000);
    Act act = (Act) own.ways("web:4", "web:3").getFirst().legs().getFirst();
    own.ecs.trap(1, PlayedEcs::change, new Trap.DoesAndSays(400, CONFLICT));

    assertThat(reason(own.act(act))).startsWith("done: it goes back already");
  }

  private static final String CONFLICT =
      "{\"__type\":\"ConflictException\",\"message\":\"not in flight\"}";

  @Test
  void what_was_completed_meanwhile_can_no_longer_be_stopped() throws Exception {
    own.ecs.deploys("web:4", 3);
    Act act = (Act) own.ways("web:4", "web:3").getFirst().legs().getFirst();
    Until.holds("completed", () -> own.platform().look(act) instanceof Sight.Failed);

    assertThat(reason(own.act(act)))
        .startsWith("refused: ")
        .contains("web:4 is SUCCESSFUL", "plan again");
    assertThat(own.ecs.primary()).isEqualTo("web:4");
  }

  // ---- evidence and settings

  @Test
  void the_evidence_has_events_and_no_values() {
    var exhibit = ((Capturable) own.platform()).capture(Release.of("frontend", "web:3")).getFirst();

    assertThat(exhibit.name()).isEqualTo("frontend-web-3.txt");
    assertThat(exhibit.text()).contains("has reached a steady state", "STRIPE_KEY=•••");
  }

  @Test
  void the_evidence_has_what_the_containers_of_the_failed_release_wrote() {
    own.ecs.stopped("web:2", "an older one", "another release");
    own.ecs.stopped(
        "web:3",
        "Essential container in task exited",
        "starting",
        "cannot pay with hunter3\u001b[2J");

    var log = ((Capturable) own.platform()).capture(Release.of("frontend", "web:3")).getLast();

    assertThat(log.name()).isEqualTo("frontend-web-3.log");
    assertThat(log.text())
        .contains("# /ecs/played, stream web/app/task2", "Z starting\n", "cannot pay with •••")
        .doesNotContain("another release", "hunter3", "\u001b");
  }

  @Test
  void a_log_that_cannot_be_had_is_said_with_the_command_for_a_person() {
    own.ecs.stopped("web:3", "Essential container in task exited");
    own.ecs.trap(
        1,
        r -> r.header().apply("X-Amz-Target").endsWith("GetLogEvents"),
        new Trap.Says(400, "{\"__type\": \"AccessDeniedException\", \"message\": \"no\"}"));

    var log = ((Capturable) own.platform()).capture(Release.of("frontend", "web:3")).getLast();

    assertThat(log.text())
        .contains(
            "CloudWatch Logs, GetLogEvents: answer 400 AccessDeniedException",
            "aws logs get-log-events --log-group-name /ecs/played");
  }

  @Test
  void a_release_without_a_task_says_that_its_log_is_elsewhere() {
    var log = ((Capturable) own.platform()).capture(Release.of("frontend", "web:3")).getLast();

    assertThat(log.text()).contains("ECS knows no task of web:3 any more");
  }

  @Test
  void half_a_key_is_a_mistake() {
    assertThatThrownBy(() ->
            new EcsKind()
                .open(
                    "frontend",
                    new EcsSettings(
                        "prod",
                        "web",
                        "eu-central-1",
                        Optional.of(new Secret("${env:AWS_ACCESS_KEY_ID}", () -> KEY)),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                    new Surroundings(
                        Path.of("."), Path.of("."), InstantSource.fixed(Instant.EPOCH))))
        .isInstanceOf(BadSettings.class)
        .hasMessageContaining("belong together");
  }
}
