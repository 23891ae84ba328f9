package dev.lastgood.flow;

import dev.lastgood.config.ComponentConfig;
import dev.lastgood.config.SystemConfig;
import dev.lastgood.config.SystemConfig.Teller;
import dev.lastgood.decision.Verdict;
import dev.lastgood.evidence.Check;
import dev.lastgood.evidence.Check.Moment;
import dev.lastgood.ledger.Aim;
import dev.lastgood.ledger.Hold;
import dev.lastgood.ledger.Ledger;
import dev.lastgood.model.Constellation;
import dev.lastgood.model.Release;
import dev.lastgood.model.Text;
import dev.lastgood.plan.Change;
import dev.lastgood.plan.Closing;
import dev.lastgood.plan.Plan;
import dev.lastgood.plan.PlanJson;
import dev.lastgood.plan.PlanRequest;
import dev.lastgood.plan.PlanRequest.Aftercare;
import dev.lastgood.plan.PlanRequest.Route;
import dev.lastgood.plan.Planner;
import dev.lastgood.provider.Capturable;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Piecemeal.Piece;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Purge;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// From a wish to a proposal: finds the target, asks the platforms for ways, has the plan made.
final class Planning {
  private final Parts parts;
  private final Survey survey;
  private final Ledger ledger;

  Planning(Parts parts, Survey survey, Ledger ledger) {
    this.parts = parts;
    this.survey = survey;
    this.ledger = ledger;
  }

  Proposal propose(Wish wish) throws Refusal, InterruptedException {
    Set<String> wanted = wish.components();
    reachable(wanted);
    Aim aim = new Aiming(parts, survey, ledger).at(wish);
    Aim.Target target =
        switch (aim) {
          case Aim.Target t -> t;
          case Aim.NoTarget none -> throw nowhere(none);
          case Aim.Unheard unheard -> throw new Refusal(Refusal.Turn.INPUT, unheard.says());
        };
    List<Change> wholes = changes(target.constellation());
    if (wholes.isEmpty()) {
      throw new Refusal(
          Refusal.Turn.RULE,
          "nothing to do: what is wanted is live already ("
              + target.constellation().ids().entrySet().stream()
                  .map(e -> e.getKey() + " " + e.getValue())
                  .collect(Collectors.joining(", "))
              + ")");
    }
    Pieces pieces = Pieces.of(wholes, wish.tables(), parts.platforms());
    List<Change> changes = pieces.changes();
    List<String> warnings = new ArrayList<>(target.warnings());
    target.passedOver().forEach(w -> warnings.add("newer, but passed over: " + w.why()));
    for (Change change : wholes) {
      String component = change.component();
      survey
          .of(component)
          .ifPresent(i ->
              i.remarks(change.to()).stream()
                  .map(r -> r.startsWith(component) ? r : component + ": " + r)
                  .forEach(warnings::add));
    }
    warnings.addAll(survey.unseen());
    var schemas = new SchemaAdvice(parts.platforms()).about(changes, wish.answers());
    warnings.addAll(schemas.warnings());
    Optional<Duration> within =
        wish.decision().map(d -> d.verdict()).flatMap(v -> v.rto().or(v::within));
    Plan plan =
        plan(
            "rollback",
            wish.reason(),
            changes,
            pieces,
            schemas.steps(),
            target.why(),
            warnings,
            within);
    return proposal(plan, wish.trail(), special(plan, wish.decision().map(d -> d.verdict())));
  }

  /// The way back to where a run began.
  Proposal undo(Plan before, String run, String reason) throws Refusal, InterruptedException {
    Set<String> wanted =
        before.changes().stream().map(Change::component).collect(Collectors.toSet());
    reachable(wanted);
    Constellation goal = Constellation.EMPTY;
    for (Change change : before.changes()) {
      Release from = change.from();
      goal = goal.with(present(from));
    }
    List<Change> changes = changes(goal);
    if (changes.isEmpty()) {
      throw new Refusal(
          Refusal.Turn.RULE, "nothing to undo: where run " + run + " began is live already");
    }
    String why = reason.isBlank() ? "undo of run " + run : reason;
    Plan plan =
        plan(
            "undo",
            why,
            changes,
            Pieces.NONE,
            List.of(),
            "where run " + run + " began",
            undone(run, changes),
            Optional.empty());
    return proposal(plan, List.of("a person decided: " + why), special(plan, Optional.empty()));
  }

  /// An undo takes no word back: what the run marked and held stays so until a person says
  /// otherwise.
  private List<String> undone(String run, List<Change> changes) {
    List<String> warnings = new ArrayList<>();
    warnings.add("this goes back to what run " + run + " rolled back from");
    warnings.addAll(survey.unseen());
    Instant now = parts.clock().instant();
    for (Hold hold : parts.book().holds(parts.config().scope())) {
      for (Change change : changes) {
        if (hold.inForce(now) && hold.covers(change.component(), change.to().id())) {
          warnings.add(
              change.to().label()
                  + " stays held, and bad where it was marked so. If it is good after all:"
                  + " `lastgood release "
                  + hold.id()
                  + "` and `lastgood mark good "
                  + Text.shellWord(change.component())
                  + " "
                  + Text.shellWord(change.to().id())
                  + "`");
        }
      }
    }
    return warnings;
  }

  private Release present(Release wanted) throws Refusal {
    return survey
        .of(wanted.component())
        .flatMap(i -> i.find(wanted.id()))
        .orElseThrow(() ->
            new Refusal(
                Refusal.Turn.RULE,
                wanted.label() + " is not there any more, so it cannot be gone back to"));
  }

