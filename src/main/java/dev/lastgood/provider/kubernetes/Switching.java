package dev.lastgood.provider.kubernetes;

import dev.lastgood.model.Release;
import dev.lastgood.model.Text;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.kubernetes.Cluster.Sent;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Writes the template of a revision back, as `kubectl rollout undo --to-revision` does, and only
/// on the very object that was looked at. The number of replicas is never written: it may be an
/// autoscaler's.
final class Switching {
  private static final Duration USUAL = Duration.ofSeconds(40);

  /// The status of a workload on its way changes its version several times a second.
  private static final int ATTEMPTS = 10;

  /// Annotations that stay those of the Deployment when the others come from the ReplicaSet: the
  /// list of kubectl, and the marks of owners, without which an owner would lose what it owns.
  private static final Set<String> STAY =
      Set.of(
          "kubectl.kubernetes.io/last-applied-configuration",
          "deployment.kubernetes.io/revision",
          "deployment.kubernetes.io/revision-history",
          "deployment.kubernetes.io/desired-replicas",
          "deployment.kubernetes.io/max-replicas",
          "deprecated.deployment.rollback.to",
          "argocd.argoproj.io/tracking-id",
          "meta.helm.sh/release-name",
          "meta.helm.sh/release-namespace");

  private final String component;
  private final Cluster cluster;
  private final WorkloadKind.Named named;
  private final Owners owners;
  private final Needs needs;
  private final Duration longest;

  Switching(
      String component,
      Cluster cluster,
      WorkloadKind.Named named,
      Owners owners,
      Duration longest) {
    this.component = component;
    this.cluster = cluster;
    this.named = named;
    this.owners = owners;
    this.needs = new Needs(cluster, named.namespace());
    this.longest = longest;
  }

  /// @param forward whether it leads to what git has anyway
  /// @param followed whether the goal is the whole rollout, or only that it is under way
  Act act(Revisions now, Release from, Revision to, boolean forward, boolean followed) {
    // What users get and what is asked for may differ: it is planned from what is asked for.
    String asked =
        now.live().filter(l -> l.name().equals(from.id())).flatMap(_ -> now.current()).stream()
            .map(Revision::name)
            .findFirst()
            .orElse(from.id());
    return new Act(
        component,
        KubernetesPlatform.TEMPLATE,
        new TreeMap<>(
            Map.of(
                "from",
                asked,
                "to",
                to.name(),
                "uid",
                now.workload().uid(),
                "forward",
                "" + forward,
                "followed",
                "" + followed)),
        "take " + named.words() + " to revision " + to.number() + ", " + to.name(),
        byHand(to),
        followed ? USUAL : Duration.ofSeconds(2),
        followed ? longest : Duration.ofMinutes(2),
        now.workload().interrupted() && followed ? USUAL : Duration.ZERO);
  }

  private String byHand(Revision to) {
    String undo =
        named.kind() == WorkloadKind.ROLLOUT
            ? named.kubectl(cluster.access(), "undo")
            : "kubectl"
                + cluster.access().kubectl()
                + " rollout undo "
                + named.kind().word()
                + "/"
                + Text.shellWord(named.name())
                + " -n "
                + Text.shellWord(named.namespace());
    return undo + " --to-revision=" + to.number();
  }

  Sight look(Act act) throws PlatformUnreachable {
    Optional<Revisions> read = Revisions.read(cluster, named);
    if (read.isEmpty()) {
      return new Sight.Failed("there is no " + named.words() + " any more");
    }
    Revisions now = read.get();
    Optional<Revision> target = now.find(act.get("to"));
    if (target.isEmpty()) {
      return new Sight.NotYet(KubernetesPlatform.gone(component, named, act.get("to")));
    }
    if (!isCurrent(now, target.get())) {
      return new Sight.NotYet(
          named.words()
              + " asks for "
              + now.current().map(Revision::name).orElse("a template of no known revision"));
    }
    if (Boolean.parseBoolean(act.get("followed"))) {
      return new Rollout(cluster, now.workload(), target.get()).look();
    }
    return now.workload().observed()
        ? new Sight.Holds(named.words() + " asks for " + target.get().name())
        : new Sight.UnderWay("the controller has not seen the change yet");
  }

