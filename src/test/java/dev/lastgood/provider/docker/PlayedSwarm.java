package dev.lastgood.provider.docker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// A played `docker` on a manager with one service: a real process for each call that keeps what it
/// knows in a folder. Each look brings an update one step on. Takes traps: a file of that name in
/// `traps`.
final class PlayedSwarm {
  private static final String PROGRAM =
      """
      #!/bin/sh
      # docker service, pull, tag, inspect, image as far as an adapter needs them; state in $S
      S='@dir@'; T='	'
      trap_is() { [ -e "$S/traps/$1" ]; }
      now() { date -u +%Y-%m-%dT%H:%M:%S.%NZ; }
      set_() { printf '%s\\n' "$2" > "$S/$1"; }
      get() { cat "$S/$1"; }
      key() { printf '%s' "${1#*@sha256:}"; }
      up() { set_ version $(($(get version) + 1)); }
      echo "$*" >> "$S/calls.log"
      trap_is down && { echo 'Cannot connect to the Docker daemon. Is the docker daemon running?' >&2; exit 1; }
      for last in "$@"; do :; done
      case "$1 $2" in
      "service inspect")
        trap_is strange && { echo fine; exit 0; }
        trap_is gone && { echo "Error: no such service: $last" >&2; exit 1; }
        if [ "$(get state)" = updating ] && ! trap_is hangs && [ -e "$S/seen-once" ]; then
          rm "$S/seen-once"; up
          if trap_is pauses; then set_ state paused; set_ message 'update paused due to failure or early termination of task x'
          elif trap_is undoes; then set_ image "$(get previous)"; set_ previous ''; set_ state rollback_completed; set_ message 'rollback completed'; set_ tasks "$(get image)"
          else set_ state completed; set_ message 'update completed'; set_ tasks "$(get image)"; set_ since "$(now)"; fi
        elif [ "$(get state)" = updating ]; then touch "$S/seen-once"; fi
        echo "$(get version)$T$(get image)$T$(get previous)$T$(get state)$T$(get message)${T}2";;
      "service ps")
        case "$*" in *'{{.ID}}'*) echo t1; echo t2;; *'--format {{.Image}} '*) get tasks; get tasks;; *) for t in 1 2; do echo "shop.$t$T$(get tasks)${T}Running${T}Running 5 seconds ago${T}"; done;; esac;;
      "service update")
        trap_is lie-update && exit 0
        trap_is sequence && { echo 'Error response from daemon: rpc error: update out of sequence' >&2; exit 1; }
        trap_is die-before && kill -9 $$
        while [ "$1" != --image ]; do shift; done
        set_ previous "$(get image)"; set_ image "$2"; set_ state updating; set_ message 'update in progress'; rm -f "$S/seen-once"; up
        trap_is die-after && kill -9 $$
        exit 0;;
      "service logs") echo 'said by shop';;
      "inspect --type") for t in t1 t2; do echo "$t$T$(get tasks)${T}running$T\\"$(get since)\\""; done;;
      "image ls") for i in $(ls "$S/local"); do echo "registry.example/shop@sha256:$i"; done;;
      "image inspect") k=$(key "$last")
        [ -e "$S/local/$k" ] || { echo "Error: No such image: $last" >&2; exit 1; }
        echo "sha256:$k${T}2026-11-20T10:00:00Z$T$T$T$(cat "$S/local/$k")$T";;
      "pull "*) k=$(key "$last"); [ -e "$S/registry/$k" ] || { echo "Error response from daemon: manifest for $last not found: manifest unknown" >&2; exit 1; }; touch "$S/local/$k";;
      "tag "*) printf '%s ' "$3" >> "$S/local/$(key "$2")";;
      *) echo "docker: '$1' is not a docker command." >&2; exit 1;;
      esac
      """;

  final Path dir;
  final Path program;

  PlayedSwarm(Path dir) throws IOException {
    this.dir = dir;
    for (String folder : java.util.List.of("traps", "local", "registry")) {
      Files.createDirectories(dir.resolve(folder));
    }
    program = Files.writeString(dir.resolve("docker"), PROGRAM.replace("@dir@", dir.toString()));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    say("version", "10");
    say("state", "completed");
    say("message", "update completed");
    say("since", "2026-11-20T10:00:00.5Z");
  }

  void say(String what, String value) throws IOException {
    Files.writeString(dir.resolve(what), value + "\n");
  }

  String said(String what) throws IOException {
    return Files.readString(dir.resolve(what)).strip();
  }

  void trap(String name) throws IOException {
    Files.writeString(dir.resolve("traps").resolve(name), "");
  }

  void free(String name) throws IOException {
    Files.delete(dir.resolve("traps").resolve(name));
  }
}
