package dev.lastgood.flow;

import dev.lastgood.condition.Durations;
import dev.lastgood.ledger.Book;
import dev.lastgood.ledger.Deployment;
import dev.lastgood.ledger.Hold;
import dev.lastgood.ledger.Ledger;
import dev.lastgood.ledger.Mark;
import dev.lastgood.model.Names;
import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import dev.lastgood.model.Text;
import dev.lastgood.provider.Fingerprints;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Proving;
import dev.lastgood.provider.Snapshotting;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What people and deploy scripts enter in the ledger.
public final class Records {
  private final Parts parts;
  private final Office office;

  Records(Parts parts, Office office) {
    this.parts = parts;
    this.office = office;
  }

  /// A deploy script says what it made live.
  ///
  /// @param failed the deploy itself failed: the release is never a target
  /// @return what was removed by retention; empty when nothing
  /// @throws Refusal when deploys of it are held, or a name is unknown
  public List<String> record(String component, String id, Origin origin, boolean failed)
      throws Refusal {
    office.known(component);
    bounded(id, "release");
    bounded(origin.version(), "version");
    bounded(origin.commit(), "commit");
    bounded(origin.configHash(), "config hash");
    bounded(origin.schemaRevision(), "schema revision");
    Instant now = parts.clock().instant();
    Optional<Hold> hold =
        parts.book().holds(office.scope()).stream()
            .filter(h -> h.inForce(now) && h.covers(component, id))
            .findFirst();
    if (hold.isPresent() && !failed) {
      throw new Refusal(
          Refusal.Turn.RULE,
          component
              + " "
              + id
              + " was not recorded: "
              + words(hold.get())
              + ". Whoever owns the hold can lift it: lastgood release "
              + hold.get().id());
    }
    parts
        .book()
        .add(
            office.scope(),
            new Deployment(
                new Release(component, id, origin, Optional.of(now)),
                now,
                office.person(),
                Deployment.RECORD,
                failed ? Deployment.State.FAILED : Deployment.State.LIVE));
    return failed ? List.of() : prune(component);
  }

  /// @param found what is in the ledger now and was not before
  /// @param unseen which could not, and why, a sentence each
  public record Discovered(List<Release> found, List<String> unseen) {}

  /// Looks at every platform and records what is live and not the newest entry of the ledger.
  public Discovered discover() throws InterruptedException {
    Instant now = parts.clock().instant();
    Survey survey = office.survey();
    List<Release> found = Look.unrecorded(survey, office.ledger(), now);
    for (Release release : found) {
      parts
          .book()
          .add(
              office.scope(),
              new Deployment(
                  release, now, office.person(), Deployment.DISCOVERED, Deployment.State.LIVE));
    }
    return new Discovered(found, survey.unseen());
  }

  /// Keeps what is live where the next deploy writes over it, so that one can come back to it.
  public Kept keep(Set<String> components) {
    return new Copies(parts, office).keep(components);
  }

  /// Keeps a release, when it is what is live there.
  public Kept keep(String component, String id) {
    return new Copies(parts, office).keep(component, id);
  }

  /// @param taken what can be come back to
  /// @param live what is live from now on
  /// @param knownGood whether what was taken is
  /// @param removed ids of releases that retention removed
  /// @param lines what was done, a sentence each
  public record Snapshot(
      Release taken, Release live, boolean knownGood, List<String> removed, List<String> lines) {
    public Snapshot {
      removed = List.copyOf(removed);
      lines = List.copyOf(lines);
    }
  }

  /// Keeps what is live on a component as it is now, and enters it as a release that was live until
  /// this moment. When what is live has been proven good, so is what was kept of it.
  ///
  /// @throws Refusal when the component is unknown, cannot be kept like that, or it failed
  public Snapshot snapshot(String component) throws Refusal, InterruptedException {
    office.known(component);
    if (!(parts.platforms().get(component) instanceof Snapshotting source)) {
      throw new Refusal(
          Refusal.Turn.INPUT, component + " is on a platform that takes no snapshots");
    }
    Survey survey = office.survey();
    // What was proven good was proven with all of it; a word on what the ledger never saw live is
    // about that alone.
    Ledger ledger = office.ledger();
    boolean good =
        (survey.unreachable().isEmpty() && ledger.knownGood(survey.live()).isPresent())
            || survey.live().on(component).filter(ledger::vouchedForAlone).isPresent();
    Snapshotting.Taken taken;
    try {
      taken = source.snapshot();
    } catch (PlatformUnreachable e) {
      String why = String.valueOf(e.getMessage());
      throw new Refusal(
          Refusal.Turn.ENVIRONMENT,
          why.startsWith(component + ": ") ? why : component + ": " + why);
    }
    Instant now = parts.clock().instant();
    List<String> lines = new ArrayList<>();
    enter(taken.kept(), now);
    lines.add(taken.kept().label() + " was taken; " + taken.live().label() + " is live now");
    // What is live goes on changing: it is another release from the next moment on.
    enter(taken.live(), now.plusMillis(1));
    if (good) {
      // not its reasons: each snapshot would carry those of all before it
      String before = survey.live().on(component).map(Release::label).orElse("what was live");
      enter(
          component,
          taken.kept().id(),
          Mark.Word.GOOD,
          "taken while " + before + " was known good");
      lines.add("it is known good, as " + before + " was");
    } else {
      lines.add(
          "it is not known good by itself; if it is: lastgood mark good "
              + component
              + " "
              + taken.kept().id());
    }
    lines.addAll(survey.unseen());
    lines.addAll(taken.notes());
    List<String> removed = prune(component);
    removed.forEach(r -> lines.add("removed by retention: " + r));
    return new Snapshot(taken.kept(), taken.live(), good, removed, lines);
  }