  static boolean isCurrent(Revisions now, Revision target) {
    return now.current().filter(c -> c.name().equals(target.name())).isPresent();
  }

  Outcome act(Act act) throws PlatformUnreachable {
    String last = "";
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Optional<Revisions> read = Revisions.read(cluster, named);
      if (read.isEmpty()) {
        return refused("there is no " + named.words() + "; was it deleted?");
      }
      Revisions now = read.get();
      Optional<Outcome> settled = settled(act, now);
      if (settled.isPresent()) {
        return settled.get();
      }
      Revision target = now.find(act.get("to")).orElseThrow();
      switch (cluster.change(
          "PATCH", named.path(), Cluster.Body.patch(operations(now.workload(), target)))) {
        case Sent.Yes _ -> {
          return new Outcome.Done("accepted");
        }
        case Sent.No no -> {
          return no.outcome();
        }
        // Nothing was changed. What is there now is looked at anew, and judged anew.
        case Sent.Overtaken overtaken -> last = overtaken.said();
      }
    }
    return refused("somebody else keeps changing it: " + last);
  }

  /// What needs no change, or allows none.
  private Optional<Outcome> settled(Act act, Revisions now) throws PlatformUnreachable {
    if (!now.workload().uid().equals(act.get("uid"))) {
      return Optional.of(
          refused(
              "it was deleted and made anew after the plan was made; plan again to see what is"
                  + " there now"));
    }
    Optional<Revision> target = now.find(act.get("to"));
    if (target.isEmpty()) {
      return Optional.of(
          new Outcome.Refused(KubernetesPlatform.gone(component, named, act.get("to"))));
    }
    if (isCurrent(now, target.get())) {
      return Optional.of(new Outcome.Done("it asks for " + target.get().name() + " already"));
    }
    String current = now.current().map(Revision::name).orElse("");
    if (!current.equals(act.get("from"))) {
      return Optional.of(
          refused(
              "somebody else has deployed: it asks for "
                  + (current.isEmpty() ? "a template of no known revision" : current)
                  + ", and was planned from "
                  + act.get("from")
                  + "; plan again"));
    }
    Optional<String> obstacle = now.workload().obstacle();
    if (obstacle.isPresent()) {
      return obstacle.map(this::refused);
    }
    Optional<String> missing = needs.missing(target.get());
    if (missing.isPresent()) {
      return Optional.of(refused(target.get().name() + " " + missing.get()));
    }
    return fought(act, now.workload()).map(this::refused);
  }

  /// Who would put it back.
  private Optional<String> fought(Act act, Workload workload) throws PlatformUnreachable {
    if (Boolean.parseBoolean(act.get("forward"))) {
      return Optional.empty();
    }
    return owners.of(workload).fights();
  }

  private Outcome refused(String why) {
    return new Outcome.Refused(
        component + ": " + named.words() + ": " + why + ". Nothing was changed");
  }

  private ArrayNode operations(Workload workload, Revision target) {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    // With another version than the one that is there, the server refuses the whole.
    operation(all, "/metadata/resourceVersion").put("value", workload.resourceVersion());
    operation(all, "/spec/template").set("value", Templates.plain(target.template()));
    if (named.kind() == WorkloadKind.DEPLOYMENT) {
      operation(all, "/metadata/annotations").set("value", annotations(workload, target));
    }
    return all;
  }

  private static ObjectNode operation(ArrayNode all, String path) {
    // "add" replaces what is there, and does not mind when nothing is.
    return all.addObject().put("op", "add").put("path", path);
  }

  private static ObjectNode annotations(Workload workload, Revision target) {
    ObjectNode all = JsonNodeFactory.instance.objectNode();
    copy(workload.json(), all, true);
    copy(target.json(), all, false);
    return all;
  }

  private static void copy(JsonNode from, ObjectNode to, boolean stay) {
    from.path("metadata")
        .path("annotations")
        .properties()
        .forEach(e -> {
          if (STAY.contains(e.getKey()) == stay) {
            to.set(e.getKey(), e.getValue());
          }
        });
  }
}
