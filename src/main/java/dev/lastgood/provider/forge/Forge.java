package dev.lastgood.provider.forge;

import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import java.util.List;
import java.util.Optional;

/// A host of one repository.
public interface Forge {
  /// For people: "GitHub".
  String name();

  /// For people: `owner/name`.
  String repository();

  /// Whether a push to the branch can land.
  Protection protection(String branch);

  /// The pull requests from one branch into another, open or not, newest first.
  List<PullRequest> pullRequests(String from, String into) throws PlatformUnreachable;

  /// How far one is from being merged; asked only where Lastgood merges.
  Mergeable mergeable(PullRequest request) throws PlatformUnreachable;

  /// The content of a commit, as git names it.
  String tree(String commit) throws PlatformUnreachable;

  /// Opens one. Asks once, and does not look before.
  Outcome open(Draft draft);

  /// Merges one, as long as its head is still the one that was seen.
  ///
  /// @param message of the commit this makes, where it makes one with a message
  Outcome merge(PullRequest request, PullRequestSettings.Manner manner, String message);

  /// What a person types to open it.
  String byHand(String from, String into, String title);

  /// What a person types to merge it.
  String mergeByHand(String from);

  /// The deploys that are followed; empty when none is configured.
  Optional<Deploys> deploys();

  /// @param from the branch that holds the change
  /// @param into the branch it shall come into
  /// @param tree the content that was approved, as git names it; empty when nobody here knows it
  ///   any more
  record Draft(String from, String into, String title, String body, Optional<String> tree) {}

  /// Whether it could be merged right now.
  sealed interface Mergeable {
    String says();

    record Now(String says) implements Mergeable {}

    /// Something is missing that may come: an approval, a check.
    record NotYet(String says) implements Mergeable {}

    /// Not without another change.
    record Never(String says) implements Mergeable {}
  }
}
