package dev.lastgood.provider.ssh;

import static dev.lastgood.provider.ssh.ShellWords.quoted;

import dev.lastgood.provider.local.Glance;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/// A [Glance] as one script: the shell there tells what it knows by itself, without a copy of
/// itself, and one `stat` is started for all files together. Each fact begins with a letter; every
/// part of it ends with a NUL. A fact that the script is not sure of is left out, and asked for by
/// itself.
///
///     A path letters   may be read (r), written (w), entered or started (x)
///     R path real      a folder, by its own name without links
///     D path names… '' what is in a folder
///     N path           in a folder that can be entered, and not there
///     C path bytes     a small file, whole; ends with a NUL and the mark
///     S path stat name as [RemoteAttributes#FORMAT]; `folder/.` is what a link leads to; of a link
///                      the name is `path -> text`
final class Survey {
  /// The answer stays far below [Shell#MOST]: names of 255 bytes, files of this size.
  static final int SMALL = 4096;

  private static final int MOST_FILES = 1000;
  private static final int MOST_NAMES = 5000;
  private static final int MOST_READ = 200;

  private static final String FACTS =
      """
      about() {
        if [ -e "$1" ]; then
          a=; [ -r "$1" ] && a=r; [ -w "$1" ] && a=${a}w; [ -x "$1" ] && a=${a}x
          printf 'A\\0%s\\0%s\\0' "$1" "$a"
        fi
      }
      names() {
        if [ -d "$1" ] && [ -r "$1" ] && [ -x "$1" ]; then
          d=$1; set -- "$d"/* "$d"/.[!.]* "$d"/..?*
          n=$((n + $#)); [ $n -gt $max ] && return
          printf 'D\\0%s\\0' "$d"
          for e in "$@"; do if [ -e "$e" ] || [ -L "$e" ]; then printf '%s\\0' "${e##*/}"; fi; done
          printf '\\0'
        fi
      }
      file() {
        about "$1"
        if [ -d "$1" ]; then
          PWD=; cd -P -- "$1" 2>/dev/null
          case $PWD in /*) printf 'R\\0%s\\0%s\\0' "$1" "$PWD" ;; esac
        fi
      }
      small() {
        if [ -f "$1" ] && [ ! -L "$1" ] && [ -r "$1" ]; then
          m=$((m + 1)); [ $m -gt $most ] && return
          printf 'C\\0%s\\0' "$1"
          head -c "$size" -- "$1" 2>/dev/null && printf '\\0%s+\\0' "$mark" || printf '\\0%s-\\0' "$mark"
        elif [ ! -e "$1" ] && [ ! -L "$1" ] && [ -d "${1%/*}" ] && [ -x "${1%/*}" ]; then
          printf 'N\\0%s\\0' "$1"
        fi
      }
      """;

  private Survey() {}

  /// @param mark of fresh random bytes, so that no content can be taken for an end
  static String script(Glance glance, String mark) {
    var script = new StringBuilder(SshFiles.ENGLISH);
    script.append("set --");
    glance
        .files()
        .forEach(f -> script.append(' ').append(word(f)).append(' ').append(word(f, ".")));
    glance.shelves().forEach(s -> script.append(' ').append(inside(s)));
    script.append("\n[ $# -gt ").append(MOST_FILES).append(" ] && exit 1\n");
    script.append("n=0; m=0; max=").append(MOST_NAMES).append("; most=").append(MOST_READ);
    script.append("; size=").append(SMALL).append("; mark=").append(mark).append('\n');
    script.append(FACTS);
    calls(script, "file", glance.files());
    calls(script, "names", glance.folders());
    calls(script, "names", glance.shelves());
    for (Path shelf : glance.shelves()) {
      script.append("for f in ").append(inside(shelf));
      script.append("; do if [ -d \"$f\" ] && [ ! -L \"$f\" ]; then about \"$f\"; names \"$f\"\n");
      for (Path each : glance.within()) {
        script.append("small \"$f\"/").append(quoted(each.toString())).append('\n');
      }
      script.append("fi; done\n");
    }
    return script
        // A stat that does not know this quotes the name, which then is not taken for a link.
        .append("QUOTING_STYLE=literal; export QUOTING_STYLE\n")
        .append("exec stat --printf=")
        .append(quoted("S\\0%n\\0" + RemoteAttributes.FORMAT + "\\0%N\\0"))
        .append(" -- \"$@\" 2>/dev/null")
        .toString();
  }

  private static void calls(StringBuilder script, String function, List<Path> paths) {
    paths.forEach(p -> script.append(function).append(' ').append(word(p)).append('\n'));
  }

  private static String word(Path path, String... more) {
    return quoted(path.toAbsolutePath() + (more.length == 0 ? "" : "/" + String.join("/", more)));
  }

  /// Everything in a folder, with hidden ones. A pattern that fits nothing stays as it stands, and
  /// is no file.
  private static String inside(Path folder) {
    return List.of("*", ".[!.]*", "..?*").stream()
        .map(pattern -> word(folder) + "/" + pattern)
        .collect(Collectors.joining(" "));
  }
}
