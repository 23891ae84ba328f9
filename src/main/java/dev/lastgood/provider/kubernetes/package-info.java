/// A Deployment, StatefulSet or DaemonSet on Kubernetes as a component. Its releases are the
/// revisions that the cluster keeps: ReplicaSets and ControllerRevisions. Going back writes the
/// template of an explicit revision, and only while nobody else has changed the workload.
@NullMarked
package dev.lastgood.provider.kubernetes;

import org.jspecify.annotations.NullMarked;
