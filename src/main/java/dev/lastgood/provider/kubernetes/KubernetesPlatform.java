package dev.lastgood.provider.kubernetes;

import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import dev.lastgood.model.Text;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Capturable;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Leg;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.kubernetes.Owners.Holder;
import dev.lastgood.provider.kubernetes.WorkloadKind.Named;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// One workload.
final class KubernetesPlatform implements Platform, Capturable {
  static final String TEMPLATE = "write-template";
  static final String OWNER = "owner-sync";
  static final String FREE = "roll-out-freed";

  private final String component;
  private final Cluster cluster;
  private final Named named;
  private final Owners owners;
  private final Needs needs;
  private final Switching switching;
  private final Holding holding;
  private final Freeing freeing;

  KubernetesPlatform(
      String component, Cluster cluster, Named named, String argocd, Duration longest) {
    this.component = component;
    this.cluster = cluster;
    this.named = named;
    this.owners = new Owners(cluster, argocd);
    this.needs = new Needs(cluster, named.namespace());
    this.switching = new Switching(component, cluster, named, owners, longest);
    this.holding = new Holding(component, cluster, named);
    this.freeing = new Freeing(component, cluster, named, longest);
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
    Optional<Revision> current = revisions.current();
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
    workload.obstacle().ifPresent(o -> notes.add("it cannot be rolled back as it is: " + o));
    notes.addAll(owned(owners.of(workload)));
    List<String> unseen = Needs.unseen(known);
    if (!unseen.isEmpty()) {
      notes.add("whether these exist may not be seen: " + String.join(", ", unseen));
    }
    return notes;
  }

  private static List<String> owned(Holder holder) {
    return switch (holder) {
      case Holder.Nobody(String note) -> note.isEmpty() ? List.of() : List.of(note);
      case Holder.Unstoppable(String why) -> List.of(why);
      case Holder.Somebody somebody ->
          List.of(
              "the "
                  + somebody.owner().words()
                  + " writes it, and "
                  + (somebody.automatic()
                      ? "syncs by itself; a rollback suspends it"
                      : Owner.ours(somebody.json())
                          ? "is suspended by Lastgood until the rollback is taken back"
                          : "does not sync by itself"));
    };
  }

  // ---- the way

  @Override
  public List<Method> methods(Release from, Release to) throws PlatformUnreachable {
    Revisions now = read();
    Revision target =
        now.find(to.id())
            .orElseThrow(() -> new PlatformUnreachable(gone(component, named, to.id())));
    boolean live = Switching.isCurrent(now, target);
    Optional<String> missing = needs.missing(target);
    if (live && missing.isPresent()) {
      // The way back to what is broken because of that: there is none.
      return List.of();
    }
    Optional<String> problem =
        target
            .unfit()
            .or(() -> missing)
            .map(p -> target.name() + " " + p)
            .or(now.workload()::obstacle);
    if (problem.isPresent()) {
      throw new PlatformUnreachable(component + ": " + named.words() + ": " + problem.get());
    }
    boolean forward =
        now.find(from.id()).filter(f -> f.created().isBefore(target.created())).isPresent();
    Holder holder = owners.of(now.workload());
    return switch (holder) {
      case Holder.Unstoppable(String why) when !forward ->
          throw new PlatformUnreachable(component + ": " + named.words() + ": " + why);
      case Holder.Unstoppable _ -> List.of(method(now, from, target, true, Optional.empty()));
      case Holder.Nobody _ -> List.of(method(now, from, target, forward, Optional.empty()));
      case Holder.Somebody somebody ->
          List.of(method(now, from, target, forward, Optional.of(somebody)));
    };
  }

  private Method method(
      Revisions now, Release from, Revision to, boolean forward, Optional<Holder.Somebody> owner) {
    List<Leg> legs = new ArrayList<>();
    Optional<Owner> held =
        owner.filter(o -> o.automatic() || Owner.ours(o.json())).map(Holder.Somebody::owner);
    if (!forward && owner.filter(Holder.Somebody::automatic).isPresent()) {
      legs.add(holding.act(owner.get().owner(), to.name(), false));
    }
    boolean orderly = now.workload().orderly();
    legs.add(switching.act(now, from, to, forward, !orderly));
    if (orderly) {
      legs.add(freeing.act(now, to));
    }
    if (forward) {
      // Last: what it syncs is what is there then.
      held.ifPresent(o -> legs.add(holding.act(o, to.name(), true)));
    }
    return new Method(
        "revision",
        "the template of revision "
            + to.number()
            + " ("
            + Templates.images(to.template())
            + ") is written back; pods are replaced as the workload's strategy says",
        legs,
        costs(now, to, owner, forward));
  }

  private static List<String> costs(
      Revisions now, Revision to, Optional<Holder.Somebody> owner, boolean forward) {
    List<String> costs = new ArrayList<>();
    String needs =
        Templates.needs(to.template()).stream()
            .map(Templates.Need::words)
            .collect(Collectors.joining(", "));
    if (!needs.isEmpty()) {
      costs.add("what is in them stays as it is now: " + needs);
    }
    if (now.workload().orderly()) {
      costs.add("pods of another revision that never become ready are deleted; volumes stay");
    }
    if (!forward) {
      owner.ifPresent(o ->
          costs.add(
              "git still has the newer state: revert it there before the "
                  + o.owner().words()
                  + " syncs again"));
      costs.add("the next kubectl apply or helm upgrade replaces it: revert the change there, too");
    }
    return costs;
  }

  // ---- looking and doing

  @Override
  public Sight look(Act act) {
    try {
      return switch (act.verb()) {
        case TEMPLATE -> switching.look(act);
        case OWNER -> holding.look(act);
        case FREE -> freeing.look(act);
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
