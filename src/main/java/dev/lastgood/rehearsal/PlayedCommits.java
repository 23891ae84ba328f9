package dev.lastgood.rehearsal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A repository that exists in memory only. Each commit that is pushed has a content of its own.
public final class PlayedCommits implements PlayedRepository {
  private final Map<String, Commit> commits = new LinkedHashMap<>();
  private final Map<String, String> branches = new TreeMap<>();

  private record Commit(String tree, List<String> parents, String message) {}

  /// Somebody pushes a commit with a content that was never there before.
  void push(String branch, String id, String message) {
    commits.put(id, new Commit(treeOf(id), head(branch).map(List::of).orElse(List.of()), message));
    branches.put(branch, id);
  }

  void forget(String commit) {
    commits.remove(commit);
  }

  private static String treeOf(String id) {
    return Integer.toHexString(id.hashCode()) + "-tree";
  }

  @Override
  public Optional<String> head(String branch) {
    return Optional.ofNullable(branches.get(branch));
  }

  @Override
  public Optional<String> tree(String commit) {
    return Optional.ofNullable(commits.get(commit)).map(Commit::tree);
  }

  @Override
  public List<String> parents(String commit) {
    return Optional.ofNullable(commits.get(commit)).map(Commit::parents).orElse(List.of());
  }

  @Override
  public String message(String commit) {
    return Optional.ofNullable(commits.get(commit)).map(Commit::message).orElse("");
  }

  @Override
  public Optional<String> merged(String into, String from) {
    return parents(from).contains(into) ? tree(from) : Optional.of(treeOf(into + " and " + from));
  }

  @Override
  public String commit(String tree, List<String> parents, String message) {
    String id = "%040x".formatted(0xc0111700L + commits.size());
    commits.put(id, new Commit(tree, List.copyOf(parents), message));
    return id;
  }

  @Override
  public void point(String branch, String commit) {
    branches.put(branch, commit);
  }

  @Override
  public String toString() {
    return branches + " " + commits.keySet();
  }
}
