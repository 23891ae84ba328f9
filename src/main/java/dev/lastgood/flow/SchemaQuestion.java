package dev.lastgood.flow;

import dev.lastgood.database.salvage.Account;
import dev.lastgood.database.salvage.Policy;
import dev.lastgood.ledger.Aim;
import dev.lastgood.ledger.Ledger;
import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import dev.lastgood.provider.Accounting;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Schemas;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// Questions about a database without a plan: the verdict, the account.
final class SchemaQuestion {
  private final Parts parts;
  private final Survey survey;
  private final Ledger ledger;

  SchemaQuestion(Parts parts, Survey survey, Ledger ledger) {
    this.parts = parts;
    this.survey = survey;
    this.ledger = ledger;
  }

  SchemaAdvice.Told ask(
      Optional<String> wanted, Optional<String> to, SortedMap<String, String> answers)
      throws Refusal {
    String database = database(wanted);
    if (!(parts.platforms().get(database) instanceof Schemas schemas)
        || schemas.carrier().isEmpty()) {
      throw new Refusal(Refusal.Turn.INPUT, database + " has no `migrations` in the configuration");
    }
    String code = schemas.carrier().get();
    if (!parts.config().components().containsKey(code)) {
      throw new Refusal(
          Refusal.Turn.INPUT,
          database + ": `migrations.of` names " + code + ", which is no component");
    }
    Release live =
        survey
            .of(code)
            .flatMap(Inventory::live)
            .orElseThrow(() ->
                new Refusal(
                    Refusal.Turn.ENVIRONMENT,
                    "nothing is known to be live on " + code + ", which carries the migrations"));
    Release target = to.isPresent() ? named(code, to.get()) : good(code);
    try {
      return new SchemaAdvice.Told(database, live, target, schemas.judge(live, target, answers));
    } catch (PlatformUnreachable e) {
      throw new Refusal(Refusal.Turn.ENVIRONMENT, String.valueOf(e.getMessage()));
    }
  }

  Account account(String component, Optional<String> to, Policy policy, List<String> queries)
      throws Refusal, InterruptedException {
    if (!(parts.platforms().get(component) instanceof Accounting database)) {
      throw new Refusal(
          Refusal.Turn.INPUT, component + " is no database that can account for its rows");
    }
    Release target =
        to.isEmpty()
            ? good(component)
            : survey
                .of(component)
                .flatMap(i -> i.find(to.get()))
                .orElseThrow(() ->
                    new Refusal(
                        Refusal.Turn.INPUT,
                        component
                            + " has no "
                            + to.get()
                            + Optional.ofNullable(survey.unreachable().get(component))
                                .map(why -> ": " + why)
                                .orElse(
                                    ". There is: "
                                        + String.join(
                                            ", ",
                                            survey.of(component).stream()
                                                .flatMap(i -> i.releases().stream())
                                                .map(Release::id)
                                                .toList()))));
    if (survey.live().on(component).filter(target::is).isPresent()) {
      throw new Refusal(
          Refusal.Turn.RULE,
          target.label()
              + " is live: there is nothing to account for. Another one is named with --to; there is: "
              + others(component, target));
    }
    try {
      return database.account(target, policy, queries);
    } catch (PlatformUnreachable e) {
      throw new Refusal(Refusal.Turn.ENVIRONMENT, String.valueOf(e.getMessage()));
    }
  }

  private String database(Optional<String> wanted) throws Refusal {
    List<String> all =
        parts.platforms().entrySet().stream()
            .filter(e -> asked(e.getValue()))
            .map(java.util.Map.Entry::getKey)
            .toList();
    if (wanted.isPresent()) {
      if (!parts.platforms().containsKey(wanted.get())) {
        throw new Refusal(
            Refusal.Turn.INPUT,
            "no component is called \""
                + wanted.get()
                + "\". With `migrations`: "
                + (all.isEmpty() ? "none" : String.join(", ", all)));
      }
      return wanted.get();
    }
    if (all.size() != 1) {
      throw new Refusal(
          Refusal.Turn.INPUT,
          all.isEmpty()
              ? "no database has `migrations` in the configuration; see docs/verdict.md"
              : "which database? " + String.join(", ", all));
    }
    return all.getFirst();
  }

  private static boolean asked(Platform platform) {
    return platform instanceof Schemas schemas && schemas.carrier().isPresent();
  }

  /// A release of the platform, else a commit or tag.
  private Release named(String code, String id) {
    return survey
        .of(code)
        .flatMap(i -> i.find(id))
        .orElse(
            new Release(
                code,
                id,
                new Origin(Optional.empty(), Optional.of(id), Optional.empty(), Optional.empty()),
                Optional.empty()));
  }

  private String others(String component, Release but) {
    String others =
        survey.of(component).stream()
            .flatMap(i -> i.releases().stream())
            .filter(r -> !r.is(but))
            .map(Release::id)
            .collect(java.util.stream.Collectors.joining(", "));
    return others.isEmpty() ? "none" : others;
  }

  private Release good(String code) throws Refusal {
    var wish = new Wish(Set.of(code), new TreeMap<>(), "verdict", Optional.empty());
    return switch (new Aiming(parts, survey, ledger).at(wish)) {
      case Aim.Target target ->
          target
              .constellation()
              .on(code)
              .orElseThrow(
                  () -> new Refusal(Refusal.Turn.INPUT, "name the release with --to RELEASE"));
      case Aim.NoTarget none ->
          throw new Refusal(Refusal.Turn.RULE, none.says() + ". Name a release with --to RELEASE");
      case Aim.Unheard unheard -> throw new Refusal(Refusal.Turn.INPUT, unheard.says());
    };
  }
}
