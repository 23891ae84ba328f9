package dev.lastgood.provider.kubernetes;

import dev.lastgood.model.Text;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What a Rollout of Argo Rollouts says of itself. Revisions are named by the hash of their
/// template there. Which one users get is not what the specification asks for, but what the
/// controller made stable (canary) or active (blue-green).
record ArgoRollout(Workload workload) {
  private JsonNode status() {
    return workload.status();
  }

  /// Hash of the revision that the controller is at.
  String current() {
    return status().path("currentPodHash").asString("");
  }

  /// Hash of the revision that an abort leads to; empty before the first one is complete.
  String stable() {
    return status().path("stableRS").asString("");
  }

  boolean blueGreen() {
    return workload.json().path("spec").path("strategy").path("blueGreen").isObject();
  }

  private String active() {
    return status().path("blueGreen").path("activeSelector").asString("");
  }

  /// Hash of the revision that users get. In the middle of a canary some get the new one: then it
  /// is that.
  String serving() {
    if (blueGreen() && !active().isEmpty()) {
      return active();
    }
    return aborted() ? stable() : current();
  }

  /// Whether an update is neither complete nor taken back.
  boolean underWay() {
    return !stable().isEmpty() && !current().equals(stable());
  }

  boolean aborted() {
    return status().path("abort").asBoolean(false);
  }

  /// Whether it was told to skip what is left of the strategy.
  boolean promoted() {
    return status().path("promoteFull").asBoolean(false);
  }

  private String phase() {
    return status().path("phase").asString("");
  }

  /// Whether an abort has come to its end: nobody gets the new revision any more.
  boolean takenBack() {
    return aborted()
        && phase().equals("Degraded")
        && (!blueGreen() || active().isEmpty() || active().equals(stable()))
        && weight() == 0;
  }

  /// Per cent of the requests that go to the new revision, where a mesh or an ingress divides them.
  private int weight() {
    return status().path("canary").path("weights").path("canary").path("weight").asInt(0);
  }

  boolean done(String hash) {
    return phase().equals("Healthy")
        && current().equals(hash)
        && stable().equals(hash)
        && (!blueGreen() || active().equals(hash));
  }

  /// An analysis failed, the progress deadline is over, somebody aborted, or the specification is
  /// invalid; the message of the controller says which.
  boolean degraded(String hash) {
    return phase().equals("Degraded") && current().equals(hash);
  }

  /// Why a written template would not lead to pods that run it.
  Optional<String> obstacle() {
    JsonNode reference = workload.json().path("spec").path("workloadRef");
    if (reference.isObject()) {
      return Optional.of(
          "its template is that of "
              + Text.plain(reference.path("kind").asString("?"))
              + " "
              + Text.plain(reference.path("name").asString("?"))
              + " (workloadRef); change it there");
    }
    return status().has("observedGeneration") && phase().isEmpty()
        ? Optional.of("its controller tells no phase; Argo Rollouts 1.0 or newer does")
        : Optional.empty();
  }

  String seen() {
    String message = Text.clip(Text.plain(status().path("message").asString("")), 200);
    return (phase().isEmpty() ? "no phase" : phase())
        + (message.isEmpty() ? "" : " \"" + message + "\"")
        + ", "
        + workload.count("updatedReplicas")
        + " of "
        + workload.wanted()
        + " pods updated, "
        + workload.count("availableReplicas")
        + " available, stable is "
        + (stable().isEmpty() ? "none yet" : Text.plain(stable()))
        + (blueGreen() ? ", active is " + Text.plain(active()) : "")
        + (weight() > 0 ? ", " + weight() + " % go to the new one" : "");
  }
}
