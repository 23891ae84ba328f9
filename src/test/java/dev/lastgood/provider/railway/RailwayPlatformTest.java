package dev.lastgood.provider.railway;

import static dev.lastgood.provider.http.ApiFaults.reason;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.lastgood.model.Release;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.Act;
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
import dev.lastgood.provider.railway.RailwaySettings.TokenKind;
import dev.lastgood.rehearsal.Asked;
import dev.lastgood.rehearsal.PlayedApi;
import dev.lastgood.rehearsal.PlayedRailway;
import dev.lastgood.rehearsal.Quota;
import dev.lastgood.rehearsal.Trap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Against the played Railway, whose questions and answers have the shapes of the published schema.
@DisplayNameGeneration(ReplaceUnderscores.class)
class RailwayPlatformTest implements DeployFaults {
  private static final String TOKEN = "hunter2";

  @TempDir Path dir;
  private final AtomicInteger worlds = new AtomicInteger();
  private Service own;

  private static boolean rollback(Asked asked) {
    String query = asked.json().path("query").asString("").strip();
    return query.startsWith("mutation") && query.contains("deploymentRollback");
  }

  @BeforeEach
  void open() throws IOException {
    own = world();
  }

  @AfterEach
  void close() {
    own.close();
  }

  @Override
  public Service world() throws IOException {
    return new Service(
        Files.createDirectories(dir.resolve("w" + worlds.incrementAndGet())),
        new PlayedRailway(TOKEN, false, InstantSource.system()));
  }

  /// Three pushes were deployed; the newest serves.
  static final class Service implements DeployFaults.DeployWorld {
    final Path state;
    final PlayedRailway railway;

    Service(Path state, PlayedRailway railway) {
      this.state = state;
      this.railway = railway;
      railway.deployed("d1", "c1");
      railway.deployed("d2", "c2");
      railway.deployed("d3", "c3");
    }

    @Override
    public PlayedApi api() {
      return railway;
    }

    @Override
    public String token() {
      return TOKEN;
    }

    @Override
    public String tokenName() {
      return "${env:RAILWAY_TOKEN}";
    }

    @Override
    public Platform platform(String token, Duration patience) {
      return platform(token, "s", TokenKind.ACCOUNT, Duration.ZERO, true, patience);
    }

    @Override
    public Platform elsewhere() {
      return platform(TOKEN, "t", TokenKind.ACCOUNT, Duration.ZERO, true, PATIENCE);
    }

    @Override
    public List<String> elsewhereSays() {
      return List.of("ServiceInstance not found");
    }

    @Override
    public Trap gone() {
      return new Trap.Says(200, "{\"errors\":[{\"message\":\"Deployment not found\"}]}");
    }

    @Override
    public Act change() throws PlatformUnreachable {
      return change("rollback");
    }

    @Override
    public Predicate<Asked> request() {
      return RailwayPlatformTest::rollback;
    }

    @Override
    public String somebodyDeploys() {
      railway.is("d4", "c4", "BUILDING");
      return "d4 (BUILDING)";
    }

    @Override
    public String somebodyDeployed() {
      railway.deployed("d4", "c4");
      return "d4";
    }

    Platform platform(TokenKind kind, Duration settle, boolean hold) {
      return platform(TOKEN, "s", kind, settle, hold, PATIENCE);
    }

    private Platform platform(
        String token,
        String service,
        TokenKind kind,
        Duration settle,
        boolean hold,
        Duration patience) {
      return new RailwayKind()
          .open(
              "backend",
              new RailwaySettings(
                  "p",
                  "e",
                  service,
                  new Secret("${env:RAILWAY_TOKEN}", () -> token),
                  Optional.of(kind),
                  Optional.of(hold),
                  Optional.of(settle),
                  Optional.of(1_000_000),
                  Optional.empty(),
                  Optional.of(railway.url().toString()),
                  Optional.of(patience)),
              new Surroundings(state, state, InstantSource.system()));
    }

    Method way(String from, String to, String name) throws PlatformUnreachable {
      return platform().methods(Release.of("backend", from), Release.of("backend", to)).stream()
          .filter(m -> m.name().equals(name))
          .findFirst()
          .orElseThrow();
    }

    Act change(String way) throws PlatformUnreachable {
      return (Act) way("d3", "d2", way).legs().getLast();
    }

    void walk(Method way) {
      way.legs().stream()
          .map(Act.class::cast)
          .forEach(act -> {
            if (!(platform().look(act) instanceof Sight.Holds)) {
              assertThat(act(act)).isInstanceOf(Outcome.Done.class);
            }
            Until.holds(act.says(), () -> platform().look(act) instanceof Sight.Holds);
          });
    }

