package dev.lastgood.rehearsal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// A real bare repository in a folder, as a host keeps one; played pull requests are merged in it.
public final class BareRepository implements PlayedRepository {
  private final Path folder;

  /// @param folder where it is, or shall be
  public BareRepository(Path folder) throws IOException {
    this.folder = folder;
    if (!Files.exists(folder.resolve("HEAD"))) {
      Files.createDirectories(folder);
      git("", "init", "-q", "--bare", ".");
    }
  }

  public Path folder() {
    return folder;
  }

  /// From now on the branch takes no push.
  public void protect(String branch) throws IOException {
    Path hook = Files.createDirectories(folder.resolve("hooks")).resolve("update");
    Files.writeString(
        hook,
        "#!/bin/sh\nif [ \"$1\" = 'refs/heads/"
            + branch
            + "' ]; then\n  echo 'GH006: Protected branch update failed' >&2\n  exit 1\nfi\n");
    if (!hook.toFile().setExecutable(true)) {
      throw new IOException(hook + " cannot be made executable");
    }
  }

  /// A commit with one file in it, on the branch.
  public String write(String branch, String file, String text, String message) {
    String blob = git(text, "hash-object", "-w", "--stdin").orElseThrow();
    String tree = git("100644 blob " + blob + "\t" + file + "\n", "mktree").orElseThrow();
    String commit = commit(tree, head(branch).map(List::of).orElse(List.of()), message);
    point(branch, commit);
    return commit;
  }

  public void tag(String name, String commit) {
    git("", "update-ref", "refs/tags/" + name, commit);
  }

  /// A working tree of its own, with this commit checked out; made when it is not there yet.
  public void checkOut(String commit, Path tree) {
    if (!Files.exists(tree)) {
      git("", "clone", "-q", "--no-checkout", folder.toString(), tree.toString());
    }
    run(tree, "", List.of("git", "checkout", "-q", "--detach", commit));
  }

  @Override
  public Optional<String> head(String branch) {
    return git("", "rev-parse", "--verify", "--quiet", "refs/heads/" + branch);
  }

  @Override
  public Optional<String> tree(String commit) {
    return git("", "rev-parse", "--verify", "--quiet", "--end-of-options", commit + "^{tree}");
  }

  @Override
  public List<String> parents(String commit) {
    return git("", "log", "-1", "--format=%P", commit)
        .map(p -> Stream.of(p.split(" ", -1)).filter(s -> !s.isBlank()).toList())
        .orElse(List.of());
  }

  @Override
  public String message(String commit) {
    return git("", "log", "-1", "--format=%B", commit).orElse("");
  }

  @Override
  public Optional<String> merged(String into, String from) {
    return git("", "merge-tree", "--write-tree", into, from);
  }

  @Override
  public String commit(String tree, List<String> parents, String message) {
    List<String> words = new ArrayList<>(List.of("commit-tree", tree, "-F", "-"));
    parents.forEach(p -> words.addAll(List.of("-p", p)));
    return git(message, words.toArray(String[]::new)).orElseThrow();
  }

  @Override
  public void point(String branch, String commit) {
    git("", "update-ref", "refs/heads/" + branch, commit);
  }

  /// @return empty when git says no
  private Optional<String> git(String input, String... words) {
    List<String> all = new ArrayList<>(List.of("git", "--git-dir", "."));
    all.addAll(List.of(words));
    return run(folder, input, all);
  }

  private static Optional<String> run(Path at, String input, List<String> words) {
    var builder = new ProcessBuilder(words).directory(at.toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "LC_ALL", "C",
                "GIT_AUTHOR_NAME", "Played",
                "GIT_AUTHOR_EMAIL", "played@localhost",
                "GIT_COMMITTER_NAME", "Played",
                "GIT_COMMITTER_EMAIL", "played@localhost"));
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    try {
      Process process = builder.start();
      try (var to = process.getOutputStream()) {
        to.write(input.getBytes(StandardCharsets.UTF_8));
      }
      String said =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return process.waitFor() == 0 ? Optional.of(said) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
