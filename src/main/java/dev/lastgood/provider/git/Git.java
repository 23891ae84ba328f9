package dev.lastgood.provider.git;

import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.Why;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The git command on one repository: it asks nobody anything, opens no editor and runs no hooks of
/// ours.
record Git(Path dir, Optional<Path> tree, Duration timeout) {
  private static final int MOST = 4 * 1024 * 1024;

  private static final Map<String, String> QUIET =
      Map.of(
          "GIT_TERMINAL_PROMPT", "0",
          "GIT_ASKPASS", "/bin/false",
          "GIT_SSH_COMMAND", "ssh -o BatchMode=yes",
          "GIT_EDITOR", "/bin/true",
          "GIT_OPTIONAL_LOCKS", "0",
          "LC_ALL", "C");

  /// The `.git` of a working tree: a folder, or for a linked tree what git itself finds.
  static Path at(Path tree) {
    return tree.resolve(".git");
  }

  boolean exists() {
    return Files.exists(dir);
  }

  Argv argv(List<String> words) {
    List<String> all = new ArrayList<>(List.of("git"));
    tree.ifPresentOrElse(
        t -> all.addAll(List.of("-C", t.toString())),
        () -> all.addAll(List.of("--git-dir", dir.toString())));
    all.addAll(List.of("-c", "core.hooksPath=/dev/null", "-c", "advice.detachedHead=false"));
    all.addAll(words);
    return new Argv(all, Optional.empty(), QUIET, timeout);
  }

  Argv.Reply ask(String... words) {
    return argv(List.of(words)).ask("", MOST);
  }

  Git in(Path workTree) {
    return new Git(dir, Optional.of(workTree), timeout);
  }

  /// The answer of a command that must succeed, without the last line end.
  ///
  /// @throws PlatformUnreachable if it does not; in git's own words
  String said(String... words) throws PlatformUnreachable {
    return said(ask(words), words);
  }

  static String said(Argv.Reply reply, String... words) throws PlatformUnreachable {
    return switch (reply) {
      case Argv.Reply.Answer(int code, String answer, _) when code == 0 -> answer.stripTrailing();
      case Argv.Reply.Answer no ->
          throw new PlatformUnreachable(
              "git " + words[0] + " ended with exit " + no.code() + ": " + complaint(no));
      case Argv.Reply.None(String reason, _) -> throw new PlatformUnreachable(reason);
    };
  }

  /// Of a remote that cannot be read, git's last lines are advice: what is wrong stands before it.
  private static String complaint(Argv.Reply.Answer no) {
    List<String> lines =
        no.complaint()
            .lines()
            .takeWhile(l -> !l.startsWith("Please make sure you have the correct access"))
            .filter(l -> !l.isBlank())
            .toList();
    return lines.isEmpty()
        ? no.lastLine()
        : Why.plain(
            String.join("; ", lines.subList(Math.max(0, lines.size() - 2), lines.size())), 300);
  }

  /// Empty when git does not know it.
  Optional<String> find(String revision) throws PlatformUnreachable {
    return switch (ask("rev-parse", "--verify", "--quiet", "--end-of-options", revision)) {
      case Argv.Reply.Answer(int code, String answer, _) when code == 0 ->
          Optional.of(answer.strip());
      case Argv.Reply.Answer _ -> Optional.empty();
      case Argv.Reply.None(String reason, _) -> throw new PlatformUnreachable(reason);
    };
  }
}