    @Override
    public String live() {
      return "d3";
    }

    @Override
    public String older() {
      return "d2";
    }

    @Override
    public String snapshot() {
      return railway.snapshot();
    }

    @Override
    public void remove(String id) {
      railway.delete(id);
    }

    @Override
    public List<String> secrets() {
      return List.of(TOKEN);
    }

    @Override
    public void close() {
      railway.close();
    }
  }

  // ---- which releases there are

  @Test
  void what_was_replaced_is_a_target_and_what_failed_is_none() throws Exception {
    own.railway.is("d4", "c4", "FAILED");
    own.railway.is("d5", "c5", "BUILDING");

    Inventory inventory = own.platform().inventory();

    assertThat(inventory.live().map(Release::id)).contains("d3");
    assertThat(inventory.releases()).extracting(Release::id).containsExactly("d3", "d2", "d1");
    assertThat(inventory.excluded())
        .containsExactly(
            new Inventory.Excluded("d5", "it is BUILDING"),
            new Inventory.Excluded("d4", "it is FAILED"));
    assertThat(inventory.notes()).containsExactly("under way right now: d5 (BUILDING)");
  }

  @Test
  void without_its_image_a_release_is_only_built_again() throws Exception {
    own.railway.purge("d2");

    assertThat(own.platform().methods(Release.of("backend", "d3"), Release.of("backend", "d2")))
        .extracting(Method::name)
        .containsExactly("redeploy-commit");
  }

  @Test
  void the_copy_that_a_rollback_makes_is_the_release_it_is_a_copy_of() throws Exception {
    own.walk(own.way("d3", "d2", "rollback"));

    Inventory inventory = own.platform().inventory();

    assertThat(own.railway.active()).contains("new-1");
    assertThat(inventory.live().map(Release::id)).contains("d2");
    assertThat(inventory.releases()).extracting(Release::id).containsExactly("d3", "d2", "d1");
  }

  // ---- the ways

  @Test
  void pushes_are_stopped_before_going_back_and_let_through_after_coming_forward()
      throws Exception {
    own.walk(own.way("d3", "d2", "rollback"));
    assertThat(own.railway.autoDeploy()).isFalse();

    own.walk(own.way("d2", "d3", "rollback"));
    assertThat(own.railway.autoDeploy()).isTrue();
  }

  @Test
  void pushes_that_never_deployed_by_themselves_are_left_alone() throws Exception {
    own.railway.autoDeploy(false);
    own.walk(own.way("d3", "d2", "rollback"));
    own.walk(own.way("d2", "d3", "rollback"));

    assertThat(own.railway.autoDeploy()).isFalse();
  }

  @Test
  void without_hold_nothing_but_the_deployment_changes() throws Exception {
    Platform platform = own.platform(TokenKind.ACCOUNT, Duration.ZERO, false);

    assertThat(
            platform.methods(Release.of("backend", "d3"), Release.of("backend", "d2")).stream()
                .flatMap(m -> m.legs().stream())
                .map(l -> ((Act) l).verb()))
        .containsExactly("rollback", "deploy-commit");
  }

  @Test
  void a_server_that_answers_with_an_object_is_asked_for_one() throws Exception {
    own.railway.answersWithObjects();

    own.walk(own.way("d3", "d2", "rollback"));

    assertThat(own.railway.deployments()).as("one copy, not two").isEqualTo(4);
  }

  @Test
  void a_token_of_a_project_has_its_own_header() throws Exception {
    try (var other =
        new Service(
            Files.createDirectories(dir.resolve("project")),
            new PlayedRailway(TOKEN, true, InstantSource.system()))) {
      Platform right = other.platform(TokenKind.PROJECT, Duration.ZERO, true);
      assertThat(right.inventory().live().map(Release::id)).contains("d3");

      assertThatThrownBy(() -> other.platform().inventory())
          .hasMessageContaining("Railway, POST: answer 200 \"Not Authorized\"; see that")
          .hasMessageContaining("of the configured kind");
    }
  }

  // ---- has it happened?

  @Test
  void the_new_deployment_is_followed_to_its_success() throws Exception {
    Act act = own.change("rollback");

    assertThat(own.act(act)).isEqualTo(new Outcome.Done("accepted"));

    assertThat(own.platform().look(act))
        .isEqualTo(new Sight.UnderWay("deployment new-1 is INITIALIZING"));
    Until.holds("rolled back", () -> own.platform().look(act) instanceof Sight.Holds);
    assertThat(own.platform().look(act).seen()).isEqualTo("deployment new-1 is SUCCESS and serves");
  }

