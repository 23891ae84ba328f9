/// A workload on Kubernetes as a component (Deployment, StatefulSet, DaemonSet, or Rollout of Argo
/// Rollouts), or a release of Helm with all of its workloads. The releases of a workload are the
/// revisions that the cluster keeps: ReplicaSets and ControllerRevisions. Going back writes the
/// template of an explicit revision, and only while nobody else has changed the workload. The
/// releases of Helm are contents of a chart; helm itself goes back, and the cluster is the proof.
@NullMarked
package dev.lastgood.provider.kubernetes;

import org.jspecify.annotations.NullMarked;
