package dev.lastgood.provider.docker;

import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Argv;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One service of one Compose project: its containers, and `docker compose` on it alone.
final class Project {
  private static final int MOST = 200;
  private static final int LINES = 2000;
  private static final String COLUMNS =
      "{{.ID}}\t{{.Name}}\t{{.Image}}\t{{.State.Status}}\t"
          + "{{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}}\t"
          + "{{.RestartCount}}\t{{.State.StartedAt}}\t{{.State.ExitCode}}\t{{.Created}}";

  private final Docker docker;
  private final ComposeSettings settings;
  private final List<Path> files;
  private final Optional<Path> envFile;
  private final Path override;

  Project(
      Docker docker,
      ComposeSettings settings,
      List<Path> files,
      Optional<Path> envFile,
      Path override) {
    this.docker = docker;
    this.settings = settings;
    this.files = files;
    this.envFile = envFile;
    this.override = override;
  }

  /// @param image id of the image it was made of
  /// @param status `created`, `running`, `restarting`, `paused`, `exited`, `dead`, `removing`
  /// @param health `starting`, `healthy`, `unhealthy`, or `none`: it has no health check
  record Container(
      String id,
      String name,
      String image,
      String status,
      String health,
      long restarts,
      Optional<Instant> started,
      String exit,
      Optional<Instant> created) {
    String inWords() {
      return name
          + " "
          + status
          + (status.equals("exited") ? " with " + exit : "")
          + (health.equals("none") ? "" : ", " + health)
          + (restarts > 0 ? ", " + restarts + " restarts" : "")
          + ", of "
          + image;
    }
  }

  String says() {
    return "service " + settings.service() + " of " + settings.project();
  }

  Duration timeout() {
    return settings.timeout().orElse(Duration.ofMinutes(2));
  }

  List<String> labels() {
    return List.of(
        "com.docker.compose.project=" + settings.project(),
        "com.docker.compose.service=" + settings.service());
  }

  /// Its containers, dead ones included; not those of `docker compose run`.
  List<Container> containers() throws PlatformUnreachable {
    List<String> words =
        new ArrayList<>(List.of("ps", "--all", "--no-trunc", "--format", "{{.ID}}"));
    labels().forEach(l -> words.addAll(List.of("--filter", "label=" + l)));
    words.addAll(List.of("--filter", "label=com.docker.compose.oneoff=False"));
    List<String> ids = docker.table(1, words).stream().map(List::getFirst).limit(MOST).toList();
    if (ids.isEmpty()) {
      return List.of();
    }
    List<String> inspect =
        new ArrayList<>(List.of("inspect", "--type", "container", "--format", COLUMNS));
    inspect.addAll(ids);
    List<Container> containers = new ArrayList<>();
    for (List<String> row : docker.table(9, inspect)) {
      containers.add(
          new Container(
              row.get(0),
              row.get(1).startsWith("/") ? row.get(1).substring(1) : row.get(1),
              row.get(2),
              row.get(3),
              row.get(4),
              number(row.get(5)),
              Docker.time(row.get(6)),
              row.get(7),
              Docker.time(row.get(8))));
    }
    return containers;
  }

  private static long number(String text) throws PlatformUnreachable {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new PlatformUnreachable("docker inspect: `" + text + "` is no number", e);
    }
  }

  private List<String> up() {
    List<String> words = new ArrayList<>(List.of("compose", "--project-name", settings.project()));
    envFile.ifPresent(e -> words.addAll(List.of("--env-file", e.toString())));
    files.forEach(f -> words.addAll(List.of("--file", f.toString())));
    words.addAll(List.of("--file", override.toString()));
    words.addAll(
        List.of(
            "up",
            "--detach",
            "--no-deps",
            "--no-build",
            "--wait",
            "--wait-timeout",
            String.valueOf(Math.max(1, timeout().toSeconds())),
            settings.service()));
    return words;
  }

  String upByHand() {
    return docker.shown(up());
  }

  /// Makes the containers of the service what the files say, and waits until they are healthy.
  Argv.End bringUp() {
    return docker.change(timeout().plusSeconds(60), up());
  }

  /// The newest lines it printed.
  String logs(Container container) {
    Argv.End end =
        docker.change(
            Duration.ofSeconds(20),
            "logs",
            "--timestamps",
            "--tail",
            String.valueOf(LINES),
            container.id());
    return end instanceof Argv.End.Exited(_, String output) ? output : Docker.said("logs", end);
  }
}
