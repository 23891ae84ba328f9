package dev.lastgood.plan;

import dev.lastgood.condition.Durations;
import dev.lastgood.model.Release;
import dev.lastgood.model.Text;
import dev.lastgood.plan.PlanRequest.Route;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Leg;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Proof;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Makes a plan of a request: phases in their order, components in the order of their needs,
/// independent ones side by side. The same request always gives the same plan.
public final class Planner {
  private static final Duration TELL = Duration.ofSeconds(10);
  private static final Duration CAPTURE = Duration.ofSeconds(30);
  private static final Duration NOTE = Duration.ofSeconds(5);
  private static final Duration LOOK = Duration.ofMillis(200);

  private final PlanRequest request;
  private final List<Route> routes;
  private final Closings closings;

  private Planner(PlanRequest request) {
    this.request = request;
    this.routes =
        request.routes().stream()
            .sorted(Comparator.comparing(r -> r.change().component()))
            .toList();
    this.closings = new Closings(request.closings());
  }

  public static Plan plan(PlanRequest request) {
    return new Planner(request).make();
  }

  private Plan make() {
    List<Step> steps = new ArrayList<>();
    boolean rollback = request.purpose().equals("rollback");
    steps.addAll(prepare());
    steps.addAll(announce());
    if (rollback) {
      steps.addAll(freeze());
    }
    steps.addAll(closings.close());
    steps.addAll(move(routes, Route::methods));
    steps.addAll(closings.reopen(false, moved()));
    steps.addAll(verify(Change::to, rollback ? left() : List.of()));
    steps.addAll(watch());
    steps.addAll(close());
    List<Step> undo = new ArrayList<>();
    if (rollback) {
      undo.addAll(closings.close());
      undo.addAll(move(routes, Route::wayBack));
      undo.addAll(closings.reopen(false, moved()));
      undo.addAll(verify(Change::from, List.of()));
    }
    return new Plan(
        Plan.SCHEMA,
        request.scope().system(),
        request.scope().environment(),
        request.purpose(),
        request.reason(),
        routes.stream().map(Route::change).toList(),
        request.target(),
        steps,
        forecast(steps),
        warnings(),
        undo);
  }

  private List<Step> prepare() {
    return routes.stream()
        .filter(Route::capturable)
        .map(r ->
            step(
                "prepare/" + r.change().component() + "/capture",
                Phase.PREPARE,
                new Work.Capture(r.change().from()),
                List.of(),
                "keep logs and configuration of " + r.change().from().label(),
                "",
                LOOK,
                CAPTURE,
                false))
        .toList();
  }

  private List<Step> announce() {
    String message =
        (request.purpose().equals("undo") ? "Undoing a rollback of " : "Rolling back ")
            + request.scope()
            + ": "
            + changesInWords()
            + ". Reason: "
            + request.reason()
            + ". Do not deploy until this is over.";
    return tell(Phase.ANNOUNCE, "announce", message);
  }

  private List<Step> close() {
    return tell(
        Phase.CLOSE,
        "close",
        "Done and proven: " + request.scope() + ": " + changesInWords() + ".");
  }

  private List<Step> tell(Phase phase, String id, String message) {
    return request.audiences().stream()
        .map(audience ->
            step(
                id + "/" + audience,
                phase,
                new Work.Tell(audience, message),
                List.of(),
                "tell " + audience,
                "",
                LOOK,
                TELL,
                false))
        .toList();
  }

  /// Where nothing is live the change begins at what was live last, which may be where it goes.
  private List<Release> left() {
    return routes.stream()
        .map(Route::change)
        .filter(c -> !c.from().is(c.to()))
        .map(Change::from)
        .toList();
  }

  private List<Step> freeze() {
    List<Release> left = left();
    if (left.isEmpty()) {
      return List.of();
    }
    return List.of(
        step(
            "freeze/hold",
            Phase.FREEZE,
            new Work.Hold(left, request.reason(), request.aftercare().hold()),
            List.of(),
            "hold "
                + left.stream().map(Release::label).collect(Collectors.joining(", "))
                + " for "
                + Durations.shown(request.aftercare().hold())
                + ": never a target, not to be deployed again",
            "",
            Duration.ofMillis(20),
            NOTE,
            true));
  }

  private List<String> moved() {
    return routes.stream().map(r -> "way:" + r.change().component()).toList();
  }

