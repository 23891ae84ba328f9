package dev.lastgood.provider.kubernetes;

import dev.lastgood.model.Text;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.Why;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/// Lets helm go back to an explicit revision. Each time it is asked, helm makes a new revision, so
/// it is asked only after a look, by one Lastgood at a time, and never while a revision is pending:
/// helm itself would not mind.
final class HelmGoing {
  private static final Duration USUAL = Duration.ofSeconds(15);

  private final String component;
  private final Cluster cluster;
  private final HelmRelease release;
  private final HelmHistory history;
  private final HelmProgram program;
  private final Owners owners;
  private final Duration longest;
  private final InstantSource clock;

  /// Revisions whose helm was seen to end badly, with its last words. A helm that ends in a hook
  /// leaves its revision pending, as one that still runs does.
  private final Map<Integer, String> ended = new ConcurrentHashMap<>();

  HelmGoing(
      String component,
      Cluster cluster,
      HelmRelease release,
      HelmHistory history,
      HelmProgram program,
      HelmPlatform.Limits limits) {
    this.component = component;
    this.cluster = cluster;
    this.release = release;
    this.history = history;
    this.program = program;
    this.owners = new Owners(cluster, limits.argocd());
    this.longest = limits.longest();
    this.clock = limits.clock();
  }

  Act act(String from, HelmRevision to, boolean forward) {
    return new Act(
        component,
        HelmPlatform.ROLLBACK,
        new TreeMap<>(Map.of("from", from, "to", to.content(), "forward", "" + forward)),
        "let helm take " + release.words() + " to revision " + to.number() + ", " + to.chart(),
        program.byHand(to.number()),
        USUAL,
        longest.plus(Duration.ofMinutes(2)),
        Duration.ZERO);
  }

  // ---- looking

  Sight look(Act act) throws PlatformUnreachable {
    HelmRevision last = history.read(component).last();
    boolean wanted = last.content().equals(act.get("to"));
    if (last.pending()) {
      return wanted && ended.containsKey(last.number())
          ? new Sight.Failed(left(last) + ": " + ended.get(last.number()))
          : abandoned(last) ? new Sight.NotYet(left(last)) : new Sight.UnderWay(last.words());
    }
    if (!wanted) {
      return new Sight.NotYet(last.words());
    }
    if (last.failed()) {
      return new Sight.Failed(last.words());
    }
    Optional<String> other = new HelmParts(cluster, last.manifest()).differs();
    return other.isPresent()
        ? new Sight.NotYet(last.words() + ", but somebody changed it besides helm: " + other.get())
        : new Sight.Holds(last.words());
  }

  /// Whether a pending revision is older than any helm that could still be at it.
  boolean abandoned(HelmRevision pending) {
    return Duration.between(pending.at(), clock.instant()).compareTo(longest) > 0
        || ended.containsKey(pending.number());
  }

  static String left(HelmRevision pending) {
    return pending.words() + "; the helm that was at it ended before it was done";
  }

  /// Why nothing may be done now.
  String busy(HelmRevision pending) {
    return "a helm is at it, or was killed: "
        + pending.words()
        + ". Wait for its end; if none runs any more, roll back by hand (helm rollback), or wait"
        + " until it is older than `deadline` ("
        + longest.toMinutes()
        + "m): then it counts as left behind";
  }

  // ---- doing

  /// Called by one at a time.
  Outcome act(Act act) {
    HelmHistory.Kept before;
    HelmRevision target;
    try {
      before = history.read(component);
      Optional<Outcome> settled = settled(act, before);
      if (settled.isPresent()) {
        return settled.get();
      }
      target = before.find(act.get("to")).orElseThrow();
    } catch (PlatformUnreachable e) {
      return new Outcome.Refused(Text.plain(e.getMessage() + "; nothing was changed"));
    }
    return switch (program.rollback(target.number())) {
      case Argv.End.NotStarted(String reason) ->
          new Outcome.Refused(component + ": " + reason + "; nothing was changed");
      case Argv.End.Exited(int code, _) when code == 0 ->
          new Outcome.Done("helm rolled back to revision " + target.number());
      case Argv.End.Exited(int code, String output) ->
          judged(
              before.last().number(),
              "helm rollback ended with exit " + code + ": " + words(output));
      case Argv.End.CutOff(String reason, String output) ->
          judged(before.last().number(), reason + ": " + words(output));
    };
  }

  private static String words(String output) {
    return Why.plain(
        output.lines().filter(l -> !l.isBlank()).reduce((_, b) -> b).orElse("it said nothing"),
        300);
  }

  /// helm writes its new revision down before it touches anything: without one nothing was changed.
  private Outcome judged(int before, String said) {
    String hidden = cluster.access().secret().map(s -> said.replace(s, "•••")).orElse(said);
    try {
      HelmRevision last = history.read(component).last();
      if (last.number() <= before) {
        return new Outcome.Refused(component + ": " + hidden + "; nothing was changed");
      }
      ended.put(last.number(), hidden);
      return new Outcome.Unknown(component + ": " + hidden);
    } catch (PlatformUnreachable e) {
      return new Outcome.Unknown(component + ": " + hidden + "; and " + e.getMessage());
    }
  }

  /// What needs no change, or allows none.
  private Optional<Outcome> settled(Act act, HelmHistory.Kept kept) throws PlatformUnreachable {
    String to = act.get("to");
    HelmRevision last = kept.last();
    if (kept.find(to).isEmpty()) {
      return refused(HelmPlatform.gone(release, to));
    }
    if (last.pending() && !abandoned(last)) {
      return refused(release.words() + ": " + busy(last));
    }
    if (last.deployed()
        && last.content().equals(to)
        && new HelmParts(cluster, last.manifest()).differs().isEmpty()) {
      return Optional.of(new Outcome.Done(last.words()));
    }
    // An attempt that failed before has the content of the target already.
    if (!last.id().equals(act.get("from")) && !last.content().equals(to)) {
      return refused(
          release.words()
              + ": somebody else has deployed: "
              + last.words()
              + ", and it was planned from "
              + act.get("from")
              + "; plan again");
    }
    return fought(act, last);
  }

  private Optional<Outcome> fought(Act act, HelmRevision last) throws PlatformUnreachable {
    if (Boolean.parseBoolean(act.get("forward"))) {
      return Optional.empty();
    }
    for (Workload one : new HelmParts(cluster, last.manifest()).there()) {
      Optional<String> fights = owners.of(one).fights();
      if (fights.isPresent()) {
        return refused(release.words() + ": " + fights.get());
      }
    }
    return Optional.empty();
  }

  private Optional<Outcome> refused(String why) {
    return Optional.of(new Outcome.Refused(component + ": " + why + ". Nothing was changed"));
  }
}
