package dev.lastgood.provider.docker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/// A played `docker`: a real process for each call that keeps its containers and images in a
/// folder, and takes traps: a file of that name in `traps`. It answers in the columns the adapters
/// ask for; that a real engine does so too is for the tests against one.
final class PlayedDocker {
  private static final String PROGRAM =
      """
      #!/bin/sh
      # docker compose, tag, ps, inspect, image, logs as far as an adapter needs them; state in $S
      S='@dir@'; T='	'
      trap_is() { [ -e "$S/traps/$1" ]; }
      now() { date -u +%Y-%m-%dT%H:%M:%S.%NZ; }
      echo "$*" >> "$S/calls.log"
      trap_is down && { echo 'Cannot connect to the Docker daemon. Is the docker daemon running?' >&2; exit 1; }
      verb=$1; shift
      trap_is "slow-$verb" && exec sleep 600
      trap_is "refuse-$verb" && { echo "Error response from daemon: permission denied" >&2; exit 1; }
      for last in "$@"; do :; done
      case $verb in
      ps) ls "$S/containers";;
      inspect)
        trap_is strange && { echo '[{"State":"fine"}]'; exit 0; }
        for id in $(ls "$S/containers"); do case " $* " in *" $id "*)
          . "$S/containers/$id"
          [ "$status" = restarting ] && { restarts=$((restarts + 1)); sed -i "s/^restarts=.*/restarts=$restarts/" "$S/containers/$id"; }
          echo "$id$T/$name$T$image$T$status$T$health$T$restarts$T$started$T$exit$T$created";; esac; done;;
      image)
        if [ "$1" = ls ]; then for i in $(ls "$S/images"); do case "$*" in *"reference=$(sed -n 's/^repository=//p' "$S/images/$i")"*) echo "sha256:$i";; esac
            case "$*" in *reference=lastgood-kept/*) grep -q lastgood-kept/ "$S/images/$i" && echo "sha256:$i";; esac; done; exit 0; fi
        shift 3; bad=0
        for id in "$@"; do i=${id#sha256:}
          if [ -e "$S/images/$i" ]; then . "$S/images/$i"; echo "$id$T$built$T$version$T$T$tags$T"; else echo "Error: No such image: $id" >&2; bad=1; fi; done
        exit $bad;;
      tag) i=${1#sha256:}; [ -e "$S/images/$i" ] || { echo "Error response from daemon: No such image: $1" >&2; exit 1; }
        trap_is lie-tag && exit 0
        sed -i "s|^tags='\\(.*\\)'|tags='\\1 $2'|" "$S/images/$i";;
      logs) echo "said by $last";;
      compose)
        trap_is lie-compose && exit 0
        file=; prev=; for w in "$@"; do [ "$prev" = --file ] && file=$w; prev=$w; done
        image=$(sed -n 's/^ *image: "\\(.*\\)"/\\1/p' "$file")
        [ -e "$S/images/${image#sha256:}" ] || { echo "pull access denied for $image" >&2; exit 1; }
        trap_is die-before && kill -9 $$
        for id in $(ls "$S/containers"); do rm "$S/containers/$id"; done
        n=$(cat "$S/count"); echo $((n + 1)) > "$S/count"
        status=running; health=healthy; exit=0; restarts=0; code=0
        . "$S/images/${image#sha256:}"
        case $behaves in unhealthy) health=unhealthy; code=1;; loops) status=restarting; code=1;; exits) status=exited; exit=3; code=1;; esac
        trap_is die-after && status=created
        printf '%s\\n' "name=shop-$n" "image=$image" "status=$status" "health=$health" "restarts=0" "started=$(now)" "exit=$exit" "created=$(now)" > "$S/containers/c$n"
        trap_is die-after && kill -9 $$
        [ $code = 0 ] || echo "container shop-$n is unhealthy" >&2
        exit $code;;
      *) echo "docker: '$verb' is not a docker command." >&2; exit 1;;
      esac
      """;

  final Path dir;
  final Path program;

  PlayedDocker(Path dir) throws IOException {
    this.dir = dir;
    for (String folder : List.of("traps", "containers", "images")) {
      Files.createDirectories(dir.resolve(folder));
    }
    Files.writeString(dir.resolve("count"), "1\n");
    program = Files.writeString(dir.resolve("docker"), PROGRAM.replace("@dir@", dir.toString()));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /// @param behaves `well`, `unhealthy`, `loops` or `exits`
  void image(String id, String built, String version, String behaves) throws IOException {
    Files.writeString(
        dir.resolve("images").resolve(id.substring("sha256:".length())),
        "repository=shop\nbuilt="
            + built
            + "\nversion="
            + version
            + "\ntags='shop:"
            + version
            + "'\nbehaves="
            + behaves
            + "\n");
  }

  void container(String id, String image) throws IOException {
    Files.writeString(
        dir.resolve("containers").resolve(id),
        "name=shop-"
            + id
            + "\nimage="
            + image
            + "\nstatus=running\nhealth=healthy\nrestarts=0\nstarted=2026-11-20T10:00:00.5Z\n"
            + "exit=0\ncreated=2026-11-20T10:00:00.1Z\n");
  }

  void trap(String name) throws IOException {
    Files.writeString(dir.resolve("traps").resolve(name), "");
  }

  void free(String name) throws IOException {
    Files.delete(dir.resolve("traps").resolve(name));
  }

  List<String> calls() throws IOException {
    return Files.readAllLines(dir.resolve("calls.log"));
  }
}
