package dev.lastgood.provider.kubernetes;

import dev.lastgood.model.Doc;
import dev.lastgood.model.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// Settings of the platform `kubernetes`.
public record KubernetesSettings(
    @Doc("Namespace of the workload.") String namespace,
    @Doc("Kind and name: deployment/shop, statefulset/queue, daemonset/agent, rollout/shop.")
        String workload,
    @Doc("File of clusters and users; default: ~/.kube/config.") Optional<Path> kubeconfig,
    @Doc("Context in that file; default: its current one.") Optional<String> context,
    @Doc("Address of the API server, instead of a kubeconfig; needs `token`.")
        Optional<String> server,
    @Doc("Token for `server`, e.g. ${env:KUBE_TOKEN}.") Optional<Secret> token,
    @Doc("File with the certificate authority of `server`.") Optional<Path> ca,
    @Doc("Namespace of the Argo CD applications; default: argocd.")
        Optional<String> argocdNamespace,
    @Doc("Time for one request with its repetitions; default: 8s.") Optional<Duration> timeout,
    @Doc("Time for a rollout until it is given up; default: 15m.") Optional<Duration> deadline) {}
