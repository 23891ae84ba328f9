package dev.lastgood.ledger;

import dev.lastgood.model.Constellation;
import dev.lastgood.model.Release;
import dev.lastgood.model.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// What was live when, what was proven good, and what must not come back: the rows of a [Book] for
/// one system, read at one moment. Pure: the same rows and the same moment give the same answers.
public final class Ledger {
  private final Scope scope;
  private final Duration soak;
  private final History history;
  private final Soaks soaks;
  private final BadList badList;
  private final List<KnownGood> proven;

  /// @param soak how long a constellation must pass its checks to become known good by itself
  /// @param now decides which holds are in force
  public Ledger(
      Scope scope,
      Duration soak,
      Instant now,
      List<Deployment> deployments,
      List<Mark> marks,
      List<Sighting> sightings,
      List<Hold> holds) {
    this.scope = scope;
    this.soak = soak;
    this.history = new History(deployments);
    this.soaks = new Soaks(history, sightings, soak);
    this.badList = new BadList(history, List.copyOf(marks), List.copyOf(holds), now);
    this.proven = new Proven(history, soaks, badList, marks).newestFirst();
  }

  public static Ledger of(Book book, Scope scope, Duration soak, Instant now) {
    return new Ledger(
        scope,
        soak,
        now,
        book.deployments(scope),
        book.marks(scope),
        book.sightings(scope),
        book.holds(scope));
  }

  /// Which releases were live together and when, oldest first. The last one has no end.
  public List<Stretch> stretches() {
    return history.stretches();
  }

  /// What was proven good and holds no release that has turned out bad since, newest first.
  public List<KnownGood> knownGood() {
    return proven.stream()
        .filter(
            g -> g.constellation().releases().values().stream().noneMatch(r -> bad(r).isPresent()))
        .toList();
  }

  public Optional<KnownGood> knownGood(Constellation live) {
    return knownGood().stream().filter(g -> g.constellation().sameReleases(live)).findFirst();
  }

  /// Whether somebody's word speaks for this release alone, since the ledger never saw it live, as
  /// in a system that was just adopted.
  public boolean vouchedForAlone(Release release) {
    return bad(release).isEmpty()
        && proven.stream()
            .anyMatch(g -> g.lastLive().isEmpty() && History.has(g.constellation(), release));
  }

  /// Why this release must not be gone back to; empty when nothing speaks against it. Copies are
  /// recognised by their commit only: [#target] has the fingerprints too.
  public Optional<Bad> bad(Release release) {
    return badList.bad(release, _ -> Optional.empty());
  }

  public Optional<Bad> bad(String component, String release) {
    return bad(Release.of(component, release));
  }

  /// Since when the constellation that was seen last has passed every check; empty when it did not
  /// pass at the last sighting, or there was none.
  public Optional<Soaking> soaking() {
    return soaks
        .current()
        .map(row -> new Soaking(row.live(), row.first(), row.last(), soak.minus(row.lasted())));
  }

  /// @param left how much longer it must pass to be known good; zero or less: it is
  public record Soaking(Constellation live, Instant since, Instant lastSeen, Duration left) {
    public boolean passed() {
      return !left.isPositive();
    }
  }

  /// The newest known good constellation in which every wanted component can still be reached, and
  /// which differs from what is live on at least one of them. Never a bad release, and never a copy
  /// of one.
  ///
  /// Components that are not wanted stay as they are live. A wanted component whose release there
  /// has the content of what is live stays too.
  ///
  /// @param wanted names of components; empty: all of them. Then a component that did not exist in
  ///   the constellation stays as it is, with a warning
  /// @param reach by component, for every component of the system
  /// @param live as observed now
  public Aim target(Set<String> wanted, Map<String, Reach> reach, Constellation live) {
    return new Aiming(ground(reach, live), proven).newest(wanted);
  }

  /// These releases, because a person named them. They need not be known good; bad ones are refused
  /// all the same.
  ///
  /// @param to release id by component
  public Aim explicitTarget(Map<String, String> to, Map<String, Reach> reach, Constellation live) {
    return new Named(ground(reach, live), proven).to(to);
  }

  private Ground ground(Map<String, Reach> reach, Constellation live) {
    return new Ground(scope, soak, history, soaks, badList, new TreeMap<>(reach), live);
  }
}
