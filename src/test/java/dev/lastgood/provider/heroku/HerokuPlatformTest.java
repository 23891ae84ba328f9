package dev.lastgood.provider.heroku;

import static dev.lastgood.provider.http.ApiFaults.reason;
import static dev.lastgood.provider.http.Trouble.CHANGES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.model.Release;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Capturable;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.http.DeployFaults;
import dev.lastgood.provider.http.MaintainingFaults;
import dev.lastgood.provider.local.Until;
import dev.lastgood.rehearsal.PlayedApi;
import dev.lastgood.rehearsal.PlayedHeroku;
import dev.lastgood.rehearsal.Trap;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Against the played Heroku, which Heroku's own tool takes for the real one.
@DisplayNameGeneration(ReplaceUnderscores.class)
class HerokuPlatformTest implements DeployFaults, MaintainingFaults {
  private static final String TOKEN = "hunter2";
  private App own;

  @BeforeEach
  void open() throws IOException {
    own = world();
  }

  @AfterEach
  void close() {
    own.close();
  }

  @Override
  public App world() throws IOException {
    return new App();
  }

  /// v1 and v2 were deployed, v3 set a config var, v4 was deployed and runs, v5 failed.
  static final class App implements DeployFaults.DeployWorld {
    final PlayedHeroku heroku =
        new PlayedHeroku(TOKEN, "ace", InstantSource.fixed(Instant.parse("2026-11-21T12:00:00Z")));
    final String v1 = heroku.deployed("c1");
    final String v2 = heroku.deployed("c2");
    final String v3 = heroku.set("STRIPE_KEY", "hunter3");
    final String v4 = heroku.deployed("c4");
    final String v5 = heroku.is("c5", "failed");

    App() throws IOException {}

    @Override
    public PlayedApi api() {
      return heroku;
    }

    @Override
    public String token() {
      return TOKEN;
    }

    @Override
    public String tokenName() {
      return "${env:HEROKU_API_KEY}";
    }

    @Override
    public Platform platform(String token, Duration patience) {
      return platform(token, "ace", 50, patience);
    }

    @Override
    public Platform elsewhere() {
      return platform(TOKEN, "acme", 50, PATIENCE);
    }

    @Override
    public List<String> elsewhereSays() {
      return List.of("404", "Couldn't find that app");
    }

    @Override
    public Trap gone() {
      return new Trap.Says(404, "{\"id\":\"not_found\",\"message\":\"no release\"}");
    }

    @Override
    public String somebodyDeploys() {
      heroku.is("c6", "pending");
      return "v6 (pending)";
    }

    @Override
    public String somebodyDeployed() {
      heroku.deployed("c6");
      return "v6";
    }

    Platform platform(int depth) {
      return platform(TOKEN, "ace", depth, PATIENCE);
    }

    private Platform platform(String token, String app, int depth, Duration patience) {
      return new HerokuKind()
          .open(
              "backend",
              new HerokuSettings(
                  app,
                  new Secret("${env:HEROKU_API_KEY}", () -> token),
                  Optional.of(depth),
                  Optional.of(heroku.url().toString()),
                  Optional.of(patience)),
              new Surroundings(Path.of("."), Path.of("."), InstantSource.fixed(Instant.EPOCH)));
    }

    Act change(String from, String to) throws PlatformUnreachable {
      return (Act)
          platform()
              .methods(Release.of("backend", from), Release.of("backend", to))
              .getFirst()
              .legs()
              .getFirst();
    }

    @Override
    public Act change() throws PlatformUnreachable {
      return change(v4, v2);
    }

    void follow(Act act) {
      assertThat(act(act)).isInstanceOf(Outcome.Done.class);
      Until.holds(act.says(), () -> platform().look(act) instanceof Sight.Holds);
    }

    @Override
    public String live() {
      return v4;
    }

    @Override
    public String older() {
      return v2;
    }

    @Override
    public String snapshot() {
      return heroku.snapshot();
    }

    @Override
    public void remove(String id) {
      heroku.delete(id);
    }

    @Override
    public List<String> secrets() {
      return List.of(TOKEN, "hunter3");
    }

    @Override
    public void close() {
      heroku.close();
    }
  }

  // ---- which releases there are

