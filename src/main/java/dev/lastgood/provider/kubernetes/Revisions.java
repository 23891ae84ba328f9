package dev.lastgood.provider.kubernetes;

import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.kubernetes.WorkloadKind.Named;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// A workload with all revisions that the cluster keeps of it, found as kubectl finds them: by the
/// selector, and owned by exactly this workload (kubectl, `pkg/polymorphichelpers`).
///
/// @param newest by number, highest first
record Revisions(Workload workload, List<Revision> newest) {
  /// @return empty when there is no such workload
  static Optional<Revisions> read(Cluster cluster, Named named) throws PlatformUnreachable {
    var json = cluster.find(named.path());
    if (json.isEmpty()) {
      return Optional.empty();
    }
    var workload = new Workload(named, json.get());
    String plural = named.kind().inReplicaSets() ? "replicasets" : "controllerrevisions";
    return Optional.of(
        new Revisions(
            workload,
            cluster
                .list(
                    "/apis/apps/v1/namespaces/" + named.namespace() + "/" + plural,
                    workload.selector())
                .stream()
                .filter(o -> ownedBy(o, workload.uid()))
                .map(o -> Revision.of(named.kind(), o))
                .sorted(Comparator.comparingLong(Revision::number).reversed())
                .toList()));
  }

  private static boolean ownedBy(tools.jackson.databind.JsonNode object, String uid) {
    for (var owner : object.path("metadata").path("ownerReferences")) {
      if (owner.path("controller").asBoolean(false)
          && !uid.isEmpty()
          && owner.path("uid").asString("").equals(uid)) {
        return true;
      }
    }
    return false;
  }

  Optional<Revision> find(String name) {
    return newest.stream().filter(r -> r.name().equals(name)).findFirst();
  }

  /// The revision that the specification asks for now: the one with the same template. When the
  /// cluster was upgraded, defaults may have been added to the template; then what the controller
  /// says counts, if it has seen the specification.
  Optional<Revision> current() {
    Optional<Revision> same =
        newest.stream().filter(r -> Templates.same(r.template(), workload.template())).findFirst();
    return same.isPresent() || !workload.observed() ? same : said();
  }

  private Optional<Revision> said() {
    return switch (workload.named().kind()) {
      case DEPLOYMENT ->
          newest.stream()
              .filter(r -> r.number() > 0)
              .filter(r ->
                  workload.annotation(workload.named().kind().numbered()).equals("" + r.number()))
              .findFirst();
      case STATEFUL_SET -> find(workload.status().path("updateRevision").asString(""));
      case DAEMON_SET -> newest.stream().findFirst();
      case ROLLOUT -> hashed(new ArgoRollout(workload).current());
    };
  }

  /// The revision that users get: the one that is asked for, unless Argo Rollouts keeps it from
  /// them.
  Optional<Revision> live() {
    if (workload.named().kind() != WorkloadKind.ROLLOUT || !workload.observed()) {
      return current();
    }
    Optional<Revision> serving = hashed(new ArgoRollout(workload).serving());
    return serving.isPresent() ? serving : current();
  }

  private Optional<Revision> hashed(String hash) {
    return newest.stream()
        .filter(r -> !hash.isEmpty() && r.hash(workload.named().kind()).equals(hash))
        .findFirst();
  }
}
