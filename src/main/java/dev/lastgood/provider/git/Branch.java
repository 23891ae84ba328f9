package dev.lastgood.provider.git;

import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A branch of a repository, seen through a bare clone of Lastgood's own, which nobody works in.
final class Branch {
  /// In the message of a commit of ours: the release it restores.
  static final String TRAILER = "Lastgood-Release: ";

  private static final String SEEN = "refs/lastgood/seen";
  private static final int MOST = 1000;

  private final String component;
  private final Git git;
  private final GitWay.BranchGitWay way;
  private final String branch;
  private final Path base;

  Branch(String component, Git git, GitWay.BranchGitWay way, String branch, Path base) {
    this.component = component;
    this.git = git;
    this.way = way;
    this.branch = branch;
    this.base = base;
  }

  /// One commit of the first-parent history.
  record Commit(String id, String tree, List<String> parents, Instant at, String subject) {}

  /// The history as it is now, newest first; a merge counts as one.
  ///
  /// @param restored what the head says it restores, when it is a commit of ours
  record History(List<Commit> commits, Optional<String> restored) {
    Commit head() {
      return commits.getFirst();
    }

    /// The newest commit with the content of this one; going there means to revert what came after.
    Optional<Commit> newestLike(String id) {
      Optional<String> tree =
          commits.stream().filter(c -> c.id().equals(id)).map(Commit::tree).findFirst();
      return commits.stream().filter(c -> tree.equals(Optional.of(c.tree()))).findFirst();
    }

    /// Each content once, by its oldest commit, in the order in which they were last live: a head
    /// that reverts to an old release is that old release.
    List<Commit> releases() {
      Map<String, Commit> byTree = new LinkedHashMap<>();
      commits.forEach(c -> byTree.computeIfPresent(c.tree(), (_, _) -> c));
      commits.forEach(c -> byTree.merge(c.tree(), c, (_, older) -> older));
      return List.copyOf(byTree.values());
    }
  }

  Git git() {
    return git;
  }

  String name() {
    return branch;
  }

  String repository() {
    return way.repository();
  }

  int single() {
    return Math.max(0, way.single().orElse(5));
  }

  /// Fetches and reads.
  History history() throws PlatformUnreachable {
    fetch();
    int most = Math.clamp(way.history().orElse(30), 2, MOST);
    String log =
        said(
            "log",
            "--first-parent",
            "-n",
            String.valueOf(most),
            "--format=%H%x09%T%x09%P%x09%ct%x09%s",
            SEEN);
    List<Commit> commits = new ArrayList<>();
    for (String line : log.lines().toList()) {
      String[] parts = line.split("\t", 5);
      if (parts.length < 5) {
        throw new PlatformUnreachable(component + ": git log answered in an unknown way");
      }
      commits.add(
          new Commit(
              parts[0],
              parts[1],
              parts[2].isBlank() ? List.of() : List.of(parts[2].split(" ", -1)),
              Instant.ofEpochSecond(Long.parseLong(parts[3])),
              Why.plain(parts[4], 80)));
    }
    if (commits.isEmpty()) {
      throw new PlatformUnreachable(component + ": " + branch + " has no commit");
    }
    return new History(commits, restored(commits));
  }

  /// What the head says it restores; of a merge, what the commit says that was merged. Only when it
  /// is true: a commit that was merged on top of others restores nothing.
  private Optional<String> restored(List<Commit> commits) throws PlatformUnreachable {
    Commit head = commits.getFirst();
    Optional<String> said = restoredBy(head.id());
    if (said.isEmpty() && head.parents().size() == 2 && !differs(head.parents().getLast())) {
      said = restoredBy(head.parents().getLast());
    }
    return said.filter(id ->
        Without.of(id)
            .flatMap(w -> tree(commits, w.head()))
            .map(tree ->
                head.parents().stream()
                    .findFirst()
                    .flatMap(p -> tree(commits, p))
                    .equals(Optional.of(tree)))
            .orElse(true));
  }

  private static Optional<String> tree(List<Commit> commits, String id) {
    return commits.stream().filter(c -> c.id().equals(id)).map(Commit::tree).findFirst();
  }

  private boolean differs(String merged) throws PlatformUnreachable {
    return !tree(SEEN).equals(tree(merged));
  }

  /// The id of what a commit contains.
  String tree(String commit) throws PlatformUnreachable {
    return said("rev-parse", "--verify", "--end-of-options", commit + "^{tree}");
  }

  private Optional<String> restoredBy(String commit) throws PlatformUnreachable {
    return message(commit)
        .lines()
        .filter(l -> l.startsWith(TRAILER))
        .map(l -> l.substring(TRAILER.length()).strip())
        .filter(Without::is)
        .findFirst();
  }

  String message(String commit) throws PlatformUnreachable {
    return said("log", "-1", "--format=%B", commit);
  }

  /// The commit of another branch of the repository, as it is there now.
  Optional<String> there(String other) throws PlatformUnreachable {
    return said("ls-remote", url(), "refs/heads/" + other)
        .lines()
        .map(l -> l.split("\t", 2)[0].strip())
        .filter(l -> !l.isEmpty())
        .findFirst();
  }

  private synchronized void fetch() throws PlatformUnreachable {
    if (!git.exists()) {
      try {
        Files.createDirectories(git.dir());
      } catch (IOException e) {
        throw new PlatformUnreachable(component + ": " + Why.of(e), e);
      }
      Git.said(
          new Argv(
                  List.of("git", "init", "-q", "--bare", git.dir().toString()),
                  Optional.empty(),
                  Map.of("LC_ALL", "C"),
                  Duration.ofSeconds(20))
              .ask("", 1 << 16),
          "init");
    }
    said(
        "fetch",
        "-q",
        "--no-tags",
        "--no-write-fetch-head",
        url(),
        "+refs/heads/" + branch + ":" + SEEN);
  }

  /// A path in the configuration is relative to it.
  String url() {
    boolean path = !way.repository().contains(":");
    return path ? base.resolve(way.repository()).toAbsolutePath().toString() : way.repository();
  }

  String said(String... words) throws PlatformUnreachable {
    try {
      return git.said(words);
    } catch (PlatformUnreachable e) {
      throw new PlatformUnreachable(component + ": " + repository() + ": " + e.getMessage(), e);
    }
  }

  Release release(Commit commit) {
    return new Release(
        component,
        commit.id(),
        new Origin(Optional.empty(), Optional.of(commit.id()), Optional.empty(), Optional.empty()),
        Optional.of(commit.at()));
  }

  List<String> identity() {
    String author = way.author().orElse("Lastgood <lastgood@localhost>");
    int open = author.indexOf('<');
    String name = open < 0 ? author : author.substring(0, open);
    String mail = open < 0 ? "lastgood@localhost" : author.substring(open + 1).replace(">", "");
    return List.of("-c", "user.name=" + name.strip(), "-c", "user.email=" + mail.strip());
  }
}
