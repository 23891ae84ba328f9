package dev.lastgood.provider.vercel;

import static dev.lastgood.provider.http.Trouble.CHANGES;
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
import dev.lastgood.provider.http.MaintainingFaults;
import dev.lastgood.provider.local.Until;
import dev.lastgood.rehearsal.PlayedApi;
import dev.lastgood.rehearsal.PlayedVercel;
import dev.lastgood.rehearsal.Trap;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Against the played Vercel, which Vercel's own tool takes for the real one.
@DisplayNameGeneration(ReplaceUnderscores.class)
class VercelPlatformTest implements DeployFaults, MaintainingFaults {
  private static final String TOKEN = "hunter2";
  private final Shop shop = open();

  private static Shop open() {
    try {
      return new Shop();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @AfterEach
  void close() {
    shop.close();
  }

  @Override
  public Shop world() throws IOException {
    return new Shop();
  }

  /// Three deployments were served; the newest is live.
  static final class Shop implements DeployFaults.DeployWorld {
    final PlayedVercel vercel =
        new PlayedVercel(
            TOKEN,
            "ace",
            "shop",
            List.of("shop.example.com", "www.example.com"),
            InstantSource.fixed(Instant.EPOCH));

    Shop() throws IOException {
      vercel.served("dpl_1", "c1");
      vercel.served("dpl_2", "c2");
      vercel.served("dpl_3", "c3");
    }

    @Override
    public PlayedApi api() {
      return vercel;
    }

    @Override
    public String token() {
      return TOKEN;
    }

    @Override
    public String tokenName() {
      return "${env:VERCEL_TOKEN}";
    }

    @Override
    public Platform platform(String token, Duration patience) {
      return platform(token, "shop", "ace", Optional.empty(), patience);
    }

    @Override
    public Platform elsewhere() {
      return platform(TOKEN, "shopp", "ace", Optional.empty(), PATIENCE);
    }

    @Override
    public List<String> elsewhereSays() {
      return List.of("404", "Project not found");
    }

    @Override
    public Trap gone() {
      return new Trap.Says(410, "{\"error\":{\"message\":\"Deployment was deleted\"}}");
    }

    @Override
    public Act change() throws PlatformUnreachable {
      return move("rollback");
    }

    @Override
    public String somebodyDeploys() {
      vercel.promotes("dpl_1", 50);
      return "promote to dpl_1";
    }

    @Override
    public String somebodyDeployed() {
      vercel.served("dpl_9", "c9");
      return "dpl_9";
    }

    private Platform platform(
        String token, String project, String team, Optional<String> domain, Duration patience) {
      return new VercelKind()
          .open(
              "frontend",
              new VercelSettings(
                  project,
                  Optional.of(team),
                  new Secret("${env:VERCEL_TOKEN}", () -> token),
                  domain,
                  Optional.empty(),
                  Optional.empty(),
                  Optional.of(vercel.url().toString()),
                  Optional.of(patience),
                  Optional.of(Duration.ofMinutes(2))),
              new Surroundings(Path.of("."), Path.of("."), InstantSource.fixed(Instant.EPOCH)));
    }

    Method way(String from, String to, String name) throws PlatformUnreachable {
      return platform().methods(Release.of("frontend", from), Release.of("frontend", to)).stream()
          .filter(m -> m.name().equals(name))
          .findFirst()
          .orElseThrow();
    }

    Act move(String way) throws PlatformUnreachable {
      return (Act) way("dpl_3", "dpl_2", way).legs().getFirst();
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
      return "dpl_3";
    }

    @Override
    public String older() {
      return "dpl_2";
    }

    @Override
    public String snapshot() {
      return vercel.snapshot();
    }

    @Override
    public void remove(String id) {
      vercel.delete(id);
    }

    @Override
    public List<String> secrets() {
      return List.of(TOKEN);
    }

    @Override
    public void close() {
      vercel.close();
    }
  }

  // ---- which releases there are

  @Test
  void what_never_served_production_is_no_target_and_the_reason_is_said() throws Exception {
    shop.vercel.staged("dpl_4", "c4");
    shop.vercel.broken("dpl_5", "c5");

    Inventory inventory = shop.platform().inventory();

    assertThat(inventory.live().map(Release::id)).contains("dpl_3");
    assertThat(inventory.releases())
        .extracting(Release::id)
        .containsExactly("dpl_3", "dpl_2", "dpl_1");
    assertThat(inventory.excluded())
        .containsExactly(
            new Inventory.Excluded("dpl_5", "its build is ERROR"),
            new Inventory.Excluded(
                "dpl_4", "staged: it never served production, so nobody knows whether it is good"));
  }

  @Test
  void the_commit_is_the_version_it_must_report() throws Exception {
    Release live = shop.platform().inventory().live().orElseThrow();

    assertThat(live.expectedVersion()).isEqualTo("c3");
    assertThat(live.origin().commit()).contains("c3");
  }

  @Test
  void a_live_deployment_beyond_the_list_is_found_and_its_pages_are_read() throws Exception {
    for (int i = 0; i < 70; i++) {
      shop.vercel.staged("dpl_s" + i, "s" + i);
    }

    Inventory inventory = shop.platform().inventory();

    assertThat(inventory.live().map(Release::id)).contains("dpl_3");
    assertThat(inventory.excluded()).hasSizeGreaterThanOrEqualTo(60);
  }

  // ---- the ways

  @Test
  void a_rollback_stops_later_pushes_and_a_promotion_does_not() throws Exception {
    shop.walk(shop.way("dpl_3", "dpl_2", "rollback"));
    assertThat(shop.vercel.autoAssign()).isFalse();

    shop.walk(shop.way("dpl_2", "dpl_1", "promote"));
    assertThat(shop.vercel.autoAssign()).isTrue();
  }

  @Test
  void taking_back_restores_whether_pushes_go_live() throws Exception {
    for (boolean usual : new boolean[] {true, false}) {
      try (var own = new Shop()) {
        own.vercel.autoAssign(usual);
        Method there = own.way("dpl_3", "dpl_2", "rollback");
        Method back = own.way("dpl_2", "dpl_3", "take-back");

        own.walk(there);
        own.walk(back);

        assertThat(own.vercel.production()).contains("dpl_3");
        assertThat(own.vercel.autoAssign()).as("as before: " + usual).isEqualTo(usual);
      }
    }
  }

  @Test
  void taking_back_that_is_planned_after_the_rollback_lets_pushes_go_live_again() throws Exception {
    shop.walk(shop.way("dpl_3", "dpl_2", "rollback"));

    shop.walk(shop.way("dpl_2", "dpl_3", "take-back"));

    assertThat(shop.vercel.autoAssign()).isTrue();
  }

  @Test
  void on_the_hobby_plan_what_lies_further_back_is_only_promoted() throws Exception {
    shop.vercel.hobby();

    var ways =
        shop.platform().methods(Release.of("frontend", "dpl_3"), Release.of("frontend", "dpl_1"));

    assertThat(ways).extracting(Method::name).containsExactly("promote");
    assertThat(ways.getFirst().costs().getFirst()).contains("Hobby");
  }

  @Test
  void a_rollback_further_than_the_plan_allows_is_refused_with_the_way_out() throws Exception {
    Act act = (Act) shop.way("dpl_3", "dpl_1", "rollback").legs().getFirst();
    shop.vercel.hobby();

    assertThat(shop.act(act))
        .asInstanceOf(type(Outcome.Refused.class))
        .extracting(Outcome.Refused::reason)
        .asString()
        .contains("402", "Hobby", "the method promote");
    assertThat(shop.vercel.production()).contains("dpl_3");
  }

  @Test
  void a_person_could_type_it() throws Exception {
    assertThat(shop.move("rollback").byHand()).isEqualTo("vercel rollback dpl_2 --scope ace --yes");
  }

  // ---- has it happened?

  @Test
  void accepted_is_not_done() throws Exception {
    shop.vercel.takes(3);
    Act act = shop.move("rollback");

    assertThat(shop.act(act)).isEqualTo(new Outcome.Done("accepted (201)"));

    assertThat(shop.platform().look(act))
        .isEqualTo(new Sight.UnderWay("production serves dpl_3, rollback to dpl_2 (pending)"));
    Until.holds("rolled back", () -> shop.platform().look(act) instanceof Sight.Holds);
  }

  @Test
  void a_move_that_failed_names_the_domains_that_stayed() throws Exception {
    shop.vercel.fails("www.example.com");
    Act act = shop.move("rollback");
    shop.act(act);

    Until.holds("it is over", () -> shop.platform().look(act) instanceof Sight.Failed);
    assertThat(shop.platform().look(act).seen())
        .contains("rollback to dpl_2 (failed)", "not moved: www.example.com");
  }

  @Test
  void a_move_that_was_skipped_is_no_success() throws Exception {
    shop.vercel.ends("skipped");
    Act act = shop.move("rollback");
    shop.act(act);

    Until.holds("it is over", () -> shop.platform().look(act) instanceof Sight.Failed);
  }

  @Test
  void what_failed_long_before_the_plan_says_nothing() throws Exception {
    shop.vercel.ends("failed");
    Act before = shop.move("rollback");
    shop.act(before);
    Until.holds("it is over", () -> shop.platform().look(before) instanceof Sight.Failed);
    shop.vercel.ends("succeeded");

    Act planned = shop.move("rollback");

    assertThat(shop.platform().look(planned))
        .isEqualTo(new Sight.NotYet("production serves dpl_3"));
  }

  @Test
  void what_failed_is_tried_again_when_somebody_asks_for_it() throws Exception {
    shop.vercel.ends("failed");
    Act act = shop.move("rollback");
    shop.act(act);
    Until.holds("it is over", () -> shop.platform().look(act) instanceof Sight.Failed);
    shop.vercel.ends("succeeded");

    assertThat(shop.act(act)).isInstanceOf(Outcome.Done.class);

    Until.holds("rolled back", () -> shop.platform().look(act) instanceof Sight.Holds);
  }

  @Test
  void the_domain_people_use_is_asked_too() throws Exception {
    Platform platform =
        shop.platform(TOKEN, "shop", "ace", Optional.of("shop.example.com"), Shop.PATIENCE);
    Act act = shop.move("rollback");
    shop.act(act);

    Until.holds("rolled back", () -> platform.look(act) instanceof Sight.Holds);
    assertThat(platform.look(act).seen())
        .isEqualTo("production serves dpl_2, shop.example.com serves dpl_2");
    shop.vercel.trap(
        1,
        a -> a.path().endsWith("/shop.example.com"),
        new Trap.Says(200, "{\"id\":\"dpl_3\",\"readyState\":\"READY\"}"));
    assertThat(platform.look(act))
        .isEqualTo(new Sight.UnderWay("production serves dpl_2, shop.example.com serves dpl_3"));
  }

  // ---- what only Vercel does

  @Test
  void a_team_that_is_not_there_is_said() {
    Platform other = shop.platform(TOKEN, "shop", "acme", Optional.empty(), Shop.PATIENCE);

    assertThatThrownBy(other::inventory).hasMessageContaining("403");
  }

  @Test
  void a_deployment_of_another_project_is_refused() throws Exception {
    Act act = shop.move("rollback");
    shop.vercel.trap(
        1,
        a -> a.path().endsWith("/deployments/dpl_2"),
        new Trap.Says(200, "{\"id\":\"dpl_2\",\"readyState\":\"READY\",\"projectId\":\"prj_x\"}"));

    assertThat(shop.act(act))
        .isEqualTo(new Outcome.Refused("frontend: dpl_2 belongs to another project than shop"));
    assertThat(shop.vercel.changes()).isZero();
  }

  @Test
  void already_live_in_the_words_of_vercel_is_done_too() throws Exception {
    for (String way : List.of("rollback", "promote")) {
      try (var own = new Shop()) {
        Act act = own.move(way);
        own.vercel.takes(3);
        // somebody is faster, between our look and our request
        own.vercel.trap(1, CHANGES, new Trap.DoesTwice());

        assertThat(own.act(act)).isInstanceOf(Outcome.Done.class);
        Until.holds("live", () -> own.platform().look(act) instanceof Sight.Holds);
      }
    }
  }

  // ---- evidence and settings

  @Test
  void the_failed_build_is_shown() {
    var exhibits = ((Capturable) shop.platform()).capture(Release.of("frontend", "dpl_3"));

    assertThat(exhibits)
        .extracting(Capturable.Exhibit::name)
        .containsExactly(
            "frontend-dpl_3.txt", "frontend-dpl_3-build.log", "frontend-dpl_3-runtime.log");
    assertThat(exhibits.get(0).text()).contains("commit: c3");
    assertThat(exhibits.get(1).text()).contains("Build completed");
    assertThat(exhibits.get(2).text())
        .contains("error GET /checkout 500 TypeError: total is undefined, commit c3")
        .as("the line that was not whole")
        .doesNotContain("level");
  }

  @Test
  void a_runtime_log_that_does_not_end_is_listened_to_for_a_moment() throws Exception {
    shop.vercel.talks(Duration.ofMinutes(10));

    var kept = ((Capturable) shop.platform()).capture(Release.of("frontend", "dpl_3"));

    assertThat(kept.getLast().text()).contains("TypeError: total is undefined");
  }

  @Test
  void a_runtime_log_that_cannot_be_had_says_so() throws Exception {
    shop.vercel.trap(1, a -> a.path().endsWith("/runtime-logs"), new Trap.Says(403, "{}"));

    var kept = ((Capturable) shop.platform()).capture(Release.of("frontend", "dpl_3"));

    assertThat(kept.getLast().text()).contains("runtime-logs: answer 403");
  }

  @Test
  void a_token_never_travels_readable() {
    assertThatThrownBy(() ->
            dev.lastgood.provider.http.Site.base(
                Optional.of("http://vercel.example"), "https://api.vercel.com"))
        .isInstanceOf(BadSettings.class)
        .hasMessageContaining("https");
  }

  private static <T>
      org.assertj.core.api.InstanceOfAssertFactory<T, org.assertj.core.api.ObjectAssert<T>> type(
          Class<T> type) {
    return org.assertj.core.api.InstanceOfAssertFactories.type(type);
  }
}
