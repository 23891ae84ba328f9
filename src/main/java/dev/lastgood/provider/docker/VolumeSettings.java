package dev.lastgood.provider.docker;

import dev.lastgood.model.Doc;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Settings of the platform `docker-volume`.
public record VolumeSettings(
    @Doc("The volume, its whole name as docker volume ls shows it.") String volume,
    @Doc("Local image with a shell and the usual small programs, which copies; default busybox.")
        Optional<String> helper,
    @Doc("How to call docker, as words; default docker.") List<String> docker,
    @Doc("How long one copy may take; default 10m.") Optional<Duration> timeout) {
  public VolumeSettings {
    docker = List.copyOf(docker);
  }
}