  @Test
  void the_live_release_is_the_current_one_and_not_the_highest_number() throws Exception {
    Inventory inventory = own.platform().inventory();

    assertThat(inventory.live().map(Release::id)).contains(own.v4);
    assertThat(inventory.live().orElseThrow().expectedVersion()).isEqualTo("c4");
    assertThat(inventory.releases())
        .extracting(Release::id)
        .containsExactly(own.v4, own.v3, own.v2, own.v1);
    assertThat(inventory.excluded())
        .containsExactly(new Inventory.Excluded(own.v5, "v5: its release phase failed"));
    assertThat(inventory.notes()).contains("v5 is newer and does not run: failed");
  }

  @Test
  void a_release_that_heroku_would_not_go_back_to_is_no_target() throws Exception {
    own.heroku.forbid(own.v2);

    assertThat(own.platform().inventory().excluded())
        .contains(
            new Inventory.Excluded(
                own.v2, "v2: Heroku says that it is not eligible for a rollback"));
  }

  @Test
  void all_pages_are_read_as_far_as_the_depth() throws Exception {
    for (int i = 0; i < 45; i++) {
      own.heroku.deployed("d" + i);
    }

    assertThat(own.platform(500).inventory().releases()).hasSize(49);
    assertThat(own.platform(20).inventory().releases()).hasSize(20);
  }

  @Test
  void the_copy_that_a_rollback_makes_is_the_release_it_is_a_copy_of() throws Exception {
    own.follow(own.change(own.v4, own.v2));

    Inventory inventory = own.platform().inventory();

    assertThat(own.heroku.current()).isPresent().get().isNotEqualTo(own.v2);
    assertThat(inventory.live().map(Release::id)).contains(own.v2);
    assertThat(inventory.releases()).extracting(Release::id).doesNotHaveDuplicates();
  }

  @Test
  void a_copy_of_something_beyond_the_list_is_still_known() throws Exception {
    Act act = own.change(own.v4, own.v1);
    for (int i = 0; i < 30; i++) {
      own.heroku.is("d" + i, "failed");
    }
    own.follow(act);

    assertThat(own.platform(20).inventory().live().map(Release::id)).contains(own.v1);
  }

  // ---- the way

  @Test
  void the_plan_shows_which_config_vars_would_change_by_name() throws Exception {
    var costs =
        own.platform()
            .methods(Release.of("backend", own.v4), Release.of("backend", own.v2))
            .getFirst()
            .costs();

    assertThat(costs.getFirst()).isEqualTo("config vars go back too: STRIPE_KEY goes");
  }

  @Test
  void config_vars_that_may_not_be_read_do_not_stop_a_rollback() throws Exception {
    own.heroku.trap(1, a -> a.path().endsWith("/config-vars"), new Trap.Says(403, "{}"));

    assertThat(
            own.platform()
                .methods(Release.of("backend", own.v4), Release.of("backend", own.v2))
                .getFirst()
                .costs()
                .getFirst())
        .startsWith("config vars go back too; which ones cannot be seen");
  }

  @Test
  void the_release_is_asked_for_by_its_id_and_a_person_would_name_its_version() throws Exception {
    Act act = own.change(own.v4, own.v2);

    assertThat(act.byHand()).isEqualTo("heroku rollback v2 --app ace");
    own.act(act);
    assertThat(own.heroku.asked().stream().filter(CHANGES).toList().getFirst().json().toString())
        .isEqualTo("{\"release\":\"" + own.v2 + "\"}");
  }

  // ---- has it happened?

  @Test
  void the_release_phase_is_watched() throws Exception {
    own.heroku.takes(3);
    Act act = own.change(own.v4, own.v2);

    assertThat(own.act(act)).isEqualTo(new Outcome.Done("release v6"));
    assertThat(own.platform().look(act))
        .isEqualTo(new Sight.UnderWay("v6 (pending) is in its release phase; v4 runs"));
    Until.holds("back", () -> own.platform().look(act) instanceof Sight.Holds);
    assertThat(own.platform().look(act).seen()).isEqualTo("v6 runs, a copy of v2, dynos: up");
  }

  @Test
  void a_release_phase_that_fails_leaves_the_old_release_and_says_so() throws Exception {
    own.heroku.ends("failed");
    Act act = own.change(own.v4, own.v2);
    own.act(act);

    Until.holds("it is seen", () -> own.platform().look(act) instanceof Sight.Failed);
    assertThat(own.platform().look(act).seen())
        .contains("v6 (failed)", "heroku releases:output v6", "v4 runs");
  }

