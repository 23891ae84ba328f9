package dev.lastgood.provider.kubernetes;

import dev.lastgood.model.Text;
import dev.lastgood.provider.kubernetes.WorkloadKind.Named;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// A Deployment, StatefulSet, DaemonSet or Rollout as the API server tells of it.
record Workload(Named named, JsonNode json) {
  private static final String SELECTOR = "matchLabels";

  String uid() {
    return json.path("metadata").path("uid").asString("");
  }

  String resourceVersion() {
    return json.path("metadata").path("resourceVersion").asString("");
  }

  String annotation(String name) {
    return json.path("metadata").path("annotations").path(name).asString("");
  }

  String label(String name) {
    return json.path("metadata").path("labels").path(name).asString("");
  }

  JsonNode template() {
    return json.path("spec").path("template");
  }

  JsonNode status() {
    return json.path("status");
  }

  /// How many pods are wanted.
  int wanted() {
    return named.kind() == WorkloadKind.DAEMON_SET
        ? status().path("desiredNumberScheduled").asInt(0)
        : json.path("spec").path("replicas").asInt(1);
  }

  /// Whether the controller has seen what the specification says now.
  boolean observed() {
    // Argo Rollouts writes this number as a text.
    return status().path("observedGeneration").asLong(0)
        >= json.path("metadata").path("generation").asLong(0);
  }

  boolean paused() {
    return json.path("spec").path("paused").asBoolean(false);
  }

  /// Whether a broken pod keeps the controller from replacing the others: the pods of a StatefulSet
  /// are replaced one by one, and the next only when the one before is ready (kubernetes#67250).
  boolean orderly() {
    return named.kind() == WorkloadKind.STATEFUL_SET
        && !json.path("spec").path("podManagementPolicy").asString("").equals("Parallel");
  }

  /// Whether users are without it while its pods are replaced.
  boolean interrupted() {
    boolean recreated =
        json.path("spec").path("strategy").path("type").asString("").equals("Recreate");
    return recreated || (named.kind() == WorkloadKind.STATEFUL_SET && wanted() == 1);
  }

  /// Why a written template would not lead to pods that run it.
  Optional<String> obstacle() {
    JsonNode meta = json.path("metadata");
    if (!meta.path("deletionTimestamp").isMissingNode()) {
      return Optional.of("it is being deleted");
    }
    for (JsonNode owner : meta.path("ownerReferences")) {
      if (owner.path("controller").asBoolean(false)) {
        return Optional.of(
            "it belongs to "
                + Text.plain(owner.path("kind").asString("?"))
                + " "
                + Text.plain(owner.path("name").asString("?"))
                + ", which would write it again; roll that back");
      }
    }
    if (paused()) {
      return Optional.of("it is paused, and nothing is rolled out; resume it first: " + resume());
    }
    if (named.kind() == WorkloadKind.ROLLOUT) {
      return new ArgoRollout(this).obstacle();
    }
    JsonNode strategy = json.path("spec").path("updateStrategy");
    if (strategy.path("type").asString("").equals("OnDelete")) {
      return Optional.of(
          "its updateStrategy is OnDelete: pods would keep what they run until somebody deletes"
              + " them; set it to RollingUpdate first");
    }
    int partition = strategy.path("rollingUpdate").path("partition").asInt(0);
    if (partition > 0) {
      return Optional.of(
          "its updateStrategy keeps the pods below "
              + partition
              + " as they are (partition); set it to 0 first");
    }
    return Optional.empty();
  }

  private String resume() {
    String where = " -n " + named.namespace() + " " + named.kind().word() + "/" + named.name();
    return named.kind() == WorkloadKind.ROLLOUT
        ? "kubectl patch" + where + " --type merge -p '{\"spec\":{\"paused\":false}}'"
        : "kubectl rollout resume" + where;
  }

  /// The selector as a query.
  String selector() {
    List<String> parts = new ArrayList<>();
    JsonNode selector = json.path("spec").path("selector");
    selector
        .path(SELECTOR)
        .properties()
        .forEach(e -> parts.add(e.getKey() + "=" + e.getValue().asString("")));
    for (JsonNode one : selector.path("matchExpressions")) {
      String key = one.path("key").asString("");
      List<String> values = new ArrayList<>();
      one.path("values").forEach(v -> values.add(v.asString("")));
      String among = " (" + String.join(",", values) + ")";
      parts.add(
          switch (one.path("operator").asString("")) {
            case "In" -> key + " in" + among;
            case "NotIn" -> key + " notin" + among;
            case "DoesNotExist" -> "!" + key;
            default -> key;
          });
    }
    return String.join(",", parts);
  }

  /// A condition by its type; missing when there is none.
  JsonNode condition(String type) {
    for (JsonNode one : status().path("conditions")) {
      if (one.path("type").asString("").equals(type)) {
        return one;
      }
    }
    return json.path("no such condition");
  }

  int count(String part) {
    return status().path(part).asInt(0);
  }
}
