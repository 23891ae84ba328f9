package dev.lastgood.provider.kubernetes;

import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import dev.lastgood.model.Text;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Capturable;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.kubernetes.WorkloadKind.Named;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One workload.
final class KubernetesPlatform implements Platform, Capturable {
  static final String TEMPLATE = "write-template";
  static final String OWNER = "owner-sync";
  static final String FREE = "roll-out-freed";
  static final String ABORT = "abort-update";
  static final String PROMOTE = "promote-fully";

  private final String component;
  private final Cluster cluster;
  private final Named named;
  private final Owners owners;
  private final Needs needs;
  private final Switching switching;
  private final Holding holding;
  private final Freeing freeing;
  private final Steering steering;
  private final Ways ways;

  KubernetesPlatform(
      String component, Cluster cluster, Named named, String argocd, Duration longest) {
    this.component = component;
    this.cluster = cluster;
    this.named = named;
    this.owners = new Owners(cluster, argocd);
    this.needs = new Needs(cluster, named.namespace());
    this.switching = new Switching(component, cluster, named, owners, longest);
    this.holding = new Holding(component, cluster, this::gone);
    this.freeing = new Freeing(component, cluster, named, longest);
    this.steering = new Steering(component, cluster, named, longest);
    this.ways = new Ways(component, named, owners, needs, switching, holding, freeing, steering);
  }

  private Revisions read() throws PlatformUnreachable {
    return Revisions.read(cluster, named)
        .orElseThrow(() ->
            new PlatformUnreachable(
                component
                    + ": there is no "
                    + named.words()
                    + " at "
                    + cluster.access().words()
                    + "; correct `workload`, `namespace` or the context"));
  }

  private Optional<String> gone(String id) throws PlatformUnreachable {
    return read().find(id).isPresent() ? Optional.empty() : Optional.of(gone(component, named, id));
  }

  static String gone(String component, Named named, String id) {
    return component
        + ": "
        + named.words()
        + " has no revision "
        + id
        + " any more (the cluster removes old ones, see revisionHistoryLimit); plan again with"
        + " another target, or apply its manifest from git";
  }

  // ---- what there is

  @Override
  public Inventory inventory() throws PlatformUnreachable {
    Revisions revisions = read();
    Optional<Revision> current = revisions.live();
    var known = new Needs.Known();
    List<Release> releases = new ArrayList<>();
    List<Inventory.Excluded> excluded = new ArrayList<>();
    for (Revision one : revisions.newest()) {
      boolean live = current.filter(c -> c.name().equals(one.name())).isPresent();
      Optional<String> unfit = one.unfit();
      if (!live && unfit.isEmpty()) {
        unfit = needs.missing(one, known);
      }
      if (live || unfit.isEmpty()) {
        releases.add(release(one));
      } else {
        excluded.add(new Inventory.Excluded(one.name(), unfit.get()));
      }
    }
    return new Inventory(
        current.map(this::release), releases, excluded, notes(revisions, current, known));
  }

  private Release release(Revision one) {
    return new Release(
        component,
        one.name(),
        new Origin(
            Templates.version(one.template()),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()),
        Optional.of(one.created()));
  }

  private List<String> notes(Revisions revisions, Optional<Revision> current, Needs.Known known)
      throws PlatformUnreachable {
    Workload workload = revisions.workload();
    List<String> notes = new ArrayList<>();
    if (current.isEmpty()) {
      notes.add(
          workload.observed()
              ? "its template is that of no revision that the cluster keeps"
              : "somebody has just changed it, and the controller has not seen that yet");
    } else {
      Revision live = current.get();
      notes.add(
          "revision "
              + live.number()
              + " ("
              + Templates.images(live.template())
              + "): "
              + new Rollout(cluster, workload, live).seen());
      String complaints = Pods.of(cluster, workload).running(live).complaints();
      if (!complaints.isEmpty()) {
        notes.add(complaints);
      }
    }
    notes.addAll(held(revisions));
    workload.obstacle().ifPresent(o -> notes.add("it cannot be rolled back as it is: " + o));
    notes.addAll(owners.of(workload).notes());
    List<String> unseen = Needs.unseen(known);
    if (!unseen.isEmpty()) {
      notes.add("whether these exist may not be seen: " + String.join(", ", unseen));
    }
    return notes;
  }

  /// A newer revision that Argo Rollouts keeps from users, in whole or for now.
  private static List<String> held(Revisions revisions) {
    Optional<Revision> asked = revisions.current();
    return asked.isEmpty() || asked.equals(revisions.live())
        ? List.of()
        : List.of(
            "it asks for revision "
                + asked.get().number()
                + ", "
                + asked.get().name()
                + ", which users do not get"
                + (new ArgoRollout(revisions.workload()).aborted()
                    ? ": its update was aborted, and a retry would begin it again"
                    : " yet"));
  }

  // ---- the way

  @Override
  public List<Method> methods(Release from, Release to) throws PlatformUnreachable {
    return ways.between(read(), from, to);
  }

  // ---- looking and doing

  @Override
  public Sight look(Act act) {
    try {
      return switch (act.verb()) {
        case TEMPLATE -> switching.look(act);
        case OWNER -> holding.look(act);
        case FREE -> freeing.look(act);
        case ABORT -> steering.lookAborted(act);
        case PROMOTE -> steering.lookPromoted(act);
        default -> new Sight.Unclear(act.unknownTo("kubernetes"));
      };
    } catch (PlatformUnreachable e) {
      return new Sight.Unclear(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Outcome act(Act act, String key) {
    try {
      return switch (act.verb()) {
        case TEMPLATE -> switching.act(act);
        case OWNER -> holding.act(act);
        case FREE -> freeing.act(act);
        case ABORT -> steering.abort(act);
        case PROMOTE -> steering.promote(act);
        default -> new Outcome.Refused(act.unknownTo("kubernetes"));
      };
    } catch (PlatformUnreachable e) {
      // Only what comes before a change throws.
      return new Outcome.Refused(Text.plain(e.getMessage() + "; nothing was changed"));
    }
  }

  @Override
  public List<Exhibit> capture(Release release) {
    return new Exhibits(component, cluster, named).of(release);
  }
}
