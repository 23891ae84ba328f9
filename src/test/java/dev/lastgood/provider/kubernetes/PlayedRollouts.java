package dev.lastgood.provider.kubernetes;

import dev.lastgood.provider.kubernetes.PlayedCluster.Mode;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What the controller of Argo Rollouts does to the status of a Rollout whose strategy has a pause.
final class PlayedRollouts {
  private PlayedRollouts() {}

  /// After a template was written: it is stable already, or waits at the first step. What was said
  /// about the update before is forgotten.
  static ObjectNode status(JsonNode workload, String hash, Mode mode) {
    JsonNode before = workload.path("status");
    String stable = before.path("stableRS").asString(hash);
    ObjectNode status = PlayedCluster.json("{'replicas': 3}");
    status.put("currentPodHash", hash).put("stableRS", stable);
    if (workload.path("spec").path("strategy").path("blueGreen").isObject()) {
      status
          .putObject("blueGreen")
          .put("activeSelector", before.path("blueGreen").path("activeSelector").asString(stable));
    }
    if (stable.equals(hash)) {
      return complete(status, mode);
    }
    return phase(
        status.put("updatedReplicas", 1).put("availableReplicas", 3), "Paused", "CanaryPauseStep");
  }

  /// After somebody wrote into the status.
  static void steer(ObjectNode status, Mode mode) {
    if (status.path("abort").asBoolean(false)) {
      phase(status, "Degraded", "RolloutAborted: Rollout aborted update to revision 3");
      status.remove("canary");
      status.put("updatedReplicas", 0);
      serve(status, status.path("stableRS").asString());
    } else if (status.path("promoteFull").asBoolean(false)) {
      complete(status, mode);
    }
  }

  private static ObjectNode complete(ObjectNode status, Mode mode) {
    String hash = status.path("currentPodHash").asString();
    return switch (mode) {
      case SETTLES -> {
        status.remove("promoteFull");
        status.put("stableRS", hash).put("updatedReplicas", 3).put("availableReplicas", 3);
        serve(status, hash);
        yield phase(status, "Healthy", "");
      }
      case TIMES_OUT ->
          phase(
              status,
              "Degraded",
              "ProgressDeadlineExceeded: ReplicaSet \"shop-" + hash + "\" has timed out");
      case LAGS, HALF_WAY, CRASHES, PULLS_NOTHING ->
          phase(
              status.put("updatedReplicas", 1).put("availableReplicas", 1),
              "Progressing",
              "more replicas need to be updated");
    };
  }

  private static void serve(ObjectNode status, String hash) {
    if (status.path("blueGreen") instanceof ObjectNode blueGreen) {
      blueGreen.put("activeSelector", hash);
    }
  }

  private static ObjectNode phase(ObjectNode status, String phase, String message) {
    return status.put("phase", phase).put("message", message);
  }
}
