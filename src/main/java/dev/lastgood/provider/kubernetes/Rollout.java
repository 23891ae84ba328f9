package dev.lastgood.provider.kubernetes;

import dev.lastgood.model.Text;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import tools.jackson.databind.JsonNode;

/// How far a workload is on its way to the pods that its specification asks for; the rules are
/// those of `kubectl rollout status` (for Argo Rollouts, its own phase), and the pods say why when
/// it does not get on.
record Rollout(Cluster cluster, Workload workload, Revision target) {
  Sight look() throws PlatformUnreachable {
    if (!workload.observed()) {
      return new Sight.UnderWay(
          workload.named().words() + ": the controller has not seen the change yet");
    }
    String seen = seen();
    if (complete()) {
      return new Sight.Holds(target.name() + " runs: " + seen);
    }
    Pods pods = Pods.of(cluster, workload);
    Pods running = pods.running(target);
    String complaints = running.complaints();
    String said = seen + (complaints.isEmpty() ? "" : "; " + complaints) + replicaFailure();
    if (running.hopeless()) {
      return new Sight.Failed(target.name() + " does not start: " + said);
    }
    if (timedOut()) {
      return new Sight.Failed(
          target.name() + " exceeded its progress deadline (ProgressDeadlineExceeded): " + said);
    }
    if (workload.paused()) {
      return new Sight.Failed("somebody paused it in the middle of it: " + said);
    }
    if (workload.named().kind() == WorkloadKind.ROLLOUT
        && new ArgoRollout(workload).degraded(hash())) {
      return new Sight.Failed(target.name() + " is not rolled out: " + said);
    }
    Pods stuck = pods.besides(target).stuck();
    return workload.orderly() && !stuck.all().isEmpty()
        ? new Sight.NotYet(said + "; held up by a pod of another revision: " + stuck.complaints())
        : new Sight.UnderWay(said);
  }

  private boolean complete() {
    int wanted = workload.wanted();
    return switch (workload.named().kind()) {
      case DEPLOYMENT ->
          workload.count("updatedReplicas") == wanted
              && workload.count("replicas") == wanted
              && workload.count("availableReplicas") == wanted;
      case STATEFUL_SET ->
          named("updateRevision")
              && (wanted == 0
                  || (named("currentRevision")
                      && workload.count("updatedReplicas") == wanted
                      && workload.count("readyReplicas") == wanted));
      case DAEMON_SET ->
          workload.count("updatedNumberScheduled") == wanted
              && workload.count("numberAvailable") == wanted;
      case ROLLOUT ->
          new ArgoRollout(workload).done(hash()) && workload.count("updatedReplicas") >= wanted;
    };
  }

  private String hash() {
    return target.hash(workload.named().kind());
  }

  private boolean named(String part) {
    return workload.status().path(part).asString("").equals(target.name());
  }

  /// The condition stays for a while after the next rollout began, so it only counts when it speaks
  /// of this revision.
  private boolean timedOut() {
    JsonNode progressing = workload.condition("Progressing");
    return progressing.path("reason").asString("").equals("ProgressDeadlineExceeded")
        && progressing.path("message").asString("").contains("\"" + target.name() + "\"");
  }

  /// A quota or an admission rule that lets no pod be made.
  private String replicaFailure() {
    JsonNode failure = workload.condition("ReplicaFailure");
    return failure.path("status").asString("").equals("True")
        ? "; pods cannot be made: \""
            + Text.clip(Text.plain(failure.path("message").asString("")), 200)
            + "\""
        : "";
  }

  String seen() {
    int wanted = workload.wanted();
    return switch (workload.named().kind()) {
      case DEPLOYMENT ->
          workload.count("updatedReplicas")
              + " of "
              + wanted
              + " pods updated, "
              + workload.count("availableReplicas")
              + " available, "
              + workload.count("replicas")
              + " in all";
      case STATEFUL_SET ->
          workload.count("updatedReplicas")
              + " of "
              + wanted
              + " pods updated, "
              + workload.count("readyReplicas")
              + " ready";
      case DAEMON_SET ->
          workload.count("updatedNumberScheduled")
              + " of "
              + wanted
              + " pods updated, "
              + workload.count("numberAvailable")
              + " available";
      case ROLLOUT -> new ArgoRollout(workload).seen();
    };
  }
}