  private void enter(Release release, Instant at) {
    parts
        .book()
        .add(
            office.scope(),
            new Deployment(
                release, at, office.person(), Deployment.SNAPSHOT, Deployment.State.LIVE));
  }

  private List<String> prune(String component) throws Refusal {
    try {
      return new Copies(parts, office).prune(component);
    } catch (PlatformUnreachable e) {
      throw new Refusal(
          Refusal.Turn.ENVIRONMENT,
          "recorded, but old releases could not be removed: " + e.getMessage());
    }
  }

  /// @return what was let go, since nobody need go back behind a good state; empty: nothing
  /// @throws Refusal when nobody has heard of the component or of the release: a bad release that
  ///   was marked under a mistyped name would stay a target
  public List<String> mark(String component, String id, Mark.Word word, String reason)
      throws Refusal, InterruptedException {
    office.known(component);
    bounded(id, "release");
    heardOf(component, id);
    return enter(component, id, word, reason);
  }

  private void heardOf(String component, String id) throws Refusal, InterruptedException {
    Survey survey = office.survey();
    Optional<Inventory> there = survey.of(component);
    Set<String> known = new TreeSet<>();
    there.ifPresent(i -> i.releases().forEach(r -> known.add(r.id())));
    there.ifPresent(i -> i.excluded().forEach(e -> known.add(e.id())));
    there.flatMap(Inventory::live).ifPresent(live -> known.add(live.id()));
    parts.book().deployments(office.scope()).stream()
        .map(Deployment::release)
        .filter(r -> r.component().equals(component))
        .forEach(r -> known.add(r.id()));
    if (!known.contains(id)) {
      String gone = survey.unreachable().get(component);
      throw new Refusal(
          Refusal.Turn.INPUT,
          (gone == null
                  ? component + " has no release `" + id + "`"
                  : "the ledger has no release `"
                      + id
                      + "` of "
                      + component
                      + ", and its platform cannot be asked: "
                      + gone)
              + Names.hint(id, known));
    }
  }

  private List<String> enter(String component, String id, Mark.Word word, String reason) {
    Optional<String> fingerprint = Optional.empty();
    Platform platform = parts.platforms().get(component);
    if (word == Mark.Word.BAD && platform instanceof Fingerprints prints) {
      try {
        fingerprint = Optional.of(prints.fingerprint(Release.of(component, id)));
      } catch (PlatformUnreachable e) {
        // The release may be gone already; the mark counts by its name all the same.
        fingerprint = Optional.empty();
      }
    }
    parts
        .book()
        .add(
            office.scope(),
            new Mark(
                component,
                id,
                word,
                parts.clock().instant(),
                office.person(),
                Text.clip(reason, Wish.REASON_MAX),
                fingerprint));
    if (word != Mark.Word.GOOD || !(platform instanceof Proving proving)) {
      return List.of();
    }
    try {
      return proving.proven(id);
    } catch (PlatformUnreachable e) {
      return List.of("what was kept for going back behind it stays: " + e.getMessage());
    }
  }

  /// @param component empty: the whole system
  /// @param release empty: every release
  /// @throws Refusal when the component is unknown, or the time is not sensible
  public Hold hold(
      Optional<String> component, Optional<String> release, String reason, Duration lasting)
      throws Refusal {
    if (component.isPresent()) {
      office.known(component.get());
    }
    bounded(release, "release");
    if (lasting.isNegative() || lasting.isZero() || lasting.compareTo(Duration.ofDays(365)) > 0) {
      throw new Refusal(
          Refusal.Turn.INPUT, "a hold lasts from 1s to 365d, not " + Durations.shown(lasting));
    }
    Instant now = parts.clock().instant();
    return parts
        .book()
        .add(
            office.scope(),
            new Hold(
                0,
                component,
                release,
                office.person(),
                Text.clip(reason, Wish.REASON_MAX),
                now,
                now.plus(lasting),
                Optional.empty()));
  }

  /// @throws Refusal when there is no such hold in force
  public void release(long hold, String reason) throws Refusal {
    boolean lifted =
        parts
            .book()
            .lift(
                office.scope(),
                hold,
                office.person(),
                Text.clip(reason, Wish.REASON_MAX),
                parts.clock().instant());
    if (!lifted) {
      throw new Refusal(
          Refusal.Turn.INPUT,
          "no hold "
              + hold
              + " is in force. In force: "
              + (inForce().isEmpty()
                  ? "none"
                  : inForce().stream()
                      .map(h -> h.id() + " (" + words(h) + ")")
                      .collect(Collectors.joining(", "))));
    }
  }

  public List<Hold> inForce() {
    Instant now = parts.clock().instant();
    return parts.book().holds(office.scope()).stream().filter(h -> h.inForce(now)).toList();
  }

  public static String words(Hold hold) {
    return "deploys of "
        + hold.component().orElse("every component")
        + hold.release().map(r -> " " + r).orElse("")
        + " are held by "
        + hold.owner()
        + " until "
        + hold.until().truncatedTo(ChronoUnit.SECONDS)
        + ": "
        + hold.reason();
  }

  private static void bounded(Optional<String> text, String what) throws Refusal {
    if (text.isPresent()) {
      bounded(text.get(), what);
    }
  }

  private static void bounded(String text, String what) throws Refusal {
    boolean plain = text.chars().noneMatch(Character::isISOControl);
    if (text.isBlank() || text.length() > Book.LONGEST_NAME || !plain) {
      throw new Refusal(
          Refusal.Turn.INPUT,
          "a " + what + " is 1 to " + Book.LONGEST_NAME + " characters without control characters");
    }
  }
}
