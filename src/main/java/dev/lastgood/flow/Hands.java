package dev.lastgood.flow;

import dev.lastgood.evidence.Bundle;
import dev.lastgood.evidence.Capture;
import dev.lastgood.evidence.Check;
import dev.lastgood.ledger.Book;
import dev.lastgood.ledger.Deployment;
import dev.lastgood.ledger.Hold;
import dev.lastgood.ledger.Mark;
import dev.lastgood.ledger.Sighting;
import dev.lastgood.model.Actor;
import dev.lastgood.model.Constellation;
import dev.lastgood.model.Measurement;
import dev.lastgood.model.Release;
import dev.lastgood.model.Scope;
import dev.lastgood.plan.Step;
import dev.lastgood.plan.Work;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Capturable;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.Purge;
import dev.lastgood.provider.Sight;
import dev.lastgood.run.RunId;
import dev.lastgood.run.Worker;
import dev.lastgood.tell.Tellers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// The hands of a run: every kind of work, looked at and done through the room it belongs to.
final class Hands implements Worker {
  private final Scope scope;
  private final Map<String, Platform> platforms;
  private final List<Purge> purges;
  private final Map<String, Check> checks;
  private final Health health;
  private final Book book;
  private final Bundle bundle;
  private final Tellers tellers;
  private final InstantSource clock;

  /// Healthy rounds in a row, and what was told, by run and step. Lost with the process: then the
  /// rounds begin anew and a message may be sent twice, which is better than not at all.
  private final Map<String, Integer> rounds = new ConcurrentHashMap<>();

  /// What each step kept, by run and step. Lost with the process: then it is kept again, and what
  /// is there already is not kept twice.
  private final Map<String, Bundle.Kept> captured = new ConcurrentHashMap<>();

  /// What a CDN said, by run and step; lost with the process, and then asked again.
  private final Map<String, String> purged = new ConcurrentHashMap<>();

  Hands(
      Scope scope,
      Map<String, Platform> platforms,
      List<Purge> purges,
      List<Check> checks,
      Health health,
      Book book,
      Bundle bundle,
      Tellers tellers,
      InstantSource clock) {
    this.scope = scope;
    this.platforms = Map.copyOf(platforms);
    this.purges = List.copyOf(purges);
    this.checks = checks.stream().collect(Collectors.toMap(Check::name, c -> c));
    this.health = health;
    this.book = book;
    this.bundle = bundle;
    this.tellers = tellers;
    this.clock = clock;
  }

  @Override
  public Sight look(RunId run, Step step) {
    return switch (step.work()) {
      case Work.Perform perform -> look(perform.act());
      case Work.Reopen reopen -> look(reopen.act());
      case Work.Purge _ ->
          Optional.ofNullable(purged.get(id(run, step)))
              .<Sight>map(Sight.Holds::new)
              .orElseGet(() -> new Sight.NotYet("not purged yet, as far as this process knows"));
      case Work.Prove prove -> proven(run, step, prove);
      case Work.Capture capture ->
          Optional.ofNullable(captured.get(id(run, step)))
              .<Sight>map(k -> new Sight.Holds(kept(k)))
              .orElseGet(
                  () -> new Sight.NotYet("nothing kept of " + capture.failed().label() + " yet"));
      case Work.Quarantine quarantine -> quarantined(run, quarantine);
      case Work.Hold wanted -> held(run, wanted);
      case Work.Enter enter -> entered(run, enter);
      case Work.Tell tell ->
          told(run, step)
              ? new Sight.Holds(tell.audience() + " was told")
              : new Sight.NotYet(tell.audience() + " was not told yet");
      case Work.Watch watch -> sample(watch);
    };
  }

  @Override
  public Outcome act(RunId run, Step step, String key) {
    return switch (step.work()) {
      case Work.Perform perform -> act(perform.act(), key);
      case Work.Reopen reopen -> act(reopen.act(), key);
      case Work.Purge purge -> purge(run, step, purge.act());
      case Work.Prove _, Work.Watch _ -> new Outcome.Done("");
      case Work.Capture capture -> capture(run, step, capture);
      case Work.Quarantine quarantine -> quarantine(run, quarantine);
      case Work.Hold wanted -> hold(run, wanted);
      case Work.Enter enter -> enter(run, enter);
      case Work.Tell tell -> {
        Outcome outcome = tellers.tell(run, step.phase(), tell);
        if (outcome instanceof Outcome.Done) {
          rounds.put(id(run, step), 1);
        }
        yield outcome;
      }
    };
  }

  private Sight look(Act act) {
    Platform platform = platforms.get(act.component());
    return platform == null
        ? new Sight.Unclear(notConfigured(act.component()))
        : platform.look(act);
  }

