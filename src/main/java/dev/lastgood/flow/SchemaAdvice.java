package dev.lastgood.flow;

import dev.lastgood.database.SchemaVerdict;
import dev.lastgood.database.migration.Judgement;
import dev.lastgood.model.Release;
import dev.lastgood.plan.Change;
import dev.lastgood.plan.PlanRequest.Route;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Schemas;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Before code moves, the databases it uses are asked whether it can live with their schema.
public final class SchemaAdvice {
  private static final int SHOWN = 12;

  private final SortedMap<String, Platform> platforms;

  SchemaAdvice(SortedMap<String, Platform> platforms) {
    this.platforms = platforms;
  }

  /// A verdict for people.
  ///
  /// @param database the component that was asked
  /// @param live what is live of the component that carries the migrations
  public record Told(String database, Release live, Release target, Judgement judgement) {}

  /// A step down that must come before the code.
  record Step(Change change, Schemas.StepDown down) {
    Route route(List<String> checks) {
      return new Route(
          change, List.of(), List.of(down.method()), List.of(down.wayBack()), checks, false);
    }
  }

  record Advice(List<String> warnings, List<Step> steps) {}

  /// @throws Refusal when older code cannot live with the schema and no step down leads there
  Advice about(List<Change> changes, SortedMap<String, String> answers) throws Refusal {
    List<String> warnings = new ArrayList<>();
    List<Step> steps = new ArrayList<>();
    for (Map.Entry<String, Platform> entry : platforms.entrySet()) {
      String database = entry.getKey();
      if (entry.getValue() instanceof Schemas schemas && schemas.carrier().isPresent()) {
        known(database, schemas.carrier().get());
        for (Change change : changes) {
          if (change.component().equals(schemas.carrier().get())) {
            boolean moves = changes.stream().anyMatch(c -> c.component().equals(database));
            if (moves) {
              warnings.add(
                  "schema of "
                      + database
                      + ": not judged, since the database itself goes back with the code");
            } else {
              one(database, schemas, change, answers, warnings, steps);
            }
          }
        }
      }
    }
    return new Advice(warnings, steps);
  }

  /// A word that is misspelt must not switch the verdict off.
  private void known(String database, String carrier) throws Refusal {
    if (!platforms.containsKey(carrier)) {
      throw new Refusal(
          Refusal.Turn.INPUT,
          database
              + ": `migrations.of` names "
              + carrier
              + ", which is no component. Known: "
              + String.join(", ", platforms.keySet()));
    }
  }

  private static void one(
      String database,
      Schemas schemas,
      Change change,
      SortedMap<String, String> answers,
      List<String> warnings,
      List<Step> steps)
      throws Refusal {
    Judgement judgement;
    try {
      judgement = schemas.judge(change.from(), change.to(), answers);
    } catch (PlatformUnreachable e) {
      throw new Refusal(
          Refusal.Turn.ENVIRONMENT,
          "whether "
              + change.to().label()
              + " can live with the schema of "
              + database
              + " cannot be said, so nothing was changed: "
              + e.getMessage());
    }
    SchemaVerdict verdict = judgement.verdict();
    String head = "schema of " + database + " for " + change.to().label() + ": " + verdict.word();
    switch (verdict) {
      case SchemaVerdict.Safe _ -> {}
      case SchemaVerdict.StepDownFirst _ -> steps.add(step(database, schemas, change, judgement));
      case SchemaVerdict.NeedsRestore _ ->
          throw new Refusal(
              Refusal.Turn.RULE,
              head
                  + lines(verdict.reasons())
                  + "\n  Take the database back with the code: lastgood rollback full, or --to "
                  + database
                  + "=SNAPSHOT; if you know better: --answer MIGRATION=safe or =step-down");
      case SchemaVerdict.Blocked _ ->
          throw new Refusal(
              Refusal.Turn.RULE,
              head
                  + lines(verdict.reasons())
                  + "\n  Look at it, then answer for each migration:"
                  + " --answer MIGRATION=safe, =step-down or =restore");
    }
    warnings.add(head + ": " + clipped(verdict.reasons()));
    judgement.notes().forEach(n -> warnings.add("schema of " + database + ": " + n));
    steps.stream()
        .filter(s -> s.change().component().equals(database))
        .forEach(s -> warnings.addAll(s.down().notes()));
  }

  private static Step step(String database, Schemas schemas, Change change, Judgement judgement)
      throws Refusal {
    try {
      Schemas.StepDown down = schemas.stepDown(judgement);
      return new Step(new Change(database, down.from(), down.to()), down);
    } catch (PlatformUnreachable e) {
      throw new Refusal(
          Refusal.Turn.RULE,
          "schema of "
              + database
              + " for "
              + change.to().label()
              + ": STEP_DOWN_FIRST"
              + lines(judgement.verdict().reasons())
              + "\n  It cannot be stepped down from here, and nothing was changed: "
              + e.getMessage()
              + "\n  Step down by hand and plan again, or take the database back with the code");
    }
  }

  /// The schema goes before the code that needs it, down and up: both older and newer code find
  /// theirs.
  ///
  /// @param moving the components of the plan
  Route after(Route route, Set<String> moving, Function<String, List<String>> needsOf) {
    List<String> needs = new ArrayList<>(route.needs());
    platforms.forEach((database, platform) -> {
      boolean carries =
          platform instanceof Schemas schemas
              && schemas.carrier().filter(route.change().component()::equals).isPresent();
      if (carries
          && moving.contains(database)
          && !needs.contains(database)
          && !needsOf.apply(database).contains(route.change().component())) {
        needs.add(database);
      }
    });
    return new Route(
        route.change(),
        needs,
        route.methods(),
        route.wayBack(),
        route.checks(),
        route.capturable());
  }

  static String lines(List<String> reasons) {
    return reasons.stream().map(r -> "\n  " + r).collect(Collectors.joining());
  }

  private static String clipped(List<String> reasons) {
    return reasons.stream().limit(SHOWN).collect(Collectors.joining("; "))
        + (reasons.size() > SHOWN
            ? "; and " + (reasons.size() - SHOWN) + " more, see lastgood verdict"
            : "");
  }
}
