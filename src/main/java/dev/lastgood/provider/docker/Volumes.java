package dev.lastgood.provider.docker;

import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.Why;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One volume of one engine, who uses it, and its copies. What reads and writes files is a helper
/// container without a network: Docker itself cannot copy volumes, and their folders may be on
/// another machine.
final class Volumes {
  /// On each copy: the volume it is of.
  private static final String OF = "dev.lastgood.of";

  private static final Duration QUICK = Duration.ofMinutes(1);

  /// Every entry with its kind, mode, owner and time, every file with its content; the sum of it.
  private static final String LISTING =
      "set -e; cd /from; { find . ! -path . -exec stat -c '%F %a %u %g %N' {} +;"
          + " find . -type f -exec stat -c '%s %Y %n' {} +; find . -type f -exec sha256sum {} +; }"
          + " | sort | sha256sum";

  private static final String COUNTING = "cd /from && find . -type f | wc -l";
  private static final String COPYING = "set -e; cp -a /from/. /to/; sync";

  /// `tar x` and `cp` only add: what the broken version made would stay.
  private static final String RESTORING =
      "set -e; find /to ! -path /to -prune -exec rm -rf -- {} +; cp -a /from/. /to/; sync";

  private final String component;
  private final Docker docker;
  private final String volume;
  private final String helper;
  private final Duration timeout;

  Volumes(String component, Docker docker, String volume, String helper, Duration timeout) {
    this.component = component;
    this.docker = docker;
    this.volume = volume;
    this.helper = helper;
    this.timeout = timeout;
  }

  /// @param started last time
  /// @param finished last time
  record User(
      String name,
      String status,
      String health,
      Optional<Instant> started,
      Optional<Instant> finished) {
    String inWords() {
      return name + " " + status + (health.equals("none") ? "" : ", " + health);
    }
  }

  String volume() {
    return volume;
  }

  Duration timeout() {
    return timeout;
  }

  /// @throws PlatformUnreachable if it is not there
  void mustExist() throws PlatformUnreachable {
    if (!names("name=" + volume).contains(volume)) {
      throw new PlatformUnreachable(
          component
              + ": there is no volume "
              + volume
              + "; see docker volume ls. If it was removed: docker volume create "
              + volume
              + ", then go back to a kept copy");
    }
  }

  /// Names of all that were made as copies, whole or not.
  List<String> copies() throws PlatformUnreachable {
    return names("label=" + OF + "=" + volume);
  }

  private List<String> names(String filter) throws PlatformUnreachable {
    return docker
        .table(1, List.of("volume", "ls", "--format", "{{.Name}}", "--filter", filter))
        .stream()
        .map(List::getFirst)
        .toList();
  }

  /// Names of the containers that run and have it mounted.
  List<String> running() throws PlatformUnreachable {
    return docker
        .table(1, List.of("ps", "--format", "{{.Names}}", "--filter", "volume=" + volume))
        .stream()
        .map(r -> r.getFirst())
        .filter(n -> !n.equals(helperName()))
        .sorted()
        .toList();
  }

  List<User> users(List<String> names) throws PlatformUnreachable {
    if (names.isEmpty()) {
      return List.of();
    }
    List<String> words =
        new ArrayList<>(
            List.of(
                "inspect",
                "--type",
                "container",
                "--format",
                "{{.Name}}\t{{.State.Status}}\t"
                    + "{{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}}\t"
                    + "{{.State.StartedAt}}\t{{.State.FinishedAt}}"));
    words.addAll(names);
    return docker.table(5, words).stream()
        .map(r ->
            new User(
                r.get(0).startsWith("/") ? r.get(0).substring(1) : r.get(0),
                r.get(1),
                r.get(2),
                Docker.time(r.get(3)),
                Docker.time(r.get(4))))
        .toList();
  }

  String stopByHand(List<String> names) {
    return names.isEmpty() ? docker.shown("ps") : docker.shown(with("stop", names));
  }

  String startByHand(List<String> names) {
    return names.isEmpty() ? docker.shown("ps") : docker.shown(with("start", names));
  }