  private Outcome act(Act act, String key) {
    Platform platform = platforms.get(act.component());
    return platform == null
        ? new Outcome.Refused(notConfigured(act.component()))
        : platform.act(act, key);
  }

  private Outcome purge(RunId run, Step step, Act act) {
    Outcome outcome =
        purges.stream()
            .filter(p -> p.act().with().equals(act.with()))
            .findFirst()
            .map(p -> p.purge(act))
            .orElseGet(() ->
                new Outcome.Refused(
                    act.component() + ": what the plan purges is not configured any more"));
    if (outcome instanceof Outcome.Done done) {
      purged.put(id(run, step), done.receipt());
    }
    return outcome;
  }

  private static String kept(Bundle.Kept kept) {
    return !kept.names().isEmpty()
        ? "kept: " + String.join(", ", kept.names())
        : kept.troubles().isEmpty()
            ? "it has no logs or configuration to keep"
            : "nothing was kept";
  }

  private Sight proven(RunId run, Step step, Work.Prove prove) {
    SortedMap<String, Measurement> seen =
        health.measure(named(prove.checks()), prove.address(), prove.version());
    if (!allHealthy(prove.checks(), seen)) {
      rounds.remove(id(run, step));
      return new Sight.UnderWay(words(seen));
    }
    int healthy = rounds.merge(id(run, step), 1, Integer::sum);
    return healthy >= prove.passes()
        ? new Sight.Holds(words(seen))
        : new Sight.UnderWay(healthy + " of " + prove.passes() + " healthy in a row");
  }

  private Sight sample(Work.Watch watch) {
    SortedMap<String, Measurement> seen =
        health.measure(named(watch.checks()), Optional.empty(), Optional.empty());
    return allHealthy(watch.checks(), seen)
        ? new Sight.Holds(words(seen))
        : new Sight.NotYet(words(seen));
  }

  /// A check that is gone from the configuration is not a healthy one.
  private static boolean allHealthy(List<String> wanted, SortedMap<String, Measurement> seen) {
    return !wanted.isEmpty()
        && wanted.stream().allMatch(c -> seen.containsKey(c) && seen.get(c).healthy());
  }

  private List<Check> named(List<String> names) {
    return names.stream().filter(checks::containsKey).map(checks::get).toList();
  }

  static String words(SortedMap<String, Measurement> seen) {
    return seen.isEmpty()
        ? "none of the plan's checks is configured any more"
        : seen.entrySet().stream()
            .map(e -> e.getKey() + " " + e.getValue().word() + ": " + e.getValue().seen())
            .collect(Collectors.joining("; "));
  }

  private Outcome capture(RunId run, Step step, Work.Capture capture) {
    String component = capture.failed().component();
    if (!(platforms.get(component) instanceof Capturable source)) {
      return new Outcome.Refused(component + " cannot show logs or configuration");
    }
    Bundle.Kept kept = bundle.keep(run, Capture.of(source, capture.failed(), step.deadline()));
    captured.put(id(run, step), kept);
    return new Outcome.Done(String.join("; ", kept.troubles()));
  }

  private Sight quarantined(RunId run, Work.Quarantine quarantine) {
    List<Mark> marks = book.marks(scope);
    List<Hold> holds = book.holds(scope);
    for (Release release : quarantine.releases()) {
      boolean held =
          holds.stream()
              .anyMatch(
                  h -> h.owner().equals(actor(run)) && h.covers(release.component(), release.id()));
      if (!marked(run, release, marks) || !held) {
        return new Sight.NotYet(release.label() + " is not held yet");
      }
    }
    return new Sight.Holds("held and marked bad");
  }

  private Outcome quarantine(RunId run, Work.Quarantine quarantine) {
    mark(run, quarantine.releases(), quarantine.reason());
    List<Hold> holds = book.holds(scope);
    for (Release release : quarantine.releases()) {
      if (holds.stream()
          .noneMatch(
              h -> h.owner().equals(actor(run)) && h.covers(release.component(), release.id()))) {
        book.add(scope, hold(run, release, quarantine.reason(), quarantine.hold()));
      }
    }
    return new Outcome.Done("held");
  }

  private static String leaving(String reason) {
    return "rolled back from: " + reason;
  }

  private Hold hold(RunId run, Release release, String reason, Duration lasting) {
    Instant now = clock.instant();
    return new Hold(
        0,
        Optional.of(release.component()),
        Optional.of(release.id()),
        actor(run),
        leaving(reason),
        now,
        now.plus(lasting),
        Optional.empty());
  }

