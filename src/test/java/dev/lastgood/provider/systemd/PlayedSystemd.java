package dev.lastgood.provider.systemd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/// A played `systemctl`: a real process for each call that keeps what it knows in a folder. It
/// loads files only at `daemon-reload`, starts what is loaded and not what stands there, and takes
/// traps: a file of that name in `traps`.
///
/// A service whose `ExecStart` has the word `fails` ends at once, and one with `loops` is started
/// again and again.
final class PlayedSystemd {
  private static final String PROGRAM =
      """
      #!/bin/sh
      # systemctl as far as an adapter needs it; state in $S
      S='@dir@'
      trap_is() { [ -e "$S/traps/$1" ]; }
      standing() { cat $(cat "$S/files") 2>/dev/null | cksum; }
      now() { date -u +'%a %F %T UTC'; }
      words="$*"; verb=; for w in "$@"; do case $w in -*) ;; *) verb=$w; break;; esac; done
      echo "$words" >> "$S/calls.log"
      trap_is "slow-$verb" && exec sleep 600
      trap_is "refuse-$verb" && { echo "Failed to $verb: Access denied" >&2; exit 4; }
      trap_is "lie-$verb" && exit 0
      case $verb in
      show)
        trap_is strange && { echo '{"what": "is this"}'; exit 0; }
        stale=no; [ "$(standing)" = "$(cat "$S/loaded")" ] || stale=yes
        if [ "$(cat "$S/state")" = looping ]; then n=$(cat "$S/restarts"); echo $((n + 1)) > "$S/restarts"; now > "$S/started"; echo "inv-loop-$n" > "$S/invocation"; fi
        case $(cat "$S/state") in
          running) echo ActiveState=active; echo SubState=running; echo Result=success; echo ExecMainStatus=0;;
          failed) echo ActiveState=failed; echo SubState=failed; echo Result=exit-code; echo ExecMainStatus=3;;
          looping) echo ActiveState=activating; echo SubState=auto-restart; echo Result=exit-code; echo ExecMainStatus=3;;
        esac
        echo "LoadState=$(cat "$S/load")"; echo "NeedDaemonReload=$stale"; echo "NRestarts=$(cat "$S/restarts")"
        echo "InvocationID=$(cat "$S/invocation")"; echo "FragmentPath=$(cat "$S/fragment")"; echo "DropInPaths=$(cat "$S/dropins")"
        echo "ActiveEnterTimestamp=$(cat "$S/started")"; echo "ExecMainStartTimestamp=$(cat "$S/started")";;
      daemon-reload)
        standing > "$S/loaded"; cat $(cat "$S/files") 2>/dev/null > "$S/text"
        load=loaded; grep -q '^ExecStart=' "$S/text" || load=bad-setting; echo $load > "$S/load";;
      reset-failed) echo 0 > "$S/restarts";;
      restart)
        trap_is die-before && kill -9 $$
        echo 0 > "$S/restarts"; now > "$S/started"; cp "$S/text" "$S/runs"
        n=$(cat "$S/count"); echo $((n + 1)) > "$S/count"; echo "inv-$n" > "$S/invocation"
        state=running; grep -q '^ExecStart=.*fails' "$S/text" && state=failed; grep -q '^ExecStart=.*loops' "$S/text" && state=looping
        echo $state > "$S/state"
        trap_is die-after && kill -9 $$
        [ $state = failed ] && trap_is waits && { echo 'Job for shop.service failed' >&2; exit 1; }
        exit 0;;
      *) echo "Unknown operation $verb." >&2; exit 1;;
      esac
      """;

  final Path dir;
  final Path program;
  final Path journal;

  /// @param files as the adapter is given them, drop-ins as `….d/*.conf`
  PlayedSystemd(Path dir, Path fragment, String files) throws IOException {
    this.dir = Files.createDirectories(dir);
    Files.createDirectories(dir.resolve("traps"));
    say("files", files);
    say("fragment", fragment.toString());
    say("dropins", "");
    say("state", "running");
    say("restarts", "0");
    say("count", "1");
    say("invocation", "inv-0");
    say("loaded", "");
    say("load", "loaded");
    program = executable("systemctl", PROGRAM.replace("@dir@", dir.toString()));
    journal = executable("journalctl", "#!/bin/sh\necho \"shop said: $*\"\n");
  }

  private Path executable(String name, String text) throws IOException {
    Path file = Files.writeString(dir.resolve(name), text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  void say(String what, String value) throws IOException {
    Files.writeString(dir.resolve(what), value + "\n");
  }

  String said(String what) throws IOException {
    return Files.readString(dir.resolve(what));
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

  /// As somebody's deploy does.
  void run(String... words) throws Exception {
    var all = new java.util.ArrayList<>(List.of(program.toString()));
    all.addAll(List.of(words));
    Process process = new ProcessBuilder(all).inheritIO().start();
    if (process.waitFor() != 0) {
      throw new IOException(all + " ended with " + process.exitValue());
    }
  }
}
