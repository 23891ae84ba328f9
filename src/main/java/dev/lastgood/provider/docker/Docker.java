package dev.lastgood.provider.docker;

import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.Why;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The `docker` command of one engine. Only named parts of what it knows are asked for: a whole
/// `inspect` shows the environment of containers, which holds secrets.
final class Docker {
  private static final int MOST = 8 * 1024 * 1024;
  private static final int MOST_OF_ONE = 4000;
  private static final Duration LOOKING = Duration.ofSeconds(20);
  private static final Map<String, String> PLAIN =
      Map.of("LC_ALL", "C", "DOCKER_CLI_HINTS", "false");

  private final String component;
  private final List<String> program;

  /// @param program how to call it, as words; empty: `docker`
  Docker(String component, List<String> program) {
    this.component = component;
    this.program = program.isEmpty() ? List.of("docker") : List.copyOf(program);
  }

  private Argv argv(Duration timeout, List<String> words) {
    List<String> all = new ArrayList<>(program);
    all.addAll(words);
    return new Argv(all, Optional.empty(), PLAIN, timeout);
  }

  /// As a person would type it.
  String shown(List<String> words) {
    return argv(LOOKING, words).shown();
  }

  String shown(String... words) {
    return shown(List.of(words));
  }

  /// A command that changes something.
  Argv.End change(Duration timeout, List<String> words) {
    return argv(timeout, words).run();
  }

  Argv.End change(Duration timeout, String... words) {
    return change(timeout, List.of(words));
  }

  Argv.Reply ask(String... words) {
    return argv(LOOKING, List.of(words)).ask("", MOST);
  }

  /// The lines of an answer, each split at its tabs.
  ///
  /// @param columns how many there must be; another number is an answer in an unknown shape
  List<List<String>> table(int columns, List<String> words) throws PlatformUnreachable {
    Argv.Reply reply = argv(LOOKING, words).ask("", MOST);
    if (!(reply instanceof Argv.Reply.Answer said)) {
      throw new PlatformUnreachable(component + ": " + ((Argv.Reply.None) reply).reason());
    }
    if (said.code() != 0) {
      throw new PlatformUnreachable(
          component + ": docker " + words.getFirst() + ": " + said.lastLine());
    }
    List<List<String>> rows = new ArrayList<>();
    for (String line : said.answer().lines().filter(l -> !l.isBlank()).toList()) {
      List<String> row =
          Arrays.stream(line.split("\t", -1)).map(c -> Why.plain(c, MOST_OF_ONE)).toList();
      rows.add(checked(columns, row, line, words));
    }
    return rows;
  }

  private List<String> checked(int columns, List<String> row, String line, List<String> words)
      throws PlatformUnreachable {
    if (row.size() != columns) {
      throw new PlatformUnreachable(
          component
              + ": docker "
              + words.getFirst()
              + " answered in a shape nobody knows: "
              + Why.plain(line, 200));
    }
    return row;
  }

  /// A time as Go prints it; empty for never.
  static Optional<Instant> time(String text) {
    try {
      Instant at = Instant.parse(text);
      return at.isBefore(Instant.EPOCH) ? Optional.empty() : Optional.of(at);
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  static boolean ended(Argv.End end) {
    return end instanceof Argv.End.Exited(int code, _) && code == 0;
  }

  /// What a command that did not end well says.
  static String said(String what, Argv.End end) {
    return switch (end) {
      case Argv.End.Exited(int code, _) ->
          "docker " + what + " ended with " + code + ": " + Why.plain(complaint(end), 300);
      case Argv.End.CutOff(String reason, _) -> reason;
      case Argv.End.NotStarted(String reason) -> reason;
    };
  }

  /// The last line that is no advice: "See 'docker run --help'." says nothing about what is wrong.
  private static String complaint(Argv.End end) {
    return end.output()
        .lines()
        .filter(l -> !l.isBlank() && !l.startsWith("See 'docker "))
        .reduce((_, last) -> last)
        .orElse("");
  }

  /// An option that Docker could take for another one.
  static boolean plainName(String name) {
    return !name.isEmpty()
        && name.length() <= 200
        && Character.isLetterOrDigit(name.charAt(0))
        && name.chars()
            .allMatch(c -> c < 128 && (Character.isLetterOrDigit(c) || "._-".indexOf(c) >= 0));
  }
}
