package dev.lastgood.provider.kubernetes;

import dev.lastgood.model.Release;
import dev.lastgood.model.Text;
import dev.lastgood.provider.Leg;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.kubernetes.Owners.Holder;
import dev.lastgood.provider.kubernetes.WorkloadKind.Named;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The ways from one revision of a workload to another.
record Ways(
    String component,
    Named named,
    Owners owners,
    Needs needs,
    Switching switching,
    Holding holding,
    Freeing freeing,
    Steering steering) {

  List<Method> between(Revisions now, Release from, Release to) throws PlatformUnreachable {
    Revision target =
        now.find(to.id())
            .orElseThrow(
                () -> new PlatformUnreachable(KubernetesPlatform.gone(component, named, to.id())));
    Optional<String> missing = needs.missing(target);
    if (Switching.isCurrent(now, target) && missing.isPresent()) {
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
    return new Plan(now, from, target, owners.of(now.workload())).methods();
  }

  /// One pair of revisions, with everything that is known when the ways are made.
  private final class Plan {
    private final Revisions now;
    private final Release from;
    private final Revision to;
    private final Holder holder;
    private final boolean forward;

    Plan(Revisions now, Release from, Revision to, Holder holder) {
      this.now = now;
      this.from = from;
      this.to = to;
      this.holder = holder;
      this.forward =
          now.find(from.id()).filter(f -> f.created().isBefore(to.created())).isPresent();
    }

    List<Method> methods() throws PlatformUnreachable {
      if (holder instanceof Holder.Unstoppable(String why) && !forward) {
        throw new PlatformUnreachable(component + ": " + named.words() + ": " + why);
      }
      return named.kind() == WorkloadKind.ROLLOUT ? steered() : List.of(plain());
    }

    private Method plain() {
      boolean orderly = now.workload().orderly();
      List<Leg> legs = new ArrayList<>();
      legs.add(switching.act(now, from, to, forward, !orderly));
      if (orderly) {
        legs.add(freeing.act(now, to));
      }
      return method(
          "revision",
          writes() + "; pods are replaced as the workload's strategy says",
          legs,
          List.of());
    }

    private String writes() {
      return "the template of revision "
          + to.number()
          + " ("
          + Templates.images(to.template())
          + ") is written back";
    }

    /// In the middle of an update the stable revision still runs: an abort gives it everybody at
    /// once. Any other revision goes the way of the strategy, without its steps.
    private List<Method> steered() throws PlatformUnreachable {
      var argo = new ArgoRollout(now.workload());
      boolean asked = argo.underWay() && Switching.isCurrent(now, to);
      if (asked && argo.aborted()) {
        throw new PlatformUnreachable(
            component
                + ": the update of "
                + named.words()
                + " to "
                + to.name()
                + " was aborted; who wants it begins it again: kubectl argo rollouts retry rollout "
                + named.name()
                + " -n "
                + named.namespace());
      }
      if (asked && now.live().filter(l -> l.name().equals(to.name())).isPresent()) {
        return List.of(
            method(
                "revision",
                writes() + "; its update begins again at the first step",
                List.of(switching.act(now, from, to, forward, false)),
                List.of("its update was under way, and waits at its steps again afterwards")));
      }
      Method full =
          method(
              "revision",
              writes() + "; then it is promoted fully",
              List.of(switching.act(now, from, to, forward, false), steering.promoting(now, to)),
              List.of("steps, pauses and analysis of its strategy are skipped"));
      boolean stable = argo.stable().equals(to.hash(WorkloadKind.ROLLOUT));
      return argo.underWay() && stable && !argo.aborted()
          ? List.of(
              method(
                  "abort",
                  "the update under way is aborted, which gives the stable revision everybody;"
                      + " then "
                      + writes(),
                  List.of(steering.aborting(now, to), switching.act(now, from, to, forward, true)),
                  List.of()),
              full)
          : List.of(full);
    }

    private Method method(String name, String says, List<Leg> moves, List<String> costs) {
      List<String> all = new ArrayList<>(costs);
      all.addAll(costs());
      return new Method(name, says, holder.around(moves, holding, to.name(), forward), all);
    }

    private List<String> costs() {
      List<String> costs = new ArrayList<>();
      String needed =
          Templates.needs(to.template()).stream()
              .map(Templates.Need::words)
              .collect(Collectors.joining(", "));
      if (!needed.isEmpty()) {
        costs.add("what is in them stays as it is now: " + needed);
      }
      if (now.workload().orderly()) {
        costs.add("pods of another revision that never become ready are deleted; volumes stay");
      }
      if (!forward) {
        costs.addAll(holder.costs());
        costs.add(again());
      }
      return costs;
    }

    /// Who puts the newer state back at the next occasion, and how that is kept from happening.
    private String again() {
      String release = now.workload().annotation("meta.helm.sh/release-name");
      return release.isEmpty()
          ? "the next kubectl apply or helm upgrade replaces it: revert the change there, too"
          : "helm does not know of it, and its release "
              + Text.plain(release)
              + " still counts the newer revision as deployed; a component with `platform: helm`"
              + " takes back all of the release";
    }
  }
}
