package dev.lastgood.provider.docker;

import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Argv;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// One service of a swarm, asked of a manager.
final class Swarm {
  private static final Duration QUICK = Duration.ofMinutes(1);
  private static final Duration PULLING = Duration.ofMinutes(10);
  private static final int LINES = 2000;

  private static final String SERVICE =
      "{{.Version.Index}}\t{{.Spec.TaskTemplate.ContainerSpec.Image}}\t{{if"
          + " .PreviousSpec}}{{.PreviousSpec.TaskTemplate.ContainerSpec.Image}}{{end}}\t{{if"
          + " .UpdateStatus}}{{.UpdateStatus.State}}\t{{.UpdateStatus.Message}}{{else}}\t{{end}}"
          + "\t{{if .Spec.Mode.Replicated}}{{.Spec.Mode.Replicated.Replicas}}{{else}}global{{end}}";

  private final String component;
  private final Docker docker;
  private final String name;

  Swarm(String component, Docker docker, String name) {
    this.component = component;
    this.docker = docker;
    this.name = name;
  }

  /// @param version grows with each change
  /// @param image as the service wants it; with a digest when the registry was asked
  /// @param previous image of the specification before; empty for none
  /// @param state of the last update: `updating`, `paused`, `completed`, `rollback_started`,
  ///   `rollback_paused`, `rollback_completed`; empty: there was none
  /// @param replicas how many tasks; empty: one on each node
  record Service(
      long version,
      String image,
      String previous,
      String state,
      String message,
      Optional<Integer> replicas) {}

  /// A task that shall run.
  ///
  /// @param since when it got into its state
  record Task(String id, String image, String state, Optional<Instant> since) {}

  String name() {
    return name;
  }

  /// `repository@sha256:…`, the tag left out; empty when the image has no digest.
  static Optional<String> pinned(String image) {
    int at = image.indexOf('@');
    if (at <= 0 || !Images.isId(image.substring(at + 1))) {
      return Optional.empty();
    }
    String named = image.substring(0, at);
    int tag = named.lastIndexOf(':');
    String repository = tag > named.lastIndexOf('/') ? named.substring(0, tag) : named;
    return Images.isRepository(repository)
        ? Optional.of(repository + image.substring(at))
        : Optional.empty();
  }

  static String repository(String pinned) {
    return pinned.substring(0, pinned.indexOf('@'));
  }

  Service service() throws PlatformUnreachable {
    List<List<String>> rows;
    try {
      rows = docker.table(6, List.of("service", "inspect", "--format", SERVICE, name));
    } catch (PlatformUnreachable e) {
      String why = String.valueOf(e.getMessage());
      throw why.toLowerCase(Locale.ROOT).contains("no such service")
          ? new PlatformUnreachable(
              why + ". `docker service ls` shows what there is; the setting `service` names it", e)
          : e;
    }
    if (rows.size() != 1) {
      throw new PlatformUnreachable(component + ": docker service inspect answered nothing");
    }
    List<String> row = rows.getFirst();
    try {
      return new Service(
          Long.parseLong(row.get(0)),
          row.get(1),
          row.get(2),
          row.get(3),
          row.get(4),
          row.get(5).equals("global")
              ? Optional.empty()
              : Optional.of(Integer.parseInt(row.get(5))));
    } catch (NumberFormatException e) {
      throw new PlatformUnreachable(
          component + ": docker service inspect answered in a shape nobody knows: " + row, e);
    }
  }

  /// Images of the tasks the swarm remembers, running or not.
  List<String> taskImages() throws PlatformUnreachable {
    return docker
        .table(1, List.of("service", "ps", "--no-trunc", "--format", "{{.Image}}", name))
        .stream()
        .map(List::getFirst)
        .toList();
  }

  /// Those that shall run.
  List<Task> tasks() throws PlatformUnreachable {
    List<String> ids =
        docker
            .table(
                1,
                List.of(
                    "service",
                    "ps",
                    "--no-trunc",
                    "--filter",
                    "desired-state=running",
                    "--format",
                    "{{.ID}}",
                    name))
            .stream()
            .map(List::getFirst)
            .toList();
    if (ids.isEmpty()) {
      return List.of();
    }
    List<String> words =
        new ArrayList<>(
            List.of(
                "inspect",
                "--type",
                "task",
                "--format",
                "{{.ID}}\t{{.Spec.ContainerSpec.Image}}\t{{.Status.State}}\t"
                    + "{{json .Status.Timestamp}}"));
    words.addAll(ids);
    return docker.table(4, words).stream()
        .map(r -> new Task(r.get(0), r.get(1), r.get(2), Docker.time(r.get(3).replace("\"", ""))))
        .toList();
  }

  private List<String> updating(String pinned) {
    return List.of("service", "update", "--detach", "--no-resolve-image", "--image", pinned, name);
  }

  String updateByHand(String pinned) {
    return docker.shown(updating(pinned));
  }

  Argv.End update(String pinned) {
    return docker.change(QUICK, updating(pinned));
  }

  String pullByHand(String pinned) {
    return docker.shown("pull", pinned);
  }

  Argv.End pull(String pinned) {
    return docker.change(PULLING, "pull", "--quiet", pinned);
  }

  Argv.End tag(String pinned, String tag) {
    return docker.change(QUICK, "tag", pinned, tag);
  }

  /// Digests of the local images of a repository.
  List<String> local(String repository) throws PlatformUnreachable {
    return docker
        .table(
            1,
            List.of(
                "image",
                "ls",
                "--no-trunc",
                "--digests",
                "--format",
                "{{.Repository}}@{{.Digest}}",
                "--filter",
                "reference=" + repository))
        .stream()
        .map(List::getFirst)
        .flatMap(i -> pinned(i).stream())
        .toList();
  }

  String history() throws PlatformUnreachable {
    return docker
        .table(
            5,
            List.of(
                "service",
                "ps",
                "--no-trunc",
                "--format",
                "{{.Name}}\t{{.Image}}\t{{.DesiredState}}\t{{.CurrentState}}\t{{.Error}}",
                name))
        .stream()
        .map(r -> String.join("  ", r))
        .collect(Collectors.joining("\n"));
  }

  String logs() {
    Argv.End end =
        docker.change(
            Duration.ofSeconds(20),
            "service",
            "logs",
            "--timestamps",
            "--tail",
            String.valueOf(LINES),
            name);
    return end instanceof Argv.End.Exited(_, String output)
        ? output
        : Docker.said("service logs", end);
  }
}