  private Sight held(RunId run, Work.Hold wanted) {
    List<Hold> holds = book.holds(scope);
    List<String> standing = new ArrayList<>();
    for (Release release : wanted.releases()) {
      Optional<Hold> hold = standing(run, release, wanted.lasting(), holds);
      if (hold.isEmpty()) {
        return new Sight.NotYet(release.label() + " is not held yet");
      }
      standing.add(
          release.label()
              + " until "
              + hold.get().until().truncatedTo(ChronoUnit.SECONDS)
              + " (to lift it: lastgood release "
              + hold.get().id()
              + ")");
    }
    return new Sight.Holds("held: " + String.join(", ", standing));
  }

  /// Runs that are tried again and again find the hold of the first one: with half of its time left
  /// it will do.
  private Optional<Hold> standing(RunId run, Release release, Duration lasting, List<Hold> holds) {
    Instant now = clock.instant();
    return holds.reversed().stream()
        .filter(h -> h.inForce(now) && names(h, release))
        .filter(h ->
            h.owner().equals(actor(run)) || !h.until().isBefore(now.plus(lasting.dividedBy(2))))
        .findFirst();
  }

  private Outcome hold(RunId run, Work.Hold wanted) {
    Instant now = clock.instant();
    List<Hold> holds = book.holds(scope);
    for (Release release : wanted.releases()) {
      if (standing(run, release, wanted.lasting(), holds).isEmpty()) {
        book.add(scope, hold(run, release, wanted.reason(), wanted.lasting()));
        // It takes the place of an older run's, which is lifted only now: at no moment is there
        // none. A person's is left alone.
        holds.stream()
            .filter(h -> h.inForce(now) && names(h, release))
            .filter(h -> h.owner().account().equals(actor(run).account()))
            .forEach(h -> book.lift(scope, h.id(), actor(run), "held anew, for longer", now));
      }
    }
    return new Outcome.Done("");
  }

  private static boolean names(Hold hold, Release release) {
    return hold.component().filter(release.component()::equals).isPresent()
        && hold.release().filter(release.id()::equals).isPresent();
  }

  private boolean marked(RunId run, List<Release> releases) {
    List<Mark> marks = book.marks(scope);
    return releases.stream().allMatch(r -> marked(run, r, marks));
  }

  private static boolean marked(RunId run, Release release, List<Mark> marks) {
    return marks.stream().anyMatch(m -> concerns(m, release) && m.by().equals(actor(run)));
  }

  private void mark(RunId run, List<Release> releases, String reason) {
    List<Mark> marks = book.marks(scope);
    for (Release release : releases) {
      if (!marked(run, release, marks)) {
        book.add(
            scope,
            new Mark(
                release.component(),
                release.id(),
                Mark.Word.BAD,
                clock.instant(),
                actor(run),
                leaving(reason),
                Optional.empty()));
      }
    }
  }

  private static boolean concerns(Mark mark, Release release) {
    return mark.component().equals(release.component())
        && mark.release().equals(release.id())
        && mark.word() == Mark.Word.BAD;
  }

  private Sight entered(RunId run, Work.Enter enter) {
    return missing(run, enter).isEmpty() && marked(run, enter.left())
        ? new Sight.Holds("the ledger has it")
        : new Sight.NotYet("not in the ledger yet");
  }

  private List<Release> missing(RunId run, Work.Enter enter) {
    List<Deployment> known = book.deployments(scope);
    return enter.live().stream()
        .filter(
            r -> known.stream().noneMatch(d -> d.release().is(r) && d.source().equals(source(run))))
        .toList();
  }

  private Outcome enter(RunId run, Work.Enter enter) {
    mark(run, enter.left(), enter.reason());
    var now = clock.instant();
    for (Release release : missing(run, enter)) {
      var live = new Release(release.component(), release.id(), release.origin(), Optional.of(now));
      book.add(scope, new Deployment(live, now, actor(run), source(run), Deployment.State.LIVE));
    }
    // Only a look at every component is a sighting of the constellation.
    sight(now, run);
    return new Outcome.Done("the ledger has it");
  }

  private void sight(Instant now, RunId run) {
    Survey survey;
    try {
      survey = new Surveyor(platforms, clock).survey(List.of());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    Constellation live = survey.live();
    if (live.releases().size() == platforms.size()) {
      book.add(scope, new Sighting(now, live, true, "proven by run " + run));
    }
  }

  static Actor actor(RunId run) {
    return new Actor("run " + run, "lastgood");
  }

  static String source(RunId run) {
    return "run " + run;
  }

  private boolean told(RunId run, Step step) {
    return rounds.containsKey(id(run, step));
  }

  private static String id(RunId run, Step step) {
    return run + "/" + step.id();
  }

  private static String notConfigured(String component) {
    return component + " is in the plan but not in the configuration any more";
  }
}
