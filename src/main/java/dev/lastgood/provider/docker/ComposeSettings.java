package dev.lastgood.provider.docker;

import dev.lastgood.model.Doc;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Settings of the platform `compose`.
public record ComposeSettings(
    @Doc("Name of the Compose project, as docker compose ls shows it.") String project,
    @Doc("The service; no other one is touched.") String service,
    @Doc("The Compose files, in the order of their -f.") List<Path> files,
    @Doc("File with variables (--env-file).") Optional<Path> envFile,
    @Doc(
            "File that Lastgood writes to pin the image; default lastgood.SERVICE.yml beside the"
                + " first.")
        Optional<Path> override,
    @Doc("Name of the image without tag; all local images of that name may be gone back to.")
        Optional<String> repository,
    @Doc("How to call docker, as words, e.g. [docker, --host, unix:///run/d.sock]; default docker.")
        List<String> docker,
    @Doc("The service runs when it has run this long without a restart; default 5s.")
        Optional<Duration> steady,
    @Doc("How long the service may take until it is healthy; default 2m.")
        Optional<Duration> timeout) {
  public ComposeSettings {
    files = List.copyOf(files);
    docker = List.copyOf(docker);
  }
}
