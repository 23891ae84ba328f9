package dev.lastgood.provider.kubernetes;

import dev.lastgood.model.Doc;
import dev.lastgood.model.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Settings of the platform `helm`.
public record HelmSettings(
    @Doc("Namespace of the release.") String namespace,
    @Doc("Name of the release, as helm list shows it.") String release,
    @Doc(
            "The workload of the chart whose version the release has: deployment/shop; default: the"
                + " only one, else the chart's appVersion.")
        Optional<String> workload,
    @Doc("How to call helm 3 or 4, as words; default: helm.") List<String> helm,
    @Doc("File of clusters and users; default: ~/.kube/config.") Optional<Path> kubeconfig,
    @Doc("Context in that file; default: its current one.") Optional<String> context,
    @Doc("Address of the API server, instead of a kubeconfig; needs `token`.")
        Optional<String> server,
    @Doc("Token for `server`, e.g. ${env:KUBE_TOKEN}.") Optional<Secret> token,
    @Doc("File with the certificate authority of `server`.") Optional<Path> ca,
    @Doc("Namespace of the Argo CD applications; default: argocd.")
        Optional<String> argocdNamespace,
    @Doc("Time for one request with its repetitions; default: 8s.") Optional<Duration> timeout,
    @Doc("Time for each hook of the chart (helm rollback --timeout); default: 5m.")
        Optional<Duration> hooks,
    @Doc("Time for helm and the rollout until they are given up; default: 15m.")
        Optional<Duration> deadline) {
  public HelmSettings {
    helm = List.copyOf(helm);
  }
}
