package dev.lastgood.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import dev.lastgood.model.Scope;
import dev.lastgood.plan.PlanRequest.Aftercare;
import dev.lastgood.plan.PlanRequest.History;
import dev.lastgood.plan.PlanRequest.Route;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Leg;
import dev.lastgood.provider.Maintaining;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Proof;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PlannerTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Aftercare NO_WATCH =
      new Aftercare(
          Duration.ofHours(24), Duration.ZERO, Duration.ofMinutes(15), 2, Duration.ofSeconds(60));

  private static final List<Act> PURGES =
      List.of(
          new Act(
              "cached",
              "purge",
              new TreeMap<>(),
              "throw it away",
              "by hand",
              SECOND,
              Duration.ofMinutes(1),
              Duration.ZERO));

  @Test
  void phases_come_in_their_order_and_empty_ones_are_not_there() {
    Plan plan = Planner.plan(request(route("backend", List.of(), List.of("health"))));

    assertThat(plan.steps().stream().map(Step::phase).distinct())
        .containsExactly(Phase.PREPARE, Phase.FREEZE, Phase.ROLL_BACK, Phase.VERIFY);
  }

  @Test
  void a_component_starts_when_what_it_needs_is_back_and_others_go_side_by_side() {
    Plan plan =
        Planner.plan(
            request(
                route("frontend", List.of("backend"), List.of("page")),
                route("backend", List.of(), List.of("health")),
                route("worker", List.of(), List.of("queue"))));

    assertThat(plan.step("roll-back/frontend/1-switch").needs()).containsExactly("way:backend");
    assertThat(plan.step("roll-back/backend/1-switch").needs()).isEmpty();
    assertThat(plan.step("roll-back/worker/1-switch").needs()).isEmpty();
  }

  @Test
  void a_need_that_is_not_in_the_plan_holds_nobody_up() {
    Plan plan = Planner.plan(request(route("frontend", List.of("backend"), List.of("page"))));

    assertThat(plan.step("roll-back/frontend/1-switch").needs()).isEmpty();
  }

  @Test
  void the_expected_time_is_that_of_the_longest_chain_not_the_sum() {
    Plan alone = Planner.plan(request(route("a", List.of(), List.of())));
    Plan sideBySide =
        Planner.plan(request(route("a", List.of(), List.of()), route("b", List.of(), List.of())));
    Plan inTurn =
        Planner.plan(
            request(route("a", List.of(), List.of()), route("b", List.of("a"), List.of())));

    assertThat(sideBySide.forecast().expected()).isEqualTo(alone.forecast().expected());
    assertThat(inTurn.forecast().expected())
        .isEqualTo(alone.forecast().expected().plus(SECOND.multipliedBy(2)));
  }

  @Test
  void the_same_request_gives_the_same_hash_in_whatever_order_it_names_the_components() {
    Route a = route("a", List.of(), List.of("x"));
    Route b = route("b", List.of("a"), List.of("y"));

    assertThat(PlanJson.hash(Planner.plan(request(a, b))))
        .isEqualTo(PlanJson.hash(Planner.plan(request(b, a))));
  }

  private static Closing closing(boolean untilProven) {
    var maintenance = Maintaining.Maintenance.of("door", false, "shop", "shut it", "open it");
    return new Closing("door", maintenance.begin(), maintenance.end(), untilProven);
  }

  @Test
  void users_are_kept_away_before_the_first_change_and_let_in_when_everything_has_moved() {
    Plan plan =
        Planner.plan(
            request(
                List.of(closing(false)),
                route("frontend", List.of("backend"), List.of("page")),
                route("backend", List.of(), List.of("health"))));

    Step shut = plan.step("freeze/door/1-begin-maintenance");
    Step open = plan.step("reopen/door/1-end-maintenance");
    assertThat(shut.phase()).isEqualTo(Phase.FREEZE);
    assertThat(shut.byHand()).isEqualTo("shut it");
    assertThat(open.phase()).isEqualTo(Phase.ROLL_BACK);
    assertThat(open.needs()).containsExactly("way:backend", "way:frontend");
    assertThat(open.work()).isInstanceOf(Work.Reopen.class);
    assertThat(plan.forecast().costs())
        .containsExactly("users are kept away from door until everything has moved");
    assertThat(plan.forecast().downtime()).isPositive();
    assertThat(plan.undo().stream().map(Step::id))
        .startsWith("freeze/door/1-begin-maintenance")
        .contains("reopen/door/1-end-maintenance");
    assertThat(PlanJson.read(PlanJson.write(plan))).isEqualTo(plan);
  }

  @Test
  void where_it_stays_closed_until_proven_the_ledger_is_written_when_it_is_open_again() {
    Plan plan =
        Planner.plan(
            request(List.of(closing(true)), route("backend", List.of(), List.of("health"))));

    assertThat(plan.step("reopen/door/1-end-maintenance").phase()).isEqualTo(Phase.REOPEN);
    assertThat(plan.step("reopen/enter").needs()).containsExactly("reopen/door/1-end-maintenance");
    assertThat(plan.steps().stream().map(Step::id)).doesNotContain("verify/enter");
  }

  @Test
  void
      what_a_cdn_keeps_is_thrown_away_once_its_component_has_moved_and_before_anything_is_proven() {
    Plan plan = Planner.plan(request(route("cached", List.of(), List.of("page"))));

    Step purge = plan.step("roll-back/cached/purge");
    assertThat(purge.phase()).isEqualTo(Phase.ROLL_BACK);
    assertThat(purge.needs()).containsExactly("way:cached");
    assertThat(plan.undo().stream().map(Step::id)).contains("roll-back/cached/purge");
    assertThat(PlanJson.read(PlanJson.write(plan))).isEqualTo(plan);
  }

  @Test
  void a_plan_survives_being_written_and_read() {
    Plan plan = Planner.plan(request(route("backend", List.of(), List.of("health"))));

    assertThat(PlanJson.read(PlanJson.write(plan))).isEqualTo(plan);
  }

  @Test
  void the_way_back_ends_where_the_run_began() {
    Plan plan = Planner.plan(request(route("backend", List.of(), List.of("health"))));

    assertThat(plan.undo().stream().map(Step::says))
        .contains(
            "switch backend to v2", "prove backend is v2 and healthy, 2 times in a row (health)");
  }

  @Test
  void a_proof_before_traffic_moves_names_the_version_and_the_address() {
    Plan plan = Planner.plan(request(route("backend", List.of(), List.of("health"))));

    assertThat(plan.step("roll-back/backend/2-prove").work())
        .isEqualTo(
            new Work.Prove(
                "backend",
                List.of("health"),
                Optional.of("http://127.0.0.1:8082"),
                Optional.of("1.0"),
                1));
  }

  @Test
  void a_component_without_a_check_is_warned_about() {
    Plan plan = Planner.plan(request(route("backend", List.of(), List.of())));

    assertThat(plan.warnings())
        .containsExactly(
            "backend has no check: its platform's own word is the only proof. Add one under `checks`");
  }

  @Test
  void a_forecast_over_the_clock_says_so() {
    Plan plan =
        Planner.plan(
            new PlanRequest(
                new Scope("shop", "production"),
                "rollback",
                "down",
                "known good",
                List.of(route("backend", List.of(), List.of())),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                NO_WATCH,
                Optional.of(Duration.ofMillis(1)),
                List.of(),
                List.of(),
                History.NONE));

    assertThat(plan.forecast().late()).isTrue();
  }

  @Test
  void a_circle_of_needs_is_an_error() {
    assertThatThrownBy(() ->
            Planner.plan(
                request(route("a", List.of("b"), List.of()), route("b", List.of("a"), List.of()))))
        .hasMessage("the components need each other in a circle");
  }

  @Test
  void what_any_of_the_ways_would_lose_is_said_before_a_yes() {
    Method gentle = method("cache", "v1", "1.0");
    Method harsh =
        new Method("flush", "flush", gentle.legs(), List.of(), List.of("1204 keys of database 0"));
    Route route = route("cache", List.of(), List.of());

    Plan plan =
        Planner.plan(
            request(
                new Route(
                    route.change(),
                    List.of(),
                    List.of(gentle, harsh),
                    List.of(),
                    List.of(),
                    true)));

    assertThat(plan.forecast().losses()).containsExactly("cache: 1204 keys of database 0");
  }

  @Test
  void what_it_goes_to_is_never_held_as_what_it_left() {
    Route moved = route("backend", List.of(), List.of());
    Route down = route("frontend", List.of(), List.of());
    var anew =
        new Route(
            new Change("frontend", down.change().to(), down.change().to()),
            List.of(),
            down.methods(),
            down.wayBack(),
            List.of(),
            true);

    assertThat(held(Planner.plan(request(moved, anew))))
        .containsExactly(new Work.Hold(List.of(moved.change().from()), "errors", NO_WATCH.hold()));
    assertThat(held(Planner.plan(request(anew)))).isEmpty();
  }

  @Test
  void only_the_way_there_marks_what_it_left_and_an_older_plan_reads_as_it_was_written() {
    Route moved = route("backend", List.of(), List.of());
    Plan plan = Planner.plan(request(moved));

    assertThat(entered(plan.steps()).left()).containsExactly(moved.change().from());
    assertThat(entered(plan.undo()).left()).isEmpty();
    String json = PlanJson.write(plan);
    assertThat(json.split("\"left\"", -1)).as("once").hasSize(2);
    assertThat(PlanJson.read(json)).isEqualTo(plan);
  }

  private static Work.Enter entered(List<Step> steps) {
    return steps.stream()
        .map(Step::work)
        .filter(Work.Enter.class::isInstance)
        .map(Work.Enter.class::cast)
        .findFirst()
        .orElseThrow();
  }

  private static List<Work> held(Plan plan) {
    return plan.steps().stream().filter(s -> s.phase() == Phase.FREEZE).map(Step::work).toList();
  }

  private static PlanRequest request(Route... routes) {
    return request(List.of(), routes);
  }

  private static PlanRequest request(List<Closing> closings, Route... routes) {
    return new PlanRequest(
        new Scope("shop", "production"),
        "rollback",
        "errors",
        "known good since noon",
        List.of(routes),
        closings,
        PURGES,
        List.of(),
        List.of(),
        List.of(),
        NO_WATCH,
        Optional.empty(),
        List.of(),
        List.of(),
        History.NONE);
  }

  private static Route route(String component, List<String> needs, List<String> checks) {
    Release bad = Release.of(component, "v2");
    Release good = new Release(component, "v1", Origin.ofVersion("1.0"), Optional.empty());
    return new Route(
        new Change(component, bad, good),
        needs,
        List.of(method(component, "v1", "1.0")),
        List.of(method(component, "v2", "2.0")),
        checks,
        true);
  }

  private static Method method(String component, String to, String version) {
    List<Leg> legs =
        List.of(
            new Act(
                component,
                "switch",
                new TreeMap<>(Map.of("to", to)),
                "switch " + component + " to " + to,
                "ln -sfn releases/" + to + " current",
                SECOND.multipliedBy(2),
                SECOND.multipliedBy(20),
                SECOND),
            new Proof(
                component,
                "prove it on its own port",
                Optional.of("http://127.0.0.1:8082"),
                version,
                SECOND.multipliedBy(30)));
    return new Method("switch", "switch", legs, List.of());
  }
}
