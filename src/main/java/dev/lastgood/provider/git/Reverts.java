package dev.lastgood.provider.git;

import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Outcome.Done;
import dev.lastgood.provider.Outcome.Refused;
import dev.lastgood.provider.Outcome.Unknown;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Makes the commit that goes back, in our own clone, and pushes it.
final class Reverts {
  private static final int NAMED = 20;

  private final String component;
  private final Branch branch;

  Reverts(String component, Branch branch) {
    this.component = component;
    this.branch = branch;
  }

  /// Where the commit of this act waits to be pushed.
  private static String ref(Act act) {
    return "refs/lastgood/revert/" + act.get("head") + "/" + act.get("release");
  }

  /// The commit that was made; empty when none was.
  Optional<String> made(Act act) throws PlatformUnreachable {
    return branch.git().exists() ? branch.git().find(ref(act)) : Optional.empty();
  }

  Outcome make(Act act, Branch.History history) {
    try {
      Optional<Without> without = Without.of(act.get("release"));
      return without.isPresent() ? single(act, history, without.get()) : all(act, history);
    } catch (PlatformUnreachable | IOException e) {
      return new Refused(component + ": nothing was pushed. " + e.getMessage());
    }
  }

  /// Everything after a release: the tree of that release, so nothing can conflict, merges or not.
  private Outcome all(Act act, Branch.History history) throws PlatformUnreachable {
    Optional<Branch.Commit> to = history.newestLike(act.get("release"));
    if (to.isEmpty()) {
      return new Refused(
          component + " " + act.get("release") + " is not in the history of " + branch.name());
    }
    List<Branch.Commit> undone = history.commits().subList(0, history.commits().indexOf(to.get()));
    var message = new StringBuilder();
    message.append("Revert to ").append(to.get().subject()).append("\n\n");
    message.append("This goes back to ").append(act.get("release")).append(" and undoes:\n\n");
    undone.stream()
        .limit(NAMED)
        .forEach(
            c -> message.append("- ").append(c.id()).append(' ').append(c.subject()).append('\n'));
    if (undone.size() > NAMED) {
      message.append("- and ").append(undone.size() - NAMED).append(" more\n");
    }
    return committed(act, to.get().tree(), message.toString());
  }

  private Outcome committed(Act act, String tree, String message) throws PlatformUnreachable {
    List<String> words = new ArrayList<>(branch.identity());
    words.addAll(List.of("commit-tree", tree, "-p", act.get("head"), "-F", "-"));
    String text = message + "\n" + Branch.TRAILER + act.get("release") + "\n";
    String commit = Git.said(branch.git().argv(words).ask(text, 1 << 16), "commit-tree").strip();
    branch.said("update-ref", ref(act), commit);
    return new Done("made " + commit + ", not pushed yet");
  }

  /// One commit out of the middle, in a working tree of its own.
  private Outcome single(Act act, Branch.History history, Without without)
      throws PlatformUnreachable, IOException {
    Optional<Branch.Commit> bad =
        history.commits().stream().filter(c -> c.id().equals(without.commit())).findFirst();
    if (bad.isEmpty()) {
      return new Refused(
          component
              + " "
              + act.get("release")
              + ": "
              + without.commit()
              + " is not in the history of "
              + branch.name());
    }
    Path tree = Files.createTempDirectory(branch.git().dir(), "revert-");
    try {
      Git here = branch.git().in(tree);
      branch.said("worktree", "add", "-q", "--force", "--detach", tree.toString(), act.get("head"));
      boolean merge = bad.get().parents().size() > 1;
      Argv.Reply reply =
          merge
              ? here.ask("revert", "--no-commit", "-m", "1", without.commit())
              : here.ask("revert", "--no-commit", without.commit());
      if (!(reply instanceof Argv.Reply.Answer(int code, _, _)) || code != 0) {
        return conflict(act, here, bad.get(), reply);
      }
      String message =
          "Revert \""
              + bad.get().subject()
              + "\"\n\nThis reverts commit "
              + without.commit()
              + (merge ? ", a merge, to its first parent" : "")
              + ".\n";
      String result = here.said("write-tree");
      return result.equals(history.head().tree())
          ? new Refused(component + ": " + without.commit() + " is reverted already")
          : committed(act, result, message);
    } finally {
      branch.git().ask("worktree", "remove", "--force", tree.toString());
      gone(tree);
    }
  }

  private Outcome conflict(Act act, Git here, Branch.Commit bad, Argv.Reply reply)
      throws PlatformUnreachable {
    List<String> files =
        here.said("diff", "--name-only", "--diff-filter=U").lines().limit(NAMED).toList();
    String why =
        reply instanceof Argv.Reply.Answer said ? said.lastLine() : "git did not end in time";
    return new Refused(
        component
            + ": "
            + bad.id()
            + " cannot be reverted by itself: "
            + (files.isEmpty()
                ? why
                : "later commits changed the same lines of " + String.join(", ", files))
            + ". Nothing was pushed. Go back to a release before it instead of "
            + act.get("release"));
  }

  private static void gone(Path tree) throws IOException {
    if (Files.exists(tree)) {
      try (var files = Files.walk(tree)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /// With the head that was approved as the lease: whatever somebody pushed since stays.
  ///
  /// @param next what to do when the branch does not take it; empty: nothing more to say
  Outcome push(Act act, String commit, String next) {
    String to = "refs/heads/" + branch.name();
    return pushed(
        commit,
        next,
        "push",
        "--porcelain",
        "--force-with-lease=" + to + ":" + act.get("head"),
        branch.url(),
        commit + ":" + to);
  }

  /// To a branch of its own. One that is there already and holds something else stays as it is.
  Outcome pushAside(String commit, String ours) {
    return pushed(
        commit,
        ". If " + ours + " is there and holds something else, delete it",
        "push",
        "--porcelain",
        branch.url(),
        commit + ":refs/heads/" + ours);
  }

  private Outcome pushed(String commit, String next, String... words) {
    return switch (branch.git().ask(words)) {
      case Argv.Reply.Answer(int code, _, _) when code == 0 -> new Done("pushed " + commit);
      case Argv.Reply.Answer said ->
          said.answer()
              .lines()
              .filter(l -> l.startsWith("!"))
              .findFirst()
              .<Outcome>map(l ->
                  new Refused(
                      component
                          + ": "
                          + branch.repository()
                          + " did not take it: "
                          + Why.plain(l, 200)
                          + next))
              .orElseGet(() -> new Unknown(component + ": push: " + said.lastLine()));
      case Argv.Reply.None(String reason, boolean ran) ->
          ran ? new Unknown(component + ": " + reason) : new Refused(component + ": " + reason);
    };
  }
}
