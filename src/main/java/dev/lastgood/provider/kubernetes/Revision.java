package dev.lastgood.provider.kubernetes;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// One revision that the cluster keeps of a workload. Its number moves when it is gone back to; its
/// name, made of the content, does not.
///
/// @param name of the ReplicaSet or ControllerRevision
/// @param number as `kubectl rollout history` lists it; 0: it has none
/// @param template as it was; for what a controller added to it see [Templates]
/// @param json the whole object
record Revision(String name, long number, JsonNode template, Instant created, JsonNode json) {
  static Revision of(WorkloadKind kind, JsonNode json) {
    JsonNode meta = json.path("metadata");
    boolean replicas = kind.inReplicaSets();
    return new Revision(
        meta.path("name").asString(""),
        replicas
            ? number(meta.path("annotations").path(kind.numbered()).asString(""))
            : json.path("revision").asLong(0),
        (replicas ? json : json.path("data")).path("spec").path("template"),
        time(meta.path("creationTimestamp").asString("")),
        json);
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static Instant time(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      return Instant.EPOCH;
    }
  }

  /// What its pods carry in the label of [WorkloadKind#label()].
  String hash(WorkloadKind kind) {
    return kind == WorkloadKind.STATEFUL_SET
        ? name
        : json.path("metadata").path("labels").path(kind.label()).asString("");
  }

  /// Why it is never a target, as far as it shows by itself.
  Optional<String> unfit() {
    if (number == 0) {
      return Optional.of("it carries no revision number, so the cluster does not count it");
    }
    return template.isObject() ? Optional.empty() : Optional.of("it holds no template");
  }
}