  @Test
  void success_counts_when_it_lasts() throws Exception {
    Platform patient = own.platform(TokenKind.ACCOUNT, Duration.ofMinutes(5), true);
    Act act = own.change("rollback");
    own.act(act);

    Until.holds("it is successful", () -> patient.look(act).seen().contains("is SUCCESS for"));
    assertThat(patient.look(act))
        .asInstanceOf(type(Sight.UnderWay.class))
        .extracting(Sight.UnderWay::seen)
        .asString()
        .endsWith("of 300 s");
  }

  @Test
  void a_deployment_that_crashes_after_its_success_is_a_failure() throws Exception {
    own.railway.crashesAfter(2);
    Platform patient = own.platform(TokenKind.ACCOUNT, Duration.ofMinutes(5), true);
    Act act = own.change("rollback");
    own.act(act);

    Until.holds("it is seen", () -> patient.look(act) instanceof Sight.Failed);
    assertThat(patient.look(act).seen()).contains("new-1 is CRASHED");
  }

  @Test
  void a_deployment_that_fails_leaves_the_old_one_and_says_so() throws Exception {
    own.railway.ends("FAILED");
    Act act = own.change("rollback");
    own.act(act);

    Until.holds("it is seen", () -> own.platform().look(act) instanceof Sight.Failed);
    assertThat(own.platform().look(act).seen()).isEqualTo("deployment new-1 is FAILED; d3 serves");
  }

  @Test
  void a_deployment_that_waits_for_a_person_says_so() throws Exception {
    own.railway.ends("NEEDS_APPROVAL");
    Act act = own.change("rollback");
    own.act(act);

    Until.holds(
        "it waits",
        () -> own.platform().look(act).seen().contains("somebody must approve it in Railway"));
  }

  @Test
  void what_was_asked_for_is_not_asked_for_again_while_it_is_on_its_way() throws Exception {
    Act act = own.change("rollback");
    own.act(act);

    assertThat(reason(own.act(act))).startsWith("done: asked for already: new-1");
    assertThat(own.railway.deployments()).isEqualTo(4);
  }

  // ---- what only Railway does

  @Test
  void a_release_whose_image_was_removed_meanwhile_is_refused_with_the_other_way()
      throws Exception {
    Act act = own.change("rollback");
    own.railway.purge("d2");

    assertThat(reason(own.act(act)))
        .startsWith("refused: ")
        .contains("d2", "canRollback is false", "redeploy-commit");
  }

  @Test
  void a_copy_of_the_image_counts_for_the_commit_too() throws Exception {
    Act act = own.change("redeploy-commit");
    own.walk(own.way("d3", "d2", "rollback"));

    assertThat(own.act(act)).isInstanceOf(Outcome.Done.class);
    assertThat(own.railway.deployments()).isEqualTo(4);
  }

  @Test
  void who_says_false_is_never_believed() throws Exception {
    Act act = own.change("rollback");
    own.railway.saysNo();
    assertThat(reason(own.act(act))).startsWith("unknown: it answered false");
  }

  @Test
  void its_own_trouble_comes_with_status_200_and_may_have_been_done() throws Exception {
    Act act = own.change("rollback");
    own.railway.trap(
        1,
        RailwayPlatformTest::rollback,
        new Trap.Says(200, "{\"errors\":[{\"message\":\"Problem processing request\"}]}"));

    assertThat(reason(own.act(act))).startsWith("unknown: ").contains("may have been done");
  }

  @Test
  void the_limit_of_the_plan_is_kept_by_all_services_with_the_same_token_together()
      throws Exception {
    Quota free = PlayedRailway.quota(100);
    own.railway.limit(free);
    var kind = new RailwayKind();
    Platform backend = hourly(kind, "backend");
    Platform engine = hourly(kind, "ai-engine");
    for (int i = 0; i < 12; i++) {
      backend.inventory();
      engine.inventory();
    }

    assertThat(own.railway.limited()).isZero();
    assertThat(free.busiest(Duration.ofSeconds(1))).isLessThanOrEqualTo(10);
  }

  private Platform hourly(RailwayKind kind, String component) {
    return kind.open(
        component,
        new RailwaySettings(
            "p",
            "e",
            "s",
            new Secret("t", () -> TOKEN),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            // a quarter at once, then one in 48 s
            Optional.of(100),
            Optional.empty(),
            Optional.of(own.railway.url().toString()),
            Optional.empty()),
        new Surroundings(own.state, own.state, InstantSource.system()));
  }

  @Test
  void the_log_of_the_failed_deployment_is_kept() throws Exception {
    var exhibits = ((Capturable) own.platform()).capture(Release.of("backend", "d3"));

    assertThat(exhibits).hasSize(1);
    assertThat(exhibits.getFirst().text()).contains("listening, commit c3");
  }
}
