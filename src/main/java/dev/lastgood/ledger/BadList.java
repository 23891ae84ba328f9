package dev.lastgood.ledger;

import dev.lastgood.model.Release;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Which releases must not be gone back to, and why.
///
/// A release is bad when its newest mark says so, when its deploy failed, when it was rolled back
/// from, when it is held by name, or when it has the content of one that is. A person who later
/// marks that very release good lifts all of it; a machine's word does not. A deploy script that
/// later records the release as live lifts a failed deploy and a rollback, but not a mark.
final class BadList {
  private final History history;
  private final List<Mark> marks;
  private final List<Hold> holds;
  private final Instant now;

  /// Whose newest release was left for one that had been live before it.
  private final Map<String, Bad> rolledBackFrom = new HashMap<>();

  BadList(History history, List<Mark> marks, List<Hold> holds, Instant now) {
    this.history = history;
    this.marks = marks;
    this.holds = holds;
    this.now = now;
    findRolledBackFrom();
  }

  /// A return to a release that first went live before the one it replaces is a rollback, by
  /// whatever means. The other direction is a deploy. Runs are left out: they mark what they leave
  /// themselves, and the undo of a run is no rollback.
  private void findRolledBackFrom() {
    var live = new HashMap<String, Release>();
    var firstLive = new HashMap<String, Instant>();
    for (Deployment d : history.deployments()) {
      if (d.state() == Deployment.State.LIVE) {
        Release to = d.release();
        firstLive.putIfAbsent(name(to), d.at());
        Release from = live.put(to.component(), to);
        if (from != null
            && !ownRun(d)
            && firstLive
                .getOrDefault(name(to), d.at())
                .isBefore(firstLive.getOrDefault(name(from), d.at()))) {
          rolledBackFrom.put(
              name(from),
              new Bad(d.at(), "was rolled back from at " + shown(d.at()) + ", to " + to.id()));
        }
        if (d.source().equals(Deployment.RECORD)) {
          rolledBackFrom.remove(name(to));
        }
      }
    }
  }

  private static boolean ownRun(Deployment d) {
    return !d.source().equals(Deployment.RECORD) && !d.source().equals(Deployment.DISCOVERED);
  }

  private static String name(Release release) {
    return release.component() + "\n" + release.id();
  }

  /// @param fingerprints digest of the content of a release of the same component, where known
  Optional<Bad> bad(Release release, Function<String, Optional<String>> fingerprints) {
    Release known = history.known(release);
    return itself(known).or(() -> copyOfABad(known, fingerprints));
  }

  private Optional<Bad> itself(Release release) {
    return marked(release)
        .map(m ->
            new Bad(
                m.at(), "was marked bad by " + m.by() + " at " + shown(m.at()) + ": " + m.reason()))
        .or(() -> unlessMarkedGood(release, failed(release)))
        .or(() -> unlessMarkedGood(release, Optional.ofNullable(rolledBackFrom.get(name(release)))))
        .or(() -> unlessMarkedGood(release, held(release)));
  }

  /// The marks are in the order in which they were made, whatever the clock said.
  private Optional<Mark> marked(Release release) {
    Optional<Mark> bad = Optional.empty();
    for (Mark mark : marks) {
      if (mark.concerns(release)) {
        if (mark.word() == Mark.Word.BAD) {
          bad = Optional.of(mark);
        } else if (mark.byPerson()) {
          bad = Optional.empty();
        }
      }
    }
    return bad;
  }

  private Optional<Bad> failed(Release release) {
    Optional<Bad> failed = Optional.empty();
    for (Deployment d : history.deployments()) {
      if (d.release().is(release)) {
        if (d.state() == Deployment.State.FAILED) {
          failed = Optional.of(new Bad(d.at(), "failed its deploy at " + shown(d.at())));
        } else if (d.source().equals(Deployment.RECORD)) {
          failed = Optional.empty();
        }
      }
    }
    return failed;
  }

  private Optional<Bad> held(Release release) {
    return holds.stream()
        .filter(h -> h.inForce(now) && h.release().isPresent())
        .filter(h -> h.covers(release.component(), release.id()))
        .map(h ->
            new Bad(
                h.from(),
                "is held by " + h.owner() + " until " + shown(h.until()) + ": " + h.reason()))
        .findFirst();
  }

  private Optional<Bad> copyOfABad(
      Release release, Function<String, Optional<String>> fingerprints) {
    Optional<String> own = fingerprints.apply(release.id());
    for (Release other : history.releases(release.component())) {
      if (!other.is(release)) {
        Optional<Bad> bad = itself(other);
        Optional<String> how =
            Copies.how(release, own, other, fingerprints.apply(other.id()))
                .filter(_ -> bad.isPresent());
        if (how.isPresent() && !provenSince(release, other, bad.get())) {
          return Optional.of(
              new Bad(
                  bad.get().at(), how.get() + " " + other.id() + ", which " + bad.get().reason()));
        }
      }
    }
    return marks.stream()
        .filter(m -> m.word() == Mark.Word.BAD && m.component().equals(release.component()))
        .filter(m -> own.isPresent() && m.fingerprint().equals(own))
        .filter(m -> marked(m.about()).filter(m::equals).isPresent())
        .map(m ->
            new Bad(
                m.at(),
                "is a copy of "
                    + m.release()
                    + ", which was marked bad by "
                    + m.by()
                    + " at "
                    + shown(m.at())
                    + ": "
                    + m.reason()))
        .filter(b -> !markedGoodSince(release, b.at()))
        .findFirst();
  }

  /// A person vouches for the copy; or only the deploy of the other failed, and that of the copy
  /// did not, as when a pipeline tries again under a new id.
  private boolean provenSince(Release copy, Release other, Bad bad) {
    return markedGoodSince(copy, bad.at())
        || (failed(other).filter(bad::equals).isPresent()
            && history.deployments().stream()
                .anyMatch(d ->
                    d.release().is(copy)
                        && d.state() == Deployment.State.LIVE
                        && d.source().equals(Deployment.RECORD)
                        && !d.at().isBefore(bad.at())));
  }

  private Optional<Bad> unlessMarkedGood(Release release, Optional<Bad> bad) {
    return bad.filter(b -> !markedGoodSince(release, b.at()));
  }

  private boolean markedGoodSince(Release release, Instant at) {
    return marks.stream()
        .anyMatch(m ->
            m.concerns(release)
                && m.word() == Mark.Word.GOOD
                && m.byPerson()
                && !m.at().isBefore(at));
  }

  static String shown(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
