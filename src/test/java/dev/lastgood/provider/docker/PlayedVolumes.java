package dev.lastgood.provider.docker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/// A played `docker` whose volumes are folders: what a helper container would do it does with the
/// programs of this machine, on those folders. Takes traps: a file of that name in `traps`.
final class PlayedVolumes {
  private static final String PROGRAM =
      """
      #!/bin/sh
      # docker volume, run, ps, inspect, stop, start, rm as far as an adapter needs them; state in $S
      S='@dir@'; T='	'
      trap_is() { [ -e "$S/traps/$1" ]; }
      now() { date -u +%Y-%m-%dT%H:%M:%S.%NZ; }
      state() { sed -i "s/^$2=.*/$2=$3/" "$S/containers/$1"; }
      echo "$*" >> "$S/calls.log"
      trap_is down && { echo 'Cannot connect to the Docker daemon. Is the docker daemon running?' >&2; exit 1; }
      verb=$1; shift
      trap_is "refuse-$verb" && { echo "Error response from daemon: permission denied" >&2; exit 1; }
      trap_is "lie-$verb" && exit 0
      for last in "$@"; do :; done
      case $verb in
      volume) case $1 in
          ls) case $last in name=*) ls "$S/volumes" | grep -F "${last#name=}";; label=*) for v in $(ls "$S/labels"); do grep -qxF "${last#label=}" "$S/labels/$v" && echo "$v"; done;; esac; exit 0;;
          create) mkdir "$S/volumes/$last" && echo "$3" > "$S/labels/$last" && echo "$last";;
          rm) rm -r "$S/volumes/$last" "$S/labels/$last";;
        esac;;
      ps) for c in $(ls "$S/containers"); do . "$S/containers/$c"; [ "$status" = running ] && echo "$c"; done; exit 0;;
      inspect) for c in $(ls "$S/containers"); do case " $* " in *" $c "*) . "$S/containers/$c"; echo "/$c$T$status${T}none$T$started$T$finished";; esac; done;;
      stop) for c in "$@"; do state "$c" status exited; state "$c" finished "$(now)"; done;;
      start) for c in "$@"; do state "$c" status running; state "$c" started "$(now)"; trap_is dies && { state "$c" status exited; state "$c" finished "$(now)"; }; done; exit 0;;
      rm) exit 0;;
      run)
        from=; to=; prev=; for w in "$@"; do case $prev,$w in --volume,*:/from:ro) from=$S/volumes/${w%:/from:ro};; --volume,*:/to) to=$S/volumes/${w%:/to};; esac; prev=$w; done
        [ -d "$from" ] && [ -z "$to" -o -d "$to" ] || { echo 'no such volume' >&2; exit 125; }
        case $last in *cp*) trap_is lie-copy && exit 0; trap_is half && { find "$to" -mindepth 1 -delete; kill -9 $$; };; esac
        sh -c "$(echo "$last" | sed "s|/from|$from|g; s|/to|$to|g")"; code=$?
        case $last in *cp*) [ -z "$to" ] || { trap_is writer && date +%N >> "$S/volumes/shop-data/busy"; };; esac
        exit $code;;
      *) echo "docker: '$verb' is not a docker command." >&2; exit 1;;
      esac
      """;

  final Path dir;
  final Path program;

  PlayedVolumes(Path dir) throws IOException {
    this.dir = dir;
    for (String folder : List.of("traps", "containers", "volumes", "labels")) {
      Files.createDirectories(dir.resolve(folder));
    }
    program = Files.writeString(dir.resolve("docker"), PROGRAM.replace("@dir@", dir.toString()));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  void container(String name) throws IOException {
    Files.writeString(
        dir.resolve("containers").resolve(name),
        "status=running\nstarted=2026-11-20T10:00:00.5Z\nfinished=0001-01-01T00:00:00Z\n");
  }

  String container(String name, String what) throws IOException {
    return Files.readString(dir.resolve("containers").resolve(name))
        .lines()
        .filter(l -> l.startsWith(what + "="))
        .findFirst()
        .orElse("");
  }

  Path volume(String name) throws IOException {
    return Files.createDirectories(dir.resolve("volumes").resolve(name));
  }

  void trap(String name) throws IOException {
    Files.writeString(dir.resolve("traps").resolve(name), "");
  }

  void free(String name) throws IOException {
    Files.delete(dir.resolve("traps").resolve(name));
  }
}