  private List<Step> move(List<Route> all, Function<Route, List<Method>> ways) {
    Set<String> moving = all.stream().map(r -> r.change().component()).collect(Collectors.toSet());
    List<Step> steps = new ArrayList<>();
    for (Route route : inOrder(all)) {
      List<String> first =
          route.needs().stream().filter(moving::contains).sorted().map(c -> "way:" + c).toList();
      List<Method> methods = ways.apply(route);
      for (int rank = 0; rank < methods.size(); rank++) {
        steps.addAll(method(route, methods.get(rank), rank, methods.size() > 1, first));
      }
      if (!methods.isEmpty()) {
        steps.addAll(purges(route.change().component()));
      }
    }
    return steps;
  }

  private List<Step> purges(String component) {
    List<Step> steps = new ArrayList<>();
    for (Act act : request.purges()) {
      if (act.component().equals(component)) {
        steps.add(
            step(
                "roll-back/" + component + "/purge" + (steps.isEmpty() ? "" : steps.size() + 1),
                Phase.ROLL_BACK,
                new Work.Purge(act),
                List.of("way:" + component),
                act.says(),
                act.byHand(),
                act.expected(),
                act.deadline(),
                true));
      }
    }
    return steps;
  }

  private List<Step> method(
      Route route, Method method, int rank, boolean named, List<String> first) {
    String component = route.change().component();
    String prefix = "roll-back/" + component + "/" + (named ? method.name() + "/" : "");
    Optional<Way> way = Optional.of(new Way(component, method.name(), rank));
    List<Step> steps = new ArrayList<>();
    List<String> needs = first;
    int n = 1;
    for (Leg leg : method.legs()) {
      Step step =
          switch (leg) {
            case Act act ->
                new Step(
                    prefix + n + "-" + act.verb(),
                    Phase.ROLL_BACK,
                    new Work.Perform(act),
                    way,
                    needs,
                    act.says(),
                    act.byHand(),
                    request.history().median(component, act.verb()).orElse(act.expected()),
                    act.deadline(),
                    true);
            case Proof proof ->
                new Step(
                    prefix + n + "-prove",
                    Phase.ROLL_BACK,
                    new Work.Prove(
                        component,
                        route.checks(),
                        proof.address(),
                        Optional.of(proof.version()),
                        1),
                    way,
                    needs,
                    proof.says(),
                    "",
                    request.history().median(component, "prove").orElse(LOOK),
                    proof.deadline(),
                    true);
          };
      // A proof without a check to make it with would prove nothing; the warning says so once.
      if (!(leg instanceof Proof) || !route.checks().isEmpty()) {
        steps.add(step);
        needs = List.of(step.id());
        n++;
      }
    }
    return steps;
  }

  private List<Step> verify(Function<Change, Release> goal, List<Release> left) {
    List<Step> steps = new ArrayList<>();
    for (Route route : routes) {
      if (!route.checks().isEmpty()) {
        Release to = goal.apply(route.change());
        steps.add(
            proof(route.change().component(), route.checks(), Optional.of(to.expectedVersion())));
      }
    }
    if (!request.systemChecks().isEmpty()) {
      steps.add(proof("", request.systemChecks(), Optional.empty()));
    }
    List<Release> live = routes.stream().map(r -> goal.apply(r.change())).toList();
    List<String> proofs = steps.stream().map(Step::id).toList();
    List<Step> reopening = closings.reopen(true, List.of());
    steps.addAll(reopening);
    // What is live is looked at when it is entered: never while it is closed.
    boolean late = !reopening.isEmpty();
    steps.add(
        step(
            late ? "reopen/enter" : "verify/enter",
            late ? Phase.REOPEN : Phase.VERIFY,
            new Work.Enter(live, left, left.isEmpty() ? "" : request.reason()),
            late ? reopening.stream().map(Step::id).toList() : proofs,
            "enter in the ledger what is live now",
            live.stream()
                .map(r ->
                    "lastgood record "
                        + Text.shellWord(r.component())
                        + " "
                        + Text.shellWord(r.id()))
                .collect(Collectors.joining("\n")),
            Duration.ofMillis(20),
            NOTE,
            true));
    return steps;
  }

  private Step proof(String component, List<String> checks, Optional<String> version) {
    int passes = request.aftercare().passes();
    return step(
        "verify/" + (component.isEmpty() ? "system" : component),
        Phase.VERIFY,
        new Work.Prove(component, checks, Optional.empty(), version, passes),
        List.of(),
        "prove "
            + (component.isEmpty() ? "the system" : component)
            + version.map(v -> " is " + v + " and").orElse("")
            + " healthy, "
            + passes
            + (passes == 1 ? " time" : " times")
            + " in a row ("
            + String.join(", ", checks)
            + ")",
        "",
        request.history().median(component, "verify").orElse(LOOK.multipliedBy(passes)),
        request.aftercare().patience(),
        true);
  }

