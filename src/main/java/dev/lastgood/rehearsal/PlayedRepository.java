package dev.lastgood.rehearsal;

import java.util.List;
import java.util.Optional;

/// The repository behind a played host: commits, what they contain, and branches.
public interface PlayedRepository {
  Optional<String> head(String branch);

  /// What a commit contains; empty when there is no such commit.
  Optional<String> tree(String commit);

  List<String> parents(String commit);

  String message(String commit);

  /// What merging gives; empty: it conflicts.
  Optional<String> merged(String into, String from);

  /// @return its id
  String commit(String tree, List<String> parents, String message);

  /// Makes the branch, or moves it, whoever protects it.
  void point(String branch, String commit);
}
