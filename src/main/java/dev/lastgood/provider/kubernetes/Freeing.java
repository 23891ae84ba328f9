package dev.lastgood.provider.kubernetes;

import dev.lastgood.model.Text;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.kubernetes.Cluster.Sent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Follows the rollout of a StatefulSet, and takes sick pods of another revision out of its way:
/// its controller waits for them to become ready, for ever (kubernetes#67250). Their volumes stay,
/// and their logs were kept before.
final class Freeing {
  private static final Duration USUAL = Duration.ofMinutes(1);

  private final String component;
  private final Cluster cluster;
  private final WorkloadKind.Named named;
  private final Duration longest;

  Freeing(String component, Cluster cluster, WorkloadKind.Named named, Duration longest) {
    this.component = component;
    this.cluster = cluster;
    this.named = named;
    this.longest = longest;
  }

  Act act(Revisions now, Revision to) {
    return new Act(
        component,
        KubernetesPlatform.FREE,
        new TreeMap<>(Map.of("to", to.name(), "uid", now.workload().uid())),
        "roll " + named.words() + " out, replacing pods of other revisions that are stuck",
        "kubectl"
            + cluster.access().kubectl()
            + " rollout status statefulset/"
            + Text.shellWord(named.name())
            + " -n "
            + Text.shellWord(named.namespace())
            + "; and kubectl delete pod for each that never becomes ready",
        USUAL,
        longest,
        now.workload().interrupted() ? USUAL : Duration.ZERO);
  }

  Sight look(Act act) throws PlatformUnreachable {
    Optional<Revisions> read = Revisions.read(cluster, named);
    Optional<Revision> target = read.flatMap(r -> r.find(act.get("to")));
    if (target.isEmpty()) {
      return new Sight.Failed(KubernetesPlatform.gone(component, named, act.get("to")));
    }
    return Switching.isCurrent(read.get(), target.get())
        ? new Rollout(cluster, read.get().workload(), target.get()).look()
        : new Sight.Failed(
            "somebody else has deployed: it asks for "
                + read.get().current().map(Revision::name).orElse("something else"));
  }

  Outcome act(Act act) throws PlatformUnreachable {
    Optional<Revisions> read = Revisions.read(cluster, named);
    Optional<Revision> target = read.flatMap(r -> r.find(act.get("to")));
    if (target.isEmpty()) {
      return new Outcome.Refused(KubernetesPlatform.gone(component, named, act.get("to")));
    }
    Workload workload = read.get().workload();
    if (!workload.uid().equals(act.get("uid")) || !Switching.isCurrent(read.get(), target.get())) {
      return new Outcome.Refused(
          component
              + ": "
              + named.words()
              + " does not ask for "
              + act.get("to")
              + " any more; plan again");
    }
    return free(cluster, workload, target.get());
  }

  /// Takes the sick pods of other revisions out of the way.
  static Outcome free(Cluster cluster, Workload workload, Revision target)
      throws PlatformUnreachable {
    List<String> freed = new ArrayList<>();
    for (JsonNode pod : Pods.of(cluster, workload).besides(target).stuck().all()) {
      Sent sent =
          cluster.change(
              "DELETE",
              "/api/v1/namespaces/" + workload.named().namespace() + "/pods/" + Pods.name(pod),
              Cluster.Body.json(exactly(pod)));
      switch (sent) {
        case Sent.Yes _ -> freed.add(Pods.name(pod));
        // It was replaced in between: that is what was wanted.
        case Sent.Overtaken _ -> {}
        case Sent.No no -> {
          return freed.isEmpty() || no.outcome() instanceof Outcome.Unknown
              ? no.outcome()
              : new Outcome.Unknown(freed + " are replaced, and then: " + no.outcome());
        }
      }
    }
    return new Outcome.Done(freed.isEmpty() ? "nothing is stuck" : "replaced " + freed);
  }

  /// This very pod and no later one of the same name.
  private static ObjectNode exactly(JsonNode pod) {
    ObjectNode options = JsonNodeFactory.instance.objectNode();
    options.put("apiVersion", "v1").put("kind", "DeleteOptions");
    options.putObject("preconditions").put("uid", pod.path("metadata").path("uid").asString(""));
    return options;
  }
}
