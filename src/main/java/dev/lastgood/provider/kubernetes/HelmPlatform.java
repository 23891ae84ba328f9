package dev.lastgood.provider.kubernetes;

import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Capturable;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.kubernetes.Owners.Holder;
import dev.lastgood.provider.local.OneAtATime;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One release of Helm: everything that one chart made.
final class HelmPlatform implements Platform, Capturable {
  static final String ROLLBACK = "helm-rollback";
  static final String FOLLOW = "follow-release";

  private static final int SHOWN = 4;

  /// @param argocd namespace of Argo CD's applications
  /// @param longest after this a rollout is given up, and a pending revision is left behind
  record Limits(String argocd, Duration longest, InstantSource clock) {}

  private final String component;
  private final Cluster cluster;
  private final HelmRelease release;
  private final HelmHistory history;
  private final OneAtATime turn;
  private final Owners owners;
  private final Holding holding;
  private final HelmGoing going;
  private final HelmWays ways;

  HelmPlatform(
      String component,
      Cluster cluster,
      HelmRelease release,
      HelmHistory history,
      HelmProgram program,
      OneAtATime turn,
      Limits limits) {
    this.component = component;
    this.cluster = cluster;
    this.release = release;
    this.history = history;
    this.turn = turn;
    this.owners = new Owners(cluster, limits.argocd());
    this.holding = new Holding(component, cluster, this::gone);
    this.going = new HelmGoing(component, cluster, release, history, program, limits);
    this.ways =
        new HelmWays(
            component,
            cluster,
            release,
            owners,
            new Needs(cluster, release.namespace()),
            program,
            holding,
            going,
            limits.longest());
  }

  static String gone(HelmRelease release, String id) {
    return release.words()
        + " has no revision with the content "
        + id
        + " that was deployed whole (helm keeps a limited number); plan again with another target";
  }

  private Optional<String> gone(String id) throws PlatformUnreachable {
    return history.read(component).find(id).isPresent()
        ? Optional.empty()
        : Optional.of(component + ": " + gone(release, id));
  }

  // ---- what there is

  @Override
  public Inventory inventory() throws PlatformUnreachable {
    HelmHistory.Kept kept = history.read(component);
    HelmRevision last = kept.last();
    List<Release> releases = new ArrayList<>();
    List<Inventory.Excluded> excluded = new ArrayList<>(kept.damaged());
    Set<String> seen = new LinkedHashSet<>();
    for (HelmRevision one : kept.newest()) {
      boolean live = one.equals(last) && !last.removed();
      if (!seen.add(one.id())) {
        continue;
      }
      if (live || one.unfit().isEmpty()) {
        releases.add(release(one));
      } else {
        excluded.add(new Inventory.Excluded(one.id(), one.words()));
      }
    }
    return new Inventory(
        last.removed() ? Optional.empty() : Optional.of(release(last)),
        releases,
        excluded,
        notes(last));
  }

  private Release release(HelmRevision one) {
    return new Release(
        component,
        one.id(),
        new Origin(one.version(), Optional.empty(), Optional.empty(), Optional.empty()),
        Optional.of(one.at()));
  }

  private List<String> notes(HelmRevision last) throws PlatformUnreachable {
    List<String> notes = new ArrayList<>(List.of(last.words()));
    if (last.pending()) {
      notes.add(going.abandoned(last) ? HelmGoing.left(last) : going.busy(last));
    }
    var parts = new HelmParts(cluster, last.manifest());
    notes.add(parts.look().seen());
    notes.addAll(holder(parts).notes());
    return notes;
  }

  /// Who writes the release out of git: its first workload tells.
  private Holder holder(HelmParts parts) throws PlatformUnreachable {
    List<Workload> there = parts.there();
    return there.isEmpty() ? new Holder.Nobody("") : owners.of(there.getFirst());
  }

  // ---- the way

  @Override
  public List<Method> methods(Release from, Release to) throws PlatformUnreachable {
    return ways.between(history.read(component), from, to);
  }

  // ---- looking and doing

  @Override
  public Sight look(Act act) {
    try {
      return switch (act.verb()) {
        case ROLLBACK -> going.look(act);
        case FOLLOW -> follow(act);
        case KubernetesPlatform.OWNER -> holding.look(act);
        default -> new Sight.Unclear(act.unknownTo("helm"));
      };
    } catch (PlatformUnreachable e) {
      return new Sight.Unclear(String.valueOf(e.getMessage()));
    }
  }

  private Sight follow(Act act) throws PlatformUnreachable {
    HelmRevision last = history.read(component).last();
    return last.content().equals(act.get("to"))
        ? new HelmParts(cluster, last.manifest()).look()
        // Before helm went back that is so; after it somebody else was there.
        : new Sight.NotYet(last.words());
  }

  @Override
  public Outcome act(Act act, String key) {
    try {
      return switch (act.verb()) {
        case ROLLBACK -> turn.act(() -> going.act(act));
        case FOLLOW -> free(act);
        case KubernetesPlatform.OWNER -> holding.act(act);
        default -> new Outcome.Refused(act.unknownTo("helm"));
      };
    } catch (PlatformUnreachable e) {
      // Only what comes before a change throws.
      return new Outcome.Refused(e.getMessage() + "; nothing was changed");
    }
  }

  private Outcome free(Act act) throws PlatformUnreachable {
    HelmRevision last = history.read(component).last();
    return last.content().equals(act.get("to"))
        ? new HelmParts(cluster, last.manifest()).free()
        : new Outcome.Refused(
            component
                + ": "
                + release.words()
                + ": somebody else has deployed: "
                + last.words()
                + ". Nothing was changed");
  }

  // ---- evidence

  /// Its history in helm's words, and what its workloads said if it is the last revision. Values
  /// and manifests hold secrets, and are left out.
  @Override
  public List<Exhibit> capture(Release wanted) {
    List<Exhibit> all = new ArrayList<>();
    String name = component + "-history.txt";
    try {
      HelmHistory.Kept kept = history.read(component);
      var text = new StringBuilder();
      kept.newest().forEach(r -> text.append(r.words()).append('\n'));
      all.add(new Exhibit(name, release.words(), text.toString()));
      if (kept.last().id().equals(wanted.id())) {
        workloads(kept.last(), all);
      }
    } catch (PlatformUnreachable e) {
      all.add(new Exhibit(name, release.words(), e.getMessage() + "\n"));
    }
    return all;
  }

  private void workloads(HelmRevision last, List<Exhibit> all) throws PlatformUnreachable {
    for (Manifest.Part part : last.manifest().workloads().stream().limit(SHOWN).toList()) {
      Optional<Revision> current =
          Revisions.read(cluster, part.named()).flatMap(Revisions::current);
      current.ifPresent(r ->
          all.addAll(
              new Exhibits(component, cluster, part.named()).of(Release.of(component, r.name()))));
    }
  }
}
