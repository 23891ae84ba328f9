package dev.lastgood.provider.systemd;

import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.Why;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The `systemctl` of one manager, asked about one service.
final class Systemctl {
  private static final int MOST = 256 * 1024;
  private static final int LINES = 2000;
  private static final Duration LOOKING = Duration.ofSeconds(10);

  /// In UTC and in no language, so that times can be read.
  private static final Map<String, String> PLAIN =
      Map.of("TZ", "UTC", "LC_ALL", "C", "SYSTEMD_PAGER", "", "SYSTEMD_COLORS", "0");

  private static final String ASKED =
      "LoadState,ActiveState,SubState,Result,ExecMainStatus,NRestarts,InvocationID,FragmentPath,"
          + "DropInPaths,NeedDaemonReload,ActiveEnterTimestamp,ExecMainStartTimestamp";

  private final String component;
  private final SystemdSettings settings;

  Systemctl(String component, SystemdSettings settings) {
    this.component = component;
    this.settings = settings;
  }

  /// What `systemctl show` says of a service. It ends with 0 for any name, so the words count.
  ///
  /// @param load `loaded`, or why not: `not-found`, `bad-setting`, `error`, `masked`
  /// @param active `active`, `activating`, `failed`, …
  /// @param result `success`, or how it ended: `exit-code`, `start-limit-hit`, …
  /// @param restarts by systemd itself, since somebody started it
  /// @param invocation another one for every start
  /// @param stale the files on disk are not those that are loaded
  /// @param steadySince when it became active; to the second
  /// @param started when its process was started; to the second
  record Unit(
      String load,
      String active,
      String sub,
      String result,
      String status,
      long restarts,
      String invocation,
      Optional<Path> fragment,
      List<Path> dropIns,
      boolean stale,
      Optional<Instant> steadySince,
      Optional<Instant> started) {
    boolean running() {
      return active.equals("active");
    }

    String inWords() {
      if (!load.equals("loaded")) {
        return "is " + load;
      }
      return "is "
          + active
          + " ("
          + sub
          + ")"
          + (result.equals("success") || result.isEmpty()
              ? ""
              : ", result " + result + ", exit status " + status)
          + (restarts > 0 ? ", " + restarts + " restarts" : "");
    }
  }

  String unit() {
    return settings.unit();
  }

  Duration timeout() {
    return settings.timeout().orElse(Duration.ofMinutes(2));
  }

  List<String> words(String... words) {
    List<String> all =
        new ArrayList<>(
            settings.systemctl().isEmpty() ? List.of("systemctl") : settings.systemctl());
    all.addAll(List.of(words));
    return all;
  }

  /// As a person would type it.
  String shown(String... words) {
    return new Argv(words(words), Optional.empty(), Map.of(), timeout()).shown();
  }

  /// A command that changes something.
  Argv.End change(String... words) {
    return new Argv(words(words), Optional.empty(), PLAIN, timeout()).run();
  }

  Unit show() throws PlatformUnreachable {
    Argv.Reply reply =
        new Argv(
                words("show", "--no-pager", "--property=" + ASKED, "--", unit()),
                Optional.empty(),
                PLAIN,
                LOOKING)
            .ask("", MOST);
    if (!(reply instanceof Argv.Reply.Answer said)) {
      throw new PlatformUnreachable(component + ": " + ((Argv.Reply.None) reply).reason());
    }
    Map<String, String> values = new HashMap<>();
    said.answer()
        .lines()
        .filter(l -> l.indexOf('=') > 0)
        .forEach(l -> values.put(l.substring(0, l.indexOf('=')), l.substring(l.indexOf('=') + 1)));
    if (said.code() != 0 || !values.containsKey("LoadState")) {
      throw new PlatformUnreachable(
          component
              + ": "
              + shown("show", unit())
              + " said nothing that can be used: "
              + said.lastLine());
    }
    return read(values);
  }

  private static Unit read(Map<String, String> values) {
    return new Unit(
        word(values, "LoadState"),
        word(values, "ActiveState"),
        word(values, "SubState"),
        word(values, "Result"),
        word(values, "ExecMainStatus"),
        number(word(values, "NRestarts")),
        word(values, "InvocationID"),
        Optional.of(word(values, "FragmentPath")).filter(p -> !p.isEmpty()).map(Path::of),
        Arrays.stream(word(values, "DropInPaths").split(" ", -1))
            .filter(p -> p.startsWith("/"))
            .map(Path::of)
            .toList(),
        word(values, "NeedDaemonReload").equals("yes"),
        time(word(values, "ActiveEnterTimestamp")),
        time(word(values, "ExecMainStartTimestamp")));
  }

  private static String word(Map<String, String> values, String name) {
    return Why.plain(values.getOrDefault(name, ""), 4000);
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      // An old systemd does not count restarts; the state still tells a loop.
      return 0;
    }
  }

  /// `Sat 2026-11-21 15:44:09 UTC`; empty for `n/a` and for never.
  private static Optional<Instant> time(String text) {
    String[] parts = text.split(" ", -1);
    if (parts.length != 4 || !parts[3].equals("UTC")) {
      return Optional.empty();
    }
    try {
      return Optional.of(Instant.parse(parts[1] + "T" + parts[2] + "Z"));
    } catch (java.time.format.DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /// The newest lines of its journal, or why there are none.
  String journal() {
    List<String> words = new ArrayList<>(settings.journalctl());
    if (words.isEmpty()) {
      words.add("journalctl");
      if (settings.systemctl().contains("--user")) {
        words.add("--user");
      }
    }
    words.addAll(
        List.of("--no-pager", "--output=short-iso", "--lines=" + LINES, "--unit=" + unit()));
    // The end of the output is kept, which is the newest.
    Argv.End end = new Argv(words, Optional.empty(), PLAIN, LOOKING).run();
    return switch (end) {
      case Argv.End.Exited(_, String output) -> output;
      case Argv.End.CutOff(String reason, String output) -> output + "\n" + reason;
      case Argv.End.NotStarted(String reason) -> reason;
    };
  }
}