  @Test
  void dynos_that_crash_are_a_failure_and_those_that_start_are_waited_for() throws Exception {
    own.heroku.dynos("starting");
    Act act = own.change(own.v4, own.v2);
    own.act(act);
    Until.holds("current", () -> own.platform().look(act).seen().contains("dynos: starting"));
    assertThat(own.platform().look(act)).isInstanceOf(Sight.UnderWay.class);

    own.heroku.dynos("crashed");
    assertThat(own.platform().look(act)).isInstanceOf(Sight.Failed.class);

    own.heroku.dynos("up");
    assertThat(own.platform().look(act)).isInstanceOf(Sight.Holds.class);
  }

  @Test
  void what_was_asked_for_is_not_asked_for_again() throws Exception {
    own.heroku.takes(5);
    Act act = own.change(own.v4, own.v2);
    own.act(act);

    assertThat(reason(own.act(act))).isEqualTo("done: asked for already: v6 (pending)");
    Until.holds("back", () -> own.platform().look(act) instanceof Sight.Holds);
    assertThat(reason(own.act(act))).isEqualTo("done: v2 runs already");
    assertThat(own.heroku.releases()).isEqualTo(6);
  }

  // ---- what only Heroku does

  @Test
  void a_token_without_the_right_or_with_a_second_factor_is_refused() throws Exception {
    Act act = own.change(own.v4, own.v2);
    own.heroku.trap(
        1, CHANGES, new Trap.Says(403, "{\"id\":\"two_factor\",\"message\":\"second factor\"}"));
    assertThat(reason(own.act(act))).startsWith("refused: ").contains("authorizations:create");

    own.heroku.forbidChanges();
    assertThat(reason(own.act(act))).startsWith("refused: ").contains("403", "may not do this");
    assertThat(own.heroku.releases()).isEqualTo(5);
  }

  @Test
  void a_release_that_became_ineligible_is_refused() throws Exception {
    Act act = own.change(own.v4, own.v2);
    own.heroku.forbid(own.v2);

    assertThat(reason(own.act(act))).startsWith("refused: ").contains("v2", "not eligible");
  }

  @Test
  void the_evidence_names_config_vars_without_their_values() {
    var exhibits = ((Capturable) own.platform()).capture(Release.of("backend", own.v4));

    assertThat(exhibits)
        .extracting(Capturable.Exhibit::name)
        .containsExactly("backend-" + own.v4 + ".txt", "backend-" + own.v4 + ".log");
    assertThat(exhibits.getFirst().text()).contains("v4 (succeeded)", "STRIPE_KEY=•••");
  }

  @Test
  void its_log_is_kept_without_the_values_of_its_config_vars() {
    own.heroku.set("STRIPE_KEY", "sk_hunter3");
    String before = own.heroku.snapshot();

    var log =
        ((Capturable) own.platform())
            .capture(Release.of("backend", own.heroku.current().orElseThrow()))
            .getLast();

    assertThat(log.text())
        .contains("app[web.1]: starting with", "STRIPE_KEY=•••", "State changed")
        .doesNotContain("hunter3", "/sessions/");
    assertThat(own.heroku.snapshot()).isEqualTo(before);
    assertThat(own.heroku.asked())
        .filteredOn(a -> a.path().startsWith("/sessions/"))
        .hasSize(1)
        .allSatisfy(a -> assertThat(a.header().apply("Authorization")).isEmpty());
  }

  @Test
  void a_log_that_cannot_be_had_says_so_and_how_to_get_it() {
    own.heroku.trap(1, a -> a.path().endsWith("/log-sessions"), new Trap.Says(403, "{}"));
    var kept = ((Capturable) own.platform()).capture(Release.of("backend", own.v4));
    assertThat(kept.getLast().text()).contains("answer 403", "by hand: heroku logs --num 1500");

    own.heroku.trap(
        1,
        a -> a.path().endsWith("/log-sessions"),
        new Trap.Says(201, "{\"logplex_url\":\"http://logs.example/secret-1\"}"));
    kept = ((Capturable) own.platform()).capture(Release.of("backend", own.v4));
    assertThat(kept.getLast().text())
        .contains("cannot be read safely", "by hand")
        .doesNotContain("secret-1");
  }
}