  private Proposal proposal(Plan plan, List<String> trail, List<String> special) throws Refusal {
    Secretless.refuse(parts.config(), plan, "Nothing was changed");
    return new Proposal(plan, PlanJson.hash(plan), trail, special);
  }

  private static List<String> special(Plan plan, Optional<Verdict> verdict) {
    Set<String> names = new TreeSet<>();
    verdict.ifPresent(v -> names.addAll(v.approvals()));
    if (!plan.forecast().losses().isEmpty()) {
      names.add("data-loss");
    }
    return List.copyOf(names);
  }

  private void reachable(Set<String> wanted) throws Refusal {
    for (String component : wanted) {
      String gone = survey.unreachable().get(component);
      if (gone != null) {
        throw new Refusal(
            Refusal.Turn.ENVIRONMENT,
            component + " cannot be looked at, so nothing was changed: " + gone);
      }
    }
  }

  private static Refusal nowhere(Aim.NoTarget none) {
    var text = new StringBuilder(none.says());
    none.reasons().stream()
        .map(Aim.WhyNot::why)
        .filter(why -> !none.says().endsWith(why))
        .forEach(why -> text.append("\n  ").append(why));
    none.whatNow().forEach(w -> text.append("\n  ").append(w));
    return new Refusal(Refusal.Turn.RULE, text.toString());
  }

  private List<Change> changes(Constellation goal) {
    List<Change> changes = new ArrayList<>();
    for (Release to : goal.releases().values()) {
      Optional<Inventory> inventory = survey.of(to.component());
      if (inventory.isPresent() && inventory.get().live().filter(to::is).isEmpty()) {
        changes.add(new Change(to.component(), from(to.component(), inventory.get()), to));
      }
    }
    return changes;
  }

  /// What is live; where nothing is, what the ledger last knew; else nothing, by that name.
  private Release from(String component, Inventory inventory) {
    return inventory
        .live()
        .or(() ->
            ledger.stretches().stream()
                .reduce((_, last) -> last)
                .flatMap(s -> s.live().on(component)))
        .orElse(Release.of(component, "nothing"));
  }

  private Plan plan(
      String purpose,
      String reason,
      List<Change> changes,
      Pieces pieces,
      List<SchemaAdvice.Step> steps,
      String why,
      List<String> warnings,
      Optional<Duration> within)
      throws Refusal {
    SystemConfig config = parts.config();
    List<Route> routes = new ArrayList<>();
    var moving =
        Stream.concat(changes.stream(), steps.stream().map(SchemaAdvice.Step::change))
            .map(Change::component)
            .collect(Collectors.toSet());
    var schemas = new SchemaAdvice(parts.platforms());
    for (Change change : changes) {
      routes.add(
          schemas.after(route(change, pieces.of(change)), moving, c -> component(c).needs()));
    }
    steps.forEach(
        s -> routes.add(s.route(checks(Moment.AFTER, Optional.of(s.change().component())))));
    Closed closed = Closed.during(changes, config.maintenance(), parts.platforms());
    List<String> all = new ArrayList<>(warnings);
    all.addAll(closed.warnings());
    closed.closings().stream()
        .map(Closing::component)
        .filter(c -> !moving.contains(c))
        .forEach(
            c -> survey.of(c).ifPresent(i -> i.notes().forEach(note -> all.add(c + ": " + note))));
    SystemConfig.After after = config.after();
    return Planner.plan(
        new PlanRequest(
            config.scope(),
            purpose,
            reason,
            why,
            routes,
            closed.closings(),
            parts.purges().stream().map(Purge::act).toList(),
            checks(Moment.AFTER, Optional.empty()),
            config.checks().stream()
                .filter(c -> c.when().contains(Moment.WATCH))
                .map(Check::name)
                .toList(),
            config.tell().stream().map(Teller::audience).distinct().toList(),
            new Aftercare(
                after.hold(), after.watch(), after.every(), after.passes(), after.patience()),
            within,
            List.of(),
            all,
            PastRuns.of(parts)));
  }

  private Route route(Change change, Optional<Piece> piece) throws Refusal {
    String component = change.component();
    Platform platform = platform(component);
    ComponentConfig<?> config = component(component);
    try {
      List<Method> methods =
          piece.isPresent()
              ? List.of(piece.get().method())
              : platform.methods(change.from(), change.to());
      if (methods.isEmpty()) {
        throw new Refusal(
            Refusal.Turn.RULE,
            component + " has no way from " + change.from().id() + " to " + change.to().id());
      }
      return new Route(
          change,
          config.needs(),
          methods,
          piece.isPresent()
              ? List.of(piece.get().wayBack())
              : platform.methods(change.to(), change.from()),
          checks(Moment.AFTER, Optional.of(component)),
          platform instanceof Capturable);
    } catch (PlatformUnreachable e) {
      throw new Refusal(
          Refusal.Turn.ENVIRONMENT,
          component + " cannot be planned, so nothing was changed: " + e.getMessage());
    }
  }

  private Platform platform(String component) {
    Map<String, Platform> platforms = new TreeMap<>(parts.platforms());
    Platform platform = platforms.get(component);
    if (platform == null) {
      throw new IllegalStateException(component + " was surveyed but is not configured");
    }
    return platform;
  }

  private ComponentConfig<?> component(String name) {
    ComponentConfig<?> config = parts.config().components().get(name);
    if (config == null) {
      throw new IllegalStateException(name + " was surveyed but is not configured");
    }
    return config;
  }

  private List<String> checks(Moment moment, Optional<String> component) {
    return parts.config().checks().stream()
        .filter(c -> c.when().contains(moment) && c.component().equals(component))
        .map(Check::name)
        .toList();
  }
}