  Argv.End stop(List<String> names) {
    return docker.change(QUICK.multipliedBy(2), with("stop", names));
  }

  Argv.End start(List<String> names) {
    return docker.change(QUICK, with("start", names));
  }

  private static List<String> with(String verb, List<String> names) {
    List<String> words = new ArrayList<>(List.of(verb));
    words.addAll(names);
    return words;
  }

  String copyName(int generation, Instant at) {
    return volume + ".lastgood." + Book.id(generation) + "." + at.toEpochMilli();
  }

  String keepByHand(String copy) {
    return docker.shown("volume", "create", copy)
        + " && "
        + docker.shown(helping(volume, Optional.of(copy), COPYING));
  }

  String restoreByHand(String copy) {
    return docker.shown(helping(copy, Optional.of(volume), RESTORING));
  }

  private String helperName() {
    return "lastgood-helper-" + component;
  }

  private List<String> helping(String from, Optional<String> to, String script) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "run",
                "--rm",
                "--name",
                helperName(),
                "--network",
                "none",
                "--pull",
                "never",
                "--user",
                "0:0",
                "--volume",
                from + ":/from:ro"));
    to.ifPresent(t -> words.addAll(List.of("--volume", t + ":/to")));
    words.addAll(List.of("--entrypoint", "sh", helper, "-c", script));
    return words;
  }

  /// One attempt that was cut off may be at it still, inside the engine.
  private void alone() {
    docker.change(QUICK, "rm", "--force", helperName());
  }

  /// A digest of all that is in a volume.
  String listing(String of) throws PlatformUnreachable {
    String said = help(of, LISTING).split(" ", -1)[0].strip();
    if (said.length() != 64) {
      throw new PlatformUnreachable(
          component + ": the files of " + of + " cannot be listed: " + Why.plain(said, 200));
    }
    return said;
  }

  /// How many files are in the volume.
  long count() throws PlatformUnreachable {
    String said = help(volume, COUNTING).strip();
    try {
      return Long.parseLong(said);
    } catch (NumberFormatException e) {
      throw new PlatformUnreachable(
          component + ": the files of " + volume + " cannot be counted: " + Why.plain(said, 200),
          e);
    }
  }

  private String help(String of, String script) throws PlatformUnreachable {
    alone();
    Argv.End end = docker.change(timeout, helping(of, Optional.empty(), script));
    if (!Docker.ended(end)) {
      throw new PlatformUnreachable(component + ": " + Docker.said("run " + helper, end));
    }
    return end.output();
  }

  /// Copies the volume as it is now into a new one.
  ///
  /// @return the digest of both, which are proven to be alike
  /// @throws PlatformUnreachable if they are not; the unfinished copy is removed
  String copy(String into) throws PlatformUnreachable {
    alone();
    Argv.End made = docker.change(QUICK, "volume", "create", "--label", OF + "=" + volume, into);
    if (!Docker.ended(made)) {
      throw new PlatformUnreachable(component + ": " + Docker.said("volume create", made));
    }
    boolean whole = false;
    try {
      Argv.End end = docker.change(timeout, helping(volume, Optional.of(into), COPYING));
      if (!Docker.ended(end)) {
        throw new PlatformUnreachable(component + ": " + Docker.said("run " + helper, end));
      }
      String copied = listing(into);
      // Read after the copy: had a file been written meanwhile, one of the two would show it.
      if (!listing(volume).equals(copied)) {
        throw new PlatformUnreachable(
            component
                + ": the copy of "
                + volume
                + " is not what is in it: somebody writes to it. Stop who uses it, and try again");
      }
      whole = true;
      return copied;
    } finally {
      if (!whole) {
        alone();
        docker.change(QUICK, "volume", "rm", into);
      }
    }
  }

  /// Makes the content of the volume that of a copy, files of the broken version removed.
  Argv.End restore(String copy) {
    alone();
    return docker.change(timeout, helping(copy, Optional.of(volume), RESTORING));
  }
}
