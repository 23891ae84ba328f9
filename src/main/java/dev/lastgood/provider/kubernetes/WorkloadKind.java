package dev.lastgood.provider.kubernetes;

import dev.lastgood.model.Text;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/// What can be rolled back.
enum WorkloadKind {
  DEPLOYMENT("Deployment", "apps/v1", "deployments", "pod-template-hash"),
  STATEFUL_SET("StatefulSet", "apps/v1", "statefulsets", "controller-revision-hash"),
  DAEMON_SET("DaemonSet", "apps/v1", "daemonsets", "controller-revision-hash"),
  /// Of Argo Rollouts.
  ROLLOUT("Rollout", "argoproj.io/v1alpha1", "rollouts", "rollouts-pod-template-hash");

  private final String kind;
  private final String api;
  private final String plural;
  private final String label;

  WorkloadKind(String kind, String api, String plural, String label) {
    this.kind = kind;
    this.api = api;
    this.plural = plural;
    this.label = label;
  }

  /// As Kubernetes writes it: `StatefulSet`.
  String kind() {
    return kind;
  }

  /// As it stands in addresses.
  String plural() {
    return plural;
  }

  /// As people write it: `statefulset`.
  String word() {
    return plural.substring(0, plural.length() - 1);
  }

  /// The label of a pod that says which revision it runs.
  String label() {
    return label;
  }

  /// Whether its revisions are ReplicaSets; else they are ControllerRevisions.
  boolean inReplicaSets() {
    return this == DEPLOYMENT || this == ROLLOUT;
  }

  /// The annotation in which a ReplicaSet carries the number of its revision.
  String numbered() {
    return (this == ROLLOUT ? "rollout.argoproj.io" : "deployment.kubernetes.io") + "/revision";
  }

  static Optional<WorkloadKind> of(String word) {
    return Arrays.stream(values())
        .filter(k -> word.equals(k.word()) || word.equals(k.plural) || word.equals(k.kind))
        .findFirst();
  }

  /// By what stands in a manifest.
  static Optional<WorkloadKind> written(String api, String kind) {
    return Arrays.stream(values())
        .filter(k -> k.api.equals(api) && k.kind.equals(kind))
        .findFirst();
  }

  static String known() {
    return Arrays.stream(values()).map(WorkloadKind::word).collect(Collectors.joining(", "));
  }

  /// One workload by kind, namespace and name.
  record Named(WorkloadKind kind, String namespace, String name) {
    Named {
      Text.require(namespace, "namespace");
      Text.require(name, "name");
    }

    String path() {
      return "/apis/" + kind.api + "/namespaces/" + namespace + "/" + kind.plural + "/" + name;
    }

    /// A word for the plugin of Argo Rollouts, as a person would type it.
    String kubectl(Access access, String word) {
      return "kubectl argo rollouts "
          + word
          + " "
          + Text.shellWord(name)
          + " -n "
          + Text.shellWord(namespace)
          + access.kubectl();
    }

    /// "deployment/shop in shop".
    String words() {
      return kind.word() + "/" + name + " in namespace " + namespace;
    }
  }
}