  private List<Step> watch() {
    Duration lasting = request.aftercare().watch();
    if (lasting.isZero() || request.watchChecks().isEmpty()) {
      return List.of();
    }
    Duration every = request.aftercare().every();
    return List.of(
        step(
            "watch/checks",
            Phase.WATCH,
            new Work.Watch(request.watchChecks(), lasting, every),
            List.of(),
            "watch for "
                + Durations.shown(lasting)
                + ", every "
                + Durations.shown(every)
                + " ("
                + String.join(", ", request.watchChecks())
                + ")",
            "",
            lasting,
            lasting.plus(every.multipliedBy(4)),
            true));
  }

  private Forecast forecast(List<Step> steps) {
    Duration expected = Duration.ZERO;
    for (Phase phase : Phase.values()) {
      if (phase != Phase.WATCH) {
        expected = expected.plus(longestChain(steps, phase));
      }
    }
    Duration downtime = Duration.ZERO;
    List<String> costs = new ArrayList<>();
    boolean measured = false;
    costs.addAll(closings.costs());
    for (Route route : routes) {
      Method best = route.methods().getFirst();
      for (Leg leg : best.legs()) {
        if (leg instanceof Act act) {
          downtime = downtime.plus(act.downtime());
          measured |= request.history().median(route.change().component(), act.verb()).isPresent();
        }
      }
      best.costs().forEach(c -> costs.add(route.change().component() + ": " + c));
    }
    return new Forecast(
        expected,
        closings.none() ? downtime : later(downtime, longestChain(steps, Phase.ROLL_BACK)),
        request.within(),
        losses(),
        costs,
        measured
            ? "the median of this system's own runs, the platforms' defaults where it has none"
            : "the platforms' defaults; this system has no runs yet");
  }

  /// Of every way, since a yes to the plan is a yes to its alternatives, too.
  private List<String> losses() {
    List<String> losses = new ArrayList<>(request.losses());
    for (Route route : routes) {
      for (Method method : route.methods()) {
        method.losses().forEach(l -> losses.add(route.change().component() + ": " + l));
      }
    }
    return losses.stream().distinct().toList();
  }

  /// The longest chain of needs within a phase, first ways only. Steps come after what they need.
  private static Duration longestChain(List<Step> steps, Phase phase) {
    Map<String, Duration> ends = new HashMap<>();
    Duration longest = Duration.ZERO;
    for (Step step : steps) {
      if (step.phase() == phase && step.way().map(w -> w.rank() == 0).orElse(true)) {
        Duration start = Duration.ZERO;
        for (String need : step.needs()) {
          start = later(start, ends.getOrDefault(need, Duration.ZERO));
        }
        Duration end = start.plus(step.expected());
        ends.put(step.id(), end);
        step.way().ifPresent(w -> ends.merge("way:" + w.component(), end, Planner::later));
        longest = later(longest, end);
      }
    }
    return longest;
  }

  private static Duration later(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  private List<String> warnings() {
    List<String> warnings = new ArrayList<>(request.warnings());
    for (Route route : routes) {
      if (route.checks().isEmpty()) {
        warnings.add(
            route.change().component()
                + " has no check: its platform's own word is the only proof. Add one under `checks`");
      }
      if (route.wayBack().isEmpty()) {
        warnings.add(route.change().component() + " cannot be undone from here");
      }
    }
    return warnings;
  }

  /// Those that are needed first; the names decide where needs leave it open.
  private static List<Route> inOrder(List<Route> all) {
    List<Route> left = new ArrayList<>(all);
    List<Route> ordered = new ArrayList<>();
    Set<String> waiting = all.stream().map(r -> r.change().component()).collect(Collectors.toSet());
    while (!left.isEmpty()) {
      Route next =
          left.stream()
              .filter(r -> r.needs().stream().noneMatch(waiting::contains))
              .findFirst()
              .orElseThrow(
                  () -> new IllegalArgumentException("the components need each other in a circle"));
      left.remove(next);
      waiting.remove(next.change().component());
      ordered.add(next);
    }
    return ordered;
  }

  private String changesInWords() {
    return routes.stream()
        .map(r ->
            r.change().component() + " " + r.change().from().id() + " → " + r.change().to().id())
        .collect(Collectors.joining(", "));
  }

  private static Step step(
      String id,
      Phase phase,
      Work work,
      List<String> needs,
      String says,
      String byHand,
      Duration expected,
      Duration deadline,
      boolean required) {
    return new Step(
        id, phase, work, Optional.empty(), needs, says, byHand, expected, deadline, required);
  }
}
