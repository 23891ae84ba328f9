package dev.lastgood.provider.docker;

import dev.lastgood.model.Doc;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Settings of the platform `swarm`.
public record SwarmSettings(
    @Doc("The service, its whole name as docker service ls shows it.") String service,
    @Doc(
            "How to call docker on a manager, as words, e.g. [docker, --context, prod]; default"
                + " docker.")
        List<String> docker,
    @Doc("A task runs when it has run this long; default 5s.") Optional<Duration> steady,
    @Doc("How long the whole update may take; default 10m.") Optional<Duration> timeout) {
  public SwarmSettings {
    docker = List.copyOf(docker);
  }
}
