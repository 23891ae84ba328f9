package dev.lastgood.flow;

import dev.lastgood.config.ComponentConfig;
import dev.lastgood.evidence.Check.Moment;
import dev.lastgood.ledger.Aim;
import dev.lastgood.ledger.Deployment;
import dev.lastgood.ledger.KnownGood;
import dev.lastgood.ledger.Ledger;
import dev.lastgood.ledger.Sighting;
import dev.lastgood.model.Constellation;
import dev.lastgood.model.Measurement;
import dev.lastgood.model.Release;
import dev.lastgood.provider.Inventory;
import dev.lastgood.run.Journal;
import dev.lastgood.run.Journal.RunRow;
import dev.lastgood.run.RunEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// One look at the whole system.
final class Look {
  private final Parts parts;
  private final Office office;

  Look(Parts parts, Office office) {
    this.parts = parts;
    this.office = office;
  }

  Status status(boolean measured) throws InterruptedException {
    Survey survey = office.survey();
    SortedMap<String, Measurement> seen = measured ? office.measure(Moment.AFTER) : new TreeMap<>();
    Constellation live = survey.live();
    if (!seen.isEmpty() && survey.unreachable().isEmpty() && !live.releases().isEmpty()) {
      boolean healthy = seen.values().stream().allMatch(Measurement::healthy);
      parts.book().add(office.scope(), new Sighting(survey.at(), live, healthy, Hands.words(seen)));
    }
    Ledger ledger = office.ledger();
    var checks = new TreeMap<String, Status.Seen>();
    seen.forEach((name, m) -> checks.put(name, new Status.Seen(m.word(), m.seen())));
    return new Status(
        survey.at(),
        office.scope().system(),
        office.scope().environment(),
        lines(survey, ledger),
        checks,
        (survey.unreachable().isEmpty() ? ledger.knownGood(live) : Optional.<KnownGood>empty())
            .map(KnownGood::why)
            .map(w -> String.join("; ", w)),
        target(survey, ledger),
        office.records().inForce(),
        office.runs().unfinished().map(this::busy));
  }

  private List<Status.Line> lines(Survey survey, Ledger ledger) {
    List<Deployment> recorded = parts.book().deployments(office.scope());
    List<Status.Line> lines = new ArrayList<>();
    for (ComponentConfig<?> component : parts.config().components().values()) {
      String name = component.name();
      Optional<Release> live = survey.of(name).flatMap(Inventory::live);
      lines.add(
          new Status.Line(
              name,
              component.kind().name(),
              live.map(Release::id),
              live.flatMap(r -> r.origin().version()),
              live.flatMap(Release::since),
              live.flatMap(ledger::bad).map(b -> b.reason()),
              live.isPresent() && recorded.stream().anyMatch(d -> d.release().is(live.get())),
              Optional.ofNullable(survey.unreachable().get(name)),
              survey.of(name).map(Inventory::remarks).orElse(List.of())));
    }
    return lines;
  }

  private Status.Target target(Survey survey, Ledger ledger) {
    Wish everything = new Wish(Set.of(), new TreeMap<>(), "status", Optional.empty());
    Aim aim;
    try {
      aim = new Aiming(parts, survey, ledger).at(everything);
    } catch (Refusal e) {
      return new Status.Target(new TreeMap<>(), String.valueOf(e.getMessage()));
    }
    return switch (aim) {
      case Aim.NoTarget(var says, _, _) -> new Status.Target(new TreeMap<>(), says);
      case Aim.Unheard(var says) -> new Status.Target(new TreeMap<>(), says);
      case Aim.Target target -> {
        var moves = new TreeMap<String, String>();
        target
            .constellation()
            .releases()
            .values()
            .forEach(r -> {
              if (survey.of(r.component()).flatMap(Inventory::live).filter(r::is).isEmpty()) {
                moves.put(r.component(), r.id());
              }
            });
        yield new Status.Target(moves, target.why());
      }
    };
  }

  private Status.Busy busy(RunRow row) {
    return new Status.Busy(row.id().value(), row.purpose(), waitsFor(row));
  }

  private String waitsFor(RunRow row) {
    List<Journal.Entry> entries;
    try {
      entries = parts.journal().entries(row.id());
    } catch (Journal.Unreadable e) {
      return "its journal cannot be read: lastgood show " + row.id();
    }
    Optional<RunEvent.StopAsked> stop =
        Stream.concat(
                entries.stream().map(Journal.Entry::event),
                parts.journal().words(row.id()).stream().map(Journal.Word::event))
            .filter(RunEvent.StopAsked.class::isInstance)
            .map(RunEvent.StopAsked.class::cast)
            .findFirst();
    if (stop.isPresent()) {
      return "was told to stop by "
          + stop.get().by()
          + ": no other step begins; if nothing drives it now, end it with: lastgood resume "
          + row.id();
    }
    return switch (entries.getLast().event()) {
      case RunEvent.Proposed _, RunEvent.Approved _ ->
          "waits for approval: lastgood approve " + row.id();
      case RunEvent.Asked asked ->
          "asks about "
              + asked.step()
              + ": "
              + asked.why()
              + "; lastgood resume "
              + row.id()
              + " --choose "
              + asked.choices().stream()
                  .map(c -> c.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                  .collect(Collectors.joining("|"))
              + " --reason …";
      default -> "under way, or interrupted: lastgood resume " + row.id();
    };
  }

  /// Live releases that the ledger does not have.
  static List<Release> unrecorded(Survey survey, Ledger ledger, Instant now) {
    List<Release> found = new ArrayList<>();
    for (Release live : survey.live().releases().values()) {
      boolean known =
          ledger.stretches().stream()
              .reduce((_, last) -> last)
              .flatMap(s -> s.live().on(live.component()))
              .filter(live::is)
              .isPresent();
      if (!known) {
        found.add(
            new Release(
                live.component(),
                live.id(),
                live.origin(),
                live.since().or(() -> Optional.of(now))));
      }
    }
    return found;
  }
}
