package dev.lastgood.provider.kubernetes;

import dev.lastgood.model.Text;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/// What can be rolled back.
enum WorkloadKind {
  DEPLOYMENT("Deployment", "deployments", "pod-template-hash"),
  STATEFUL_SET("StatefulSet", "statefulsets", "controller-revision-hash"),
  DAEMON_SET("DaemonSet", "daemonsets", "controller-revision-hash");

  private final String kind;
  private final String plural;
  private final String label;

  WorkloadKind(String kind, String plural, String label) {
    this.kind = kind;
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

  static Optional<WorkloadKind> of(String word) {
    return Arrays.stream(values())
        .filter(k -> word.equals(k.word()) || word.equals(k.plural) || word.equals(k.kind))
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
      return "/apis/apps/v1/namespaces/" + namespace + "/" + kind.plural() + "/" + name;
    }

    /// "deployment/shop in shop".
    String words() {
      return kind.word() + "/" + name + " in namespace " + namespace;
    }
  }
}
